"""What callers left after the beep: its rows, and whose turn it is to ask the carrier about one."""

from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import select, update
from sqlalchemy.orm import Session, undefer

from checkin.store.session import insert_once
from checkin.store.tables import VoicemailRow


class State(StrEnum):
    """Where the sound is. LEFT: with the carrier, to be fetched. LOST: the carrier does not have it."""

    LEFT = "left"
    HERE = "here"
    AT_CARRIER = "at_carrier"
    DELETED = "deleted"
    LOST = "lost"


def put(session: Session, recording_sid: str, **values: object) -> int | None:
    """Write a message and return its number; None where it stands there already."""
    return insert_once(session, VoicemailRow, "recording_sid", {"recording_sid": recording_sid, **values})


def by_sid(session: Session, recording_sid: str) -> VoicemailRow | None:
    """The message of a recording, locked until the transaction ends."""
    query = select(VoicemailRow).where(VoicemailRow.recording_sid == recording_sid).with_for_update()
    return session.scalar(query, execution_options={"populate_existing": True})


def with_sound(session: Session, number: int) -> VoicemailRow | None:
    """A message with its sound."""
    return session.get(VoicemailRow, number, options=[undefer(VoicemailRow.sound)])


def unknown(session: Session, recording_sids: list[str]) -> set[str]:
    """Which of these recordings stand nowhere."""
    known = select(VoicemailRow.recording_sid).where(VoicemailRow.recording_sid.in_(recording_sids))
    return set(recording_sids) - set(session.scalars(known))


def listed(session: Session, *, deleted: bool = False) -> list[VoicemailRow]:
    """The messages, newest first; those that are deleted too where asked."""
    query = select(VoicemailRow).order_by(VoicemailRow.id.desc())
    return list(session.scalars(query if deleted else query.where(VoicemailRow.state != State.DELETED.value)))


def claim(session: Session, lease: timedelta, limit: int, now: datetime) -> list[VoicemailRow]:
    """Take messages about which the carrier is to be asked now; nobody else does before the lease ends."""
    due = (
        select(VoicemailRow.id)
        .where(VoicemailRow.carrier_at <= now)
        .order_by(VoicemailRow.carrier_at)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    taken = (
        update(VoicemailRow)
        .where(VoicemailRow.id.in_(due.scalar_subquery()), VoicemailRow.carrier_at <= now)
        .values(carrier_at=now + lease)
        .returning(VoicemailRow.id)
    )
    ids = session.scalars(taken, execution_options={"synchronize_session": False}).all()
    return list(session.scalars(select(VoicemailRow).where(VoicemailRow.id.in_(ids)).order_by(VoicemailRow.id)))
