"""Schedules: `TU,TH 18:00`, `MO-FR 9:00,18:00; SA 10:00`, `daily 6pm`, or an RFC 5545 rule; in the member's zone."""

import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from itertools import pairwise, takewhile
from zoneinfo import ZoneInfo

from dateutil.rrule import rrule, rrulestr

from checkin.domain.contact_hours import local_instant
from checkin.domain.on_call import DAYS, BadShifts, parse_days
from checkin.domain.terms import LAST_YEAR

_CLOCK = r"(?:at\s+)?\d{1,2}(?:[:.]\d{2})?\s*(?:am|pm)?"
_SIMPLE = re.compile(rf"^(daily|[A-Za-z,\-\s]+?)\s+({_CLOCK}(?:\s*,\s*{_CLOCK})*)$", re.IGNORECASE)
_ONE_CLOCK = re.compile(r"^(?:at\s+)?(\d{1,2})(?:[:.](\d{2}))?\s*(am|pm)?$", re.IGNORECASE)
_DTSTART = re.compile(r"DTSTART(?:;[^:]*)?:(\d{8})(?:T(\d{6}))?(Z)?")
_RRULE = re.compile(r"(?:RRULE:)?((?:FREQ)=[A-Z0-9=;,+\-:]+)")
_TOO_OFTEN = re.compile(r"FREQ=(SECONDLY|MINUTELY|HOURLY)|BYSECOND=")
MOST_A_DAY = 4
_FAR = timedelta(days=366 * 9)  # 29 February may stay away for eight years
_A_YEAR = timedelta(days=366)
_FIRST_YEAR = 1970
_UNREADABLE = "the rule cannot be read; see RFC 5545, section 3.3.10"
_A_MONDAY = date(2020, 1, 6)


class BadSchedule(ValueError):
    """A text that is no schedule we can keep: one sentence."""


Slot = tuple[int, time]
"""A weekday (0 is Monday) and a local time."""


@dataclass(frozen=True)
class Schedule:
    """A rule in local time. `text` is canonical and can be parsed again; `week` is all of it, if there is no rule."""

    text: str
    rule: str
    starts: datetime
    week: tuple[Slot, ...] = ()


@lru_cache(maxsize=4096)
def parse_schedule(text: str, today: date) -> Schedule:
    """Read a schedule; `today` is where a rule without DTSTART begins. Raises BadSchedule."""
    if "FREQ=" in text.upper():
        return _from_rfc5545(text.strip().upper(), today)
    parts = [part.strip() for part in text.split(";") if part.strip()]
    if not parts:
        raise BadSchedule(f"'{text[:40]}' is no schedule; write it like TU,TH 18:00, daily 9:00, or an RRULE")
    return week_schedule(slot for part in parts for slot in _slots(part))


def _slots(part: str) -> Iterator[Slot]:
    found = _SIMPLE.match(part)
    if found is None:
        raise BadSchedule(f"'{part[:40]}' is no schedule; write it like TU,TH 18:00, daily 9:00, or an RRULE")
    try:
        days = tuple(range(7)) if found[1].strip().lower() == "daily" else parse_days(found[1])
        times = [_clock(each.strip()) for each in found[2].split(",")]
    except (BadShifts, ValueError) as error:
        raise BadSchedule(f"'{part[:40]}' is no schedule; write it like TU,TH 18:00 or daily 9:00,18:00") from error
    return ((day, at) for day in days for at in times)


def simple_schedule(days: Iterable[int], at: time) -> Schedule:
    """The schedule of these weekdays (0 is Monday) at one local time."""
    return week_schedule((day, at) for day in days)


def week_schedule(slots: Iterable[Slot]) -> Schedule:
    """The schedule of these weekdays and times, every week. Raises BadSchedule."""
    week = tuple(sorted(set(slots)))
    if not week:
        raise BadSchedule("a schedule needs a day and a time")
    if max(Counter(day for day, _at in week).values()) > MOST_A_DAY:
        raise BadSchedule(f"the schedule comes more often than {MOST_A_DAY} times a day")
    lines = [
        f"{','.join(DAYS[day] for day in days)} {','.join(f'{at:%H:%M}' for at in times)}"
        for days, times in by_times(week)
    ]
    return Schedule("; ".join(lines), "", datetime.combine(_A_MONDAY, week[0][1]), week)


