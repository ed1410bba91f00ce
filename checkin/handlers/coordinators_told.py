"""Coordinators are told of something that a task is for: a text to each who answers for the circle."""

from datetime import datetime
from typing import NamedTuple

from sqlalchemy.orm import Session

from checkin.domain import effects as do
from checkin.domain.terms import CircleId, Lane, PersonId
from checkin.handlers.apply import send_text
from checkin.handlers.handbook import Handbook
from checkin.store import people
from checkin.store.tables import PersonRow


class Words(NamedTuple):
    """The same in each language in which coordinators are written to."""

    english: str
    spanish: str

    def in_language(self, language: str) -> str:
        """As somebody with this language reads it."""
        return self.spanish if language.startswith("es") else self.english


URGENT_TEXT = Words("an urgent text from no member", "un mensaje urgente de alguien que no es miembro")


def tell_coordinators_of(
    session: Session,
    handbook: Handbook,
    key: str,
    what: Words,
    circle: int | None,
    now: datetime,
    *,
    lane: Lane = Lane.URGENT,
    but: int | None = None,
) -> None:
    """Text each of them once for a key, in words of their language (60 signs, nothing personal); not `but`."""
    for coordinator in people.coordinators(session, CircleId(circle) if circle is not None else None):
        if coordinator != but:
            values = {"what": what.in_language(session.get_one(PersonRow, coordinator).language)}
            text = do.SendText(coordinator, "coordinator_task", f"{key}:told:{coordinator}", lane, values)
            send_text(session, handbook, text, now)


def circle_of(session: Session, person: PersonRow | None) -> int | None:
    """The circle whose coordinators somebody is told to: as a member, else as a volunteer, else as a coordinator."""
    if person is None:
        return None
    for role in (people.member_of, people.volunteer_of, people.coordinator_of):
        row = role(session, PersonId(person.id))
        if row is not None:
            return row.circle_id
    return None
