"""Heartbeats, pace, the installation's own key, and who looked at what."""

import base64
import secrets
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from checkin.migrations import WORKS_FROM
from checkin.store.tables import AuditRow, HeartbeatRow, InstallationRow, SenderRow


def index_key(session: Session, now: datetime) -> bytes:
    """The key of the blind indexes; made at the first start, sealed under the encryption keys."""
    row = session.get(InstallationRow, 1)
    if row is None:
        key = base64.b64encode(secrets.token_bytes(32)).decode()
        row = InstallationRow(id=1, index_key=key, created_at=now, works_from=WORKS_FROM)
        try:
            with session.begin_nested():
                session.add(row)
        except IntegrityError:  # another process was faster: theirs is the key
            row = session.get_one(InstallationRow, 1)
    return base64.b64decode(row.index_key)


def installed_at(session: Session) -> datetime:
    """When this installation began."""
    return session.get_one(InstallationRow, 1).created_at


def beat(session: Session, process: str, now: datetime) -> None:
    """Say that a process is alive."""
    row = session.get(HeartbeatRow, process)
    if row is None:
        session.add(HeartbeatRow(process=process, at=now))
    else:
        row.at = now


def heartbeats(session: Session) -> dict[str, datetime]:
    """When each process was last seen alive."""
    return {row.process: row.at for row in session.scalars(select(HeartbeatRow))}


_UNSAVED = {"synchronize_session": False}
_MOVED_ON = (
    update(SenderRow)
    .where(SenderRow.name == bindparam("sender"), SenderRow.free_at == bindparam("seen"))
    .values(free_at=bindparam("free"))
    .returning(SenderRow.name)
)


def reserve_pace(session: Session, sender: str, per_second: float, now: datetime, count: int = 1) -> datetime:
    """Take a sender's next `count` free moments and return the first: now, or later when the rate is used up.

    Each of the others comes `1 / per_second` seconds after the one before.
    """
    step = timedelta(seconds=1 / per_second) * count
    row = session.get(SenderRow, sender, populate_existing=True)
    if row is None:
        session.add(SenderRow(name=sender, free_at=now + step))
        session.flush()
        return now
    while True:
        seen = row.free_at
        slot = max(seen, now)
        moved = {"sender": sender, "seen": seen, "free": slot + step}
        if session.scalar(_MOVED_ON, moved, execution_options=_UNSAVED) is not None:
            return slot
        session.refresh(row)


def one_at_a_time(session: Session, name: str, now: datetime) -> None:
    """Whoever counts something and then adds to it under this name does so alone, until the transaction ends.

    SQLite has one writer at a time as it is.
    """
    if session.get_bind().dialect.name == "sqlite":
        return
    if session.get(SenderRow, name) is None:
        try:
            with session.begin_nested():
                session.add(SenderRow(name=name, free_at=now))
        except IntegrityError:  # another process was faster
            pass
    session.scalar(select(SenderRow.name).where(SenderRow.name == name).with_for_update())


def free_at(session: Session, sender: str, now: datetime) -> datetime:
    """When a sender is next free; nothing is taken."""
    row = session.get(SenderRow, sender, populate_existing=True)
    return max(row.free_at, now) if row is not None else now


def audit(session: Session, who: str, what: str, now: datetime, *, person: int | None = None, **detail: Any) -> None:
    """Record who read or changed what (promise P10)."""
    session.add(AuditRow(at=now, who=who, what=what, person_id=person, detail=detail))
