"""What a schedule is made of: weekdays, days of the month, times. A rule is read by what it does, not by how it is put.

(The same Mondays can be written in a dozen ways. What a rule is taken for is made anew and held against it.)
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from itertools import islice, takewhile

from checkin.domain.on_call import DAYS
from checkin.domain.recurrence import (
    MOST_A_DAY,
    BadSchedule,
    Schedule,
    Slot,
    by_times,
    local_times,
    parse_schedule,
    rrule_of,
    week_schedule,
)

LAST = -1
"""The last weekday, or the last day, of a month."""
LONGEST = 200
"""Signs of a schedule's text: as much as its field in a file or a request takes."""
_ENDS = ("COUNT", "UNTIL")
_TIMES = {"BYHOUR", "BYMINUTE", "BYSETPOS"}
_HELD_AGAINST = 48
_HELD_AGAINST_DAYS = timedelta(days=2 * 366)


@dataclass(frozen=True)
class Weekly:
    """Weekdays, each with its times; every so many weeks, of which that of `first` (a Monday) is one."""

    week: tuple[Slot, ...]
    every: int = 1
    first: date | None = None


@dataclass(frozen=True)
class Monthly:
    """Each month: the `nths` (1 to 5, or LAST) of a weekday, or these `days` (1 to 31, or LAST); at these times."""

    times: tuple[time, ...]
    nths: tuple[int, ...] = ()
    weekday: int = 0
    days: tuple[int, ...] = ()
    every: int = 1


@dataclass(frozen=True)
class EachDays:
    """Every so many days."""

    every: int
    times: tuple[time, ...]


@dataclass(frozen=True)
class Yearly:
    """Once a year."""

    month: int
    day: int
    at: time


Pattern = Weekly | Monthly | EachDays | Yearly


def made(pattern: Weekly | Monthly, today: date) -> Schedule:
    """The schedule of what was clicked. Raises BadSchedule."""
    if isinstance(pattern, Weekly):
        if pattern.every == 1:
            return week_schedule(pattern.week)
        _look_at_times(Counter(day for day, _at in pattern.week))
        first = pattern.first or today
        starts = first - timedelta(days=first.weekday())
        days = sorted({day for day, _at in pattern.week})
        parts = [f"FREQ=WEEKLY;INTERVAL={pattern.every};BYDAY={','.join(DAYS[day] for day in days)}"]
        return _made(parts, starts, days, pattern.week, today)
    _look_at_times(Counter({0: len(pattern.times)}))
    parts = ["FREQ=MONTHLY" if pattern.every == 1 else f"FREQ=MONTHLY;INTERVAL={pattern.every}"]
    if pattern.nths:
        parts.append("BYDAY=" + ",".join(f"{nth}{DAYS[pattern.weekday]}" for nth in pattern.nths))
    elif pattern.days:
        parts.append("BYMONTHDAY=" + ",".join(str(day) for day in pattern.days))
    else:
        raise BadSchedule("a schedule needs a day and a time")
    places = range(len(pattern.nths or pattern.days)) if _alike(pattern) else ()
    slots = [(place, at) for place in places for at in pattern.times]
    return _made(parts, today.replace(day=1), places, slots or [(0, at) for at in pattern.times], today)


def _alike(pattern: Monthly) -> bool:
    """Whether each month has as many of its days."""
    return all(day <= 28 for day in pattern.days) and not ({4, LAST} <= set(pattern.nths) or 5 in pattern.nths)


def _look_at_times(counts: Counter[int]) -> None:
    if not counts or min(counts.values()) < 1:
        raise BadSchedule("a schedule needs a day and a time")
    if max(counts.values()) > MOST_A_DAY:
        raise BadSchedule(f"the schedule comes more often than {MOST_A_DAY} times a day")


def _made(parts: list[str], starts: date, days: Sequence[int], slots: Iterable[Slot], today: date) -> Schedule:
    """The rule of these days and times. A rule has hours and minutes apart: of what is between, some are chosen."""
    wanted = set(slots)
    times = sorted({at for _day, at in wanted})
    hours, minutes = sorted({at.hour for at in times}), sorted({at.minute for at in times})
    if len(times) > 1:
        parts = [*parts, f"BYHOUR={','.join(map(str, hours))}", f"BYMINUTE={','.join(map(str, minutes))}"]
        every = [(day, time(hour, minute)) for day in days or (0,) for hour in hours for minute in minutes]
        if len(every) > len(wanted):
            if not days:
                raise BadSchedule("these times cannot be kept on days that some months lack; choose one time")
            places = [str(place) for place, slot in enumerate(every, 1) if slot in wanted]
            parts = [*parts, f"BYSETPOS={','.join(places)}"]
    text = f"DTSTART:{datetime.combine(starts, times[0]):%Y%m%dT%H%M%S} RRULE:{';'.join(parts)}"
    if len(text) > LONGEST:
        raise BadSchedule("these are too many different times; choose fewer")
    return parse_schedule(text, today)


