"""Periods: whole days of the programme's zone, the period that one is compared with, the pieces that are counted."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from checkin.domain.contact_hours import local_instant

_DAY = timedelta(days=1)


class Period(StrEnum):
    """What a reader may choose. `last_3` and `last_12` are whole months: the running one is not among them."""

    THIS_MONTH = "this_month"
    LAST_MONTH = "last_month"
    LAST_3 = "last_3"
    LAST_12 = "last_12"
    OWN = "own"


@dataclass(frozen=True)
class Days:
    """From the first day to the last; both belong to it."""

    first: date
    last: date

    @property
    def count(self) -> int:
        """How many days."""
        return (self.last - self.first).days + 1

    @property
    def are_months(self) -> bool:
        """Whether they are whole calendar months."""
        return self.first.day == 1 and (self.last + _DAY).day == 1


@dataclass(frozen=True)
class Piece:
    """A stretch of time (UTC) inside one local day. `day`: which, where it is the whole of it."""

    since: datetime
    until: datetime
    month: date
    day: date | None = None


@dataclass(frozen=True)
class Stretch:
    """A stretch of time (UTC) inside one local month in which the zone's clocks were not changed."""

    since: datetime
    until: datetime
    month: date
    offset: timedelta


def days_of(period: Period, today: date) -> Days:
    """The days of a period that ends today or has ended. One's own days are given, not reckoned."""
    month = today.replace(day=1)
    match period:
        case Period.THIS_MONTH:
            return Days(month, today)
        case Period.LAST_MONTH:
            return Days(months_before(month, 1), month - _DAY)
        case Period.LAST_3:
            return Days(months_before(month, 3), month - _DAY)
        case _:
            return Days(months_before(month, 12), month - _DAY)


def the_one_before(days: Days) -> Days:
    """What a period is compared with.

    Whole months with as many months before them, the first days of a month with those of the month before, all else
    with as many days before it.
    """
    if days.are_months:
        return Days(months_before(days.first, len(months_of(days))), days.first - _DAY)
    if days.first.day == 1 and days.last.replace(day=1) == days.first:
        first = months_before(days.first, 1)
        return Days(first, min(first + (days.last - days.first), days.first - _DAY))
    return Days(days.first - days.count * _DAY, days.first - _DAY)


def months_before(month: date, count: int) -> date:
    """The first day of the month so many before this one."""
    number = month.year * 12 + month.month - 1 - count
    return date(number // 12, number % 12 + 1, 1)


def months_of(days: Days) -> tuple[date, ...]:
    """The calendar months (their first days) that these days touch."""
    found, month = list[date](), days.first.replace(day=1)
    while month <= days.last:
        found.append(month)
        month = months_before(month, -1)
    return tuple(found)


def began(day: date, zone: ZoneInfo) -> datetime:
    """When a local day begins (UTC). It ends when the next one begins."""
    return local_instant(datetime.combine(day, time()), zone)


def pieces(since: datetime, until: datetime, zone: ZoneInfo) -> Iterator[Piece]:
    """The time from `since` up to `until`, day by day: whole days, and what is left at both ends."""
    day = since.astimezone(zone).date()
    starts = began(day, zone)
    while starts < until:
        ends = began(day + _DAY, zone)
        whole = since <= starts and ends <= until
        if max(since, starts) < min(until, ends):
            yield Piece(max(since, starts), min(until, ends), day.replace(day=1), day if whole else None)
        day, starts = day + _DAY, ends


def stretches(parts: Iterable[Piece], zone: ZoneInfo) -> list[Stretch]:
    """The same time in as few parts as have one month and one offset each: what is counted by one set of queries."""
    found = list[Stretch]()
    for part in parts:
        for since, until in _between_changes(part.since, part.until, zone):
            offset = _offset(since, zone)
            last = found[-1] if found else None
            if last is not None and (last.until, last.month, last.offset) == (since, part.month, offset):
                found[-1] = Stretch(last.since, until, last.month, offset)
            else:
                found.append(Stretch(since, until, part.month, offset))
    return found


def _offset(at: datetime, zone: ZoneInfo) -> timedelta:
    return at.astimezone(zone).utcoffset() or timedelta(0)


def _between_changes(since: datetime, until: datetime, zone: ZoneInfo) -> list[tuple[datetime, datetime]]:
    """One local day, cut where the clocks were put forward or back."""
    if _offset(since, zone) == _offset(until - timedelta(seconds=1), zone):
        return [(since, until)]
    low, high = since, until - timedelta(seconds=1)
    while high - low > timedelta(seconds=1):
        middle = low + (high - low) / 2
        low, high = (middle, high) if _offset(middle, zone) == _offset(since, zone) else (low, middle)
    change = high.replace(microsecond=0)
    return [(since, change), (change, until)]
