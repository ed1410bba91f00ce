"""Schedules, made by clicking days and times; said in words and shown as dates before anything is saved."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from babel.dates import get_day_names
from flask import abort, flash, render_template, request
from flask.typing import ResponseReturnValue

from checkin.domain.recurrence import BadSchedule, next_occurrence, parse_schedule
from checkin.domain.schedule_words import in_words, next_in_words
from checkin.domain.terms import MemberId
from checkin.handlers import followers_moved, members_kept, schedule_foreseen, schedule_set
from checkin.handlers.left_out import holidays_of, left_out
from checkin.handlers.schedule_set import Wanted
from checkin.store import check_ins
from checkin.store.session import reading
from checkin.store.tables import CircleRow, CircleScheduleRow, MemberRow, PersonRow, ScheduleRow
from checkin.web.dashboard.door import Door, Need, by_htmx, go
from checkin.web.dashboard.language import _, language, locale
from checkin.web.dashboard.looks import looked_anew
from checkin.web.dashboard.schedule_form import ScheduleForm, fill, form_of, region_words, wanted_in
from checkin.web.dashboard.signed import signed
from checkin.wiring import Services

_PARTS_AT_ONCE = 4
"""So many parts of a circle are moved while the coordinator waits, in about a second; the clock moves the rest."""


@dataclass(frozen=True)
class _Whose:
    """Whose schedule a page is about."""

    circle: int
    place: str
    name: str
    member: MemberRow | None = None
    person: PersonRow | None = None
    row: ScheduleRow | CircleScheduleRow | None = None
    circles: CircleScheduleRow | None = None


def schedules(services: Services) -> Door:
    """The pages /schedules, /circles/<id>/schedule and /members/<id>/schedule."""
    door = Door("schedules", services)

    def of_circle(number: int) -> _Whose:
        with reading(services.engine) as session:
            circle = session.get(CircleRow, number)
            if circle is None or not signed().answers_for(number):
                abort(404)
            row = schedule_set.circle_schedule(session, number)
        return _Whose(number, f"/circles/{number}/schedule", circle.name, row=row, circles=row)

    def of_member(number: int) -> _Whose:
        with reading(services.engine) as session:
            pair = members_kept.member_in(session, number)
            if pair is None or not signed().answers_for(pair[0].circle_id):
                abort(404)
            member, person = pair
            row = check_ins.schedule_of(session, MemberId(number))
            circles = schedule_set.circle_schedule(session, member.circle_id)
        return _Whose(
            member.circle_id,
            f"/members/{number}/schedule",
            person.name or _("the member"),
            member,
            person,
            row,
            circles,
        )

    @door.get("/schedules", Need.WORDS)
    def schedules_page() -> ResponseReturnValue:
        with reading(services.engine) as session:
            rows = schedule_set.circles_with_schedules(session, signed().shown)
        listed = [
            (circle, row, _with_next(row, services) if row else "", follow, own, none)
            for circle, row, follow, own, none in rows
        ]
        return render_template("schedules/schedules.html", listed=listed)

    def page(
        whose: _Whose, form: ScheduleForm, wanted: Wanted | None, status: int = 200, *, opened: bool = False
    ) -> ResponseReturnValue:
        now, about = services.now(), dict[str, Any]()
        if whose.person is not None:
            looked_anew(services, "member looked at", whose.person.id, opened=opened, person=whose.person.id)
        zone = services.handbook.zone(whose.person) if whose.person else services.handbook.timezone
        today = now.astimezone(zone).date()
        with reading(services.engine) as session:
            about["moving"] = whose.member is None and followers_moved.is_moving(session, whose.circle)
            if wanted is not None:
                asked = (session, services.handbook, wanted, whose.circle, whose.person, now)
                about["coming"] = coming = schedule_foreseen.coming(*asked)
                about["odd"] = schedule_foreseen.odd_in(*asked)
                if whose.person is None or whose.member is None:
                    about["moves"] = schedule_foreseen.moves_of_circle(
                        session, services.handbook, whose.circle, wanted, now
                    )
                else:
                    own = whose.row if isinstance(whose.row, ScheduleRow) else None
                    about["move"] = schedule_foreseen.move_of(
                        services.handbook, wanted, whose.member, whose.person, own, now
                    )
                about["words"] = in_words(wanted.schedule, language(), today)
                if coming:
                    about["next"] = next_in_words(coming[0].at.astimezone(zone).date(), language(), today)
                about["holidays"] = _holidays(wanted, now.date())
        about["regions"] = region_words(form)
        about["names"] = [get_day_names("wide", locale=locale())[day] for day in range(7)]
        about["swapped"] = by_htmx()
        template = "schedules/_look.html" if by_htmx() else "schedules/edit.html"
        return render_template(template, whose=whose, form=form, wanted=wanted, zone=zone, **about), status

    def today_of(whose: _Whose) -> date:
        zone = services.handbook.zone(whose.person) if whose.person else services.handbook.timezone
        return services.now().astimezone(zone).date()

    def looks(whose: _Whose) -> ResponseReturnValue:
        wanted, today = schedule_set.wanted_of(whose.row) if whose.row is not None else None, today_of(whose)
        return page(whose, fill(form_of(None, today), wanted, today), wanted, opened=True)

    def chosen(whose: _Whose, save: Callable[[Wanted], None]) -> ResponseReturnValue:
        """Look at what was chosen, or save it."""
        today = today_of(whose)
        form = form_of(request.form, today)
        stored = schedule_set.wanted_of(whose.row) if whose.row is not None else None
        wanted = wanted_in(form, stored, today) if form.validate() else None
        if wanted is None or request.form.get("do") != "save":
            return page(whose, form, wanted, 200 if by_htmx() or wanted is not None else 422)
        save(wanted)
        flash(_("The schedule is saved."))
        return go(whose.place)

    @door.get("/members/<int:number>/schedule", Need.WORDS)
    def member_schedule_page(number: int) -> ResponseReturnValue:
        return looks(of_member(number))

    @door.post("/members/<int:number>/schedule", Need.WORDS)
    def member_schedule(number: int) -> ResponseReturnValue:
        whose, who = of_member(number), signed().who

        def save(wanted: Wanted | None) -> None:
            services.act(
                lambda session: schedule_set.own_schedule_set(
                    session, services.handbook, number, wanted, who, services.now()
                )
            )

        do = request.form.get("do")
        if do == "rest":
            save(None)
            flash(_("They have no schedule now, and are not asked."))
            return go(whose.place)
        if do == "follow":
            services.act(
                lambda session: schedule_set.follows_circle(session, services.handbook, number, who, services.now())
            )
            flash(_("They follow the circle's schedule now."))
            return go(whose.place)
        return chosen(whose, save)

    def moved(circle: int, last: bool) -> bool:
        return services.act(
            lambda session: followers_moved.next_part(session, services.handbook, circle, services.now(), last=last)
        )

    @door.get("/circles/<int:number>/schedule", Need.WORDS)
    def circle_schedule_page(number: int) -> ResponseReturnValue:
        return looks(of_circle(number))

    @door.post("/circles/<int:number>/schedule", Need.WORDS)
    def circle_schedule(number: int) -> ResponseReturnValue:
        whose, who = of_circle(number), signed().who

        def save(wanted: Wanted) -> None:
            """The circle's first, then its members by parts, each in a short transaction of its own."""
            services.act(lambda session: schedule_set.circle_schedule_set(session, number, wanted, who, services.now()))
            for part in range(1, _PARTS_AT_ONCE + 1):
                if not moved(number, last=part == _PARTS_AT_ONCE):
                    break

        if request.form.get("do") == "rest":
            services.act(lambda session: schedule_set.circle_schedule_ended(session, number, who, services.now()))
            flash(_("The circle has no schedule now; who followed it is not asked."))
            return go(whose.place)
        return chosen(whose, save)

    return door


