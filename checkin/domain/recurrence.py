"""Schedules: `TU,TH 18:00`, `daily 6pm`, or an RFC 5545 rule, in the member's own zone."""

import re
from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from dateutil.rrule import rrule, rrulestr

from checkin.domain.contact_hours import local_instant
from checkin.domain.on_call import DAYS, BadShifts, parse_days

_CLOCK = r"(?:at\s+)?(\d{1,2})(?:[:.](\d{2}))?\s*(am|pm)?"
_SIMPLE = re.compile(rf"^(daily|[A-Za-z,\-\s]+?)\s+{_CLOCK}$", re.IGNORECASE)
_DTSTART = re.compile(r"DTSTART(?:;[^:]*)?:(\d{8})(?:T(\d{6}))?(Z)?")
_RRULE = re.compile(r"(?:RRULE:)?((?:FREQ)=[A-Z0-9=;,+\-:]+)")
_TOO_OFTEN = re.compile(r"FREQ=(SECONDLY|MINUTELY|HOURLY)|BYSECOND=")
_BY_CLOCK = re.compile(r";BY(HOUR|MINUTE)=[^;]*")
_NAMES = {
    "en": ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
    "es": ("lunes", "martes", "miércoles", "jueves", "viernes", "sábado", "domingo"),
}
_ENGLISH, _SPANISH = ("every", "at", "and", "day"), ("cada", "a las", "y", "día")
_MOST_A_DAY = 4
_FAR = timedelta(days=366 * 9)  # 29 February may stay away for eight years
_FIRST_YEAR = 1970


class BadSchedule(ValueError):
    """A text that is no schedule we can keep: one sentence."""


@dataclass(frozen=True)
class Schedule:
    """A rule in local time. `text` is canonical and can be parsed again; a simple one has `days` and `at`."""

    text: str
    rule: str
    starts: datetime
    days: tuple[int, ...] = ()
    at: time | None = None


@lru_cache(maxsize=4096)
def parse_schedule(text: str, today: date) -> Schedule:
    """Read a schedule; `today` is where a rule without DTSTART begins. Raises BadSchedule."""
    simple = _SIMPLE.match(text.strip())
    if simple is not None:
        return _simple(simple)
    if "FREQ=" in text.upper():
        return _from_rfc5545(text.strip().upper(), today)
    raise BadSchedule(f"'{text[:40]}' is no schedule; write it like TU,TH 18:00, daily 9:00, or an RRULE")


def _simple(found: re.Match[str]) -> Schedule:
    try:
        days = tuple(range(7)) if found[1].strip().lower() == "daily" else parse_days(found[1])
        at = _clock(int(found[2]), int(found[3] or 0), (found[4] or "").lower())
    except (BadShifts, ValueError) as error:
        wrong = f"'{found[0][:40]}' is no schedule"
        raise BadSchedule(f"{wrong}; write it like TU,TH 18:00 or daily 9:00") from error
    return simple_schedule(days, at)


def simple_schedule(days: tuple[int, ...], at: time) -> Schedule:
    """The schedule of these weekdays (0 is Monday) at one local time."""
    names = ",".join(DAYS[day] for day in days)
    rule = f"FREQ=WEEKLY;BYDAY={names}"
    return Schedule(f"{names} {at:%H:%M}", rule, datetime.combine(date(2020, 1, 6), at), days, at)


def _clock(hour: int, minute: int, half: str) -> time:
    if half and not 1 <= hour <= 12:
        raise ValueError(hour)
    if half:
        hour = hour % 12 + (12 if half == "pm" else 0)
    return time(hour, minute)


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
    try:
        starts = _starts(start, today)
        first = _parsed(rule, starts).after(starts, inc=True)
    except (ValueError, TypeError, OverflowError) as error:
        raise BadSchedule("the rule cannot be read; see RFC 5545, section 3.3.10") from error
    if starts.year < _FIRST_YEAR:
        raise BadSchedule(f"DTSTART must be in {_FIRST_YEAR} or later")
    if not isinstance(first, datetime) or first - starts > _FAR:
        raise BadSchedule("the rule never occurs within nine years; check its COUNT, UNTIL and days")
    if _busiest(_parsed(rule, starts), first) > _MOST_A_DAY:
        raise BadSchedule(f"the rule comes more often than {_MOST_A_DAY} times a day")
    return Schedule(f"DTSTART:{starts:%Y%m%dT%H%M%S} RRULE:{rule}", rule, starts)


