"""A call to our number is found in the carrier's log: where it left no trace with us, a coordinator hears of it."""

from datetime import datetime

from sqlalchemy.orm import Session

from checkin.domain.terms import PersonId, Phone
from checkin.store import inbox, people, tasks


def call_missed(session: Session, sid: str, sender: Phone | None, now: datetime) -> bool:
    """Put before a coordinator that somebody rang and got no further: we could not answer, or they put it down early.

    False where the call is known already. A task and no call: whether they need somebody, nobody has said.
    """
    if inbox.seen(session, f"{sid}:1") or tasks.is_given(session, f"incoming:{sid}"):
        return False
    person = people.ensure(session, sender, now) if sender is not None else None
    member = people.member_of(session, PersonId(person.id)) if person is not None else None
    volunteer = people.volunteer_of(session, PersonId(person.id)) if person is not None else None
    what = "member_rang" if member is not None else "volunteer_rang" if volunteer is not None else "unknown_rang"
    circle = member.circle_id if member is not None else volunteer.circle_id if volunteer is not None else None
    person_id = person.id if person is not None else None
    return tasks.give(session, f"incoming:{sid}", what, now, circle_id=circle, person_id=person_id)
