"""The form of a schedule: days and times that are clicked, read into a schedule and drawn from one."""

from dataclasses import dataclass
from datetime import date, time, timedelta
from typing import Any

from babel.dates import format_date, get_day_names
from flask import request
from werkzeug.datastructures import MultiDict
from wtforms import Field, RadioField, SelectField, StringField

from checkin.domain.recurrence import BadSchedule, Schedule, by_times, parse_schedule
from checkin.domain.schedule_patterns import LAST, Monthly, Weekly, drawn, made
from checkin.handlers.left_out import BadHolidays, countries, holidays_of, region_named, regions
from checkin.handlers.schedule_set import Wanted
from checkin.web.dashboard.forms import NotLonger, PageForm, choices, stripped
from checkin.web.dashboard.language import _, lazy, locale

_OFF = {"autocomplete": "off"}
_LINES, _MOST_LINES = 3, 7
_A_DAY = 4


@dataclass
class Line:
    """Days of the week that have the same times, as they were clicked. Its fields bear `place` at their end."""

    place: str
    days: set[int]
    times: list[str]

    def slots(self) -> list[tuple[int, time]]:
        """Raises ValueError for a time that is none."""
        return [(day, time.fromisoformat(at)) for day in sorted(self.days) for at in self.times if at]


class ScheduleForm(PageForm):
    """How often, days, times, and what is left out. `lines`, `nths`, `dates`: what is clicked."""

    kind = RadioField(lazy("How often"), default="week", validate_choice=False)
    days = Field(lazy("Days"))
    at = Field(lazy("Times"))
    weeks = SelectField(lazy("Weeks"), coerce=int, default=1)
    first = SelectField(lazy("Beginning with the week of"), default="", validate_choice=False)
    weekday = SelectField(lazy("Day of the week"), coerce=int, default=0)
    rule = StringField(lazy("A rule of calendars"), [NotLonger(200)], filters=[stripped], render_kw=_OFF)
    skip = StringField(lazy("Dates to leave out"), [NotLonger(400)], filters=[stripped], render_kw=_OFF)
    country = SelectField(lazy("Leave out the holidays of"), default="")
    region = StringField(lazy("Region"), [NotLonger(80)], filters=[stripped], render_kw={**_OFF, "list": "regions"})

    lines: list[Line]
    nths: set[int]
    dates: set[int]


def form_of(given: MultiDict[str, str] | None, today: date) -> ScheduleForm:
    """The form as it was sent; without anything sent, an empty one."""
    form = ScheduleForm(formdata=given)
    form.kind.choices = choices(
        [
            ("day", _("Every day")),
            ("week", _("On days of the week")),
            ("month", _("On a weekday of each month, such as the first Monday")),
            ("date", _("On a date of each month, such as the 15th")),
            ("other", _("By a rule that cannot be clicked")),
        ]
    )
    names = get_day_names("wide", locale=locale())
    form.weekday.choices = choices((day, names[day]) for day in range(7))
    form.weeks.choices = choices(
        [(1, _("every week")), (2, _("every second week")), (3, _("every third week")), (4, _("every fourth week"))]
    )
    monday = today - timedelta(days=today.weekday())
    mondays = [monday + timedelta(weeks=week) for week in range(4)]
    form.first.choices = choices((day.isoformat(), _week_of(day, monday)) for day in mondays)
    territories = locale().territories
    named = sorted((str(territories.get(code, code)), code) for code in countries())
    form.country.choices = choices([("", _("none: ask on holidays too")), *((code, name) for name, code in named)])
    sent = given if given is not None else MultiDict()
    form.lines = [
        Line(place, _numbers(sent.getlist(f"days{place}"), range(7)), sent.getlist(f"at{place}")[:_A_DAY])
        for place in _places(_MOST_LINES)
    ]
    form.nths = _numbers(sent.getlist("nth"), (1, 2, 3, 4, LAST))
    form.dates = _numbers(sent.getlist("date"), (*range(1, 32), LAST))
    _cut(form)
    return form


def fill(form: ScheduleForm, wanted: Wanted | None, today: date) -> ScheduleForm:
    """The form as a stored schedule would have been clicked."""
    form.weeks.data, form.lines[0].times = 1, ["18:00", *form.lines[0].times[1:]]
    if wanted is None:
        return form
    match drawn(wanted.schedule):
        case Weekly(week, every, first):
            _fill_week(form, week)
            form.weeks.data = every
            if first is not None:
                form.first.data = _aligned(first, every, today).isoformat()
            if every == 1 and len({day for day, _at in week}) == 7 and len(by_times(week)) == 1:
                form.kind.data = "day"
        case Monthly(times, nths, weekday, dates):
            form.kind.data, form.weekday.data = "month" if nths else "date", weekday
            form.lines[0].times = [f"{at:%H:%M}" for at in times]
            form.nths, form.dates = set(nths), set(dates)
        case None:
            form.kind.data, form.rule.data = "other", wanted.schedule.text
    form.skip.data = ", ".join(wanted.skip)
    form.country.data, _dash, code = wanted.holidays.partition("-")
    form.region.data = regions(form.country.data).get(code, (code,))[0]
    _cut(form)
    return form


def wanted_in(form: ScheduleForm, stored: Wanted | None, today: date) -> Wanted | None:
    """What was chosen; None where something is wrong, which then stands beside its field.

    Where what is clicked is what is stored, the stored rule is kept as it is: it may have its own first day.
    """
    schedule, skip = _schedule(form, stored, today), _dates(form)
    place = _place(form, today)
    if schedule is None or skip is None or place is None:
        return None
    coming = {day.isoformat() for year in (0, 1) for day in (holidays_of(place, today.year + year) if place else ())}
    return Wanted(schedule, tuple(skip), place, tuple(sorted(coming & set(request.form.getlist("kept")))))


