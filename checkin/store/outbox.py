"""The outbox: put a delivery in once, take it, and the questions that others ask of it."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, bindparam, func, literal, or_, select, update
from sqlalchemy.orm import Session

from checkin.domain.delivery import SETTLED, Kind, State
from checkin.domain.terms import CheckInId, DeliveryId, EscalationId, Lane, LookInId, PersonId, Phone
from checkin.store.session import insert_many, insert_once
from checkin.store.tables import DeliveryRow, PersonRow

_WAITING = (State.QUEUED.value, State.UNSURE.value, State.SENDING.value)
ANSWER_WAIT = timedelta(seconds=11)
"""How long a hand-over may take before its answer counts as lost (the client gives up after ten seconds)."""

_ABOUT_THEN = timedelta(hours=1)


@dataclass(frozen=True)
class Outgoing:
    """A delivery in the hand of a worker. `attempt` fences it; `unsure`: ask the carrier before sending again.

    `starts_at` is its turn at the sender's rate: the claim is counted from then. `detects`: the carrier
    listens for who picks up. `others`: the carrier's names of what else went to the same person at about the same time,
    where it must ask whether this went too.
    """

    id: DeliveryId
    kind: Kind
    lane: Lane
    attempt: int
    to: Phone
    body: str
    ring_for: timedelta
    about_sid: str | None
    about_id: DeliveryId | None
    deadline_at: datetime | None
    unsure: bool
    first_tried_at: datetime
    starts_at: datetime
    detects: bool = False
    others: frozenset[str] = frozenset()


def put(session: Session, key: str, **values: Any) -> DeliveryId | None:
    """Write a delivery, once for a key. None where it stands there already (promise P6).

    Where it may have left already, unknown to this database (see `restored.py`), it is `unsure` from the start.
    """
    since = session.info.get("in_question_since")
    kind, lane = values["kind"], values["lane"]
    if since is not None and (kind == Kind.TEXT or (kind == Kind.CALL and lane != Lane.URGENT)):
        values = {**values, "state": State.UNSURE.value, "first_tried_at": since}
    row = {"key": key, "attempt": 0, "status": "", **values}
    later: list[dict[str, Any]] | None = session.info.get("gathered")
    if later is not None and lane in _NOT_NUDGED:
        later.append(row)
        return None
    found = insert_once(session, DeliveryRow, "key", row)
    if found is None:
        return None
    session.info.setdefault("written", []).append((Lane(values["lane"]), DeliveryId(found)))
    return DeliveryId(found)


def is_there(session: Session, key: str) -> bool:
    """Whether a delivery was written under this key."""
    return session.scalar(select(DeliveryRow.id).where(DeliveryRow.key == key)) is not None


_NOT_NUDGED = frozenset({Lane.CHECKIN.value, Lane.BULK.value})


@contextmanager
def gathered(session: Session) -> Iterator[None]:
    """Write the routine deliveries that are put meanwhile together, at the end. Their ids are not told."""
    later: list[dict[str, Any]] = []
    session.info["gathered"] = later
    try:
        yield
    finally:
        del session.info["gathered"]
    alike: dict[tuple[str, ...], list[dict[str, Any]]] = {}
    for row in later:
        alike.setdefault(tuple(row), []).append(row)
    for rows in alike.values():
        insert_many(session, DeliveryRow, ("key",), rows)


_THESE = (
    select(DeliveryRow)
    .where(DeliveryRow.id.in_(bindparam("deliveries", expanding=True)))
    .order_by(DeliveryRow.id)
    .with_for_update()
    .execution_options(populate_existing=True)
)
_TO_TAKE = _THESE.where(
    DeliveryRow.state.in_(_WAITING), or_(DeliveryRow.taken_until.is_(None), DeliveryRow.taken_until <= bindparam("now"))
)
_IN_HAND = _THESE.where(DeliveryRow.state.in_((State.SENDING.value, State.UNSURE.value)))


def take(session: Session, deliveries: Sequence[DeliveryId], now: datetime) -> list[tuple[DeliveryRow, State]]:
    """Take deliveries for handing over, with how each stood before. What is taken, cancelled or done is left out.

    A job may run twice. Whoever takes a delivery has until its `taken_until`; then the next one may, and must ask
    the carrier first.
    """
    rows = session.scalars(_TO_TAKE, {"deliveries": deliveries, "now": now}).all()
    taken = [(row, State(row.state)) for row in rows]
    for row in rows:
        row.attempt += 1
        row.taken_until = row.next_action_at = now + ANSWER_WAIT
    return taken


def held(session: Session, deliveries: Sequence[Outgoing]) -> dict[DeliveryId, DeliveryRow]:
    """The rows of those deliveries that are still in the hand of whoever took them with this attempt."""
    attempts = {delivery.id: delivery.attempt for delivery in deliveries}
    rows = session.scalars(_IN_HAND, {"deliveries": list(attempts)}).all()
    return {DeliveryId(row.id): row for row in rows if row.attempt == attempts[DeliveryId(row.id)]}


def outgoing(session: Session, row: DeliveryRow, unsure: bool, starts_at: datetime, detects: bool = False) -> Outgoing:
    """What a worker needs to hand this delivery over."""
    phone = session.get_one(PersonRow, row.person_id).phone
    about = session.get(DeliveryRow, row.about_delivery_id) if row.about_delivery_id is not None else None
    return Outgoing(
        id=DeliveryId(row.id),
        kind=Kind(row.kind),
        lane=Lane(row.lane),
        attempt=row.attempt,
        to=Phone(phone),
        body=row.body,
        ring_for=timedelta(seconds=row.ring_seconds),
        about_sid=about.sid if about is not None else None,
        about_id=DeliveryId(about.id) if about is not None else None,
        deadline_at=row.deadline_at,
        unsure=unsure,
        first_tried_at=row.first_tried_at or row.created_at,
        starts_at=starts_at,
        detects=detects,
        others=_others(session, row) if unsure else frozenset(),
    )


def _others(session: Session, row: DeliveryRow) -> frozenset[str]:
    since = (row.first_tried_at or row.created_at) - _ABOUT_THEN
    others = select(DeliveryRow.sid).where(
        DeliveryRow.person_id == row.person_id,
        DeliveryRow.id != row.id,
        DeliveryRow.sid.is_not(None),
        DeliveryRow.first_tried_at >= since,
    )
    return frozenset(sid for sid in session.scalars(others) if sid is not None)


def cancel_routine(session: Session, person: PersonId, check_in: CheckInId | None = None) -> int:
    """Cancel what is queued, routine, and has not left. Returns how many."""
    where = [
        DeliveryRow.person_id == person,
        DeliveryRow.state == State.QUEUED.value,
        DeliveryRow.routine.is_(True),
    ]
    if check_in is not None:
        where.append(DeliveryRow.check_in_id == check_in)
    done = session.scalars(
        update(DeliveryRow)
        .where(*where)
        .values(state=State.CANCELLED.value, next_action_at=None)
        .returning(DeliveryRow.id),
        execution_options={"synchronize_session": False},
    )
    return len(list(done))


def withdraw(session: Session, keys: Sequence[str], now: datetime) -> set[str]:
    """Cancel the deliveries of these keys that nobody has tried to hand over. Returns their keys."""
    done = session.scalars(
        update(DeliveryRow)
        .where(DeliveryRow.key.in_(keys), DeliveryRow.state == State.QUEUED.value, DeliveryRow.attempt == 0)
        .values(state=State.CANCELLED.value, next_action_at=None, ended_at=now)
        .returning(DeliveryRow.key),
        execution_options={"synchronize_session": False},
    )
    return set(done)


def cancel_all(session: Session, person: PersonId) -> int:
    """Cancel every text and call that is queued for a person and has not left (promise P4)."""
    done = session.scalars(
        update(DeliveryRow)
        .where(
            DeliveryRow.person_id == person,
            DeliveryRow.state == State.QUEUED.value,
            DeliveryRow.kind.in_((Kind.TEXT.value, Kind.CALL.value)),
        )
        .values(state=State.CANCELLED.value, next_action_at=None)
        .returning(DeliveryRow.id),
        execution_options={"synchronize_session": False},
    )
    return len(list(done))


def answered(session: Session, person: PersonId, since: datetime) -> list[datetime]:
    """When a person was sent answers to their own texts since a time."""
    return list(session.connection().scalars(_ANSWERED, {"person": person, "since": since}))


def last_text_to(session: Session, person: PersonId, since: datetime, before: datetime) -> tuple[str, str] | None:
    """The kind and the words of the last text that left for a person in a stretch of time."""
    values = {"person": person, "since": since, "before": before}
    found = session.connection().execute(_LAST_TEXT, values).one_or_none()
    return (found.template, found.body) if found is not None else None


_SENT = DeliveryRow.__table__.c
_LEFT = (State.SENDING.value, State.UNSURE.value, State.SENT.value, State.DELIVERED.value)
_LAST_TEXT = (
    select(_SENT.template, _SENT.body)
    .where(
        _SENT.person_id == bindparam("person"),
        _SENT.kind == Kind.TEXT.value,
        _SENT.state.in_(_LEFT),
        _SENT.first_tried_at > bindparam("since"),
        _SENT.first_tried_at <= bindparam("before"),
    )
    .order_by(_SENT.id.desc())
    .limit(1)
)
_ANSWERED = select(_SENT.created_at).where(
    _SENT.person_id == bindparam("person"),
    _SENT.lane == Lane.REPLY.value,
    _SENT.escalation_id.is_(None),
    _SENT.created_at > bindparam("since"),
)


def live_calls(session: Session, escalation: EscalationId, subjects: list[str]) -> list[DeliveryRow]:
    """The calls of a case, on these subjects, that have not ended."""
    return _live_calls(session, DeliveryRow.escalation_id == escalation, DeliveryRow.subject.in_(subjects))


def live_calls_of_look_in(session: Session, look_in: LookInId) -> list[DeliveryRow]:
    """The calls of a look-in that have not ended."""
    return _live_calls(session, DeliveryRow.look_in_id == look_in)


def live_calls_to(session: Session, person: PersonId) -> list[DeliveryRow]:
    """The calls to a person that have left and have not ended."""
    return _live_calls(session, DeliveryRow.person_id == person, DeliveryRow.attempt > 0)


def _live_calls(session: Session, *whose: ColumnElement[bool]) -> list[DeliveryRow]:
    ended = [state.value for state in SETTLED]
    live = (DeliveryRow.kind == Kind.CALL.value, DeliveryRow.state.not_in(ended), DeliveryRow.ended_at.is_(None))
    return list(session.scalars(select(DeliveryRow).where(*whose, *live)))


def calls_under_way(session: Session, now: datetime) -> int:
    """How many of our calls the carrier rings or holds now, whatever they are for."""
    states = (State.SENDING.value, State.UNSURE.value, State.SENT.value)
    where = (
        DeliveryRow.kind == literal(Kind.CALL.value, literal_execute=True),  # as its index has it
        DeliveryRow.ended_at.is_(None),
        DeliveryRow.first_tried_at > now - _LONGEST_CALL,
        DeliveryRow.state.in_(states),
    )
    return session.scalar(select(func.count()).where(*where)) or 0


_LONGEST_CALL = timedelta(hours=4)
"""The carrier ends a call after it."""


def due_ids(session: Session, lane: Lane, now: datetime, limit: int) -> list[DeliveryId]:
    """What a lane could send now, without claiming it: used when the queue cannot be reached."""
    found = session.scalars(
        select(DeliveryRow.id)
        .where(DeliveryRow.lane == lane.value, DeliveryRow.state.in_(_WAITING), DeliveryRow.next_action_at <= now)
        .order_by(DeliveryRow.next_action_at)
        .limit(limit)
    )
    return [DeliveryId(i) for i in found]


def lane_of(session: Session, delivery: DeliveryId) -> Lane | None:
    """The lane of a delivery; None where there is no such delivery."""
    lane = session.scalar(select(DeliveryRow.lane).where(DeliveryRow.id == delivery))
    return Lane(lane) if lane is not None else None


def waiting(session: Session) -> dict[str, int]:
    """How many deliveries are queued, by lane."""
    rows = session.execute(
        select(DeliveryRow.lane, func.count())
        .where(DeliveryRow.lane.in_([lane.value for lane in Lane]), DeliveryRow.state == State.QUEUED.value)
        .group_by(DeliveryRow.lane)
    )
    return {lane: count for lane, count in rows}
