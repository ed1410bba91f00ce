"""Who is on call over a stretch of time, and when nobody is. Pure."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from checkin.domain.contact_hours import local_instant
from checkin.domain.on_call import Change, Override, Shifts, on_call_at

Stretch = tuple[datetime, datetime]
"""From an instant up to another, in UTC."""


def stretches(
    shifts: Shifts,
    zone: ZoneInfo,
    start: datetime,
    end: datetime,
    override: Override | None = None,
    changes: Sequence[Change] = (),
) -> list[Stretch]:
    """When somebody is on call between two instants: as `on_call_at` says, asked wherever it may change."""
    edges = sorted({start, end, *(edge for edge in _edges(shifts, zone, start, end, override, changes))})
    found: list[Stretch] = []
    for left, right in pairwise(edges):
        if on_call_at(shifts, zone, left, override, changes):
            if found and found[-1][1] == left:
                found[-1] = (found[-1][0], right)
            else:
                found.append((left, right))
    return found


def _edges(
    shifts: Shifts,
    zone: ZoneInfo,
    start: datetime,
    end: datetime,
    override: Override | None,
    changes: Sequence[Change],
) -> list[datetime]:
    """The instants between the two at which something may change."""
    at = [edge for change in changes for edge in (change.start, change.end)]
    if override is not None:
        at.append(override.until)
    day, last = start.astimezone(zone).date() - timedelta(days=1), end.astimezone(zone).date()
    while day <= last:
        for span in shifts.spans:
            at += [local_instant(datetime.combine(day, clock), zone) for clock in (span.start, span.end)]
        # Where the clock is put back, an hour comes twice: what changed in it changes again.
        at += [edge + timedelta(hours=1) for edge in at[-2 * len(shifts.spans) :]] if shifts.spans else []
        day += timedelta(days=1)
    at += _shifted(zone, start, end)
    return [edge.astimezone(UTC) for edge in at if start < edge < end]


def _shifted(zone: ZoneInfo, start: datetime, end: datetime) -> list[datetime]:
    """The hours in which the clocks are changed."""
    found, at = list[datetime](), start
    while at < end:
        following = min(at + timedelta(hours=1), end)
        if at.astimezone(zone).utcoffset() != following.astimezone(zone).utcoffset():
            left, right = at, following
            while right - left > timedelta(minutes=1):
                middle = left + (right - left) / 2
                same = left.astimezone(zone).utcoffset() == middle.astimezone(zone).utcoffset()
                left, right = (middle, right) if same else (left, middle)
            found.append(right.replace(second=0, microsecond=0))
        at = following
    return found


def gaps(covered: Sequence[Stretch], start: datetime, end: datetime) -> list[Stretch]:
    """When none of these stretches holds."""
    found, reached = list[Stretch](), start
    for left, right in sorted(covered):
        if left > reached:
            found.append((reached, left))
        reached = max(reached, right)
    if reached < end:
        found.append((reached, end))
    return found


def hours(covered: Sequence[Stretch]) -> float:
    """How many hours these stretches last."""
    return sum((right - left).total_seconds() for left, right in covered) / 3600
