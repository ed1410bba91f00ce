"""The inbox: what came in, once for each of the carrier's sids."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Integer, ScalarSelect, bindparam, func, select, update
from sqlalchemy.orm import Session

from checkin.domain.flood import Heard
from checkin.domain.reading import Answer, Kind, Piece
from checkin.domain.terms import CheckInId, DeliveryId, Level, PersonId
from checkin.store.session import insert_once
from checkin.store.tables import InboundRow, PersonRow


@dataclass
class Kept:
    """An incoming text that is stored. What it turns out to belong to is noted here, and written by `link`.

    `before`: what its writer wrote in the minutes before it.
    """

    id: int
    body: str
    received_at: datetime
    sent_at: datetime | None = None
    check_in_id: int | None = None
    escalation_id: int | None = None
    before: tuple[Piece, ...] = ()


_ASKED_AT_ONCE = 500
"""SQLite takes no more than so many values in one question."""


def seen(session: Session, sid: str) -> bool:
    """Whether this was stored before."""
    return session.scalar(select(InboundRow.id).where(InboundRow.sid == sid)) is not None


def keep(session: Session, *, body: str, **values: Any) -> Kept | None:
    """Store one incoming text. None where it stands there already: the carrier repeats what it is not sure of."""
    found = insert_once(session, InboundRow, "sid", {"channel": "sms", "reasons_words": "", **values, "body": body})
    if found is None:
        return None
    return Kept(found, body, values["received_at"], values.get("sent_at"), values.get("check_in_id"))


def on_call(session: Session, person: PersonId, call: DeliveryId) -> list[InboundRow]:
    """What was pressed or said on one call, oldest first."""
    where = (InboundRow.person_id == person, InboundRow.channel == "voice", InboundRow.sid.startswith(f"call:{call}:"))
    return list(session.scalars(select(InboundRow).where(*where).order_by(InboundRow.id)))


def answers_to(session: Session, person: PersonId, check_in: CheckInId) -> list[InboundRow]:
    """What this person said or wrote in answer to one check-in, oldest first."""
    where = (InboundRow.person_id == person, InboundRow.check_in_id == check_in)
    return list(session.scalars(select(InboundRow).where(*where).order_by(InboundRow.id)))


def body_of(session: Session, sid: str) -> str | None:
    """The words that are stored under a sid."""
    return session.scalar(select(InboundRow.body).where(InboundRow.sid == sid))


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
    rows = session.connection().execute(_LATELY, {"person": person, "since": since, "most": most})
    return [Heard(received_at, body) for received_at, body in rows]


_KEPT = InboundRow.__table__.c
_LATELY = (
    select(_KEPT.received_at, _KEPT.body)
    .where(
        _KEPT.person_id == bindparam("person"),
        _KEPT.channel == "sms",
        _KEPT.received_at > bindparam("since"),
    )
    .order_by(_KEPT.id.desc())
    .limit(bindparam("most", type_=Integer()))
)


def last_text_at(session: Session, person: PersonId) -> datetime | None:
    """When a person last wrote: of what was found late, when it was sent."""
    at: datetime | None = session.scalar(_LAST_TEXT_AT, {"person": person})
    return at


_NEWEST_TEXTS = (
    select(func.coalesce(InboundRow.sent_at, InboundRow.received_at).label("at"))
    .where(InboundRow.person_id == bindparam("person"), InboundRow.channel == "sms")
    .order_by(InboundRow.id.desc())
    .limit(20)
    .subquery()
)
_LAST_TEXT_AT = select(func.max(_NEWEST_TEXTS.c.at))
"""Of the last few that came in: one that was found late in the carrier's log is the newest row, not the last text."""


def around(
    session: Session, person: PersonId, since: datetime, until: datetime, most: int
) -> list[tuple[Piece, datetime, bool]]:
    """A person's newest texts of a stretch of time, oldest first: when each was sent, and whether that is known.

    Of what came by its webhook only the time of its coming is known.
    """
    values = {"person": person, "since": since, "until": until, "most": most}
    rows = session.connection().execute(_AROUND, values).all()
    found = [
        (
            Piece(row.body, Kind(row.kind), Level(row.level), row.rating, row.check_in_id),
            row.said_at,
            row.sent_at is not None,
        )
        for row in rows
    ]
    return sorted(reversed(found), key=lambda each: each[1])


_SAID_AT = func.coalesce(_KEPT.sent_at, _KEPT.received_at)
_AROUND = (
    select(
        _KEPT.body, _KEPT.kind, _KEPT.level, _KEPT.rating, _KEPT.check_in_id, _KEPT.sent_at, _SAID_AT.label("said_at")
    )
    .where(
        _KEPT.person_id == bindparam("person"),
        _KEPT.channel == "sms",
        _KEPT.received_at >= bindparam("since"),
        _SAID_AT >= bindparam("since"),
        _SAID_AT <= bindparam("until"),
    )
    .order_by(_KEPT.id.desc())
    .limit(bindparam("most", type_=Integer()))
)


def answers_before(session: Session, person: PersonId, at: datetime) -> list[Answer]:
    """What a person answered last before a time, by text or on a call, newest first: a few."""
    rows = session.connection().execute(_ANSWERS, {"person": person, "before": at})
    return [
        Answer(row.check_in_id, row.rating, Level(row.level), row.said_at, corrected="corrected_rating" in row.reasons)
        for row in rows
    ]


_ANSWERS = (
    select(_KEPT.check_in_id, _KEPT.rating, _KEPT.level, _KEPT.reasons, _SAID_AT.label("said_at"))
    .where(
        _KEPT.person_id == bindparam("person"),
        _KEPT.kind.in_((Kind.RATING.value, Kind.WORDS.value)),
        _SAID_AT < bindparam("before"),
    )
    .order_by(_KEPT.id.desc())
    .limit(8)
)


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
