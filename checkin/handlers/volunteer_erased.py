"""A volunteer who is no member is erased: at their wish, by a person, for good (field rule R64).

What goes and what stays is as with a member (`member_erased.py`). That they took cases stays, of nobody, for the
members' sake; what they wrote to a member in a talk is the member's too, and goes with the member's words.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from checkin.domain.terms import PersonId
from checkin.handlers.handbook import Handbook
from checkin.handlers.member_erased import CannotErase, Hinders, hinders_person
from checkin.handlers.swap_moved import offers_are_off, shifts_go_back, who_wonders
from checkin.store import erasures, outbox, people, system
from checkin.store.tables import DeliveryRow, HandoffRow, InboundRow, OfferRow, PersonRow, VolunteerRow


@dataclass(frozen=True)
class Holdings:
    """How much is held of a volunteer: what the page says before anything goes."""

    texts: int
    sent: int
    offers: int
    talks: int


def holdings(session: Session, volunteer: VolunteerRow) -> Holdings:
    """Count what is held of a volunteer."""

    def count(kind: type[InboundRow | DeliveryRow | OfferRow | HandoffRow], **equal: int) -> int:
        return session.scalar(select(func.count()).select_from(kind).filter_by(**equal)) or 0

    return Holdings(
        texts=count(InboundRow, person_id=volunteer.person_id),
        sent=count(DeliveryRow, person_id=volunteer.person_id),
        offers=count(OfferRow, volunteer_id=volunteer.id),
        talks=count(HandoffRow, volunteer_id=volunteer.id),
    )


def hinders(session: Session, volunteer: VolunteerRow) -> Hinders | None:
    """What stands in the way of erasing a volunteer."""
    person = PersonId(volunteer.person_id)
    if people.member_of(session, person) is not None:
        return Hinders.IS_MEMBER
    return hinders_person(session, person)


def erase_volunteer(session: Session, handbook: Handbook, volunteer: int, who: str, now: datetime) -> None:
    """Erase a volunteer. Raises CannotErase; nothing is done then."""
    row = session.get_one(VolunteerRow, volunteer)
    person = session.get_one(PersonRow, row.person_id, with_for_update=True, populate_existing=True)
    if row.stand_in:  # erased already, or a coordinator
        return
    shifts_go_back(session, handbook, volunteer, who, now)
    outbox.cancel_all(session, PersonId(person.id))
    session.flush()
    why = hinders(session, row)
    if why is not None:
        raise CannotErase(why)
    wondering = who_wonders(session, volunteer, now)
    erasures.erase(session, person, who, now)
    offers_are_off(session, handbook, wondering, now)
    system.audit(session, who, "volunteer erased", now, person=person.id, volunteer=volunteer)
