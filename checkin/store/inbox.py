"""The inbox: what came in, once for each of the carrier's sids."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, select, update
from sqlalchemy.orm import Session

from checkin.store.session import insert_once
from checkin.store.tables import InboundRow


@dataclass
class Kept:
    """An incoming text that is stored. What it turns out to belong to is noted here, and written by `link`."""

    id: int
    body: str
    check_in_id: int | None = None
    escalation_id: int | None = None


def seen(session: Session, sid: str) -> bool:
    """Whether this was stored before."""
    return session.scalar(select(InboundRow.id).where(InboundRow.sid == sid)) is not None


def keep(session: Session, *, body: str, **values: Any) -> Kept | None:
    """Store one incoming text. None where it stands there already: the carrier repeats what it is not sure of."""
    found = insert_once(session, InboundRow, "sid", {"channel": "sms", "reasons_words": "", **values, "body": body})
    return Kept(found, body) if found is not None else None


def link(session: Session, kept: Kept) -> None:
    """Write to which check-in and which case a text belongs."""
    if kept.check_in_id is not None or kept.escalation_id is not None:
        links = {"kept": kept.id, "its_check_in": kept.check_in_id, "its_case": kept.escalation_id}
        session.connection().execute(_LINK, links)


_LINK = (
    update(InboundRow)
    .where(InboundRow.id == bindparam("kept"))
    .values(check_in_id=bindparam("its_check_in"), escalation_id=bindparam("its_case"))
)


def listed(session: Session, since: datetime) -> list[InboundRow]:
    """What came in since a time, oldest first."""
    return list(session.scalars(select(InboundRow).where(InboundRow.received_at >= since).order_by(InboundRow.id)))
