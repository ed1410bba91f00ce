"""The carrier says what became of a delivery, by callback or by refusing it outright.

Callbacks come late, twice and out of order: a status replaces only an older one.
"""

from datetime import datetime

from sqlalchemy.orm import Session

from checkin.domain.check_in import Delivered, NotDelivered
from checkin.domain.consent import How
from checkin.domain.delivery import SETTLED, Kind, State, is_final, is_newer
from checkin.domain.escalation import OfferFailed
from checkin.domain.terms import Channel, CheckInId, DeliveryId, EscalationId, PersonId
from checkin.handlers.call_ended import call_ended
from checkin.handlers.case_moved import move_case
from checkin.handlers.check_in_moved import move_check_in
from checkin.handlers.consent_changed import opt_out
from checkin.handlers.handbook import Handbook
from checkin.store import escalations, own_pages, people, tasks
from checkin.store.tables import DeliveryRow, PersonRow

_ARRIVED = frozenset({"delivered", "read", "completed"})


def delivery_reported(
    session: Session,
    handbook: Handbook,
    delivery: DeliveryId,
    status: str,
    refusal: str | None,
    sid: str | None,
    now: datetime,
) -> None:
    """Record one status. `refusal`: our own word for the carrier's error code, `:` and that code."""
    row = session.get(DeliveryRow, delivery)
    if row is None:
        return
    if row.sid is None and sid:
        row.sid = sid
    if not is_newer(row.status, status):
        return
    row.status = status
    if row.state not in SETTLED:
        # A callback proves that the carrier took it, also where its answer was lost.
        row.state, row.taken_until, row.next_action_at = State.SENT.value, None, None
    if not is_final(status):
        session.flush()
        return
    row.state = State.DELIVERED.value if status in _ARRIVED else State.FAILED.value
    row.error, row.ask_at = refusal[:40] if refusal is not None else None, None
    refusal = refusal.partition(":")[0] if refusal is not None else None
    session.flush()
    if row.kind == Kind.CALL:
        call_ended(session, handbook, row, status, now)
    elif status in _ARRIVED:
        if row.check_in_id is not None:
            move_check_in(session, handbook, CheckInId(row.check_in_id), Delivered(), now)
    else:
        not_delivered(session, handbook, row, refusal, now)


def refused(session: Session, handbook: Handbook, row: DeliveryRow, refusal: str, code: str, now: datetime) -> None:
    """The carrier will never take this delivery."""
    row.state, row.error = State.FAILED.value, f"{refusal}:{code}"[:40]
    row.next_action_at = row.taken_until = row.ask_at = None
    if row.template == own_pages.TEMPLATE:
        row.body = own_pages.without_link(row.body)
    session.flush()
    if row.kind == Kind.CALL:
        _learn(session, handbook, row, refusal, now)
        call_ended(session, handbook, row, refusal, now)
    elif row.kind == Kind.TEXT:
        not_delivered(session, handbook, row, refusal, now)


def not_delivered(session: Session, handbook: Handbook, row: DeliveryRow, refusal: str | None, now: datetime) -> None:
    """A text did not arrive: whoever waited for it hears of it, and what it teaches is kept."""
    _learn(session, handbook, row, refusal or "", now)
    if row.escalation_id is not None:
        detail = {"template": row.template, "why": refusal or "undelivered", "person": row.person_id}
        escalations.note(session, EscalationId(row.escalation_id), now, "text_not_delivered", detail)
        volunteer = people.volunteer_of(session, PersonId(row.person_id))
        only_by_text = volunteer is not None and volunteer.reach == "sms"
        if row.offer_number is not None and only_by_text:
            event = OfferFailed(row.offer_number, refusal or "undelivered")
            move_case(session, handbook, EscalationId(row.escalation_id), event, now)
    if row.check_in_id is not None:
        move_check_in(session, handbook, CheckInId(row.check_in_id), NotDelivered(), now)


def _learn(session: Session, handbook: Handbook, row: DeliveryRow, refusal: str, now: datetime) -> None:
    person = session.get_one(PersonRow, row.person_id)
    if person.number_since is not None and (row.first_tried_at or row.created_at) < person.number_since:
        return  # it says something of the number that they had before
    member = people.member_of(session, PersonId(person.id))
    match refusal:
        case "opted_out":
            opt_out(session, handbook, person, How.CARRIER, "", now, answered=True)
        case "landline":
            person.textable = False
            if member is not None:
                member.channel = Channel.VOICE.value
        case "bad_number" | "filtered" | "account":
            tasks.give(
                session,
                f"{refusal}:{person.id}:{now:%Y-%m-%d}",
                refusal,
                now,
                circle_id=member.circle_id if member is not None else None,
                person_id=person.id,
            )
        case _:
            pass
    session.flush()
