"""Schedules and the check-ins that they produce."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from checkin.store.columns import Row


class ScheduleRow(Row):
    """A member's recurring rule. `next_action_at` is when its next check-in is due; null while it rests."""

    __tablename__ = "schedule"
    __table_args__ = (Index("ix_schedule_next_action_at", "next_action_at"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id"), unique=True)
    rule: Mapped[str]
    skip: Mapped[list[Any]] = mapped_column(default=list)
    paused_until: Mapped[datetime | None]
    next_action_at: Mapped[datetime | None]


class CheckInRow(Row):
    """One occurrence: asked, reminded, answered or missed.

    `in_question_since`: its next step was due between a backup and its restore. It may have been taken since then by
    the service that was lost: the carrier is asked before it is taken again.
    """

    __tablename__ = "check_in"
    __table_args__ = (
        UniqueConstraint("member_id", "due_at"),
        Index("ix_check_in_next_action_at", "next_action_at"),
        Index("ix_check_in_member_id_id", "member_id", "id"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id"))
    due_at: Mapped[datetime]
    channel: Mapped[str] = mapped_column(String(8))
    state: Mapped[str] = mapped_column(String(14))
    asked_at: Mapped[datetime | None]
    reached: Mapped[bool | None]
    answered_at: Mapped[datetime | None]
    rating: Mapped[int | None]
    policy: Mapped[dict[str, Any]]
    version: Mapped[int] = mapped_column(default=1)
    next_action_at: Mapped[datetime | None]
    in_question_since: Mapped[datetime | None]
