"""Schedules and the check-ins that they produce."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint, false
from sqlalchemy.orm import Mapped, mapped_column

from checkin.store.columns import Row


class ScheduleRow(Row):
    """A member's recurring rule. `next_action_at` is when its next check-in is due; null while it rests.

    `paused_until`: they are not asked before then. It goes back to the member's row with the schedule's end.
    `follows`: it is the circle's, and moves with it. `skip`: dates that are left out; `holidays`: whose holidays are
    left out too (a country, such as US or US-CA), but for those in `kept`.
    """

    __tablename__ = "schedule"
    __table_args__ = (Index("ix_schedule_next_action_at", "next_action_at"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id"), unique=True)
    rule: Mapped[str]
    skip: Mapped[list[Any]] = mapped_column(default=list)
    paused_until: Mapped[datetime | None]
    next_action_at: Mapped[datetime | None]
    follows: Mapped[bool] = mapped_column(default=False, server_default=false())
    holidays: Mapped[str] = mapped_column(String(12), default="", server_default="")
    kept: Mapped[list[Any] | None]


class CircleScheduleRow(Row):
    """A circle's recurring rule, for its members who have none of their own. Each of them has a row that follows it."""

    __tablename__ = "circle_schedule"
    id: Mapped[int] = mapped_column(primary_key=True)
    circle_id: Mapped[int] = mapped_column(ForeignKey("circle.id"), unique=True)
    rule: Mapped[str]
    skip: Mapped[list[Any]] = mapped_column(default=list)
    holidays: Mapped[str] = mapped_column(String(12), default="")
    kept: Mapped[list[Any]] = mapped_column(default=list)


class CheckInRow(Row):
    """One occurrence: asked, reminded, answered or missed.

    `tries`: how often the member was rung for it; `again_at`: when they are rung once more.
    `in_question_since`: its next step was due between a backup and its restore. It may have been taken since then by
    the service that was lost: the carrier is asked before it is taken again.
    """

    __tablename__ = "check_in"
    __table_args__ = (
        UniqueConstraint("member_id", "due_at"),
        Index("ix_check_in_next_action_at", "next_action_at"),
        # Who has not answered lately: counted from the index alone.
        Index("ix_check_in_due_at_state_member_id", "due_at", "state", "member_id"),
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
    tries: Mapped[int] = mapped_column(default=0, server_default="0")
    again_at: Mapped[datetime | None]
