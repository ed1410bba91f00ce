"""The inbox: what came in, once for each of the carrier's sids."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ScalarSelect, bindparam, select, update
from sqlalchemy.orm import Session

from checkin.domain.flood import Heard
from checkin.domain.terms import PersonId
from checkin.store.session import insert_once
from checkin.store.tables import InboundRow, PersonRow


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


def newest_but(number: int) -> ScalarSelect[datetime]:
    """When a person's newest text but so many came, as a part of a query on people."""
    return (
        select(InboundRow.received_at)
        .where(InboundRow.person_id == PersonRow.id)
        .order_by(InboundRow.id.desc())
        .offset(number)
        .limit(1)
        .correlate(PersonRow)
        .scalar_subquery()
    )


def lately(session: Session, person: PersonId, since: datetime, most: int) -> list[Heard]:
    """A person's texts since a time, newest first, at most so many."""
    rows = session.execute(
        select(InboundRow.received_at, InboundRow.body)
        .where(InboundRow.person_id == person, InboundRow.channel == "sms", InboundRow.received_at > since)
        .order_by(InboundRow.id.desc())
        .limit(most)
    )
    return [Heard(row.received_at, row.body) for row in rows]


def listed(session: Session, since: datetime) -> list[InboundRow]:
    """What came in since a time, oldest first."""
    return list(session.scalars(select(InboundRow).where(InboundRow.received_at >= since).order_by(InboundRow.id)))
