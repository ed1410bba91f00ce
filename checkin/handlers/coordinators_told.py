"""Coordinators are told of something that a task is for: a text to each who answers for the circle."""

from datetime import datetime

from sqlalchemy.orm import Session

from checkin.domain import effects as do
from checkin.domain.terms import CircleId, Lane, PersonId
from checkin.handlers.apply import send_text
from checkin.handlers.handbook import Handbook
from checkin.store import people
from checkin.store.tables import PersonRow


def tell_coordinators_of(
    session: Session,
    handbook: Handbook,
    key: str,
    what: str,
    circle: int | None,
    now: datetime,
    *,
    lane: Lane = Lane.URGENT,
    but: int | None = None,
) -> None:
    """Text each of them once for a key, in so many words (60 at most, nothing personal); not the person `but`."""
    for coordinator in people.coordinators(session, CircleId(circle) if circle is not None else None):
        if coordinator != but:
            send_text(
                session,
                handbook,
                do.SendText(coordinator, "coordinator_task", f"{key}:told:{coordinator}", lane, {"what": what}),
                now,
            )


def circle_of(session: Session, person: PersonRow | None) -> int | None:
    """The circle whose coordinators somebody is told to: as a member, else as a volunteer, else as a coordinator."""
    if person is None:
        return None
    for role in (people.member_of, people.volunteer_of, people.coordinator_of):
        row = role(session, PersonId(person.id))
        if row is not None:
            return row.circle_id
    return None
