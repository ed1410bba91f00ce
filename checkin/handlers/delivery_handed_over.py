"""A worker hands a delivery over: take it, and afterwards write down what the carrier said.

Between the two no transaction is open. Only the attempt that took the row may settle it (its number fences it).
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Protocol

from sqlalchemy.orm import Session

from checkin.domain.consent import Consent
from checkin.domain.delivery import SETTLED, Kind, State, ask_at, is_final, next_attempt
from checkin.domain.effects import Subject
from checkin.domain.policy import Pacing
from checkin.domain.terms import DeliveryId, Lane, PersonId
from checkin.handlers.delivery_reported import refused
from checkin.handlers.discreet_now import discreet_now
from checkin.handlers.handbook import Handbook
from checkin.store import consent, outbox, own_pages, people, restored, tasks
from checkin.store.outbox import Outgoing
from checkin.store.system import free_at, one_at_a_time, reserve_pace
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
_GATE_LOOK = timedelta(seconds=30)
"""After a restore nothing routine leaves until what came in has been read; how often it is looked again."""
_CONTACTS = frozenset({Kind.TEXT.value, Kind.CALL.value})
_CALL_NOT_THERE_YET = timedelta(seconds=1)
_LONGEST_WAIT = timedelta(seconds=3)
"""A worker waits no longer for its turn; a turn further off goes back to the outbox, due at that moment. With the wait
for the carrier's answer it bounds how long the work of a killed worker lies: less than 15 s."""


_CALLS_FULL_WAIT = timedelta(seconds=10)
"""How long a routine call waits before it looks again whether another has ended."""
_PACED = frozenset({Lane.CHECKIN.value, Lane.BULK.value})
_MAY_BE_OUT = (State.UNSURE, State.SENDING)


class Accepted(Protocol):
    """What the carrier said when it took one: its sid, and its own word for where it stands."""

    @property
    def sid(self) -> str: ...
    @property
    def status(self) -> str: ...


def take_to_send(
    session: Session, handbook: Handbook, deliveries: Sequence[DeliveryId], now: datetime
) -> list[Outgoing]:
    """Take those that may still leave: in their time, in contact hours, with consent where they are routine."""
    with session.no_autoflush:  # one flush at the end writes them together
        return _taken(session, handbook, deliveries, now)


def _taken(session: Session, handbook: Handbook, deliveries: Sequence[DeliveryId], now: datetime) -> list[Outgoing]:
    taken = outbox.take(session, deliveries, now)
    people.look_up(session, [row.person_id for row, _ in taken])
    leaving = _past_the_gate(session, [(row, was in _MAY_BE_OUT) for row, was in taken], now)
    leaving = [(row, unsure) for row, unsure in leaving if _may_leave(session, handbook, row, unsure, now)]
    discreet_now(session, [row for row, unsure in leaving if not unsure])
    ask_after = timedelta(seconds=handbook.policy(None).catch_up.ask_after)
    outgoing = []
    for (row, unsure), starts_at in zip(leaving, _turns(session, handbook, leaving, now), strict=True):
        if starts_at - now > _LONGEST_WAIT:
            row.state = (State.UNSURE if unsure else State.QUEUED).value
            row.next_action_at, row.taken_until = starts_at, None
            continue
        row.state = State.UNSURE.value if unsure else State.SENDING.value
        row.first_tried_at = row.first_tried_at or now
        row.taken_until = row.next_action_at = starts_at + outbox.ANSWER_WAIT
        row.ask_at = ask_at(Kind(row.kind), starts_at, timedelta(seconds=row.ring_seconds), ask_after, starts_at)
        outgoing.append(outbox.outgoing(session, row, unsure, starts_at, _detects(session, handbook, row)))
    session.flush()
    return outgoing


