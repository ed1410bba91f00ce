"""How times, spans and figures are shown: in the reader's zone and language."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_datetime, format_timedelta
from babel.numbers import format_decimal, format_percent
from flask import Flask
from markupsafe import Markup, escape

from checkin.domain.on_call import parse_shifts
from checkin.domain.shift_words import week_words
from checkin.web.dashboard.language import _, language, locale
from checkin.web.dashboard.noticed import noticed
from checkin.web.dashboard.signed import signed_or_none
from checkin.wiring import Services

_CLOCK = {"en": "h:mm a", "es": "H:mm"}


def shows(app: Flask, services: Services) -> None:
    """Let templates write `{{ case.opened_at|moment }}` and the like."""

    def zone() -> ZoneInfo:
        me = signed_or_none()
        return me.zone if me is not None else services.handbook.timezone

    def tag(at: datetime, words: str) -> Markup:
        """Words that a script, a screen reader or a copy can date exactly."""
        return Markup('<time datetime="{}">{}</time>').format(at.astimezone(UTC).isoformat(timespec="seconds"), words)

    def moment(at: datetime | None) -> Markup:
        return tag(at, moment_words(at.astimezone(zone()), services.now().astimezone(zone()))) if at else Markup("")

    def clock(at: datetime | None) -> Markup:
        return tag(at, clock_words(at.astimezone(zone()))) if at else Markup("")

    def day(at: datetime | date | None) -> Markup:
        if at is None:
            return Markup("")
        local = at.astimezone(zone()).date() if isinstance(at, datetime) else at
        words = day_words(local, services.now().astimezone(zone()).date())
        return Markup('<time datetime="{}">{}</time>').format(local.isoformat(), words)

    def ago(at: datetime | None) -> Markup:
        return tag(at, ago_words(at - services.now())) if at else Markup("")

    app.jinja_env.filters.update(
        moment=moment,
        clock=clock,
        day=day,
        ago=ago,
        moment_in=lambda at, there: tag(at, moment_words(at.astimezone(there), services.now().astimezone(there))),
        clock_in=lambda at, there: tag(at, clock_words(at.astimezone(there))),
        wall=lambda local: moment_words(local, services.now().astimezone(zone()).replace(tzinfo=None)),
        wall_clock=clock_words,
        month=lambda at: format_date(at.astimezone(zone()).date(), "LLL", locale=locale()),
        duration=duration_words,
        number=lambda figure: "" if figure is None else format_decimal(figure, locale=locale()),
        percent=lambda share: "" if share is None else format_percent(share, locale=locale()),
        masked=masked,
        noticed=noticed,
        availability=lambda shifts: week_words(parse_shifts(shifts), language(), _ALL),
    )


_ALL = 2000
"""Room for every shift of a week: a page need not be short."""


def clock_words(local: datetime) -> str:
    """A time of day, such as `6:05 pm` or `18:05`."""
    return str(format_datetime(local, _CLOCK.get(language(), "H:mm"), locale=locale())).lower()


def day_words(local: date, today: date) -> str:
    """A day: today, tomorrow, yesterday, else `Tue 1 Dec`, with its year where it is another."""
    near = {-1: _("yesterday"), 0: _("today"), 1: _("tomorrow")}.get((local - today).days)
    pattern = "EEE d MMM" if local.year == today.year else "EEE d MMM y"
    return near or str(format_date(local, pattern, locale=locale()))


def moment_words(local: datetime, now: datetime) -> str:
    """A day and a time of day."""
    return f"{day_words(local.date(), now.date())}, {clock_words(local)}"


def full_words(local: datetime) -> str:
    """A moment with its whole date, for what is kept: `Tue 1 Dec 2026, 6:05 pm`."""
    return f"{format_date(local.date(), 'EEE d MMM y', locale=locale())}, {clock_words(local)}"


def ago_words(span: timedelta) -> str:
    """How long ago (or how soon), such as `3 minutes ago`."""
    if abs(span) < timedelta(seconds=60):
        return _("just now")
    return str(format_timedelta(span, add_direction=True, locale=locale(), threshold=1.2))


def duration_words(span: timedelta | float | None) -> str:
    """A span (or seconds) in one or two units, such as `1 h 20 min`."""
    if span is None:
        return ""
    seconds = round(span.total_seconds() if isinstance(span, timedelta) else span)
    days, rest = divmod(seconds, 86400)
    hours, rest = divmod(rest, 3600)
    minutes, left = divmod(rest, 60)
    units = ((days, _("d")), (hours, _("h")), (minutes, _("min")), (left, _("s")))
    first = next((place for place, (count, _unit) in enumerate(units) if count), 3)
    return " ".join(f"{count} {unit}" for count, unit in units[first : first + 2] if count) or f"0 {units[3][1]}"


def masked(phone: str | None) -> Markup:
    """A number of which only the end is shown, `…0123`: enough to tell two people apart."""
    return Markup('<span class="number">…{}</span>').format(escape(phone[-4:])) if phone else Markup("")
