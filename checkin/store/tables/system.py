"""What the service knows of itself: its installation, its processes, its senders' pace, who looked at what."""

from datetime import datetime
from typing import Any

from sqlalchemy import Index, String
from sqlalchemy.orm import Mapped, mapped_column

from checkin.store.columns import Row
from checkin.store.sealed import Sealed


class InstallationRow(Row):
    """One row: the key of the blind indexes, sealed, so that encryption keys can be rotated under it.

    After a restore: `restored_from` is when the backup was taken, and `catch_up_from` is the same until the carrier's
    incoming texts since then have been read; while it is set, nothing routine leaves (promise P4). `works_from` is
    the oldest revision whose code may work with this database. `words_due_at`: when old words are next looked for;
    `words_place`: in each table with words, after which id the next pass begins, and how far this one is.
    """

    __tablename__ = "installation"
    id: Mapped[int] = mapped_column(primary_key=True)
    index_key: Mapped[str] = mapped_column(Sealed)
    created_at: Mapped[datetime]
    restored_from: Mapped[datetime | None]
    restored_at: Mapped[datetime | None]
    catch_up_from: Mapped[datetime | None]
    works_from: Mapped[str | None] = mapped_column(String(32))
    backup_due_at: Mapped[datetime | None]
    backed_up_at: Mapped[datetime | None]
    words_due_at: Mapped[datetime | None]
    words_place: Mapped[dict[str, Any] | None]


class HeartbeatRow(Row):
    """When a process was last seen alive."""

    __tablename__ = "heartbeat"
    process: Mapped[str] = mapped_column(String(60), primary_key=True)
    at: Mapped[datetime]


class SenderRow(Row):
    """When a kind of delivery may next leave without outrunning the carrier's rate.

    Locks by name stand here too (`system.one_at_a_time`).
    """

    __tablename__ = "sender_pace"
    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    free_at: Mapped[datetime]


class UnfinishedRow(Row):
    """Work that takes several transactions: done up to this id, the clock's from `next_action_at` on.

    Of housekeeping that is owed: when it last failed, and in `done_up_to` for how many seconds it had by then.
    """

    __tablename__ = "unfinished"
    work: Mapped[str] = mapped_column(String(40), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    done_up_to: Mapped[int]
    next_action_at: Mapped[datetime]


class AuditRow(Row):
    """Who read or changed a member's record (promise P10). Append-only."""

    __tablename__ = "audit"
    __table_args__ = (Index("ix_audit_person_id_id", "person_id", "id"), Index("ix_audit_at", "at"))
    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    who: Mapped[str] = mapped_column(String(60))
    what: Mapped[str] = mapped_column(String(60))
    person_id: Mapped[int | None]
    detail: Mapped[dict[str, Any]] = mapped_column(default=dict)


class CatchUpRow(Row):
    """One row: how far the carrier's log of what came in has been read, and when it is read next.

    `next_action_at` is the claim too: whoever moves it on, by comparing, reads. `prices_due_at` is the same for what
    the carrier charged.
    """

    __tablename__ = "catch_up"
    id: Mapped[int] = mapped_column(primary_key=True)
    read_until: Mapped[datetime]
    asked_at: Mapped[datetime]
    next_action_at: Mapped[datetime]
    prices_due_at: Mapped[datetime | None]