def _detects(session: Session, handbook: Handbook, row: DeliveryRow) -> bool:
    """Whether the carrier is to find out who picks up: on check-in calls only, for it may delay others."""
    if row.subject != Subject.CHECK_IN:
        return False
    member = people.member_of(session, PersonId(row.person_id))
    return handbook.policy(people.circle_by_id(session, member.circle_id if member else None)).calls.detect_machines


def _past_the_gate(
    session: Session, leaving: list[tuple[DeliveryRow, bool]], now: datetime
) -> list[tuple[DeliveryRow, bool]]:
    """After a restore nothing routine leaves until the carrier's log has been read."""
    if not any(row.routine for row, _ in leaving) or restored.catch_up_from(session) is None:
        return leaving
    for row, unsure in leaving:
        if row.routine:
            row.state, row.attempt = (State.UNSURE if unsure else State.QUEUED).value, row.attempt - 1
            row.next_action_at, row.taken_until = now + _GATE_LOOK, None
    return [(row, unsure) for row, unsure in leaving if not row.routine]


def _may_leave(session: Session, handbook: Handbook, row: DeliveryRow, unsure: bool, now: datetime) -> bool:
    """Whether it is to be handed over now. What may be out already is asked after in any case."""
    if not unsure and row.deadline_at is not None and now >= row.deadline_at:
        _ends(row, State.EXPIRED)
        return False
    if row.kind in _CONTACTS and not session.get_one(PersonRow, row.person_id).phone:
        _ends(row, State.CANCELLED)  # they were erased meanwhile
        return False
    if not unsure and row.routine and _is_kept(session, handbook, row, now):
        return False
    if not unsure and not row.routine and row.attempt > 1 and _was_stopped(session, row):
        return False  # it was in a worker's hand when the STOP came, and the carrier was busy
    return not (row.kind in (Kind.CHANGE, Kind.HANG_UP) and _wait_for_call(session, row, now))


def may_still_leave(session: Session, handbook: Handbook, delivery: Outgoing, now: datetime) -> bool:
    """The carrier never had it, and time has passed: it may be sent if it could leave now as if it were new (P4, P5).

    False: it is settled, or another worker has it. The claim is counted anew, for asking took time.
    """
    row = _mine(session, delivery)
    if row is None:
        return False
    if row.deadline_at is not None and now >= row.deadline_at:
        _ends(row, State.EXPIRED)
        return False
    if _is_given_up(session, handbook, row, delivery.lane, "unsure", now) or _was_stopped(session, row):
        return False
    if row.routine and _is_kept(session, handbook, row, now):
        return False
    row.taken_until = row.next_action_at = now + outbox.ANSWER_WAIT
    return True


def _is_given_up(session: Session, handbook: Handbook, row: DeliveryRow, lane: Lane, code: str, now: datetime) -> bool:
    """Whether its words would be stale by now; then it ends."""
    if now - row.created_at <= _STALE_AFTER[lane]:
        return False
    refused(session, handbook, row, "gave_up", code, now)
    return True


def _was_stopped(session: Session, row: DeliveryRow) -> bool:
    """Whether its person has said STOP since it was written, which is final (P4); then it ends."""
    stopped = row.kind in _CONTACTS and consent.has_stopped_since(session, PersonId(row.person_id), row.created_at)
    if stopped:
        _ends(row, State.CANCELLED)
    return stopped


def _is_kept(session: Session, handbook: Handbook, row: DeliveryRow, now: datetime) -> bool:
    """Whether what is routine may not leave now: it waits for contact hours, or ends."""
    later = _leaves_later(session, handbook, row, now)
    if later == "cancelled":
        _ends(row, State.CANCELLED)
    elif isinstance(later, datetime):
        row.state, row.next_action_at, row.taken_until = State.QUEUED.value, later, None
    return later is not None


