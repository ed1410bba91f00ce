"""A coordinator wrote: ACK 42, STATUS."""

from datetime import datetime

from sqlalchemy.orm import Session

from checkin.domain import effects as do
from checkin.domain.escalation import Acknowledged
from checkin.domain.reading import Reading
from checkin.domain.terms import EscalationId, Lane, PersonId
from checkin.handlers.apply import send_text
from checkin.handlers.case_moved import move_case
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
    template, values = "command_unclear", {"example": "ACK 42"}
    if command.name == "status":
        words = f"{len(escalations.listed(session))} open, {len(tasks.undone(session))} to look at"
        template, values = "coordinator_status", {"words": words}
    elif command.number is not None:
        row = session.get(EscalationRow, command.number)
        if row is not None and answers_for(session, me, row.circle_id):
            move_case(session, handbook, EscalationId(row.id), Acknowledged(me, "text"), now)
            inbound.escalation_id = row.id
            template, values = "coordinator_acked", {"number": str(row.id)}
    send_text(session, handbook, do.SendText(me, template, f"answer:{inbound.id}", Lane.REPLY, values), now)


def answers_for(session: Session, person: PersonId, circle: int | None) -> bool:
    """Whether this coordinator answers for a circle. Admins answer for all."""
    coordinator = people.coordinator_of(session, person)
    if coordinator is None or coordinator.role == "viewer":
        return False
    circles = accounts.circles_of(session, coordinator)
    return circles is None or circle in circles
