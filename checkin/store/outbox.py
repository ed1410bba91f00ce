"""The outbox: put a delivery in once, take it, and the questions that others ask of it."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.orm import Session

from checkin.domain.delivery import SETTLED, Kind, State
from checkin.domain.terms import CheckInId, DeliveryId, EscalationId, Lane, PersonId, Phone
from checkin.store.tables import DeliveryRow, PersonRow

ANSWER_WAIT = timedelta(seconds=11)
"""How long a hand-over may take before its answer counts as lost (the client gives up after ten seconds)."""

_ABOUT_THEN = timedelta(hours=1)


@dataclass(frozen=True)
class Outgoing:
    """A delivery in the hand of a worker. `attempt` fences it; `unsure`: ask the carrier before sending again.

    `starts_at` is its turn at the sender's rate: the claim is counted from then. `others`: the carrier's names of what
    else went to the same person at about the same time, where it must ask whether this went too.
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
    others: frozenset[str] = frozenset()


def put(session: Session, key: str, **values: Any) -> DeliveryId | None:
    """Write a delivery, once for a key. None where it stands there already (promise P6)."""
    put_once = _PUT_POSTGRESQL if session.get_bind().dialect.name == "postgresql" else _PUT_SQLITE
    found = session.connection().scalar(put_once, {"key": key, "attempt": 0, "status": "", **values})
    if found is None:
        return None
    session.info.setdefault("written", []).append((Lane(values["lane"]), DeliveryId(found)))
    return DeliveryId(found)


_PUT_SQLITE = sqlite_insert(DeliveryRow).on_conflict_do_nothing(index_elements=["key"]).returning(DeliveryRow.id)
_PUT_POSTGRESQL = (
    postgresql_insert(DeliveryRow).on_conflict_do_nothing(index_elements=["key"]).returning(DeliveryRow.id)
)


def take(session: Session, delivery: DeliveryId, now: datetime) -> DeliveryRow | None:
    """Take one delivery for handing over. None when it is taken, cancelled or done: a job may run twice.

    Whoever takes it has until `taken_until`; then the next one may, and must ask the carrier first.
    """
    row = session.get(DeliveryRow, delivery, populate_existing=True)
    if row is None or State(row.state) not in (State.QUEUED, State.UNSURE, State.SENDING):
        return None
    if row.taken_until is not None and now < row.taken_until:
        return None
    until = now + ANSWER_WAIT
    taken = session.scalar(
        update(DeliveryRow)
        .where(DeliveryRow.id == row.id, DeliveryRow.state == row.state, DeliveryRow.attempt == row.attempt)
        .values(attempt=row.attempt + 1, taken_until=until, next_action_at=until)
        .returning(DeliveryRow.id),
        execution_options={"synchronize_session": False},
    )
    if taken is None:
        return None
    session.refresh(row)
    return row


def outgoing(session: Session, row: DeliveryRow, unsure: bool, starts_at: datetime) -> Outgoing:
    """What a worker needs to hand this delivery over."""
    phone = session.scalar(select(PersonRow.phone).where(PersonRow.id == row.person_id))
    about = session.get(DeliveryRow, row.about_delivery_id) if row.about_delivery_id is not None else None
    return Outgoing(
        id=DeliveryId(row.id),
        kind=Kind(row.kind),
        lane=Lane(row.lane),
        attempt=row.attempt,
        to=Phone(phone or ""),
        body=row.body,
        ring_for=timedelta(seconds=row.ring_seconds),
        about_sid=about.sid if about is not None else None,
        about_id=DeliveryId(about.id) if about is not None else None,
        deadline_at=row.deadline_at,
        unsure=unsure,
        first_tried_at=row.first_tried_at or row.created_at,
        starts_at=starts_at,
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


def live_calls(session: Session, escalation: EscalationId, subjects: list[str]) -> list[DeliveryRow]:
    """The calls of a case, on these subjects, that have not ended."""
    ended = [state.value for state in SETTLED]
    return list(
        session.scalars(
            select(DeliveryRow).where(
                DeliveryRow.escalation_id == escalation,
                DeliveryRow.kind == Kind.CALL.value,
                DeliveryRow.subject.in_(subjects),
                DeliveryRow.state.not_in(ended),
                DeliveryRow.ended_at.is_(None),
            )
        )
    )


def due_ids(session: Session, lane: Lane, now: datetime, limit: int) -> list[DeliveryId]:
    """What a lane could send now, without claiming it: used when the queue cannot be reached."""
    waiting = (State.QUEUED.value, State.UNSURE.value, State.SENDING.value)
    found = session.scalars(
        select(DeliveryRow.id)
        .where(DeliveryRow.lane == lane.value, DeliveryRow.state.in_(waiting), DeliveryRow.next_action_at <= now)
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
        select(DeliveryRow.lane, func.count()).where(DeliveryRow.state == State.QUEUED.value).group_by(DeliveryRow.lane)
    )
    return {lane: count for lane, count in rows}
