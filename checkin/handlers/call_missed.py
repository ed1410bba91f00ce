"""A call to our number that came to nothing: a coordinator hears of it. None goes unseen (field rule R168).

It is noticed in four ways, whichever is first: the last question was not answered; the carrier tells of the end; no
further word of the call came for a while; or the call is found in the carrier's log.
"""

from datetime import datetime

from sqlalchemy.orm import Session

from checkin.domain.terms import DeliveryId, PersonId, Phone
from checkin.handlers.coordinators_told import circle_of
from checkin.handlers.delivery_reported import delivery_reported
from checkin.handlers.handbook import Handbook
from checkin.store import erasures, incoming, people, tasks
from checkin.store.tables import IncomingCallRow, PersonRow


def call_missed(
    session: Session, sid: str, sender: Phone | None, now: datetime, *, began_at: datetime | None = None
) -> bool:
    """Put before a coordinator that somebody rang and got no further: we could not answer, or they put it down early.

    False where the call is known already. A task and no call: whether they need somebody, nobody has said. `began_at`:
    where it was found in the carrier's log; of somebody who was erased since then it is not taken in.
    """
    if sender is not None and began_at is not None and erasures.is_forgotten(session, sender, began_at):
        return False
    row = incoming.by_sid(session, sid)
    if (row is not None and row.came_to) or tasks.is_given(session, f"incoming:{sid}"):
        return False
    person = people.ensure(session, sender, now) if sender is not None else None
    if row is not None:
        row.came_to, row.next_action_at = "unseen", None
    return put_before_coordinators(session, sid, person, now)


def call_went_silent(session: Session, call: int, now: datetime) -> None:
    """No further word of a call came for so long: they put it down, or its webhooks are lost."""
    session.flush()
    row = session.get(IncomingCallRow, call, with_for_update=True, populate_existing=True)
    if row is None or row.next_action_at is None or row.next_action_at > now:
        return
    row.next_action_at = None
    if not row.came_to:
        row.came_to = "unseen"
        person = session.get(PersonRow, row.person_id) if row.person_id is not None else None
        put_before_coordinators(session, row.sid, person, now)


def call_over(session: Session, handbook: Handbook, sid: str, status: str, now: datetime) -> None:
    """The carrier says that a call ended, where the number is set up so: nobody need wait to see it.

    One that became a volunteer's leg ends as those do that we placed. A message that is told of later takes the task
    back.
    """
    row = incoming.by_sid(session, sid)
    if row is None:
        return
    if row.call_id is not None:
        delivery_reported(session, handbook, DeliveryId(row.call_id), status, None, sid, now)
    elif not row.came_to:
        row.next_action_at = now
        call_went_silent(session, row.id, now)


def put_before_coordinators(session: Session, sid: str, person: PersonRow | None, now: datetime) -> bool:
    """Give the task of a call, once: who rang."""
    known = PersonId(person.id) if person is not None else None
    member = people.member_of(session, known) if known is not None else None
    roles = people.roles_of(session, known) if known is not None else frozenset()
    what = "member_rang" if member is not None else "volunteer_rang" if roles else "unknown_rang"
    return tasks.give(session, f"incoming:{sid}", what, now, circle_id=circle_of(session, person), person_id=known)
