"""Keys on a check-in call: 1 to 5, 0 for a person, 9 to stop. The same scale as on text (design, section 5)."""

from datetime import datetime

from sqlalchemy.orm import Session

from checkin.domain.call_script import CallScript, Said
from checkin.domain.check_in import Answered, Delivered
from checkin.domain.reading import read
from checkin.domain.terms import CheckInId, Level, PersonId
from checkin.handlers.call_words import Listener
from checkin.handlers.case_moved import open_for_words
from checkin.handlers.check_in_moved import move_check_in
from checkin.handlers.consent_changed import opt_out
from checkin.handlers.handbook import Handbook
from checkin.store import inbox, people
from checkin.store.inbox import Kept
from checkin.store.tables import DeliveryRow, PersonRow


def check_in_keys(
    session: Session, handbook: Handbook, row: DeliveryRow, to: Listener, said: Said, now: datetime
) -> CallScript:
    """Let a member's key on a check-in call happen. No key is no answer (field rule R7)."""
    keys = said.keys
    person, check_in = session.get_one(PersonRow, row.person_id), CheckInId(row.check_in_id or 0)
    member = people.member_of(session, PersonId(person.id))
    if keys == "" or member is None:
        return to.ends_with("check_in_goodbye")
    sid = f"call:{row.id}:{keys}"
    if keys == "9":
        if _keep(session, row, sid, keys, "opt_out", Level.OK, None, now) is not None:
            opt_out(session, handbook, person, "key 9 on a call", keys, now, answered=True)
        return to.ends_with("check_in_stopped")
    if keys not in "012345":
        return to.asks("check_in_ask", "check_in", wait=12)
    reading = read(keys)
    inbound = _keep(session, row, sid, keys, reading.kind.value, reading.level, reading.rating, now)
    if inbound is not None:
        move_check_in(session, handbook, check_in, Delivered(), now)
        move_check_in(session, handbook, check_in, Answered(reading.rating), now)
        if reading.rating is not None:
            member.recent_ratings = [*member.recent_ratings, reading.rating][-8:]
        case = open_for_words(session, handbook, member, reading.level, False, False, now)
        inbound.escalation_id = case.id if case is not None else None
        inbox.link(session, inbound)
    alert = reading.level in (Level.CRISIS, Level.DISTRESS)
    return to.ends_with("check_in_person" if alert else "check_in_thanks")


def _keep(
    session: Session,
    row: DeliveryRow,
    sid: str,
    keys: str,
    kind: str,
    level: Level,
    rating: int | None,
    now: datetime,
) -> Kept | None:
    return inbox.keep(
        session,
        sid=sid,
        person_id=row.person_id,
        channel="voice",
        body=keys,
        received_at=now,
        kind=kind,
        level=level.value,
        rating=rating,
        reasons=[f"key_{keys}"],
        check_in_id=row.check_in_id,
    )
