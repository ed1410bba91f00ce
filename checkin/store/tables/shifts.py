"""Changes of shifts for once, shifts that are offered to others, and the calendars that volunteers subscribe to."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from checkin.store.columns import Row


class ShiftChangeRow(Row):
    """From `starts_at` up to `ends_at` a volunteer is on call, or is not, whatever their shifts say.

    `swap_id`: it stands for a shift that somebody took from somebody: two such rows belong together.
    """

    __tablename__ = "shift_change"
    __table_args__ = (Index("ix_shift_change_ends_at", "ends_at"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    volunteer_id: Mapped[int] = mapped_column(ForeignKey("volunteer.id"), index=True)
    on: Mapped[bool]
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    by: Mapped[str] = mapped_column(String(60))
    created_at: Mapped[datetime]
    swap_id: Mapped[int | None] = mapped_column(index=True)


class SwapRow(Row):
    """A shift from `starts_at` up to `ends_at` that its volunteer offers to others, until `closes_at`.

    `standing` names volunteer and shift while it is open or taken: the same shift is offered once. `by` says who
    offered it: the volunteer (`text`, `page`) or a coordinator.
    """

    __tablename__ = "shift_swap"
    id: Mapped[int] = mapped_column(primary_key=True)
    volunteer_id: Mapped[int] = mapped_column(ForeignKey("volunteer.id"), index=True)
    circle_id: Mapped[int] = mapped_column(ForeignKey("circle.id"), index=True)
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    closes_at: Mapped[datetime]
    tell_at: Mapped[datetime | None]
    state: Mapped[str] = mapped_column(String(12))
    standing: Mapped[str | None] = mapped_column(String(60), unique=True)
    by: Mapped[str] = mapped_column(String(60))
    offered_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    next_action_at: Mapped[datetime | None] = mapped_column(index=True)


class SwapAskRow(Row):
    """A volunteer who was asked to take an offered shift. `passed_at`: they said no."""

    __tablename__ = "swap_ask"
    __table_args__ = (UniqueConstraint("swap_id", "volunteer_id"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    swap_id: Mapped[int] = mapped_column(ForeignKey("shift_swap.id"))
    volunteer_id: Mapped[int] = mapped_column(ForeignKey("volunteer.id"), index=True)
    asked_at: Mapped[datetime]
    passed_at: Mapped[datetime | None]


class SwapCoverRow(Row):
    """Who took an offered shift, when and how. One for each: the first has it."""

    __tablename__ = "swap_cover"
    id: Mapped[int] = mapped_column(primary_key=True)
    swap_id: Mapped[int] = mapped_column(ForeignKey("shift_swap.id"), unique=True)
    volunteer_id: Mapped[int] = mapped_column(ForeignKey("volunteer.id"), index=True)
    at: Mapped[datetime]
    how: Mapped[str] = mapped_column(String(60))
    given_back_at: Mapped[datetime | None]


class SwapListRow(Row):
    """The shifts that a volunteer was told with numbers: `SWAP 2` means the second of these, also later."""

    __tablename__ = "swap_list"
    id: Mapped[int] = mapped_column(primary_key=True)
    volunteer_id: Mapped[int] = mapped_column(ForeignKey("volunteer.id"), unique=True)
    starts: Mapped[list[Any]]
    told_at: Mapped[datetime]


class FeedRow(Row):
    """A volunteer's secret calendar address: its token stands here only as a hash."""

    __tablename__ = "feed"
    id: Mapped[int] = mapped_column(primary_key=True)
    volunteer_id: Mapped[int] = mapped_column(ForeignKey("volunteer.id"), unique=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    created_at: Mapped[datetime]
