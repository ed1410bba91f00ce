"""Schedules: `TU,TH 18:00`, `daily 6pm`, or an RFC 5545 rule, in the member's own zone, over daylight saving."""

import re
from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from dateutil.rrule import rrule, rruleset, rrulestr

from checkin.domain.contact_hours import local_instant
from checkin.domain.on_call import DAYS, BadShifts, parse_days

_SIMPLE = re.compile(
    r"^(daily|[A-Za-z,\-\s]+?)\s+(?:at\s+)?(\d{1,2})(?:[:.](\d{2}))?\s*(am|pm)?$", re.IGNORECASE
)
_DTSTART = re.compile(r"DTSTART(?:;[^:]*)?:(\d{8})(?:T(\d{6}))?(Z)?")
_RRULE = re.compile(r"(?:RRULE:)?((?:FREQ)=[A-Z0-9=;,+\-:]+)")
_NAMES = {
    "en": ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
    "es": ("lunes", "martes", "miércoles", "jueves", "viernes", "sábado", "domingo"),
}
_MOST_A_DAY = 4
_FAR = timedelta(days=366 * 9)


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
    raise BadSchedule(
        f"'{text[:40]}' is no schedule; write it like TU,TH 18:00, daily 9:00, or an RFC 5545 rule"
    )


def _simple(found: re.Match[str]) -> Schedule:
    try:
        days = tuple(range(7)) if found[1].strip().lower() == "daily" else parse_days(found[1])
        at = _clock(int(found[2]), int(found[3] or 0), (found[4] or "").lower())
    except (BadShifts, ValueError) as error:
        raise BadSchedule(
            f"'{found[0][:40]}' is no schedule; write it like TU,TH 18:00 or daily 9:00"
        ) from error
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
    start, found = _DTSTART.search(text), _RRULE.search(_DTSTART.sub(" ", text))
    if found is None:
        raise BadSchedule("the rule lacks a FREQ; write DTSTART:20261124T180000 RRULE:FREQ=WEEKLY;BYDAY=TU")
    if start is not None and start[3]:
        raise BadSchedule(
            "DTSTART must be local time, without Z: a schedule is kept in the member's own zone"
        )
    rule = found[1].rstrip(";")
    if re.search(r"FREQ=(SECONDLY|MINUTELY|HOURLY)|BYSECOND=", rule):
        raise BadSchedule(f"the rule comes more often than {_MOST_A_DAY} times a day; use DAILY or longer")
    try:
        day, clock = (start[1], start[2] or "000000") if start is not None else (f"{today:%Y%m%d}", "090000")
        starts = datetime.strptime(day + clock, "%Y%m%d%H%M%S")  # noqa: DTZ007 - local by definition
        soon = rrulestr(rule, dtstart=starts)
        first = soon.after(starts, inc=True)
        busiest = max(
            (len(list(soon.between(d, d + timedelta(days=1), inc=True))) for d in _days_from(first)),
            default=0,
        )
    except (ValueError, TypeError, OverflowError) as error:
        raise BadSchedule("the rule cannot be read; see RFC 5545, section 3.3.10") from error
    if first is None:
        raise BadSchedule("the rule never occurs; check its COUNT, UNTIL and days")
    if busiest > _MOST_A_DAY:
        raise BadSchedule(f"the rule comes more often than {_MOST_A_DAY} times a day")
    return Schedule(f"DTSTART:{starts:%Y%m%dT%H%M%S} RRULE:{rule}", rule, starts)


def _days_from(first: datetime | None) -> list[datetime]:
    if first is None:
        return []
    midnight = first.replace(hour=0, minute=0, second=0)
    return [midnight + timedelta(days=step) for step in range(8)]


def next_occurrence(
    schedule: Schedule,
    after: datetime,
    zone: ZoneInfo,
    *,
    skip: Collection[date] = (),
) -> datetime | None:
    """Return the first occurrence strictly after `after`, in UTC; None when the rule has ended.

    A local time that does not exist (spring) is the moment after the gap; one that exists twice (autumn) is its
    first. `skip`: local dates that are left out.
    """
    local = after.astimezone(zone).replace(tzinfo=None) - timedelta(hours=26)
    until = local + _FAR
    while local < until:
        found = _next_local(schedule, local)
        if found is None:
            return None
        instant = local_instant(found, zone)
        if instant > after and found.date() not in skip:
            return instant
        local = found
    return None


def _next_local(schedule: Schedule, local: datetime) -> datetime | None:
    if schedule.at is None:
        found = _rule(schedule.rule, schedule.starts).after(local)
        return found if isinstance(found, datetime) else None
    for step in range(8):
        day = local.date() + timedelta(days=step)
        at = datetime.combine(day, schedule.at)
        if day.weekday() in schedule.days and at > local:
            return at
    return None


@lru_cache(maxsize=1024)
def _rule(rule: str, starts: datetime) -> rrule | rruleset:
    return rrulestr(rule, dtstart=starts, cache=True)


def is_daily(schedule: Schedule) -> bool:
    """Whether it comes at least seven times in its first week: then the daily policy holds."""
    if schedule.at is not None:
        return len(schedule.days) == 7
    first = _rule(schedule.rule, schedule.starts).after(schedule.starts, inc=True)
    if not isinstance(first, datetime):
        return False
    week = _rule(schedule.rule, schedule.starts).between(first, first + timedelta(days=7), inc=True)
    return len([at for at in week if at < first + timedelta(days=7)]) >= 7


def with_time(schedule: Schedule, new: time) -> Schedule:
    """The same days at another time (the command TIME 6pm)."""
    if schedule.at is not None:
        return simple_schedule(schedule.days, new)
    starts = datetime.combine(schedule.starts.date(), new)
    return replace(schedule, text=f"DTSTART:{starts:%Y%m%dT%H%M%S} RRULE:{schedule.rule}", starts=starts)


def in_words(schedule: Schedule, language: str = "en") -> str:
    """The schedule as one would say it."""
    if schedule.at is None:
        return schedule.text
    names, clock = _NAMES.get(language[:2], _NAMES["en"]), f"{schedule.at:%H:%M}"
    spanish = language.startswith("es")
    if len(schedule.days) == 7:
        return f"cada día a las {clock}" if spanish else f"every day at {clock}"
    days = [names[day] for day in schedule.days]
    listed = days[0] if len(days) == 1 else ", ".join(days[:-1]) + (" y " if spanish else " and ") + days[-1]
    return f"cada {listed} a las {clock}" if spanish else f"every {listed} at {clock}"


def next_ten(schedule: Schedule, after: datetime, zone: ZoneInfo) -> list[datetime]:
    """The next ten occurrences, in UTC, for looking at."""
    found: list[datetime] = []
    at: datetime | None = after.astimezone(UTC)
    while len(found) < 10 and at is not None:
        at = next_occurrence(schedule, at, zone)
        if at is not None:
            found.append(at)
    return found
