"""STOP, START, HELP, YES and NO: consent changes in the same transaction in which the text is stored (promise P4)."""

from datetime import datetime

from sqlalchemy.orm import Session

from checkin.domain import effects as do
from checkin.domain.consent import Consent, How, Purpose
from checkin.domain.escalation import Raised
from checkin.domain.reading import Kind, Reading
from checkin.domain.terms import Lane, MemberId, PersonId, Role
from checkin.handlers import told_outside
from checkin.handlers.apply import send_text
from checkin.handlers.case_moved import move_case
from checkin.handlers.check_in_moved import call_off_open, plan_next
from checkin.handlers.handbook import Handbook
from checkin.handlers.swap_moved import shifts_go_back
from checkin.store import check_ins, consent, escalations, outbox, own_pages, people, tasks
from checkin.store.inbox import Kept
from checkin.store.tables import PersonRow

_HELP_OF: dict[Role | None, str] = {Role.VOLUNTEER: "volunteer_help", Role.COORDINATOR: "coordinator_help"}


def changes_consent(reading: Reading, state: Consent) -> bool:
    """Whether this text opts in or out, or asks for help; a plain yes or no counts only to an invitation."""
    if reading.kind in (Kind.OPT_OUT, Kind.OPT_IN, Kind.HELP, Kind.WRONG_PERSON):
        return True
    if reading.kind is Kind.YES:
        # The carrier takes YES for START: after a stop it opts in again.
        return state in (Consent.INVITED, Consent.OUT)
    return reading.kind is Kind.NO and state is Consent.INVITED


def consent_changed(
    session: Session,
    handbook: Handbook,
    person: PersonRow,
    inbound: Kept,
    reading: Reading,
    state: Consent,
    carrier_answered: str | None,
    now: datetime,
) -> None:
    """Record what the text says of consent, cancel what is queued, and answer once where the carrier did not."""
    words, at, answered = inbound.body, inbound.sent_at, carrier_answered is not None
    match reading.kind:
        case Kind.OPT_OUT:
            opt_out(session, handbook, person, How.TEXT, words, now, answered=answered, at=at)
        case Kind.WRONG_PERSON:
            opt_out(session, handbook, person, How.WRONG_PERSON, words, now, template="wrong_person", at=at)
        case Kind.NO:
            opt_out(session, handbook, person, How.DECLINED, words, now, template="declined", at=at)
        case Kind.OPT_IN | Kind.YES:
            opt_in(session, handbook, person, state, words, now, answered=answered, at=at)
        case _:
            _help(session, handbook, person, inbound, carrier_answered is not None, now)
    if reading.gives_up_or_stop:
        tasks.give(
            session,
            f"inbound:{inbound.id}:gives_up",
            "meant_stop_or_gives_up",
            now,
            circle_id=_circle(session, person),
            person_id=person.id,
            inbound_id=inbound.id,
        )


def opt_out(
    session: Session,
    handbook: Handbook,
    person: PersonRow,
    how: How,
    wording: str,
    now: datetime,
    *,
    answered: bool = False,
    template: str = "stopped",
    at: datetime | None = None,
) -> None:
    """End contact with a number: record it, cancel what is queued, confirm once, and tell a coordinator.

    A second STOP changes nothing and is not confirmed again. STOP is not "well": the member stays visible. `at`: when
    it was said, where that was heard late.
    """
    person_id = PersonId(person.id)
    if consent.current(session, person_id) is Consent.OUT:
        return
    consent.record(session, person_id, Consent.OUT, how, now, wording=wording, at=at)
    outbox.cancel_all(session, person_id)
    volunteer = people.volunteer_of(session, person_id)
    if volunteer is not None:
        own_pages.end(session, volunteer.id)
        shifts_go_back(session, handbook, volunteer.id, how, now)
    member = people.member_of(session, person_id)
    if member is not None:
        told_outside.opted_out(session, member, how, now)
        call_off_open(session, handbook, MemberId(member.id), "opted_out", now)
        _case_for_coordinators(session, handbook, MemberId(member.id), now)
        tasks.give(
            session,
            f"opted_out:{person.id}:{now.isoformat()}",
            "no_longer_watched",
            now,
            circle_id=member.circle_id,
            person_id=person.id,
        )
    if not answered:
        key = f"opt_out:{person.id}:{now.isoformat()}"
        text = do.SendText(person_id, template, key, Lane.REPLY)
        send_text(session, handbook, text, now, Purpose.OPT_OUT_ANSWER)


def _case_for_coordinators(session: Session, handbook: Handbook, member: MemberId, now: datetime) -> None:
    """An open case goes to those who may dial by hand: we ring nobody who said stop (field rule R34)."""
    number = escalations.open_for(session, member)
    case = escalations.load(session, number) if number is not None else None
    if case is not None and not case.progress.coordinators_only:
        move_case(session, handbook, case.id, Raised(case.cause, case.level, coordinators_only=True), now)


def opt_in(
    session: Session,
    handbook: Handbook,
    person: PersonRow,
    state: Consent,
    wording: str,
    now: datetime,
    *,
    answered: bool = False,
    at: datetime | None = None,
) -> None:
    """Begin, or begin again. Said twice it is confirmed once."""
    person_id = PersonId(person.id)
    if state is Consent.IN:
        return
    consent.record(session, person_id, Consent.IN, How.TEXT, now, wording=wording, at=at)
    member = people.member_of(session, person_id)
    if member is not None:
        schedule = check_ins.schedule_of(session, MemberId(member.id))
        if schedule is not None:
            plan_next(handbook, schedule, person, now)
    if not answered or state is Consent.INVITED:
        template = "started" if state is Consent.OUT else "welcome"
        key = f"opt_in:{person.id}:{now.isoformat()}"
        send_text(session, handbook, do.SendText(person_id, template, key, Lane.REPLY), now)


def _help(
    session: Session,
    handbook: Handbook,
    person: PersonRow,
    inbound: Kept,
    answered: bool,
    now: datetime,
) -> None:
    """HELP may be the carriers' word or a cry: it is answered, and a person sees it (field rule R41)."""
    if not answered:
        template = _HELP_OF.get(_asks_as(session, person), "help")
        values = {"link": handbook.address} if template == "coordinator_help" else {}
        text = do.SendText(PersonId(person.id), template, f"help:{inbound.id}", Lane.REPLY, values)
        send_text(session, handbook, text, now)
    circle = _circle(session, person)
    tasks.give_words(session, inbound.id, "asked_for_help_text", now, circle=circle, person=person.id)


def _asks_as(session: Session, person: PersonRow) -> Role | None:
    """What somebody is to us who is several things: a member first, whom it may save, then a volunteer."""
    roles = people.roles_of(session, PersonId(person.id))
    return next((role for role in (Role.MEMBER, Role.VOLUNTEER, Role.COORDINATOR) if role in roles), None)


def _circle(session: Session, person: PersonRow) -> int | None:
    member = people.member_of(session, PersonId(person.id))
    return member.circle_id if member is not None else None
