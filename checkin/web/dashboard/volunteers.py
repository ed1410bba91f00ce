"""Volunteers: who they are, when they are on call, how they are reached, and their calendar's address."""

from datetime import time, timedelta
from typing import Any

from flask import abort, flash, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from sqlalchemy.orm import Session
from wtforms import IntegerField, SelectField, StringField
from wtforms.validators import NumberRange

from checkin.domain.consent import How
from checkin.domain.on_call import DAYS, BadShifts, parse_shifts
from checkin.domain.own_page import is_open
from checkin.handlers import shifts_changed
from checkin.handlers.case_moved import is_on_shift, override_of
from checkin.handlers.consent_changed import opt_out
from checkin.handlers.own_page import NotSent, link_sent, page_ended
from checkin.handlers.people_files.cells import NOTHING
from checkin.handlers.people_files.terms import Kind
from checkin.handlers.swap_moved import stay_swapped
from checkin.store import own_pages, shifts, system
from checkin.store.directory import folded
from checkin.store.session import reading
from checkin.store.tables import CircleRow, PersonRow, PinRow, VolunteerRow
from checkin.web.dashboard.door import Door, Need, by_htmx, go
from checkin.web.dashboard.edited import as_sent, edit_of
from checkin.web.dashboard.forms import Given, NotLonger, PageForm, choices, stripped
from checkin.web.dashboard.language import _, lazy
from checkin.web.dashboard.looks import looked
from checkin.web.dashboard.people_forms import NewPersonForm, read_one, rewritten, written
from checkin.web.dashboard.signed import signed
from checkin.web.dashboard.swaps import coming
from checkin.wiring import Services

_OFF = {"autocomplete": "off"}
_NOT_SENT = {
    NotSent.NO_TEXTS: lazy("Their phone takes no texts, so no link was sent."),
    NotSent.NOT_AGREED: lazy("They have not agreed to be texted yet, so no link was sent. They can text PAGE."),
    NotSent.STOPPED: lazy("They said stop, so no link was sent."),
    NotSent.HOURS: lazy("It is outside their contact hours, so no link was sent. They can text PAGE at any hour."),
    NotSent.TOO_MANY: lazy("They were sent four links in this hour, so no other was sent. The newest still counts."),
}


class VolunteerForm(PageForm):
    """What is kept of a volunteer, as it is written in a file of people."""

    name = StringField(lazy("First name"), [NotLonger(80)], filters=[stripped], render_kw=_OFF)
    circle = SelectField(lazy("Circle"))
    reach = SelectField(
        lazy("How they are reached"),
        choices=choices([("both", lazy("by call and text")), ("call", lazy("by call")), ("sms", lazy("by text"))]),
    )
    languages = StringField(
        lazy("Languages they speak"),
        [Given(lazy("Give the languages they speak, such as en, es.")), NotLonger(60)],
        filters=[stripped],
        render_kw=_OFF,
    )
    topics = StringField(lazy("Topics"), [NotLonger(300)], filters=[stripped], render_kw=_OFF)
    traits = StringField(lazy("What members may ask for"), [NotLonger(300)], filters=[stripped], render_kw=_OFF)
    max_per_day = IntegerField(
        lazy("Cases in a day, at most"), [NumberRange(1, 50, lazy("Give a number from 1 to 50."))]
    )
    timezone = StringField(lazy("Time zone"), [NotLonger(60)], filters=[stripped], render_kw=_OFF)
    shifts = StringField(lazy("Availability"), [NotLonger(300)], filters=[stripped], render_kw=_OFF)


class NewVolunteerForm(NewPersonForm, VolunteerForm):
    """Somebody new."""


