"""Handoffs: the bridged, masked call between a member and a volunteer."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, false
from sqlalchemy.orm import Mapped, mapped_column

from checkin.store.columns import Row


class HandoffRow(Row):
    """Two legs and where each stands. The conference's name says nothing about anybody."""

    __tablename__ = "handoff"
    __table_args__ = (
        Index("ix_handoff_next_action_at", "next_action_at"),
        Index("ix_handoff_started_at", "started_at"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    escalation_id: Mapped[int] = mapped_column(ForeignKey("escalation.id"), index=True)
    volunteer_id: Mapped[int] = mapped_column(ForeignKey("volunteer.id"))
    state: Mapped[str] = mapped_column(String(18))
    volunteer_leg: Mapped[int | None] = mapped_column(index=True)
    member_leg: Mapped[int | None]
    member_tries: Mapped[int] = mapped_column(default=0)
    volunteer_tries: Mapped[int] = mapped_column(default=0)
    volunteer_in: Mapped[bool] = mapped_column(default=False)
    member_in: Mapped[bool] = mapped_column(default=False)
    joined_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    talked_seconds: Mapped[int] = mapped_column(default=0)
    policy_tries: Mapped[int] = mapped_column(default=3)
    version: Mapped[int] = mapped_column(default=1)
    started_at: Mapped[datetime]
    next_action_at: Mapped[datetime | None]
    together_since: Mapped[datetime | None]
    apart_since: Mapped[datetime | None]
    partings: Mapped[int] = mapped_column(default=0, server_default="0")
    again: Mapped[int] = mapped_column(default=0, server_default="0")
    third: Mapped[str] = mapped_column(String(10), default="", server_default="")
    third_leg: Mapped[int | None]
    asked_again: Mapped[bool] = mapped_column(default=False, server_default=false())
    unheard: Mapped[int] = mapped_column(default=0, server_default="0")


class WaitingRow(Row):
    """The place of a member who waits on the line, or is to be called back: one for each call that waits.

    `call_id`: the delivery that stands for their call. `said_at`: when they last heard words; `told`: how often the
    truth. `ended_how`: joined, called_back, left, closed.
    """

    __tablename__ = "waiting"
    __table_args__ = (Index("ix_waiting_circle_id_ended_how_id", "circle_id", "ended_how", "id"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    escalation_id: Mapped[int] = mapped_column(ForeignKey("escalation.id"), index=True)
    circle_id: Mapped[int] = mapped_column(ForeignKey("circle.id"))
    call_id: Mapped[int] = mapped_column(ForeignKey("delivery.id"), index=True)
    since: Mapped[datetime]
    said_at: Mapped[datetime | None]
    told: Mapped[int] = mapped_column(default=0)
    ended_at: Mapped[datetime | None]
    ended_how: Mapped[str | None] = mapped_column(String(12))
