"""Contact hours: nobody is woken for routine (promise P5)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo


@dataclass(frozen=True)
class ContactHours:
    """From `start` up to `end`, local time. The default is the strictest common window (field rule R42)."""

    start: time = time(8)
    end: time = time(20)


def is_open(at: datetime, hours: ContactHours, zones: Sequence[ZoneInfo]) -> bool:
    """Whether `at` is inside the hours in every one of the zones."""
    return all(hours.start <= at.astimezone(zone).time() < hours.end for zone in zones)


def next_allowed(at: datetime, hours: ContactHours, zones: Sequence[ZoneInfo]) -> datetime:
    """Return the first moment from `at` on in which routine contact is allowed, in UTC.

    With several zones (a number whose place is not known) all must be open; where they never are at the same time,
    the first zone decides. Source: 47 CFR 64.1200(c)(1). A local time that does not exist counts as the moment
    after the gap.
    """
    if is_open(at, hours, zones):
        return at.astimezone(UTC)
    starts = sorted(
        start for zone in zones for day in range(-1, 4) if (start := _start_of(at, day, hours, zone)) > at
    )
    together = next((start for start in starts if is_open(start, hours, zones)), None)
    if together is not None:
        return together
    return next_allowed(at, hours, zones[:1])


def _start_of(at: datetime, day: int, hours: ContactHours, zone: ZoneInfo) -> datetime:
    local_day = at.astimezone(zone).date() + timedelta(days=day)
    return local_instant(datetime.combine(local_day, hours.start), zone)


def local_instant(local: datetime, zone: ZoneInfo) -> datetime:
    """The instant (UTC) of a local time. A doubled time is its first one; one in a gap is the moment after the gap."""
    first = local.replace(tzinfo=zone, fold=0)
    instant = first.astimezone(UTC)
    if instant.astimezone(zone).replace(tzinfo=None) == local:
        return instant
    # In a gap: fold=0 takes the offset before it, so the instant lies past the gap by as much as the time lies in it.
    before = (first.utcoffset() or timedelta(0)) - (
        local.replace(tzinfo=zone, fold=1).utcoffset() or timedelta(0)
    )
    low, high = instant - abs(before), instant
    offset = low.astimezone(zone).utcoffset()
    while high - low > timedelta(seconds=1):
        middle = low + (high - low) / 2
        if middle.astimezone(zone).utcoffset() == offset:
            low = middle
        else:
            high = middle
    return high.replace(microsecond=0)
