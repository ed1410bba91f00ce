"""The week of shifts: who is on call when, where nobody is, how much each does, and changes for once."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from flask import abort, flash, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from wtforms import SelectField, TimeField
from wtforms.validators import InputRequired

from checkin.domain.consent import Consent
from checkin.domain.contact_hours import local_instant
from checkin.domain.coverage import Stretch, gaps, hours
from checkin.domain.on_call import BadShifts, Change, parse_shifts
from checkin.domain.shift_limits import Limits, short_rests
from checkin.handlers import shifts_changed
from checkin.handlers.shifts_planned import on_call
from checkin.handlers.swap_moved import stay_swapped
from checkin.store import shifts as store
from checkin.store.session import reading
from checkin.store.tables import CircleRow, ShiftChangeRow, VolunteerRow
from checkin.web.dashboard.door import Door, Need, go
from checkin.web.dashboard.forms import DayField, PageForm, choices
from checkin.web.dashboard.language import _, lazy
from checkin.web.dashboard.looks import looked
from checkin.web.dashboard.signed import signed
from checkin.web.dashboard.swaps import open_offers
from checkin.wiring import Services

_AROUND = timedelta(days=3)
"""So much before a week is looked at for the rest before its first shift."""
WIDTH = 960
"""A day's bar, in units of its own."""


class ChangeForm(PageForm):
    """A change for once."""

    volunteer = SelectField(lazy("Volunteer"), coerce=int)
    on = SelectField(lazy("Is"), choices=choices([("on", lazy("on call")), ("off", lazy("not on call"))]))
    day = DayField(lazy("From the day"), [InputRequired(lazy("Choose a day."))])
    start = TimeField(lazy("From"), [InputRequired(lazy("Choose a time."))])
    end = TimeField(lazy("Until"), [InputRequired(lazy("Choose a time."))])


@dataclass(frozen=True)
class Bar:
    """A stretch of a day: from and to in words' own values, and where its bar stands."""

    start: datetime
    end: datetime
    x: float
    width: float


@dataclass(frozen=True)
class Day:
    """A day of the week: who is on call when, and when nobody is."""

    day: date
    rows: tuple[tuple[store.OnDuty, tuple[Bar, ...]], ...]
    gaps: tuple[Bar, ...]


def shifts(services: Services) -> Door:
    """The pages /shifts."""
    door = Door("shifts", services)

    def circle_wanted() -> CircleRow | None:
        """The circle whose week is shown: the chosen one, else the first of theirs."""
        query, shown = select(CircleRow).order_by(CircleRow.name), signed().shown
        wanted = request.args.get("circle", "")
        if shown is not None:
            query = query.where(CircleRow.id.in_(shown))
        with reading(services.engine) as session:
            rows = session.scalars(query).all()
        return next((row for row in rows if str(row.id) == wanted), rows[0] if rows else None)

    def page(form: ChangeForm | None = None, status: int = 200) -> ResponseReturnValue:
        circle, zone, now = circle_wanted(), services.handbook.timezone, services.now()
        if circle is None:
            return render_template("shifts/shifts.html", circle=None), status
        monday = _monday(request.args.get("week", ""), now.astimezone(zone).date())
        start, end = _midnight(monday, zone), _midnight(monday + timedelta(days=7), zone)
        with reading(services.engine) as session:
            duty = [
                one
                for one in store.on_duty(session, frozenset({circle.id}), start - _AROUND, end, now)
                if one.consent is not Consent.OUT
            ]
            changes = store.coming_changes(session, [one.row.id for one in duty], now)
            stay = stay_swapped(session, changes)
            offers = open_offers(session, frozenset({circle.id}))
        before = {
            one.row.id: on_call(services.handbook, one.row, one.person, one.changes, start - _AROUND, end, now)
            for one in duty
        }
        covered = {number: _within(found, start, end) for number, found in before.items()}
        limits = services.handbook.policy(circle).shifts.limits
        days = [_day(monday + timedelta(days=number), zone, duty, covered) for number in range(7)]
        if form is None:
            form = ChangeForm(formdata=None, day=now.astimezone(zone).date(), start=time(18), end=time(21))
        form.volunteer.choices = choices((one.row.id, one.person.name or "–") for one in duty)
        looked(services, "shifts looked at", circle=circle.id)
        return (
            render_template(
                "shifts/shifts.html",
                circle=circle,
                circles=_circles(services),
                zone=zone,
                monday=monday,
                days=days,
                duty=duty,
                offers=offers,
                limits=limits,
                over=_over(duty, covered, limits),
                tired={one.row.id: _tired(services, one, before[one.row.id], limits) for one in duty},
                load={number: hours(found) for number, found in covered.items()},
                uncovered=hours([(bar.start, bar.end) for day in days for bar in day.gaps]),
                changes=changes,
                stay=stay,
                names={one.row.id: one.person.name for one in duty},
                form=form,
                width=WIDTH,
                week=timedelta(days=7),
            ),
            status,
        )

    @door.get("/shifts", Need.WORDS)
    def shifts_page() -> ResponseReturnValue:
        return page()

    @door.post("/shifts", Need.WORDS)
    def change() -> ResponseReturnValue:
        circle, zone = circle_wanted(), services.handbook.timezone
        if circle is None:
            abort(404)
        form, me = ChangeForm(), signed()
        with reading(services.engine) as session:
            known = list(
                session.scalars(
                    select(VolunteerRow.id).where(VolunteerRow.circle_id == circle.id, VolunteerRow.stand_in.is_(False))
                )
            )
        form.volunteer.choices = choices((number, "") for number in known)
        if not form.validate_on_submit():
            return page(form, 422)
        start = local_instant(datetime.combine(form.day.data, form.start.data), zone)
        until = form.day.data + timedelta(days=0 if form.end.data > form.start.data else 1)
        wanted = Change(form.on.data == "on", start, local_instant(datetime.combine(until, form.end.data), zone))
        try:
            services.act(
                lambda session: shifts_changed.changed_for_once(
                    session, form.volunteer.data, wanted, me.who, services.now()
                )
            )
        except BadShifts:
            form.day.errors = [_("That is over already. Choose a time to come.")]
            return page(form, 422)
        flash(_("The change is kept."))
        return go(f"/shifts?circle={circle.id}&week={form.day.data.isoformat()}")

    @door.post("/shifts/changes/<int:number>/take-back", Need.WORDS)
    def take_back(number: int) -> ResponseReturnValue:
        who = signed().who
        with reading(services.engine) as session:
            row = session.get(ShiftChangeRow, number)
            volunteer = session.get(VolunteerRow, row.volunteer_id) if row is not None else None
        if volunteer is None or not signed().answers_for(volunteer.circle_id):
            abort(404)
        done = services.act(
            lambda session: shifts_changed.change_taken_back(session, services.handbook, number, who, services.now())
        )
        if done:
            flash(_("The change is taken back."))
        else:
            flash(_("Whoever had offered this shift cannot be rung any more. Put somebody else on call."), "error")
        return go(f"/shifts?circle={volunteer.circle_id}")

    return door


