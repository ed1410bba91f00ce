"""How far the carrier's log has been read, and which deliveries are to be asked after."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from checkin.domain.delivery import Kind, State, ask_at
from checkin.domain.terms import DeliveryId
from checkin.store import inbox
from checkin.store.tables import CatchUpRow, DeliveryRow

_ROW = 1
_REST = timedelta(seconds=5)
_NOT_SAVED = {"synchronize_session": False}


@dataclass(frozen=True)
class Unheard:
    """A delivery that the carrier took, and whose last word has not come."""

    id: DeliveryId
    kind: Kind
    sid: str


def claim(session: Session, every: timedelta, now: datetime) -> datetime | None:
    """Take the turn to read the log; return how far it has been read. None: it is not time, or another was faster.

    An installation that reads for the first time begins where its inbox ends, or now: what was in the account before
    is not ours.
    """
    row = session.get(CatchUpRow, _ROW, populate_existing=True)
    if row is None:
        first = CatchUpRow(
            id=_ROW, read_until=inbox.newest_at(session) or now, asked_at=now, next_action_at=now + every
        )
        try:
            with session.begin_nested():
                session.add(first)
        except IntegrityError:
            return None
        return first.read_until
    if now < row.next_action_at:
        return None
    taken = update(CatchUpRow).where(CatchUpRow.id == _ROW, CatchUpRow.next_action_at == row.next_action_at)
    taken_by_us = taken.values(next_action_at=now + every, asked_at=now).returning(CatchUpRow.read_until)
    return session.scalar(taken_by_us, execution_options=_NOT_SAVED)


def read_until(session: Session) -> datetime | None:
    """Up to when all that came in is here, as far as the carrier's log tells. None: it was never to be read yet."""
    return session.scalar(select(CatchUpRow.read_until).where(CatchUpRow.id == _ROW))


def hasten(session: Session, now: datetime) -> None:
    """A process has just started: something may have been lost while it was away. Read soon, but not in a loop."""
    row = session.get(CatchUpRow, _ROW, populate_existing=True)
    if row is not None:
        row.next_action_at = min(row.next_action_at, max(now, row.asked_at + _REST))


def has_read(session: Session, until: datetime) -> None:
    """Everything that was sent before `until` is in the inbox."""
    session.execute(
        update(CatchUpRow).where(CatchUpRow.id == _ROW, CatchUpRow.read_until < until).values(read_until=until),
        execution_options=_NOT_SAVED,
    )


def unheard(session: Session, ask_after: timedelta, limit: int, now: datetime) -> list[Unheard]:
    """Claim deliveries that are to be asked after; each gets its next time, or none."""
    due = select(DeliveryRow).where(DeliveryRow.ask_at <= now).order_by(DeliveryRow.ask_at).limit(limit)
    found = []
    for row in session.scalars(due.with_for_update(skip_locked=True)):
        waits = row.state == State.SENT and row.sid is not None
        tried_at, rings = row.first_tried_at or row.created_at, timedelta(seconds=row.ring_seconds)
        row.ask_at = ask_at(Kind(row.kind), tried_at, rings, ask_after, now) if waits else None
        if waits and row.sid is not None:
            found.append(Unheard(DeliveryId(row.id), Kind(row.kind), row.sid))
    return found


def ask_no_more(session: Session, delivery: DeliveryId) -> None:
    """The carrier knows nothing of it."""
    session.execute(
        update(DeliveryRow).where(DeliveryRow.id == delivery).values(ask_at=None), execution_options=_NOT_SAVED
    )
