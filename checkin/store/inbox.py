"""The inbox: what came in, once for each of the carrier's sids."""

from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from checkin.store.tables import InboundRow


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