def volunteers(services: Services) -> Door:
    """The pages below /volunteers."""
    door = Door("volunteers", services)

    def filled(form: VolunteerForm) -> VolunteerForm:
        query = select(CircleRow.name).order_by(CircleRow.name)
        circles = signed().circles
        if circles is not None:
            query = query.where(CircleRow.id.in_(circles))
        with reading(services.engine) as session:
            form.circle.choices = choices((name, name) for name in session.scalars(query))
        return form

    def found(number: int) -> tuple[VolunteerRow, PersonRow]:
        with reading(services.engine) as session:
            row = session.get(VolunteerRow, number)
            if row is None or row.stand_in or not signed().answers_for(row.circle_id):
                abort(404)
            return row, session.get_one(PersonRow, row.person_id)

    def listed(words: str) -> ResponseReturnValue:
        now = services.now()
        with reading(services.engine) as session:
            known = shifts.on_duty(session, signed().shown, now, now + timedelta(seconds=1), now)
        wanted = folded(words).split()
        rows = [one for one in known if all(word in folded(one.person.name) for word in wanted)]
        rows.sort(key=lambda one: folded(one.person.name) or "\uffff")
        looked(services, "volunteers listed", count=len(rows))
        on = {one.row.id: on_now(one) for one in rows}
        template = "volunteers/_list.html" if by_htmx() else "volunteers/volunteers.html"
        return render_template(template, rows=rows, on=on, words=words)

    def on_now(one: shifts.OnDuty) -> bool:
        return is_on_shift(services.handbook, one.row, one.person, services.now(), one.changes)

    @door.get("/volunteers", Need.WORDS)
    def volunteers_page() -> ResponseReturnValue:
        return listed("")

    @door.post("/volunteers", Need.WORDS)
    def volunteers_found() -> ResponseReturnValue:
        return listed(request.form.get("words", "")[:80])

    @door.get("/volunteers/new", Need.WORDS)
    def new_page() -> ResponseReturnValue:
        return shown(filled(NewVolunteerForm(shifts="always", max_per_day=3, languages="en")))

    @door.post("/volunteers/new", Need.WORDS)
    def new() -> ResponseReturnValue:
        form = filled(NewVolunteerForm())
        if not form.validate_on_submit() or not _availability(form, ""):
            return shown(form, 422, before="")
        cells = {**_cells(form), "phone": form.phone.data}
        if written(services, Kind.VOLUNTEERS, cells, form, "name") is None:
            return shown(form, 422, before="")
        phone = read_one(services, Kind.VOLUNTEERS, cells).lines[0].phone
        with reading(services.engine) as session:
            query = select(VolunteerRow.id).join(PersonRow, PersonRow.id == VolunteerRow.person_id)
            number = session.scalar(query.where(PersonRow.phone_index == phone))
        flash(_("They are a volunteer now, and may be rung when they are on shift."))
        return go(f"/volunteers/{number}")

    @door.get("/volunteers/<int:number>", Need.WORDS)
    def volunteer_page(number: int) -> ResponseReturnValue:
        return about(*found(number))

    def about(row: VolunteerRow, person: PersonRow, **more: object) -> ResponseReturnValue:
        now = services.now()
        looked(services, "volunteer looked at", person=person.id)
        with reading(services.engine) as session:
            circle = session.get_one(CircleRow, row.circle_id)
            changes = shifts.coming_changes(session, [row.id], now)
            stay = stay_swapped(session, changes)
            circles = frozenset({row.circle_id})
            duty = next(one for one in shifts.on_duty(session, circles, now, now, now) if one.row.id == row.id)
            feed = shifts.feed_of(session, row.id)
            own = own_pages.of(session, row.id)
            pin = session.scalar(select(PinRow.id).where(PinRow.person_id == person.id, PinRow.hash != ""))
        return render_template(
            "volunteers/volunteer.html",
            volunteer=row,
            person=person,
            circle=circle,
            changes=changes,
            stay=stay,
            coming=coming(services, row, person)[:8],
            duty=duty,
            on=on_now(duty),
            override=override_of(row) if row.override_until and row.override_until > now else None,
            feed=feed,
            link_waits=own is not None and is_open(own.link_ends_at, now),
            page_is_open=own is not None and is_open(own.ends_at, now),
            pin=pin,
            zone=services.handbook.zone(person),
            **more,
        )

    @door.get("/volunteers/<int:number>/edit", Need.WORDS)
    def edit_page(number: int) -> ResponseReturnValue:
        row, person = found(number)
        with reading(services.engine) as session:
            kept = _kept(session, row, person)
        return shown(filled(VolunteerForm(data=kept)), person=person, volunteer=row, was=as_sent(kept))

    @door.post("/volunteers/<int:number>/edit", Need.WORDS)
    def edit(number: int) -> ResponseReturnValue:
        row, person = found(number)
        with reading(services.engine) as session:
            stored = as_sent(_kept(session, row, person))
        stood = request.form.get("was_shifts", row.shifts)
        before = stood if _shifts_changed(stood) else None
        edit = edit_of(stored, shifts=before is not None)
        form = filled(VolunteerForm(edit.formdata()))
        if form.validate_on_submit() and (before is None or _availability(form, before)):
            if rewritten(services, Kind.VOLUNTEERS, form, edit, _cells(form), (row, person), _kept):
                flash(_("Saved."))
                return go(f"/volunteers/{number}")
        row, person = found(number)
        with reading(services.engine) as session:
            status, was = edit.told(form, as_sent(_kept(session, row, person)))
        return shown(form, status, before=before, person=person, volunteer=row, was=was)

    @door.post("/volunteers/<int:number>/feed", Need.WORDS)
    def make_feed(number: int) -> ResponseReturnValue:
        row, person = found(number)
        who = signed().who
        token = services.act(
            lambda session: shifts_changed.feed_renewed(session, number, who, services.now()),
        )
        return about(row, person, link=f"{services.settings.public_base_url}/calendars/{token}.ics")

    @door.post("/volunteers/<int:number>/feed/end", Need.WORDS)
    def end_feed(number: int) -> ResponseReturnValue:
        found(number)
        who = signed().who
        services.act(lambda session: shifts_changed.feed_ended(session, number, who, services.now()))
        flash(_("The address no longer opens."))
        return go(f"/volunteers/{number}")

    @door.post("/volunteers/<int:number>/own-page", Need.WORDS)
    def send_own_page(number: int) -> ResponseReturnValue:
        """Text them the link to their own page."""
        row, _person = found(number)
        who = signed().who
        why = services.act(lambda session: link_sent(session, services.handbook, row, who, services.now()))
        if why is None:
            flash(_("The link is on its way to their phone. It opens once, within 30 minutes."))
        else:
            flash(str(_NOT_SENT[why]), "error")
        return go(f"/volunteers/{number}")

    @door.post("/volunteers/<int:number>/own-page/end", Need.WORDS)
    def end_own_page(number: int) -> ResponseReturnValue:
        found(number)
        who = signed().who
        services.act(lambda session: page_ended(session, number, who, services.now()))
        flash(_("Their page is closed, on their phone too."))
        return go(f"/volunteers/{number}")

    @door.post("/volunteers/<int:number>/as-planned", Need.WORDS)
    def as_planned(number: int) -> ResponseReturnValue:
        found(number)
        who = signed().who
        services.act(lambda session: shifts_changed.override_ended(session, number, who, services.now()))
        flash(_("Their shifts hold again."))
        return go(f"/volunteers/{number}")

    @door.post("/volunteers/<int:number>/stop", Need.WORDS)
    def stop(number: int) -> ResponseReturnValue:
        """They want no calls and texts any more: it counts as STOP does."""
        found(number)
        who, now = signed().who, services.now()

        def work(session: Session) -> None:
            person = session.get_one(PersonRow, session.get_one(VolunteerRow, number).person_id)
            opt_out(session, services.handbook, person, How.SAID, "", now)
            system.audit(session, who, "volunteer opted out", now, person=person.id)

        services.act(work)
        flash(_("They are no longer rung or texted, and were told so once."))
        return go(f"/volunteers/{number}")

    def shown(form: VolunteerForm, status: int = 200, before: str | None = None, **about: Any) -> ResponseReturnValue:
        """`before`: the shifts that stood there, where other ones came; what was clicked is shown again then.

        `about`, of somebody who is here: the person, the volunteer, and what their fields `was_…` are to say.
        """
        if "person" in about:
            looked(services, "volunteer looked at", person=about["person"].id)
        stands = about.get("was", {}).get("shifts", "")
        hours, by = _hours(stands), "week" if _week(stands) else "words"
        if before is not None:
            by = request.form.get("by", by)
            hours = _sent_hours() if by == "week" or _typed(before) else hours
        return render_template("volunteers/edit.html", form=form, hours=hours, by=by, **about), status

    return door


