"""A coordinator who takes a case herself holds it as a volunteer does: where she is none, by a row that stands in."""

from datetime import UTC, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from checkin.domain.escalation import State
from checkin.domain.terms import CircleId, PersonId, Reach
from checkin.store.session import forget
from checkin.store.tables import EscalationRow, VolunteerRow

_NEVER_ON_SHIFT = datetime(9000, 1, 1, tzinfo=UTC)  # for code that knows nothing of stand-ins


def takes_cases(session: Session, volunteer: VolunteerRow | None) -> bool:
    """Whether somebody counts as a volunteer. Who stands in does while they hold a case, and no longer."""
    if volunteer is None or not volunteer.stand_in:
        return volunteer is not None
    with_somebody = (State.HANDING_OFF.value, State.IN_TOUCH.value)
    held = select(EscalationRow.id).where(
        EscalationRow.holder_id == volunteer.id, EscalationRow.state.in_(with_somebody)
    )
    return session.scalar(held.limit(1)) is not None


def holder(session: Session, person: PersonId, circle: CircleId, now: datetime) -> VolunteerRow:
    """This coordinator as the one who holds a case of this circle."""
    row = session.scalar(select(VolunteerRow).where(VolunteerRow.person_id == person))
    if row is None:
        row = VolunteerRow(
            person_id=person,
            circle_id=circle,
            languages=[],
            topics=[],
            shifts="always",
            override_on=False,
            override_until=_NEVER_ON_SHIFT,
            reach=Reach.CALL.value,
            created_at=now,
            stand_in=True,
        )
        session.add(row)
        session.flush()
        forget(session, ("volunteer", person))
    elif row.stand_in:
        row.circle_id = circle
    return row
