"""What coordinators keep beside a member: notes, corrections of readings, a file that waits to be imported."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from checkin.store.columns import Row
from checkin.store.sealed import Sealed, SealedBytes


class MemberNoteRow(Row):
    """A coordinator's note on a member."""

    __tablename__ = "member_note"
    id: Mapped[int] = mapped_column(primary_key=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id"), index=True)
    by: Mapped[str] = mapped_column(String(60))
    body: Mapped[str] = mapped_column(Sealed)
    at: Mapped[datetime]


class CorrectionRow(Row):
    """How a reply should have been read, as a coordinator says. It changes nothing that was done; the newest counts."""

    __tablename__ = "correction"
    id: Mapped[int] = mapped_column(primary_key=True)
    inbound_id: Mapped[int] = mapped_column(ForeignKey("inbound.id"), index=True)
    level: Mapped[str] = mapped_column(String(10))
    comment: Mapped[str] = mapped_column(Sealed, default="")
    by: Mapped[str] = mapped_column(String(60))
    at: Mapped[datetime]


class PeopleFileRow(Row):
    """A file of people between its preview and its import: sealed, and gone after an hour. `at`: lines written."""

    __tablename__ = "people_file"
    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(12))
    by: Mapped[str] = mapped_column(String(60))
    raw: Mapped[bytes] = mapped_column(SealedBytes, deferred=True)
    lines: Mapped[int]
    at: Mapped[int] = mapped_column(default=0)
    skip_bad: Mapped[bool] = mapped_column(default=False)
    started: Mapped[bool] = mapped_column(default=False)
    report: Mapped[dict[str, Any]] = mapped_column(default=dict)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
