"""Invitations: one for each person, cancelled where they agreed or stopped by other means."""

from collections.abc import Sequence

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from checkin.domain.delivery import State as Delivery
from checkin.store import people
from checkin.store.tables import DeliveryRow, PersonRow

_AT_ONCE = 500


def invitation_key(person: int) -> str:
    """The key of a person's one invitation (promise P6)."""
    return f"invite:{person}"


def cancel_invitations(session: Session, persons: Sequence[int]) -> None:
    """Cancel the invitations of these people that have not left: they have agreed by other means."""
    for start in range(0, len(persons), _AT_ONCE):
        keys = [invitation_key(person) for person in persons[start : start + _AT_ONCE]]
        session.execute(
            update(DeliveryRow)
            .where(DeliveryRow.key.in_(keys), DeliveryRow.state == Delivery.QUEUED.value)
            .values(state=Delivery.CANCELLED.value, next_action_at=None),
            execution_options={"synchronize_session": False},
        )


def stopped_meanwhile(session: Session, persons: Sequence[int]) -> set[int]:
    """Who of these has said stop by now. They are locked: a later stop waits for the transaction's end."""
    stopped: set[int] = set()
    for start in range(0, len(persons), _AT_ONCE):
        some = list(persons[start : start + _AT_ONCE])
        session.execute(
            select(PersonRow.id).where(PersonRow.id.in_(some)).order_by(PersonRow.id).with_for_update(),
        )
        stopped |= people.opted_out(session, some)
    return stopped
