"""A number passes from one row of a person to another."""

from sqlalchemy import Column, delete, update
from sqlalchemy.orm import Session

from checkin.store.columns import Row
from checkin.store.invitations import invitation_key
from checkin.store.tables import AuditRow, DeliveryRow, PersonRow

_UNSAVED = {"synchronize_session": False}


def takes_over(session: Session, stranger: PersonRow, person: PersonRow) -> None:
    """What came from a number while nobody knew whose it was is this person's; the stranger's row goes.

    Only for somebody without a role: nobody is asked here whether the two can be one.
    """
    session.flush()
    gone = stranger.id
    for column in _names_a_person():
        session.execute(update(column.table).where(column == gone).values({column.name: person.id}))
    session.execute(
        update(AuditRow).where(AuditRow.person_id == gone).values(person_id=person.id), execution_options=_UNSAVED
    )
    session.expunge(stranger)
    session.execute(delete(PersonRow).where(PersonRow.id == gone), execution_options=_UNSAVED)
    session.expire_all()
    session.info.pop("once", None)


def _names_a_person() -> list[Column[int]]:
    """Every column that refers to a person."""
    person = PersonRow.__table__.c.id
    return [key.parent for table in Row.metadata.sorted_tables for key in table.foreign_keys if key.column is person]


def frees_its_invitation(session: Session, person: int) -> None:
    """The invitation that went to the old number is no longer the one of this person: the new one is asked too."""
    key = invitation_key(person)
    for delivery in session.query(DeliveryRow).filter(DeliveryRow.key == key):
        delivery.key = f"{key}:before:{delivery.id}"
    session.flush()
