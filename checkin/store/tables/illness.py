"""What was ill, from when to when, and whether it was told (promise P11)."""

from datetime import datetime

from sqlalchemy import Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from checkin.store.columns import Row


class IllnessRow(Row):
    """One spell of one ailment; see `domain/illness.py`. `alert_taken_until`: some auditor is sending its alert."""

    __tablename__ = "illness"
    __table_args__ = (
        Index("ix_illness_ended_at", "ended_at"),
        # One open spell an ailment, however many auditors see it at once.
        Index(
            "uq_illness_open_key",
            "key",
            unique=True,
            sqlite_where=text("ended_at IS NULL"),
            postgresql_where=text("ended_at IS NULL"),
        ),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(60))
    part: Mapped[str] = mapped_column(String(12))
    severity: Mapped[str] = mapped_column(String(8))
    what: Mapped[str] = mapped_column(String(400))
    since: Mapped[datetime]
    seen_at: Mapped[datetime]
    told_at: Mapped[datetime | None]
    told_as: Mapped[str | None] = mapped_column(String(8))
    tellings: Mapped[int] = mapped_column(default=0)
    well_since: Mapped[datetime | None]
    well_told_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    alert: Mapped[str] = mapped_column(String(4), default="")
    alert_taken_until: Mapped[datetime | None]
    texted: Mapped[int] = mapped_column(default=0)
    rung_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1)
