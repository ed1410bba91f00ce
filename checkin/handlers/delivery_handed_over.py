"""A worker hands a delivery over: take it, and afterwards write down what the carrier said.

Between the two no transaction is open. Only the attempt that took the row may settle it (its number fences it).
"""

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from checkin.domain.consent import Consent
from checkin.domain.delivery import SETTLED, Kind, State, next_attempt
from checkin.domain.terms import DeliveryId, Lane, PersonId
from checkin.handlers.delivery_reported import refused
from checkin.handlers.handbook import Handbook
from checkin.store import consent, outbox, people, tasks
from checkin.store.outbox import Outgoing
from checkin.store.system import reserve_pace
from checkin.store.tables import DeliveryRow, PersonRow

_ASKED_ENOUGH = 12
_STALE_AFTER = {
    # After this, words that could not leave are no longer true, or no longer an answer. What must go on being said
    # (an offer, a page to coordinators) is written anew by its escalation.
    Lane.URGENT: timedelta(hours=1),
    Lane.REPLY: timedelta(hours=6),
    Lane.CHECKIN: timedelta(hours=12),
    Lane.BULK: timedelta(hours=24),
}
_CALL_NOT_THERE_YET = timedelta(seconds=1)
_LONGEST_WAIT = timedelta(seconds=5)
"""A worker waits no longer for its turn; a turn further off goes back to the outbox, due at that moment."""


def take_to_send(session: Session, handbook: Handbook, delivery: DeliveryId, now: datetime) -> Outgoing | None:
    """Take one delivery, if it may still leave: in its time, in contact hours, with consent where it is routine."""
    before = session.get(DeliveryRow, delivery)
    was = State(before.state) if before is not None else None
    row = outbox.take(session, delivery, now)
    if row is None:
        return None
    unsure = was in (State.UNSURE, State.SENDING)
    if not unsure and row.deadline_at is not None and now >= row.deadline_at:
        _ends(row, State.EXPIRED)
        return None
    if row.routine and not unsure:
        later = _leaves_later(session, handbook, row, now)
        if later == "cancelled":
            _ends(row, State.CANCELLED)
            return None
        if isinstance(later, datetime):
            row.state, row.next_action_at, row.taken_until = State.QUEUED.value, later, None
            return None
    if row.kind in (Kind.CHANGE, Kind.HANG_UP) and _wait_for_call(session, row, now):
        return None
    starts_at = _turn(session, handbook, row, now)
    if starts_at - now > _LONGEST_WAIT:
        row.state = (State.UNSURE if unsure else State.QUEUED).value
        row.next_action_at, row.taken_until = starts_at, None
        return None
    row.state = State.UNSURE.value if unsure else State.SENDING.value
    row.first_tried_at = row.first_tried_at or now
    row.taken_until = row.next_action_at = starts_at + outbox.ANSWER_WAIT
    session.flush()
    return outbox.outgoing(session, row, unsure, starts_at)


def _turn(session: Session, handbook: Handbook, row: DeliveryRow, now: datetime) -> datetime:
    """When this delivery may leave at the sender's rate. What is urgent never waits, but uses up its share."""
    if row.kind not in (Kind.TEXT, Kind.CALL):
        return now
    pacing = handbook.policy(None).pacing
    rate = pacing.texts_per_second if row.kind == Kind.TEXT else pacing.calls_per_second
    slot = reserve_pace(session, row.kind, rate, now)
    return slot if row.lane in (Lane.CHECKIN, Lane.BULK) else now


def _ends(row: DeliveryRow, state: State) -> None:
    row.state, row.next_action_at, row.taken_until = state.value, None, None


def _leaves_later(session: Session, handbook: Handbook, row: DeliveryRow, now: datetime) -> datetime | str | None:
    person = session.get_one(PersonRow, row.person_id)
    state = consent.current(session, PersonId(person.id))
    allowed = state is Consent.IN or (row.template == "invite" and state is Consent.INVITED)
    if not allowed:
        return "cancelled"
    member = people.member_of(session, PersonId(person.id))
    circle = people.circle_by_id(session, member.circle_id if member is not None else None)
    opens = handbook.next_allowed(person, handbook.policy(circle).contact_hours, now)
    return opens if opens > now else None


def _wait_for_call(session: Session, row: DeliveryRow, now: datetime) -> bool:
    """A change of a call that has no sid yet waits for it; of a call that is over there is nothing to change."""
    call = session.get(DeliveryRow, row.about_delivery_id)
    if call is None or call.state in SETTLED or call.ended_at is not None:
        _ends(row, State.CANCELLED)
        return True
    if call.sid is None:
        row.state, row.next_action_at, row.taken_until = State.QUEUED.value, now + _CALL_NOT_THERE_YET, None
        return True
    return False


def accepted(session: Session, delivery: Outgoing, sid: str | None, status: str, now: datetime) -> None:
    """The carrier took it."""
    row = _mine(session, delivery)
    if row is None:
        return
    done = delivery.kind in (Kind.CHANGE, Kind.HANG_UP)
    row.state = State.DELIVERED.value if done else State.SENT.value
    row.sid = sid or row.sid
    row.status = row.status or status
    row.next_action_at, row.taken_until = None, None


def was_refused(
    session: Session, handbook: Handbook, delivery: Outgoing, reason: str, code: str, now: datetime
) -> None:
    """The carrier never will."""
    row = _mine(session, delivery)
    if row is not None:
        refused(session, handbook, row, reason, code, now)


def was_busy(
    session: Session,
    handbook: Handbook,
    delivery: Outgoing,
    code: str,
    retry_after: timedelta | None,
    jitter: float,
    now: datetime,
) -> None:
    """Not now: it is tried again until its words would be stale. An account that is ill is said to coordinators."""
    row = _mine(session, delivery)
    if row is None:
        return
    if code == "account":
        tasks.give(session, f"account:{now:%Y-%m-%d}", "account", now)
    if now - row.created_at > _STALE_AFTER[delivery.lane]:
        refused(session, handbook, row, "gave_up", code, now)
        return
    wait = max(next_attempt(delivery.lane, row.attempt, jitter), retry_after or timedelta(0))
    row.state = State.UNSURE.value if delivery.unsure else State.QUEUED.value
    row.error, row.next_action_at, row.taken_until = f"busy:{code}"[:40], now + wait, None


def answer_lost(session: Session, delivery: Outgoing, now: datetime) -> None:
    """It may have been accepted: the carrier is asked before anything is sent again."""
    row = _mine(session, delivery)
    if row is not None:
        row.state, row.next_action_at, row.taken_until = State.UNSURE.value, now + timedelta(seconds=1), None
        row.error = "unsure"


def still_unsure(session: Session, delivery: Outgoing, now: datetime, jitter: float) -> None:
    """The carrier could not be asked either. Said once to a coordinator when it goes on."""
    row = _mine(session, delivery)
    if row is None:
        return
    row.next_action_at = now + next_attempt(delivery.lane, row.attempt, jitter)
    row.taken_until, row.error = None, "unsure"
    if row.attempt >= _ASKED_ENOUGH:
        tasks.give(session, f"unsure:{row.id}", "delivery_unsure", now, person_id=row.person_id)


def _mine(session: Session, delivery: Outgoing) -> DeliveryRow | None:
    row = session.get(DeliveryRow, delivery.id, populate_existing=True)
    if row is None or row.attempt != delivery.attempt or row.state not in (State.SENDING, State.UNSURE):
        return None
    return row