def said(rule: str, today: date) -> str:
    """A stored rule in the reader's words."""
    try:
        return in_words(parse_schedule(rule, date(2020, 1, 6)), language(), today)
    except BadSchedule:
        return rule


def _with_next(row: CircleScheduleRow, services: Services) -> str:
    """A circle's schedule in words, with its next day in the programme's zone."""
    now, zone = services.now(), services.handbook.timezone
    today, words = now.astimezone(zone).date(), said(row.rule, now.astimezone(zone).date())
    try:
        schedule = parse_schedule(row.rule, date(2020, 1, 6))
    except BadSchedule:
        return words
    at = next_occurrence(schedule, now, zone, skip=left_out(row.skip, row.holidays, row.kept, now))
    return f"{words}, {next_in_words(at.astimezone(zone).date(), language(), today)}" if at is not None else words


def _holidays(wanted: Wanted, today: date) -> list[tuple[date, str, bool]]:
    """The holidays of the coming year: what they are called, and whether they are asked on them all the same."""
    if not wanted.holidays:
        return []
    found = {**holidays_of(wanted.holidays, today.year), **holidays_of(wanted.holidays, today.year + 1)}
    until = today + timedelta(days=366)
    return [(day, name, day.isoformat() in wanted.kept) for day, name in sorted(found.items()) if today <= day <= until]