@lru_cache(maxsize=1024)
def pattern_of(schedule: Schedule) -> Pattern | None:
    """What a schedule is made of, whenever it ends; None where it is nothing of the kind."""
    if schedule.week:
        return Weekly(schedule.week)
    parts = _parts(schedule.rule)
    kind, every = parts.pop("FREQ"), int(parts.pop("INTERVAL", "1"))
    weeks_begin = parts.pop("WKST", "MO")
    if schedule.starts.second:
        return None
    match kind:
        case "WEEKLY" if set(parts) <= {"BYDAY", *_TIMES} and (every == 1 or weeks_begin == "MO"):
            return _weekly(schedule, every)
        case "DAILY" if every == 1 and set(parts) <= {"BYDAY", *_TIMES}:
            return _weekly(schedule, 1)
        case "DAILY" if set(parts) <= _TIMES:
            return EachDays(every, _times_after(schedule, timedelta(days=every)))
        case "MONTHLY" if set(parts) <= {"BYDAY", "BYMONTHDAY", *_TIMES}:
            return _monthly(schedule, parts, every)
        case "YEARLY" if not parts and every == 1:
            return Yearly(schedule.starts.month, schedule.starts.day, schedule.starts.time())
    return None


def drawn(schedule: Schedule) -> Weekly | Monthly | None:
    """What is clicked on the page for this schedule; None where it cannot be clicked."""
    if ends_of(schedule) is not None:
        return None
    match pattern_of(schedule):
        case Weekly(every=every) as weekly if every <= 4:
            return weekly
        case Monthly(every=1, nths=nths) as monthly if 5 not in nths:
            return monthly
    return None


def ends_of(schedule: Schedule) -> int | datetime | None:
    """When a schedule is over: after so many times, or with a local time. None: never."""
    parts = _all_parts(schedule.rule)
    if "COUNT" in parts:
        return int(parts["COUNT"])
    if "UNTIL" in parts:
        day, _t, clock = parts["UNTIL"].partition("T")
        until = time(int(clock[:2]), int(clock[2:4])) if clock else time()
        return datetime.combine(date.fromisoformat(day), until)
    return None


def with_time(schedule: Schedule, new: time, today: date) -> Schedule:
    """The same days at another time (the command TIME 6pm). Of several times on a day, the nearest is moved.

    Raises BadSchedule where that cannot be put: from `today` on it would come on other days.
    """
    if schedule.week:
        return week_schedule(_week_moved(schedule.week, new))
    clocks = _clocks(schedule)
    moved = _one_of_several_moved(schedule, new) if len(clocks) > 1 else _only_one_moved(schedule, clocks[0], new)
    if _days_from(today, moved) != _days_from(today, schedule):
        raise BadSchedule("at this time it would come on other days")
    return moved


def _clocks(schedule: Schedule) -> list[time]:
    """The times that a rule names: each of its hours with each of its minutes."""
    parts = _all_parts(schedule.rule)
    hours = {int(hour) for hour in parts.get("BYHOUR", str(schedule.starts.hour)).split(",")}
    minutes = {int(minute) for minute in parts.get("BYMINUTE", str(schedule.starts.minute)).split(",")}
    return [time(hour, minute) for hour in hours for minute in minutes]


def _one_of_several_moved(schedule: Schedule, new: time) -> Schedule:
    """(What is chosen of several times, or ends after so many, means something else once their number changes.)"""
    began = schedule.starts.date()
    match pattern_of(schedule) if ends_of(schedule) is None else None:
        case Weekly(week=week) as weekly:
            return made(replace(weekly, week=_week_moved(week, new)), began)
        case Monthly(times=times) as monthly:
            return made(replace(monthly, times=_nearest_moved(times, new)), began)
        case EachDays(every=every, times=times):
            slots = [(0, at) for at in _nearest_moved(times, new)]
            return _made([f"FREQ=DAILY;INTERVAL={every}"], began, (0,), slots, began)
    raise BadSchedule("of these several times, none can be moved alone")


def _only_one_moved(schedule: Schedule, old: time, new: time) -> Schedule:
    """Its last day stays the last one, though the new time be after the end that it names."""
    parts, until = _all_parts(schedule.rule), ends_of(schedule)
    if isinstance(until, datetime):
        last = until.date() if old <= until.time() else until.date() - timedelta(days=1)
        parts["UNTIL"] = f"{datetime.combine(last, new):%Y%m%dT%H%M%S}"
    rule = ";".join(f"{name}={value}" for name, value in parts.items() if name not in ("BYHOUR", "BYMINUTE"))
    starts = datetime.combine(schedule.starts.date(), new)
    return parse_schedule(f"DTSTART:{starts:%Y%m%dT%H%M%S} RRULE:{rule}", starts.date())


