"""A schedule as one would say it, in English and Spanish, whichever way it was made. Pure.

every Tuesday at 9 am and 6 pm, and every Thursday at 6 pm · on the first Monday of each month at 6 pm
"""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, time

from checkin.domain.recurrence import Schedule, by_times, rrule_of
from checkin.domain.schedule_patterns import LAST, EachDays, Monthly, Weekly, Yearly, ends_of, pattern_of

_NAMES = {
    "en": ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
    "es": ("lunes", "martes", "miércoles", "jueves", "viernes", "sábado", "domingo"),
}
_MONTHS = {
    "en": "January February March April May June July August September October November December".split(),
    "es": "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre".split(),
}
_NTH = {
    "en": {1: "first", 2: "second", 3: "third", 4: "fourth", 5: "fifth", LAST: "last"},
    "es": {1: "primer", 2: "segundo", 3: "tercer", 4: "cuarto", 5: "quinto", LAST: "último"},
}
_AND = {"en": "and", "es": "y"}
_NOT_EACH = {"en": ", in the months that have it", "es": ", en los meses que lo tienen"}


def in_words(schedule: Schedule, language: str, today: date) -> str:
    """The schedule in words, English where the language is not Spanish; `today` tells whether it has begun.

    A rule that has no plain words is said to be one, with the rule itself.
    """
    tongue = "es" if language.startswith("es") else "en"
    return _what(schedule, tongue) + _from(schedule, tongue, today) + _until(schedule, tongue)


def next_in_words(local: date, language: str, today: date) -> str:
    """`next: Tue 1 Dec`, with the year where it is another."""
    spanish = language.startswith("es")
    return f"{'próximo' if spanish else 'next'}: {_short(local, 'es' if spanish else 'en', today)}"


def _what(schedule: Schedule, tongue: str) -> str:
    match pattern_of(schedule):
        case Weekly(week, 1):
            lines = [f"{_every(days, tongue)} {_at(times, tongue)}" for days, times in by_times(week)]
            return _lines(lines, tongue)
        case Weekly(week, every):
            lines = [f"{_on(days, tongue)} {_at(times, tongue)}" for days, times in by_times(week)]
            weeks = f"cada {every} semanas, " if tongue == "es" else f"every {every} weeks "
            return weeks + _lines(lines, tongue)
        case Monthly() as monthly:
            return _monthly(monthly, tongue)
        case EachDays(every, times):
            days = f"cada {every} días" if tongue == "es" else f"every {every} days"
            return f"{days} {_at(times, tongue)}"
        case Yearly(month, day, at):
            name = _MONTHS[tongue][month - 1]
            yearly = f"cada año el {day} de {name}" if tongue == "es" else f"every year on {day} {name}"
            return f"{yearly} {_at([at], tongue)}"
    unsaid = {
        "en": "by a calendar rule that has no plain words",
        "es": "según una regla de calendario que no tiene palabras sencillas",
    }
    return f"{unsaid[tongue]} ({schedule.rule})"


def _lines(lines: Sequence[str], tongue: str) -> str:
    *others, last = lines
    return f"{', '.join(others)}, {_AND[tongue]} {last}" if others else last


def _every(days: Sequence[int], tongue: str) -> str:
    names = _NAMES[tongue]
    if len(days) == 7:
        return "cada día" if tongue == "es" else "every day"
    if _in_a_row(days):
        return _row(days, tongue)
    return f"{'cada' if tongue == 'es' else 'every'} {_listed((names[day] for day in days), tongue)}"


def _on(days: Sequence[int], tongue: str) -> str:
    names = _NAMES[tongue]
    if len(days) == 7:
        return "todos los días" if tongue == "es" else "on every day"
    if _in_a_row(days):
        return _row(days, tongue)
    if tongue == "es":
        return _listed((f"el {names[day]}" for day in days), tongue)
    return f"on {_listed((names[day] for day in days), tongue)}"


def _in_a_row(days: Sequence[int]) -> bool:
    return len(days) > 2 and days[-1] - days[0] == len(days) - 1