def _kept(session: Session, row: VolunteerRow, person: PersonRow) -> dict[str, object]:
    """What the form shows of a volunteer."""
    return {
        "name": person.name,
        "circle": session.get_one(CircleRow, row.circle_id).name,
        "reach": row.reach,
        "languages": ", ".join(row.languages),
        "topics": "; ".join(row.topics),
        "traits": "; ".join(row.traits),
        "max_per_day": row.max_per_day,
        "timezone": person.timezone or "",
        "shifts": row.shifts,
    }


def _cells(form: VolunteerForm) -> dict[str, str]:
    given: dict[str, str] = {
        "name": form.name.data or NOTHING,
        "circle": form.circle.data,
        "reach": form.reach.data,
        "languages": form.languages.data,
        "topics": form.topics.data or NOTHING,
        "traits": form.traits.data or NOTHING,
        "max_per_day": str(form.max_per_day.data),
        "timezone": form.timezone.data or NOTHING,
        "shifts": form.shifts.data or "always",
    }
    return given


def _availability(form: VolunteerForm, before: str) -> bool:
    """Read the clicked week into the field of shifts, where it was clicked. False where a time is missing.

    `before`: what stood there. Hours that somebody wrote into the week hold, or are asked about: never left aside.
    """
    if request.form.get("by") != "week":
        if _typed(before):
            form.shifts.errors = [_("Hours stand in the week: mark the week above them, or empty them.")]
            return False
        return True
    parts = []
    for day, (start, end) in _sent_hours().items():
        if bool(start) != bool(end):
            form.shifts.errors = [_("Give both times of a day, or none of them.")]
            return False
        if start and end:
            parts.append(f"{day} {start}-{end}")
    if not parts:
        form.shifts.errors = [_('Choose at least one day, or "always".')]
        return False
    try:
        form.shifts.data = parse_shifts("; ".join(parts)).text
    except BadShifts:
        form.shifts.errors = [_("A time cannot be read. Write it like 09:00.")]
        return False
    return True


