"""One member: how they are over time, the conversation as it happened, and what a coordinator does with the record."""

from datetime import datetime, timedelta
from typing import Any

from flask import abort, flash, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session
from wtforms import SelectField, TextAreaField
from wtforms.validators import Optional

from checkin.domain.terms import Level
from checkin.handlers import members_kept
from checkin.store import member_record, members_shown, people, schedules
from checkin.store.session import reading
from checkin.store.tables import InboundRow, MemberRow, PersonRow
from checkin.web.dashboard.door import Door, Need, by_htmx, go
from checkin.web.dashboard.forms import DayField, Given, NotLonger, PageForm, choices, instant, stripped
from checkin.web.dashboard.language import _, lazy
from checkin.web.dashboard.looks import looked
from checkin.web.dashboard.mood import plot
from checkin.web.dashboard.schedules import said
from checkin.web.dashboard.signed import signed
from checkin.wiring import Services

_TWO_YEARS = timedelta(days=731)


class NoteForm(PageForm):
    """A note."""

    words = TextAreaField(lazy("Note"), [Given(lazy("Write something first.")), NotLonger(2000)], filters=[stripped])


class CorrectionForm(PageForm):
    """How a reply should have been read."""

    level = SelectField(
        lazy("It should have been read as"),
        choices=choices(
            [
                (Level.OK.value, lazy("ok: nobody needs to be told")),
                (Level.CONCERN.value, lazy("concern: a coordinator reads it")),
                (Level.DISTRESS.value, lazy("distress: a volunteer is called")),
                (Level.CRISIS.value, lazy("crisis: life may be at risk")),
            ]
        ),
    )
    comment = TextAreaField(lazy("Why, if you like"), [NotLonger(500)], filters=[stripped])


class PauseForm(PageForm):
    """Until when check-ins rest."""

    until = DayField(lazy("Pause until"), [Optional()])