def _row(days: Sequence[int], tongue: str) -> str:
    first, last = _NAMES[tongue][days[0]], _NAMES[tongue][days[-1]]
    return f"de {first} a {last}" if tongue == "es" else f"from {first} to {last}"


def _monthly(monthly: Monthly, tongue: str) -> str:
    spanish, at = tongue == "es", _at(monthly.times, tongue)
    if monthly.nths:
        nths = _listed((_NTH[tongue].get(nth, str(nth)) for nth in monthly.nths), tongue)
        on = f"{'el' if spanish else 'on the'} {nths} {_NAMES[tongue][monthly.weekday]}"
    else:
        on = _days(monthly.days, tongue)
    seldom = 5 in monthly.nths or any(day > 28 for day in monthly.days)
    rest = f" {at}{_NOT_EACH[tongue] if seldom else ''}"
    if monthly.every == 1:
        return f"{on} {'de cada mes' if spanish else 'of each month'}{rest}"
    return f"{'cada' if spanish else 'every'} {monthly.every} {'meses' if spanish else 'months'}, {on}{rest}"


def _days(days: Sequence[int], tongue: str) -> str:
    counted, last = [day for day in days if day > 0], LAST in days
    if tongue == "es":
        named = (
            [f"{'el día' if len(counted) == 1 else 'los días'} {_listed(map(str, counted), tongue)}"] if counted else []
        )
        return " y ".join([*named, *(["el último día"] if last else [])])
    names = [f"{day}{_ordinal(day)}" for day in counted] + (["last day"] if last else [])
    return f"on the {_listed(names, tongue)}"


def _ordinal(day: int) -> str:
    return "th" if 10 < day < 20 else {1: "st", 2: "nd", 3: "rd"}.get(day % 10, "th")


def _at(times: Iterable[time], tongue: str) -> str:
    if tongue == "es":
        return _listed((f"a la{'' if at.hour == 1 else 's'} {at.hour}:{at.minute:02}" for at in times), tongue)
    return f"at {_listed((clock_in_words(at) for at in times), tongue)}"


def clock_in_words(at: time) -> str:
    """A time of day in English, such as 6 pm or 9:30 am."""
    minute = f":{at.minute:02}" if at.minute else ""
    return f"{at.hour % 12 or 12}{minute} {'am' if at.hour < 12 else 'pm'}"


def _listed(words: Iterable[str], tongue: str) -> str:
    *others, last = words
    return f"{', '.join(others)} {_AND[tongue]} {last}" if others else last


def _from(schedule: Schedule, tongue: str, today: date) -> str:
    """A rule that has yet to begin: from when on."""
    if schedule.week or schedule.starts.date() <= today:
        return ""
    first = rrule_of(schedule.rule, schedule.starts).after(schedule.starts, inc=True)
    if not isinstance(first, datetime):
        return ""
    day = _short(first.date(), tongue, today)
    return f", desde el {day}" if tongue == "es" else f", from {day} on"


def _until(schedule: Schedule, tongue: str) -> str:
    ends = ends_of(schedule)
    match ends:
        case None:
            return ""
        case int():
            if tongue == "es":
                return f", {ends} {'vez' if ends == 1 else 'veces'} en total"
            return f", {ends} {'time' if ends == 1 else 'times'} in all"
        case _:
            month = _MONTHS[tongue][ends.month - 1]
            if tongue == "es":
                return f", hasta el {ends.day} de {month} de {ends.year}"
            return f", until {ends.day} {month} {ends.year}"


def _short(day: date, tongue: str, today: date) -> str:
    weekday, month = _NAMES[tongue][day.weekday()][:3], _MONTHS[tongue][day.month - 1][: 4 if _long(day, tongue) else 3]
    year = f" {day.year}" if day.year != today.year else ""
    return f"{weekday} {day.day} {month}{year}"


def _long(day: date, tongue: str) -> bool:
    """Months whose short name has four letters: sept."""
    return tongue == "es" and day.month == 9