def by_times(week: Iterable[Slot]) -> list[tuple[tuple[int, ...], tuple[time, ...]]]:
    """Days that have the same times stand together: `MO,TU 9:00,18:00` is one line."""
    times: dict[int, list[time]] = {}
    for day, at in sorted(week):
        times.setdefault(day, []).append(at)
    lines: dict[tuple[time, ...], list[int]] = {}
    for day, found in times.items():
        lines.setdefault(tuple(found), []).append(day)
    return [(tuple(days), found) for found, days in lines.items()]


def _clock(text: str) -> time:
    found = _ONE_CLOCK.match(text)
    if found is None:
        raise ValueError(text)
    hour, half = int(found[1]), (found[3] or "").lower()
    if half and not 1 <= hour <= 12:
        raise ValueError(hour)
    if half:
        hour = hour % 12 + (12 if half == "pm" else 0)
    return time(hour, int(found[2] or 0))


def _from_rfc5545(text: str, today: date) -> Schedule:
    start, rest = _DTSTART.search(text), _DTSTART.sub(" ", text, count=1)
    found = _RRULE.search(rest)
    if found is None:
        raise BadSchedule("the rule lacks a FREQ; write DTSTART:20261124T180000 RRULE:FREQ=WEEKLY;BYDAY=TU")
    if _RRULE.sub(" ", rest, count=1).strip():
        raise BadSchedule("a schedule is one DTSTART and one RRULE; dates to skip are given apart")
    if start is not None and start[3]:
        raise BadSchedule("DTSTART must be local, without Z: a schedule is kept in the member's own zone")
    rule = found[1].rstrip(";")
    _refuse_endless(rule)
    starts = _starts(start, today)
    try:
        first = rrule_of(rule, starts).after(starts, inc=True)
    except (ValueError, TypeError, OverflowError) as error:
        raise BadSchedule(_UNREADABLE) from error
    if not isinstance(first, datetime) or first - starts > _FAR:
        raise BadSchedule("the rule never occurs within nine years; check its COUNT, UNTIL and days")
    if _busiest(rrule_of(rule, starts), first) > MOST_A_DAY:
        raise BadSchedule(f"the rule comes more often than {MOST_A_DAY} times a day")
    return Schedule(f"DTSTART:{starts:%Y%m%dT%H%M%S} RRULE:{rule}", rule, starts)


def _refuse_endless(rule: str) -> None:
    """Refuse what would be walked through for ever.

    (For a rule that never fits, dateutil walks to the year 9999.)
    """
    if _TOO_OFTEN.search(rule):
        raise BadSchedule(f"the rule comes more often than {MOST_A_DAY} times a day; use DAILY or longer")
    if re.search(r"INTERVAL=0*(;|$)", rule):
        raise BadSchedule("INTERVAL must be 1 or more")
    if "COUNT=" in rule and "UNTIL=" in rule:
        raise BadSchedule("a rule ends by COUNT or by UNTIL, not by both")


def _starts(found: re.Match[str] | None, today: date) -> datetime:
    """Where the rule begins, in local time; at 9:00 today where it does not say."""
    if found is None:
        return datetime.combine(today, time(9))
    try:
        starts = datetime.strptime(found[1] + (found[2] or "000000"), "%Y%m%d%H%M%S")  # noqa: DTZ007 - local
    except ValueError as error:
        raise BadSchedule(_UNREADABLE) from error
    if not _FIRST_YEAR <= starts.year <= LAST_YEAR:
        raise BadSchedule(f"DTSTART must be in the years {_FIRST_YEAR} to {LAST_YEAR}")
    return starts


def _busiest(rule: rrule, first: datetime) -> int:
    """The most occurrences on one of the eight days from the first."""
    midnight = first.replace(hour=0, minute=0, second=0)
    week = rule.between(midnight, midnight + timedelta(days=8), inc=True)
    return max(Counter(at.date() for at in week).values())