def _days_from(today: date, schedule: Schedule) -> list[date]:
    """The days of the next two years on which it comes."""
    midnight = datetime.combine(today, time()) - timedelta(seconds=1)
    coming = takewhile(lambda at: at < midnight + _HELD_AGAINST_DAYS, local_times(schedule, midnight))
    return list(dict.fromkeys(at.date() for at in coming))


def _week_moved(week: Sequence[Slot], new: time) -> tuple[Slot, ...]:
    lines = [(days, _nearest_moved(times, new)) for days, times in by_times(week)]
    return tuple(sorted((day, at) for days, times in lines for day in days for at in times))


def _nearest_moved(times: Sequence[time], new: time) -> tuple[time, ...]:
    """These times with the one that is nearest to the new one moved to it."""
    nearest = min(times, key=lambda at: abs(_minutes(at) - _minutes(new)))
    return tuple(sorted({new if at == nearest else at for at in times}))


def _minutes(at: time) -> int:
    return at.hour * 60 + at.minute


def _all_parts(rule: str) -> dict[str, str]:
    return dict(part.split("=", 1) for part in rule.split(";") if "=" in part)


def _parts(rule: str) -> dict[str, str]:
    return {name: value for name, value in _all_parts(rule).items() if name not in _ENDS}


def _endless(schedule: Schedule) -> str:
    return ";".join(f"{name}={value}" for name, value in _parts(schedule.rule).items())


def _weekly(schedule: Schedule, every: int) -> Weekly | None:
    """The weekdays and times of one whole week in which the rule comes."""
    monday = schedule.starts.date() - timedelta(days=schedule.starts.weekday())
    week = datetime.combine(monday + timedelta(weeks=every), time())
    found = rrule_of(_endless(schedule), schedule.starts).between(
        week, week + timedelta(days=7, microseconds=-1), inc=True
    )
    slots = tuple((at.weekday(), at.time()) for at in found)
    return Weekly(slots, every, monday if every > 1 else None) if slots else None


def _times_after(schedule: Schedule, span: timedelta) -> tuple[time, ...]:
    """The times of the day so long after the first."""
    day = datetime.combine(schedule.starts.date() + span, time())
    rule = rrule_of(_endless(schedule), schedule.starts)
    return tuple(at.time() for at in rule.between(day, day + timedelta(days=1, microseconds=-1), inc=True))


def _monthly(schedule: Schedule, parts: dict[str, str], every: int) -> Monthly | None:
    """What the rule is taken for, if the rule made of that comes at the same times."""
    rule = rrule_of(_endless(schedule), schedule.starts)
    first = rule.after(schedule.starts, inc=True)
    month = schedule.starts.replace(day=1, hour=0, minute=0) - timedelta(seconds=1)
    if not isinstance(first, datetime):
        return None
    for taken in _taken_for(schedule, parts, _times_of(rule), every):
        try:
            again = made(taken, schedule.starts.date())
        except BadSchedule:
            continue
        after = max(month, first - timedelta(seconds=1))
        mine = islice(rule.xafter(after), _HELD_AGAINST)
        if list(mine) == list(islice(rrule_of(again.rule, again.starts).xafter(after), _HELD_AGAINST)):
            return taken
    return None


def _times_of(rule: Iterable[datetime]) -> tuple[time, ...]:
    """The times of the second of its days: on the first, some may lie before it begins."""
    days: dict[date, list[time]] = {}
    for at in rule:
        days.setdefault(at.date(), []).append(at.time())
        if len(days) > 2:
            break
    return tuple(list(days.values())[min(1, len(days) - 1)])


def _taken_for(schedule: Schedule, parts: dict[str, str], times: tuple[time, ...], every: int) -> Iterable[Monthly]:
    named = [name for name in parts.get("BYDAY", "").split(",") if name]
    weekdays = {name[-2:] for name in named}
    if not named:
        days = {int(day) for day in parts.get("BYMONTHDAY", str(schedule.starts.day)).split(",")}
        if min(days) >= LAST:
            yield Monthly(times, days=_in_order(days), every=every)
    elif len(weekdays) == 1:
        numbers = [name[:-2] for name in named]
        if not all(numbers):
            numbers = parts.get("BYSETPOS", "").split(",")
        if all(numbers):
            nths = {int(number) for number in numbers}
            if min(nths) >= LAST and max(nths) <= 5:
                yield Monthly(times, _in_order(nths), DAYS.index(min(weekdays)), every=every)


def _in_order(numbers: Iterable[int]) -> tuple[int, ...]:
    """In the order in which they come in a month: those that are counted from its end stand last."""
    return tuple(sorted(numbers, key=lambda number: (number < 0, number)))