def region_words(form: ScheduleForm) -> list[str]:
    """The regions of the chosen country, in words."""
    return sorted(words[0] for words in regions(form.country.data or "").values())


def _places(count: int) -> list[str]:
    return ["", *(str(number) for number in range(2, count + 1))]


def _numbers(given: list[str], known: Any) -> set[int]:
    return {number for number in known if str(number) in given}


def _cut(form: ScheduleForm) -> None:
    """As many lines as are used and one more, and four times in each."""
    used = max((number for number, line in enumerate(form.lines, 1) if line.days or any(line.times)), default=1)
    form.lines = form.lines[: max(_LINES, min(used + 1, _MOST_LINES))]
    for line in form.lines:
        line.times += [""] * (_A_DAY - len(line.times))


def _fill_week(form: ScheduleForm, week: tuple[tuple[int, time], ...]) -> None:
    lines = [Line(place, set(), []) for place in _places(_MOST_LINES)]
    for line, (days, times) in zip(lines, by_times(week), strict=False):
        line.days, line.times = set(days), [f"{at:%H:%M}" for at in times]
    form.lines = lines


def _aligned(first: date, every: int, today: date) -> date:
    """The next Monday, this week's included, of a schedule of every so many weeks."""
    monday = today - timedelta(days=today.weekday())
    return monday + timedelta(days=(first - monday).days % (7 * every))


def _week_of(day: date, this: date) -> str:
    words = str(format_date(day, "EEE d MMM", locale=locale()))
    return _("%(week)s (this week)", week=words) if day == this else words


def _schedule(form: ScheduleForm, stored: Wanted | None, today: date) -> Schedule | None:
    kept = stored.schedule if stored is not None else None
    try:
        if form.kind.data == "other":
            made_of = parse_schedule(form.rule.data, today)
            return kept if kept is not None and kept.text == made_of.text else made_of
        pattern = _pattern(form, today)
        if pattern is None:
            return None
        if kept is not None and _alike(drawn(kept), pattern, today):
            return kept
        return made(pattern, today)
    except BadSchedule as error:
        field = form.rule if form.kind.data == "other" else form.at
        field.errors = [_("This cannot be kept: %(why)s.", why=str(error))]
        return None


def _alike(one: Weekly | Monthly | None, other: Weekly | Monthly, today: date) -> bool:
    if isinstance(one, Weekly) and isinstance(other, Weekly) and one.first is not None and other.first is not None:
        alike = (one.week, one.every) == (other.week, other.every)
        return alike and _aligned(one.first, one.every, today) == _aligned(other.first, other.every, today)
    return one == other


def _pattern(form: ScheduleForm, today: date) -> Weekly | Monthly | None:
    """What was clicked; None where something is missing or wrong."""
    line = form.lines[0]
    try:
        times = tuple(sorted({time.fromisoformat(at) for at in line.times if at}))
        slots = {slot for each in form.lines for slot in each.slots()}
    except ValueError:
        form.at.errors = [_("Write a time of day, such as 08:00.")]
        return None
    match form.kind.data:
        case "day":
            chosen, pattern = True, Weekly(tuple((day, at) for day in range(7) for at in times))  # type: tuple[bool, Weekly | Monthly]
        case "month":
            chosen, pattern = bool(form.nths), Monthly(times, _in_order(form.nths), form.weekday.data)
        case "date":
            chosen, pattern = bool(form.dates), Monthly(times, days=_in_order(form.dates))
        case _:
            chosen, pattern = any(each.days for each in form.lines), _weekly(form, slots, today)
    if not chosen:
        form.days.errors = [_("Choose at least one day.")]
    if not times or (form.kind.data == "week" and any(bool(each.days) != any(each.times) for each in form.lines[1:])):
        form.at.errors = [_("Choose a time.")] if not times else [_("Choose days and a time in each line, or neither.")]
    return None if form.days.errors or form.at.errors else pattern


def _weekly(form: ScheduleForm, slots: set[tuple[int, time]], today: date) -> Weekly:
    every = form.weeks.data
    if every == 1:
        return Weekly(tuple(sorted(slots)))
    try:
        first = date.fromisoformat(form.first.data)
    except (TypeError, ValueError):
        first = today
    return Weekly(tuple(sorted(slots)), every, first - timedelta(days=first.weekday()))


def _in_order(numbers: set[int]) -> tuple[int, ...]:
    return tuple(sorted(numbers, key=lambda number: (number < 0, number)))


def _place(form: ScheduleForm, today: date) -> str | None:
    """Whose holidays are left out, such as US-CA; empty: nobody's. None: nobody knows them."""
    if not form.country.data or not form.region.data:
        return form.country.data or ""
    code = region_named(form.country.data, form.region.data)
    try:
        if code is not None:
            holidays_of(f"{form.country.data}-{code}", today.year)
            return f"{form.country.data}-{code}"
    except BadHolidays:
        code = None
    form.region.errors = [_("Nobody knows the holidays of this region. Leave it empty, or correct it.")]
    return code


def _dates(form: ScheduleForm) -> list[str] | None:
    try:
        days = [date.fromisoformat(day) for day in form.skip.data.replace(",", " ").split()]
    except ValueError:
        form.skip.errors = [_("Write each date like 2026-12-24, with commas between them.")]
        return None
    return sorted({day.isoformat() for day in days})
