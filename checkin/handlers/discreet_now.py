"""A text was written before its member became discreet: it leaves without the programme's name all the same (P9)."""

from collections.abc import Sequence

from sqlalchemy.orm import Session

from checkin.domain.delivery import Kind
from checkin.domain.discreet import renamed
from checkin.domain.terms import PersonId
from checkin.store import people
from checkin.store.tables import DeliveryRow, LookInRow, MemberRow

_CARRIES_WORDS = frozenset({"relay_to_member"})
"""What a peer wrote stands in these as it was written; the programme does not say its name in them."""


def discreet_now(session: Session, rows: Sequence[DeliveryRow]) -> None:
    """Texts that the carrier has never had: of discreet members, the name that they asked for takes the other's place.

    It is asked when a text leaves, so that whoever changed it, and by whichever way, nothing slips by.
    """
    for row in rows:
        member = _whose(session, row) if row.kind == Kind.TEXT.value and row.template not in _CARRIES_WORDS else None
        circle = people.circle_by_id(session, member.circle_id) if member is not None and member.discreet else None
        if circle is not None:
            row.body = renamed(row.body, circle.programme, circle.discreet_name)


def _whose(session: Session, row: DeliveryRow) -> MemberRow | None:
    """The member whom a text is to or, to a contact, about."""
    if row.look_in_id is not None:
        return session.get(MemberRow, session.get_one(LookInRow, row.look_in_id).member_id)
    return people.member_of(session, PersonId(row.person_id))
