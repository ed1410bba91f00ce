"""A coordinator wrote: ACK 42, STATUS."""

from datetime import datetime

from sqlalchemy.orm import Session

from checkin.domain import effects as do
from checkin.domain.escalation import Acknowledged, State
from checkin.domain.reading import Reading
from checkin.domain.terms import EscalationId, Lane, PersonId
from checkin.handlers.apply import send_text
from checkin.handlers.case_moved import move_case
from checkin.handlers.coordinators_told import Words
from checkin.handlers.handbook import Handbook
from checkin.store import accounts, escalations, people, tasks
from checkin.store.inbox import Kept
from checkin.store.tables import EscalationRow, PersonRow


def coordinator_texted(
    session: Session,
    handbook: Handbook,
    person: PersonRow,
    inbound: Kept,
    reading: Reading,
    now: datetime,
) -> None:
    """Let a coordinator's command happen, and answer it."""
    me, command = PersonId(person.id), reading.command
    if command is None:
        return
    if command.name == "status":
        template, values = "coordinator_status", {"words": _status(session, me).in_language(person.language)}
    else:
        template, values = _acknowledged(session, handbook, person, inbound, command.number, now)
    send_text(session, handbook, do.SendText(me, template, f"answer:{inbound.id}", Lane.REPLY, values), now)


def _status(session: Session, me: PersonId) -> Words:
    """What is open, and what waits to be read, in the circles that they answer for; what has no circle is for all."""
    cases = sum(answers_for(session, me, row.circle_id) for row in escalations.listed(session))
    to_read = sum(row.circle_id is None or answers_for(session, me, row.circle_id) for row in tasks.undone(session))
    return Words(f"{cases} open, {to_read} to look at", f"{cases} casos abiertos, {to_read} cosas por ver")


def _acknowledged(
    session: Session, handbook: Handbook, person: PersonRow, inbound: Kept, number: int | None, now: datetime
) -> tuple[str, dict[str, str]]:
    """They have it: a case of their circles that is open and is not about themselves, as on the page."""
    me, row = PersonId(person.id), session.get(EscalationRow, number) if number is not None else None
    case = escalations.load(session, EscalationId(row.id)) if row is not None else None
    if row is None or case is None or not answers_for(session, me, row.circle_id) or case.member_person == me:
        return "command_unclear", {"example": f"ACK {_waiting(session, me) or 42}"}
    inbound.escalation_id = row.id
    if case.state is State.CLOSED:
        words = Words(f"{row.id} is closed. Nothing was done.", f"El caso {row.id} está cerrado. No se hizo nada.")
        return "coordinator_status", {"words": words.in_language(person.language)}
    move_case(session, handbook, EscalationId(row.id), Acknowledged(me, "text"), now)
    return "coordinator_acked", {"number": str(row.id)}


def _waiting(session: Session, me: PersonId) -> int | None:
    """The worst case that waits for somebody and that they may have: an example that helps."""
    waits = (State.OFFERING, State.WITH_COORDINATORS)
    theirs = (row.id for row in escalations.listed(session) if answers_for(session, me, row.circle_id))
    cases = (escalations.load(session, EscalationId(number)) for number in theirs)
    return next((case.id for case in cases if case.state in waits and case.member_person != me), None)


def answers_for(session: Session, person: PersonId, circle: int | None) -> bool:
    """Whether this coordinator answers for a circle. Admins answer for all."""
    coordinator = people.coordinator_of(session, person)
    if coordinator is None or coordinator.role == "viewer":
        return False
    circles = accounts.circles_of(session, coordinator)
    return circles is None or circle in circles