def next_occurrence(
    schedule: Schedule,
    after: datetime,
    zone: ZoneInfo,
    *,
    skip: Collection[date] = (),
) -> datetime | None:
    """Return the first occurrence strictly after `after`, in UTC; None when none comes within nine years.

    A local time that does not exist (spring) is the moment after the gap; one that exists twice (autumn) is
    its first. `skip`: local dates that are left out.
    """
    local = after.astimezone(zone).replace(tzinfo=None)
    for found in local_times(schedule, local):
        if found - local > _FAR:
            return None
        instant = local_instant(found, zone)
        if instant > after and found.date() not in skip:
            return instant
    return None


def local_times(schedule: Schedule, local: datetime) -> Iterator[datetime]:
    """The occurrences after a local time, as a clock on the wall shows them, in order."""
    if not schedule.week:
        yield from rrule_of(schedule.rule, schedule.starts).xafter(local)
        return
    day = local.date()
    while True:
        for weekday, clock in schedule.week:
            at = datetime.combine(day, clock)
            if weekday == day.weekday() and at > local:
                yield at
        day += timedelta(days=1)


@lru_cache(maxsize=1024)
def rrule_of(rule: str, starts: datetime) -> rrule:
    """An RFC 5545 rule as dateutil walks through it. Raises ValueError or TypeError."""
    parsed = rrulestr(rule, dtstart=starts, cache=True)
    if not isinstance(parsed, rrule):
        raise TypeError("a set of rules")
    return parsed


@lru_cache(maxsize=4096)
def closest(schedule: Schedule) -> timedelta | None:
    """How close two occurrences lie at the closest, on a clock that never changes; None where none follows.

    Of a rule the first sixty are looked at, of its first year.
    """
    if schedule.week:
        times = [timedelta(days=day, hours=at.hour, minutes=at.minute) for day, at in schedule.week]
        return min(later - one for one, later in pairwise([*times, times[0] + timedelta(weeks=1)]))
    found = rrule_of(schedule.rule, schedule.starts).xafter(schedule.starts, inc=True, count=60)
    first = next(found)
    year = takewhile(lambda at: at - first <= _A_YEAR, found)
    return min((later - one for one, later in pairwise([first, *year])), default=None)


def next_ten(schedule: Schedule, after: datetime, zone: ZoneInfo, *, skip: Collection[date] = ()) -> list[datetime]:
    """The next ten occurrences, in UTC, for looking at."""
    found: list[datetime] = []
    at: datetime | None = after.astimezone(UTC)
    while len(found) < 10 and at is not None:
        at = next_occurrence(schedule, at, zone, skip=skip)
        if at is not None:
            found.append(at)
    return found


@dataclass(frozen=True)
class OddTime:
    """An occurrence on a day on which the clocks change. `twice`: its time comes twice, and the first is meant.

    Else its time does not exist, and `shown` (local) is the end of the gap, when they are asked.
    """

    local: datetime
    shown: datetime
    twice: bool


def odd_times(
    schedule: Schedule, after: datetime, zone: ZoneInfo, *, days: int = 366, skip: Collection[date] = ()
) -> list[OddTime]:
    """The occurrences of the coming days whose local time does not exist or comes twice, for looking at."""
    first, found = after.astimezone(zone).date(), []
    for day in (first + timedelta(days=step) for step in range(days)):
        midnight = datetime.combine(day, time())
        if _offset(midnight, zone) == _offset(midnight + timedelta(days=1), zone) or day in skip:
            continue
        for local in local_times(schedule, midnight - timedelta(seconds=1)):
            if local.date() != day:
                break
            instant = local_instant(local, zone)
            shown = instant.astimezone(zone).replace(tzinfo=None)
            twice = shown == local and _offset(local, zone) != _offset(local, zone, fold=1)
            if instant > after and (twice or shown != local):
                found.append(OddTime(local, shown, twice))
    return found


def _offset(local: datetime, zone: ZoneInfo, fold: int = 0) -> timedelta | None:
    return local.replace(tzinfo=zone, fold=fold).utcoffset()
