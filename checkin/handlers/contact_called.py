"""A member's contact is on the line: what they hear, and what their keys do.

They are told no more than the member agreed to, and only keys count (promise P3).
"""

from datetime import datetime

from sqlalchemy.orm import Session

from checkin.domain import effects as do
from checkin.domain.call_script import CallScript, Said
from checkin.domain.consent import How
from checkin.domain.look_in import LookIn, Result, State, Told, WillLook, WillNot
from checkin.domain.terms import DeliveryId, LookInId, PersonId
from checkin.handlers.apply import apply
from checkin.handlers.call_words import Listener
from checkin.handlers.consent_changed import opt_out
from checkin.handlers.handbook import Handbook
from checkin.handlers.look_in_moved import move_look_in
from checkin.store import inbox, look_ins
from checkin.store.tables import DeliveryRow, PersonRow


def contact_words(session: Session, row: DeliveryRow, to: Listener) -> CallScript:
    """What a contact hears when they pick up. They are told no more than the member agreed to."""
    look_in = look_ins.load(session, LookInId(row.look_in_id or 0))
    if look_in.call != row.id:
        return to.ends_with("contact_over")
    name = _name(session, look_in, PersonId(row.person_id))
    if look_in.state is State.LOOKING:
        return to.asks("contact_result", "contact_result", wait=12, first_name=name)
    return to.asks("contact_ask", "contact", wait=12, first_name=name)


def contact_keys(
    session: Session, handbook: Handbook, row: DeliveryRow, to: Listener, said: Said, now: datetime
) -> CallScript:
    """1: I look in. 2: I cannot. 9: no more such calls. No key is no promise (promise P3)."""
    look_in, call, keys = LookInId(row.look_in_id or 0), DeliveryId(row.id), said.keys
    match keys:
        case "1":
            after = move_look_in(session, handbook, look_in, WillLook(call), now)
            if after.state is not State.LOOKING or after.contact != row.person_id:
                return to.ends_with("contact_over")
            return _thanks(session, handbook, after, row, to, now)
        case "2" | "":
            why = "declined" if keys else "no_key"
            move_look_in(session, handbook, look_in, WillNot(call, why), now)
            return to.ends_with("contact_declined" if keys else "contact_no_key")
        case "9":
            person = session.get_one(PersonRow, row.person_id)
            if inbox.keep(
                session, sid=f"call:{row.id}:9", person_id=person.id, channel="voice", body=keys, received_at=now,
                kind="opt_out", level="ok", reasons=["key_9"],
            ) is not None:  # fmt: skip
                opt_out(session, handbook, person, How.KEY, keys, now, answered=True)
            move_look_in(session, handbook, look_in, WillNot(call, "declined"), now)
            return to.ends_with("check_in_stopped")
        case _:
            return contact_words(session, row, to)


def result_keys(
    session: Session, handbook: Handbook, row: DeliveryRow, to: Listener, said: Said, now: datetime
) -> CallScript:
    """1: fine. 2: needs help. 3: not reached."""
    look_in, call = LookInId(row.look_in_id or 0), DeliveryId(row.id)
    if said.keys == "":
        move_look_in(session, handbook, look_in, WillNot(call, "no_key"), now)
        return to.ends_with("contact_no_key")
    if said.keys not in {result.value for result in Result}:
        return contact_words(session, row, to)
    move_look_in(session, handbook, look_in, Told(call, Result(said.keys)), now)
    return to.ends_with("contact_help" if said.keys == Result.NEEDS_HELP else "outcome_thanks")


def _thanks(
    session: Session, handbook: Handbook, look_in: LookIn, row: DeliveryRow, to: Listener, now: datetime
) -> CallScript:
    name = _name(session, look_in, PersonId(row.person_id))
    if not name:
        key = f"look_in:{look_in.id}:{row.person_id}:name"
        task = do.GiveTask(key, "contact_asks_who", look_in.circle, look_in.member_person)
        apply(session, handbook, (task,), now)
        return to.ends_with("contact_will_be_rung")
    return to.ends_with("contact_thanks", first_name=name)


def _name(session: Session, look_in: LookIn, contact: PersonId) -> str:
    if not look_ins.hears_name(session, look_in.member, contact):
        return ""
    return session.get_one(PersonRow, look_in.member_person).name.split(" ")[0][:20]
