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

    With several zones (a number whose place is not known) all must be open; where they are not within four
    days, the first zone decides. Source: 47 CFR 64.1200(c)(1). A local time that does not exist counts as the
    moment after the gap. Raises ValueError for hours that never open.
    """
    if is_open(at, hours, zones):
        return at.astimezone(UTC)
    together = _next_start(at, hours, zones)
    if together is not None:
        return together
    alone = zones[:1]
    if is_open(at, hours, alone):
        return at.astimezone(UTC)
    found = _next_start(at, hours, alone)
    if found is None:
        raise ValueError("contact hours must end later in the day than they start")
    return found


def closes_at(at: datetime, hours: ContactHours, zones: Sequence[ZoneInfo]) -> datetime:
    """Return the first moment from `at` on in which routine contact is no longer allowed, in UTC.

    It is `at` itself outside the hours. What leaves shortly before must have arrived by then, or not at all.
    """
    ruling = zones if is_open(at, hours, zones) or _next_start(at, hours, zones) else zones[:1]
    if not is_open(at, hours, ruling):
        return at.astimezone(UTC)
    ends = (end for zone in ruling for day in range(3) if (end := _on(at, day, hours.end, zone)) > at)
    return min(ends, default=at.astimezone(UTC) + timedelta(days=1))


def _next_start(at: datetime, hours: ContactHours, zones: Sequence[ZoneInfo]) -> datetime | None:
    """The first moment after `at` in which all zones are open: at it one of them opens."""
    days = range(-1, 4)
    starts = sorted(at_ for zone in zones for day in days if (at_ := _on(at, day, hours.start, zone)) > at)
    return next((start for start in starts if is_open(start, hours, zones)), None)


def _on(at: datetime, day: int, clock: time, zone: ZoneInfo) -> datetime:
    """The instant at which a clock in the zone shows a time, so many days after the day of `at` there."""
    local_day = at.astimezone(zone).date() + timedelta(days=day)
    return local_instant(datetime.combine(local_day, clock), zone)


def local_instant(local: datetime, zone: ZoneInfo) -> datetime:
    """The instant (UTC) of a local time (naive).

    One that exists twice is its first; one in a gap is the gap's end.
    """
    first = local.replace(tzinfo=zone, fold=0)
    instant = first.astimezone(UTC)
    if instant.astimezone(zone).replace(tzinfo=None) == local:
        return instant
    # In a gap fold=0 takes the offset before it: the instant lies past the gap as far as the time lies in it.
    second = local.replace(tzinfo=zone, fold=1).astimezone(UTC)
    low, high = instant - abs(instant - second), instant
    offset = low.astimezone(zone).utcoffset()
    while high - low > timedelta(seconds=1):
        middle = low + (high - low) / 2
        if middle.astimezone(zone).utcoffset() == offset:
            low = middle
        else:
            high = middle
    return high.replace(microsecond=0)
