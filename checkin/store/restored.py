"""What a restored database does not know: what left, and what came in, between its backup and now.

    backup taken ────── (lost: what was written here) ────── restored ─── caught up ───►
                        texts may have left, STOP may have come

Two rules keep the promises. Nothing routine leaves until what came in has been read from the carrier (P4): see
`catch_up_from`. What may have left already is `unsure`: the carrier is asked before it is sent (P6): deliveries that
waited when the backup was taken, and what is decided later about a moment that lies in the gap. Calls on the urgent
lane are placed at once: a possible double beats a possible none.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from checkin.domain.check_in import OPEN
from checkin.domain.delivery import Kind, State
from checkin.domain.terms import Lane
from checkin.store import system
from checkin.store.session import once
from checkin.store.tables import CheckInRow, DeliveryRow, HeartbeatRow, InstallationRow, PersonRow

_LEASES = timedelta(minutes=2)
"""Work in hand has its time moved on by a lease; it may have left although its time lies a little ahead."""

_IDS_LEFT_FREE = 1_000_000
"""The carrier's late callbacks name deliveries of the lost service by number: those numbers are never given again."""


def catch_up_from(session: Session) -> datetime | None:
    """From when on incoming texts must be read from the carrier before anything routine leaves; None: all is read."""
    row = session.get(InstallationRow, 1)
    return row.catch_up_from if row is not None else None


def caught_up(session: Session, until: datetime) -> bool:
    """All that came in before `until` is here. Opens the gate unless the restore was later. Returns whether it did."""
    opened = session.scalar(
        update(InstallationRow)
        .where(InstallationRow.catch_up_from.is_not(None), InstallationRow.restored_at <= until)
        .values(catch_up_from=None)
        .returning(InstallationRow.id)
    )
    return opened is not None


def note_trust(session: Session, now: datetime) -> None:
    """A person said that what came in has been read, where the carrier's log could not be."""
    system.audit(session, "operator", "restore_trusted", now)


def in_gap(session: Session, moment: datetime) -> bool:
    """Whether a moment lies between a backup and its restore, so that what was due then may have been done."""
    gap = once(session, ("gap",), lambda: session.execute(_GAP).first())  # asked of each row of a wave
    if gap is None or gap.restored_from is None or gap.restored_at is None:
        return False
    return bool(gap.restored_from <= moment <= gap.restored_at)


_GAP = select(InstallationRow.restored_from, InstallationRow.restored_at)


@contextmanager
def in_question(session: Session, since: datetime | None) -> Iterator[None]:
    """What is put into the outbox meanwhile may have left at or after `since`: the carrier is asked first.

    None: nothing is in question.
    """
    if since is None:
        yield
        return
    session.info["in_question_since"] = since
    try:
        yield
    finally:
        del session.info["in_question_since"]


def mark(session: Session, taken_at: datetime, now: datetime) -> None:
    """This database was restored now from a backup taken at `taken_at`: close the gate, say what is in question."""
    session.execute(update(InstallationRow).values(restored_from=taken_at, restored_at=now, catch_up_from=taken_at))
    for heartbeat in session.scalars(select(HeartbeatRow)):
        session.delete(heartbeat)
    _mark_deliveries(session, taken_at, now)
    _mark_check_ins(session, taken_at, now)
    _leave_ids_free(session, now)
    system.audit(session, "operator", "restored", now, taken_at=taken_at.isoformat())


def _mark_deliveries(session: Session, taken_at: datetime, now: datetime) -> None:
    urgent_call = (DeliveryRow.kind == Kind.CALL.value) & (DeliveryRow.lane == Lane.URGENT.value)
    session.execute(
        update(DeliveryRow)
        .where(
            DeliveryRow.state.in_((State.QUEUED.value, State.SENDING.value, State.UNSURE.value)),
            DeliveryRow.kind.in_((Kind.TEXT.value, Kind.CALL.value)),
            DeliveryRow.next_action_at <= now + _LEASES,
            ~(urgent_call & (DeliveryRow.state == State.QUEUED.value)),
        )
        .values(
            state=State.UNSURE.value,
            first_tried_at=func.coalesce(DeliveryRow.first_tried_at, taken_at),
            taken_until=None,
        )
    )


def _mark_check_ins(session: Session, taken_at: datetime, now: datetime) -> None:
    due = session.execute(
        select(CheckInRow.id, CheckInRow.next_action_at).where(
            CheckInRow.state.in_([state.value for state in OPEN]), CheckInRow.next_action_at <= now + _LEASES
        )
    ).all()
    marks = [
        {"id": row_id, "in_question_since": max(taken_at, due_at - _LEASES)}
        for row_id, due_at in due
        if due_at is not None
    ]
    if marks:
        session.execute(update(CheckInRow), marks)


def _leave_ids_free(session: Session, now: datetime) -> None:
    """Write a delivery that will never leave, far ahead: the next one is numbered after it."""
    newest = session.scalar(select(func.max(DeliveryRow.id))) or 0
    person = session.scalar(select(func.min(PersonRow.id)))
    if person is None:
        return
    session.add(
        DeliveryRow(
            id=newest + _IDS_LEFT_FREE,
            key=f"restored:{now.isoformat()}",
            kind=Kind.TEXT.value,
            lane=Lane.BULK.value,
            person_id=person,
            state=State.CANCELLED.value,
            created_at=now,
        )
    )
    session.flush()
    if session.get_bind().dialect.name == "postgresql":
        session.execute(select(func.setval(func.pg_get_serial_sequence("delivery", "id"), newest + _IDS_LEFT_FREE)))