def _shifts_changed(before: str) -> bool:
    """Whether other shifts came than those that stood there."""
    if request.form.get("by") == "week":
        return _week(before) is None or _sent_hours() != _hours(before)
    return request.form.get("shifts", "").split() != before.split() or _typed(before)


def _typed(before: str) -> bool:
    """Whether other hours came with the week than those that stood there."""
    stood = _hours(before)
    return any(
        came and came != had for day, pair in _sent_hours().items() for came, had in zip(pair, stood[day], strict=True)
    )


def _sent_hours() -> dict[str, tuple[str, str]]:
    """The week as it came: from when until when on each day."""
    return {day: (request.form.get(f"from_{day}", ""), request.form.get(f"to_{day}", "")) for day in DAYS}


def _hours(text: str) -> dict[str, tuple[str, str]]:
    """These shifts as they stand in the week; nothing does where they are always, or more than it can hold."""
    week = _week(text) or dict.fromkeys(DAYS, (None, None))
    return {day: (_clock(start), _clock(end)) for day, (start, end) in week.items()}


def _clock(at: time | None) -> str:
    return "" if at is None else f"{at:%H:%M}"


def _week(text: str) -> dict[str, tuple[time | None, time | None]] | None:
    """The shifts as a week of one stretch a day; None where they are more than that, or always."""
    try:
        spans = parse_shifts(text).spans
    except BadShifts:
        return None
    found: dict[str, tuple[time | None, time | None]] = {day: (None, None) for day in DAYS}
    for span in spans:
        for day in span.days:
            if found[DAYS[day]] != (None, None):
                return None
            found[DAYS[day]] = (span.start, span.end)
    return found if spans else None
