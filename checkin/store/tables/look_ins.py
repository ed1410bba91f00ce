"""Contacts whom members named, and look-ins: a contact is asked to see how a member is."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from checkin.store.columns import Row


class ContactRow(Row):
    """Somebody whom a member named, in the order in which they are to be rung.

    `hears_name`: the member agreed that this contact hears their first name.
    """

    __tablename__ = "contact"
    __table_args__ = (UniqueConstraint("member_id", "person_id"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    place: Mapped[int]
    hears_name: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime]


class LookInRow(Row):
    """One look-in. `contacts` are persons, in order; `call_id` is the delivery that rings one of them now."""

    __tablename__ = "look_in"
    __table_args__ = (UniqueConstraint("check_in_id"), Index("ix_look_in_next_action_at", "next_action_at"))
    id: Mapped[int] = mapped_column(primary_key=True)
    check_in_id: Mapped[int] = mapped_column(ForeignKey("check_in.id"))
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id"), index=True)
    contacts: Mapped[list[Any]]
    policy: Mapped[dict[str, Any]]
    state: Mapped[str] = mapped_column(String(10))
    place: Mapped[int] = mapped_column(default=0)
    round: Mapped[int] = mapped_column(default=1)
    call_id: Mapped[int | None]
    calls: Mapped[int] = mapped_column(default=0)
    asked: Mapped[int] = mapped_column(default=0)
    end: Mapped[str | None] = mapped_column(String(12))
    ended_by: Mapped[int | None]
    version: Mapped[int] = mapped_column(default=1)
    started_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    next_action_at: Mapped[datetime | None]