def _circles(services: Services) -> list[tuple[int, str]]:
    query, shown = select(CircleRow.id, CircleRow.name).order_by(CircleRow.name), signed().shown
    if shown is not None:
        query = query.where(CircleRow.id.in_(shown))
    with reading(services.engine) as session:
        return [(number, name) for number, name in session.execute(query)]


def _monday(text: str, today: date) -> date:
    """The Monday of the week of a day that is written like 2026-11-25; of today where it is not."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        day = today
    if not date(2000, 1, 10) <= day <= date(2100, 1, 1):
        day = today
    return day - timedelta(days=day.weekday())


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return local_instant(datetime.combine(day, time()), zone).astimezone(UTC)


def _within(found: Sequence[Stretch], start: datetime, end: datetime) -> list[Stretch]:
    """The parts of these that lie between two moments."""
    return [(max(left, start), min(right, end)) for left, right in found if left < end and right > start]


def _over(duty: Sequence[store.OnDuty], covered: dict[int, list[Stretch]], limits: Limits) -> frozenset[int]:
    """Who has more hours in the week than the limit. Who is on call always has no set hours."""
    return frozenset(
        one.row.id
        for one in duty
        if limits.hours_a_week
        and parse_shifts(one.row.shifts).spans
        and hours(covered[one.row.id]) > limits.hours_a_week
    )


def _tired(services: Services, one: store.OnDuty, on_call: list[Stretch], limits: Limits) -> frozenset[datetime]:
    """When somebody begins who had too little rest before."""
    return frozenset(end for _start, end in short_rests(on_call, services.handbook.zone(one.person), limits))


def _day(day: date, zone: ZoneInfo, duty: Sequence[store.OnDuty], covered: dict[int, list[Stretch]]) -> Day:
    start, end = _midnight(day, zone), _midnight(day + timedelta(days=1), zone)
    span = (end - start).total_seconds()

    def bars(found: Sequence[Stretch]) -> tuple[Bar, ...]:
        cut = [(max(left, start), min(right, end)) for left, right in found if left < end and right > start]
        return tuple(
            Bar(
                left,
                right,
                round(WIDTH * (left - start).total_seconds() / span, 1),
                round(WIDTH * (right - left).total_seconds() / span, 1),
            )
            for left, right in cut
        )

    rows = tuple((one, bars(covered[one.row.id])) for one in duty)
    everybody = sorted(stretch for one in duty for stretch in covered[one.row.id])
    return Day(day, tuple(row for row in rows if row[1]), bars(gaps(everybody, start, end)))