def _refuse_endless(rule: str) -> None:
    """Refuse what would be walked through for ever.

    (For a rule that never fits, dateutil walks to the year 9999.)
    """
    if _TOO_OFTEN.search(rule):
        raise BadSchedule(f"the rule comes more often than {_MOST_A_DAY} times a day; use DAILY or longer")
    if re.search(r"INTERVAL=0*(;|$)", rule):
        raise BadSchedule("INTERVAL must be 1 or more")
    if "COUNT=" in rule and "UNTIL=" in rule:
        raise BadSchedule("a rule ends by COUNT or by UNTIL, not by both")


def _starts(found: re.Match[str] | None, today: date) -> datetime:
    """Where the rule begins, in local time; at 9:00 today where it does not say."""
    if found is None:
        return datetime.combine(today, time(9))
    return datetime.strptime(found[1] + (found[2] or "000000"), "%Y%m%d%H%M%S")  # noqa: DTZ007 - local


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
    for found in _local_times(schedule, local):
        if found - local > _FAR:
            return None
        instant = local_instant(found, zone)
        if instant > after and found.date() not in skip:
            return instant
    return None


def _local_times(schedule: Schedule, local: datetime) -> Iterator[datetime]:
    """The occurrences after a local time, as a clock on the wall shows them, in order."""
    if schedule.at is None:
        yield from _parsed(schedule.rule, schedule.starts).xafter(local)
        return
    day = local.date()
    while schedule.days:
        at = datetime.combine(day, schedule.at)
        if day.weekday() in schedule.days and at > local:
            yield at
        day += timedelta(days=1)


@lru_cache(maxsize=1024)
def _parsed(rule: str, starts: datetime) -> rrule:
    parsed = rrulestr(rule, dtstart=starts, cache=True)
    if not isinstance(parsed, rrule):
        raise TypeError("a set of rules")
    return parsed


def is_daily(schedule: Schedule) -> bool:
    """Whether it comes at least seven times in its first week: then the daily policy holds."""
    if schedule.at is not None:
        return len(schedule.days) == 7
    rule = _parsed(schedule.rule, schedule.starts)
    first = rule.after(schedule.starts, inc=True)
    if not isinstance(first, datetime):
        return False
    return len(list(rule.between(first, first + timedelta(days=7, seconds=-1), inc=True))) >= 7


def with_time(schedule: Schedule, new: time) -> Schedule:
    """The same days at another time (the command TIME 6pm)."""
    if schedule.at is not None:
        return simple_schedule(schedule.days, new)
    starts, rule = datetime.combine(schedule.starts.date(), new), _BY_CLOCK.sub("", schedule.rule)
    return replace(schedule, text=f"DTSTART:{starts:%Y%m%dT%H%M%S} RRULE:{rule}", rule=rule, starts=starts)


def in_words(schedule: Schedule, language: str = "en") -> str:
    """The schedule as one would say it."""
    if schedule.at is None:
        return schedule.text
    names, clock = _NAMES.get(language[:2], _NAMES["en"]), f"{schedule.at:%H:%M}"
    every, at, conjunction, day = _SPANISH if language.startswith("es") else _ENGLISH
    if len(schedule.days) == 7:
        return f"{every} {day} {at} {clock}"
    *others, last = (names[day] for day in schedule.days)
    listed = f"{', '.join(others)} {conjunction} {last}" if others else last
    return f"{every} {listed} {at} {clock}"


def next_ten(schedule: Schedule, after: datetime, zone: ZoneInfo) -> list[datetime]:
    """The next ten occurrences, in UTC, for looking at."""
    found: list[datetime] = []
    at: datetime | None = after.astimezone(UTC)
    while len(found) < 10 and at is not None:
        at = next_occurrence(schedule, at, zone)
        if at is not None:
            found.append(at)
    return found
