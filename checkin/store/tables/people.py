"""Circles, and the people in them. A person is a phone number; what they are to a circle stands beside it."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint, false, text
from sqlalchemy.orm import Mapped, mapped_column

from checkin.store.columns import Row
from checkin.store.sealed import BlindIndex, Sealed


class CircleRow(Row):
    """A group of members with its own coordinators, volunteers and settings."""

    __tablename__ = "circle"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(80), unique=True)
    programme: Mapped[str] = mapped_column(String(20))
    discreet_name: Mapped[str] = mapped_column(String(20))
    policy: Mapped[dict[str, Any]] = mapped_column(default=dict)
    created_at: Mapped[datetime]


class PersonRow(Row):
    """Somebody behind a phone number, known or not. `number_since`: when they got it, where they had another before."""

    __tablename__ = "person"
    id: Mapped[int] = mapped_column(primary_key=True)
    phone: Mapped[str] = mapped_column(Sealed)
    phone_index: Mapped[str] = mapped_column(BlindIndex, unique=True)
    name: Mapped[str] = mapped_column(Sealed)
    language: Mapped[str] = mapped_column(String(8), default="en")
    timezone: Mapped[str | None] = mapped_column(String(60))
    country: Mapped[str] = mapped_column(String(2), default="")
    line_type: Mapped[str] = mapped_column(String(10), default="unknown")
    textable: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime]
    number_since: Mapped[datetime | None]


class MemberRow(Row):
    """A person who is checked in on. `erased_at`: their record was erased; what stays counts, and names nobody.

    `paused_until`: of who has no schedule, for when they have one (see `ScheduleRow`).
    """

    __tablename__ = "member"
    # Few of many; left out of each list.
    __table_args__ = (
        Index(
            "ix_member_erased",
            "id",
            sqlite_where=text("erased_at IS NOT NULL"),
            postgresql_where=text("erased_at IS NOT NULL"),
        ),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), unique=True)
    circle_id: Mapped[int] = mapped_column(ForeignKey("circle.id"), index=True)
    channel: Mapped[str] = mapped_column(String(8), default="sms")
    topics: Mapped[list[Any]] = mapped_column(default=list)
    prefers: Mapped[str] = mapped_column(String(60), default="")
    buddy_id: Mapped[int | None] = mapped_column(ForeignKey("volunteer.id"))
    discreet: Mapped[bool] = mapped_column(default=True)
    misses: Mapped[int] = mapped_column(default=0)
    recent_ratings: Mapped[list[Any]] = mapped_column(default=list)
    paused_until: Mapped[datetime | None]
    created_at: Mapped[datetime]
    erased_at: Mapped[datetime | None]


class VolunteerRow(Row):
    """A person who takes escalations.

    `traits`: what a member may ask for in them, such as `woman`.
    `stand_in`: a coordinator who has taken one herself, and holds it as a volunteer does: she is offered none, and
    stands in no list of volunteers. So it is with a volunteer whose record was erased.
    """

    __tablename__ = "volunteer"
    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), unique=True)
    circle_id: Mapped[int] = mapped_column(ForeignKey("circle.id"), index=True)
    languages: Mapped[list[Any]] = mapped_column(default=list)
    topics: Mapped[list[Any]] = mapped_column(default=list)
    traits: Mapped[list[Any]] = mapped_column(default=list, server_default="[]")
    shifts: Mapped[str] = mapped_column(default="always")
    override_on: Mapped[bool | None]
    override_until: Mapped[datetime | None]
    max_per_day: Mapped[int] = mapped_column(default=3)
    reach: Mapped[str] = mapped_column(String(8), default="both")
    last_taken_at: Mapped[datetime | None]
    rest_until: Mapped[datetime | None]
    created_at: Mapped[datetime]
    stand_in: Mapped[bool] = mapped_column(default=False, server_default=false())


class CoordinatorRow(Row):
    """A person who answers for a circle. An `admin` answers for all of them."""

    __tablename__ = "coordinator"
    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), unique=True)
    circle_id: Mapped[int | None] = mapped_column(ForeignKey("circle.id"), index=True)
    email: Mapped[str] = mapped_column(Sealed, default="")
    role: Mapped[str] = mapped_column(String(12), default="coordinator")
    created_at: Mapped[datetime]


class ExclusionRow(Row):
    """A volunteer and a member who must never be joined. Either may ask for it; no reason is kept."""

    __tablename__ = "exclusion"
    __table_args__ = (UniqueConstraint("member_id", "volunteer_id"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id"))
    volunteer_id: Mapped[int] = mapped_column(ForeignKey("volunteer.id"))
    created_at: Mapped[datetime]