def _turns(
    session: Session, handbook: Handbook, leaving: Sequence[tuple[DeliveryRow, bool]], now: datetime
) -> list[datetime]:
    """When each may leave at its sender's rate. What is urgent never waits, but uses up its share.

    Turns that nobody would wait for are not taken: they are left to whoever comes at their time. A routine call
    waits for one to end where so many are under way that only the room of the urgent lane is left.
    """
    pacing, turns = handbook.policy(None).pacing, dict[int, datetime]()
    for kind, rate in ((Kind.TEXT, pacing.texts_per_second), (Kind.CALL, pacing.calls_per_second)):
        rows = [row for row, _ in leaving if row.kind == kind]
        unpaced = [row for row in rows if row.lane not in _PACED]
        if unpaced:
            reserve_pace(session, kind, rate, now, len(unpaced))
        paced = [row for row in rows if row.lane in _PACED]
        if kind is Kind.CALL and paced:
            # What may be out already is counted among those under way, and is only asked after.
            asked = [row for row, unsure in leaving if unsure and row in paced]
            fresh, waiting = _with_room(session, pacing, [row for row in paced if row not in asked], now)
            paced = asked + fresh
            turns |= {row.id: now + _CALLS_FULL_WAIT for row in waiting}
        if not paced:
            continue
        step, first = timedelta(seconds=1 / rate), free_at(session, kind, now)
        count = sum(1 for place in range(len(paced)) if first + step * place - now <= _LONGEST_WAIT)
        first = reserve_pace(session, kind, rate, now, count) if count else first
        turns |= {row.id: first + step * place for place, row in enumerate(paced)}
    return [turns.get(row.id, now) for row, _ in leaving]


def _with_room(
    session: Session, pacing: Pacing, rows: list[DeliveryRow], now: datetime
) -> tuple[list[DeliveryRow], list[DeliveryRow]]:
    """Routine calls that may be added to those under way, and those that wait. The urgent lane never comes here."""
    one_at_a_time(session, "calls under way", now)
    room = max(pacing.routine_calls_at_once - outbox.calls_under_way(session, now), 0)
    return rows[:room], rows[room:]


def _ends(row: DeliveryRow, state: State) -> None:
    row.state, row.next_action_at, row.taken_until = state.value, None, None
    _forget_link(row)


def _forget_link(row: DeliveryRow) -> None:
    if row.template == own_pages.TEMPLATE:
        row.body = own_pages.without_link(row.body)


def _leaves_later(session: Session, handbook: Handbook, row: DeliveryRow, now: datetime) -> datetime | str | None:
    person = session.get_one(PersonRow, row.person_id)
    state = consent.current(session, PersonId(person.id))
    allowed = state is Consent.IN or (row.template == "invite" and state is Consent.INVITED)
    if not allowed:
        return "cancelled"
    circle = people.circle_of(session, PersonId(person.id))
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


def accepted(session: Session, taken: Sequence[tuple[Outgoing, Accepted | None]], now: datetime) -> None:
    """The carrier took these. What had ended before it was found is asked after: its end is still to be told."""
    rows = outbox.held(session, [delivery for delivery, _ in taken])
    for delivery, answer in taken:
        if (row := rows.get(delivery.id)) is None:
            continue
        done = delivery.kind in (Kind.CHANGE, Kind.HANG_UP)
        row.state = State.DELIVERED.value if done else State.SENT.value
        _forget_link(row)
        if answer is not None:
            row.sid = answer.sid or row.sid
            if is_final(answer.status):
                row.ask_at = now
            else:
                row.status = row.status or answer.status
        row.next_action_at, row.taken_until = None, None


def given_back(session: Session, deliveries: Sequence[Outgoing], now: datetime) -> None:
    """These were taken and never handed over: they may be taken again at once."""
    rows = outbox.held(session, deliveries)
    for delivery in deliveries:
        if (row := rows.get(delivery.id)) is not None:
            row.state = (State.UNSURE if delivery.unsure else State.QUEUED).value
            row.next_action_at, row.taken_until = now, None


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
    if _is_given_up(session, handbook, row, delivery.lane, code, now):
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
    return outbox.held(session, [delivery]).get(delivery.id)