def member(services: Services) -> Door:
    """The pages /members/<id>."""
    door = Door("member", services)

    def found(number: int) -> tuple[MemberRow, PersonRow]:
        """The member, where this coordinator answers for their circle."""
        with reading(services.engine) as session:
            pair = members_kept.member_in(session, number)
        if pair is None or not signed().answers_for(pair[0].circle_id):
            abort(404)
        return pair

    def _words_kept(session: Session, row: MemberRow, now: datetime) -> dict[str, Any]:
        """For how many days words are kept in this circle, and since when."""
        days = services.handbook.policy(people.circle_by_id(session, row.circle_id)).retention.words_days
        return {"words_days": days, "words_since": now - timedelta(days=days)}

    @door.get("/members/<int:number>", Need.WORDS)
    def member_page(number: int) -> ResponseReturnValue:
        return _page(*found(number))

    def _page(row: MemberRow, person: PersonRow, status: int = 200, **forms: PageForm) -> ResponseReturnValue:
        now = services.now()
        looked(services, "member looked at", person=person.id, member=row.id)
        with reading(services.engine) as session:
            [shown] = members_shown.shown(session, [row.id])
            lines, earlier = member_record.conversation(session, person.id, None)
            excluded = member_record.excluded(session, row.id)
            about: dict[str, Any] = {
                "shown": shown,
                "lines": lines,
                "earlier": earlier,
                "ratings": member_record.ratings(session, person.id, now - _TWO_YEARS),
                "notes": member_record.notes(session, row.id),
                "consent": member_record.consent_records(session, person.id),
                "cases": member_record.cases(session, row.id),
                "contacts": member_record.contacts(session, row.id),
                "volunteers": member_record.volunteers_for(session, row, excluded),
                "excluded": excluded,
            }
            about |= _words_kept(session, row, now)
        zone = services.handbook.zone(person)
        about["plot"] = plot(about["ratings"], now)
        about["paused_until"] = schedules.paused_until(row, shown.schedule)
        about["schedule_words"] = (
            said(shown.schedule.rule, now.astimezone(zone).date()) if shown.schedule is not None else ""
        )
        forms = {"note": NoteForm(formdata=None), "pause": PauseForm(formdata=None), **forms}
        return (
            render_template(
                "members/member.html",
                member=row,
                person=person,
                zone=zone,
                correction=CorrectionForm(),
                **about,
                **forms,
            ),
            status,
        )

    @door.get("/members/<int:number>/conversation", Need.WORDS)
    def earlier_part(number: int) -> ResponseReturnValue:
        """What was said before a moment."""
        row, person = found(number)
        before = instant(request.args.get("before", ""))
        if before is None:
            abort(404)
        with reading(services.engine) as session:
            lines, earlier = member_record.conversation(session, person.id, before)
            kept = _words_kept(session, row, services.now())
        looked(services, "conversation read", person=person.id, member=number)
        template = "members/_conversation.html" if by_htmx() else "members/conversation.html"
        return render_template(
            template, member=row, person=person, lines=lines, earlier=earlier, correction=CorrectionForm(), **kept
        )

    @door.post("/members/<int:number>/notes", Need.WORDS)
    def write_note(number: int) -> ResponseReturnValue:
        row, person = found(number)
        form, who = NoteForm(), signed().who
        if not form.validate_on_submit():
            return _page(row, person, 422, note=form)
        services.act(lambda session: members_kept.noted(session, number, form.words.data, who, services.now()))
        flash(_("The note is kept."))
        return go(f"/members/{number}#notes")

    @door.post("/members/<int:number>/texts/<int:text>/correction", Need.WORDS)
    def correct(number: int, text: int) -> ResponseReturnValue:
        _row, person = found(number)
        form, who = CorrectionForm(), signed().who
        with reading(services.engine) as session:
            inbound = session.get(InboundRow, text)
        if inbound is None or inbound.person_id != person.id:
            abort(404)
        if not form.validate_on_submit():
            flash(_("Nothing was saved: choose a level, and write at most 500 characters."), "error")
            return go(f"/members/{number}#text-{text}")
        level = Level(form.level.data)
        services.act(
            lambda session: members_kept.corrected(session, text, level, form.comment.data, who, services.now())
        )
        flash(_("Thank you: the correction is kept, for those who teach the service to read."))
        return go(f"/members/{number}#text-{text}")

    @door.post("/members/<int:number>/pause", Need.WORDS)
    def pause(number: int) -> ResponseReturnValue:
        row, person = found(number)
        form, who, now = PauseForm(), signed().who, services.now()
        zone = services.handbook.zone(person)
        if form.validate_on_submit() and form.until.data is None:
            form.until.errors = [_("Choose the day on which check-ins begin again.")]
        elif not form.errors and form.until.data <= now.astimezone(zone).date():
            form.until.errors = [_("That day is not in the future. Choose a later one.")]
        if form.until.errors:
            return _page(row, person, 422, pause=form)
        until = datetime.combine(form.until.data, datetime.min.time(), zone)
        services.act(lambda session: members_kept.paused_by(session, services.handbook, number, until, who, now))
        flash(_("Check-ins rest until that day."))
        return go(f"/members/{number}")

    @door.post("/members/<int:number>/resume", Need.WORDS)
    def resume(number: int) -> ResponseReturnValue:
        found(number)
        who = signed().who
        services.act(
            lambda session: members_kept.paused_by(session, services.handbook, number, None, who, services.now())
        )
        flash(_("Check-ins go on."))
        return go(f"/members/{number}")

    @door.post("/members/<int:number>/opt-out", Need.WORDS)
    def opt_out(number: int) -> ResponseReturnValue:
        found(number)
        who = signed().who
        services.act(lambda session: members_kept.opted_out_by(session, services.handbook, number, who, services.now()))
        flash(_("They are no longer contacted, and were told so once."))
        return go(f"/members/{number}")

    @door.post("/members/<int:number>/exclusions", Need.WORDS)
    def exclude(number: int) -> ResponseReturnValue:
        row, _person = found(number)
        who = signed().who
        shown, ticked = _volunteers("shown"), _volunteers("volunteer")
        with reading(services.engine) as session:
            theirs = {volunteer.id for volunteer, _ in member_record.volunteers_for(session, row)}
        added, removed = (ticked - shown) & theirs, shown - ticked
        services.act(lambda session: members_kept.excludes(session, number, added, removed, who, services.now()))
        flash(_("Saved. It counts from the next call on."))
        return go(f"/members/{number}")

    return door


def _volunteers(field: str) -> frozenset[int]:
    """The volunteers whom a form names in this field."""
    return frozenset(request.form.getlist(field, type=int))
