"""A case's own page, with everything; and whom to call for it."""

from collections.abc import Sequence

from flask import abort, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from checkin.domain.escalation import State
from checkin.domain.escalation.values import is_open
from checkin.domain.routing import Standing
from checkin.domain.sign_in import Need
from checkin.domain.terms import EscalationId, PersonId
from checkin.handlers.coordinator_acted import member_is_asleep, who_may_be_called
from checkin.handlers.coordinator_wrote import LONGEST, measured
from checkin.store import escalations, overview
from checkin.store.session import reading
from checkin.store.tables import EscalationRow, PersonRow
from checkin.web.dashboard.door import Door
from checkin.web.dashboard.language import _
from checkin.web.dashboard.looks import looked, looked_anew
from checkin.web.dashboard.signed import signed
from checkin.web.dashboard.today import shown
from checkin.web.dashboard.today.forms import CallForm, CloseForm, MessageForm, NoteForm, new_token
from checkin.web.dashboard.today.words import first_name, reasons
from checkin.wiring import Services


def _barred(standing: Standing, rings: bool) -> str:
    """Why a volunteer cannot be called now; empty where they can."""
    if rings:
        return _("their phone is ringing for it")
    return reasons((standing.barred,)) if standing.barred is not None else ""


_ALL_STEPS, _ALL_CLOSED = 500, 30


def row_of(session: Session, number: int) -> EscalationRow:
    """A case of a circle for which whoever is signed in answers; else there is no such page."""
    row = session.get(EscalationRow, number)
    if row is None or not signed().answers_for(row.circle_id):
        abort(404)
    return row


def case_page(
    services: Services, number: int, *, message: MessageForm | None = None, close: CloseForm | None = None
) -> str:
    """The whole page of a case; forms that were refused stand in it as they were sent."""
    me, now = signed(), services.now()
    with reading(services.engine) as session:
        row = row_of(session, number)
        [case] = shown.cases(session, [row], me.person, now, _ALL_STEPS)
        notes = overview.notes(session, number)
        named = overview.names(session, {note.person_id for note in notes})
        phone = session.get_one(PersonRow, case.person).phone if case.no_text == "said_stop" else None
        lines = shown.conversation(session, row, case.person, now)
        found = {
            "case": case,
            "lines": lines,
            "notes": [(first_name(named.person(note.person_id)), note) for note in notes],
            "phone": phone,
            "asleep": member_is_asleep(
                session, services.handbook, escalations.load(session, EscalationId(number)), now
            ),
        }
    message = message or MessageForm(formdata=None, token=new_token())
    forms = {"message": message, "close_form": close or CloseForm(formdata=None), "note_form": NoteForm(formdata=None)}
    _trace(services, case, lines, opened=True)
    return render_template("today/case.html", longest=LONGEST, refused=bool(message.errors), **found, **forms)


def _trace(services: Services, case: shown.Case, lines: Sequence[shown.Line], *, opened: bool) -> None:
    """Write down whose case was looked at: when it is opened, and when it renews itself where more was written."""
    said = [line.at for line in lines]
    looked_anew(
        services, "case looked at", case.number, said, opened=opened, person=case.person, escalation=case.number
    )


def cases(services: Services) -> Door:
    """The pages below /cases that are looked at."""
    door = Door("cases", services)

    @door.get("/cases", Need.WORDS)
    def closed_cases() -> ResponseReturnValue:
        """All cases, the newest first: the closed ones too."""
        me, now = signed(), services.now()
        page = request.args.get("page", 1, int)
        page = min(max(page, 1), 10_000)
        with reading(services.engine) as session:
            rows, count = overview.all_cases(session, me.shown, _ALL_CLOSED, (page - 1) * _ALL_CLOSED)
            found = shown.cases(session, rows, me.person, now, 0)
        looked(services, "cases listed", cases=[row.id for row in rows])
        return render_template("today/cases.html", cases=found, page=page, pages=-(-count // _ALL_CLOSED))

    @door.get("/cases/<int:number>", Need.WORDS)
    def case(number: int) -> ResponseReturnValue:
        """Everything about one case."""
        return case_page(services, number)

    @door.get("/cases/<int:number>/part", Need.WORDS)
    def case_part(number: int) -> ResponseReturnValue:
        """What changes on a case's page, alone."""
        me, now = signed(), services.now()
        with reading(services.engine) as session:
            row = row_of(session, number)
            [found] = shown.cases(session, [row], me.person, now, _ALL_STEPS)
            lines = shown.conversation(session, row, found.person, now)
        _trace(services, found, lines, opened=False)
        return render_template("today/_case_live.html", case=found, lines=lines)

    @door.get("/cases/<int:number>/call", Need.WORDS)
    def whom_to_call(number: int) -> ResponseReturnValue:
        """Every volunteer: best first, and why somebody cannot be called."""
        with reading(services.engine) as session:
            row = row_of(session, number)
            value = escalations.load(session, EscalationId(number))
            if value.state not in (State.OFFERING, State.WITH_COORDINATORS):
                return case_page(services, number)
            standing = who_may_be_called(session, services.handbook, value, services.now())
            asleep = member_is_asleep(session, services.handbook, value, services.now())
            named = overview.names(session, {each.candidate.person for each in standing}, {row.member_id})
        rings = {offer.volunteer for offer in value.offers if is_open(offer)}
        listed = [
            {
                "volunteer": each.candidate.volunteer,
                "name": named.person(each.candidate.person),
                "barred": _barred(each, each.candidate.volunteer in rings),
                "beyond": reasons([*each.beyond, *(["member_asleep"] if asleep else [])]),
                "reasons": reasons(each.reasons),
            }
            for each in standing
        ]
        looked(services, "volunteers of a case listed", escalation=number)
        name = first_name(named.member(row.member_id))
        return render_template("today/call.html", number=number, name=name, listed=listed, form=CallForm())

    @door.post("/cases/<int:number>/message/count", Need.WORDS)
    def count(number: int) -> ResponseReturnValue:
        """How many texts the words would make, as they are typed."""
        words = request.form.get("words", "")[:2_000]
        with reading(services.engine) as session:
            row_of(session, number)
            value = escalations.load(session, EscalationId(number))
            found = measured(session, services.handbook, PersonId(value.member_person), words)
        return render_template("today/_count.html", found=found, number=number)

    return door
