"""The inbox: what came in, once for each of the carrier's sids."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from checkin.domain.terms import PersonId
from checkin.store.tables import InboundRow

_ASKED_AT_ONCE = 500
"""SQLite takes no more than so many values in one question."""


def seen(session: Session, sid: str) -> bool:
    """Whether this text was stored before: the carrier repeats what it is not sure of."""
    return session.scalar(select(InboundRow.id).where(InboundRow.sid == sid)) is not None


def keep(session: Session, **values: Any) -> InboundRow:
    """Store one incoming text."""
    row = InboundRow(**values)
    session.add(row)
    session.flush()
    return row


def listed(session: Session, since: datetime) -> list[InboundRow]:
    """What came in since a time, oldest first."""
    return list(session.scalars(select(InboundRow).where(InboundRow.received_at >= since).order_by(InboundRow.id)))


def unseen(session: Session, sids: Sequence[str]) -> set[str]:
    """Which of these were never stored."""
    known: set[str] = set()
    for start in range(0, len(sids), _ASKED_AT_ONCE):
        part = sids[start : start + _ASKED_AT_ONCE]
        known.update(session.scalars(select(InboundRow.sid).where(InboundRow.sid.in_(part))))
    return set(sids) - known


def commanded_since(session: Session, person: PersonId, at: datetime) -> bool:
    """Whether this person gave a command after a time."""
    said_at = func.coalesce(InboundRow.sent_at, InboundRow.received_at)
    newer = select(InboundRow.id).where(
        InboundRow.person_id == person, InboundRow.command.is_not(None), InboundRow.command != "call", said_at > at
    )
    return session.scalar(newer.limit(1)) is not None


def newest_at(session: Session) -> datetime | None:
    """When something last came in."""
    return session.scalar(select(InboundRow.received_at).order_by(InboundRow.id.desc()).limit(1))
