"""Escalations, their offers, and the timeline that a coordinator reads."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint, literal_column, text
from sqlalchemy.orm import Mapped, mapped_column

from checkin.store.columns import Row
from checkin.store.sealed import Sealed


class EscalationRow(Row):
    """The case opened for a member who needs a person. Its policy is the one it started with."""

    __tablename__ = "escalation"
    __table_args__ = (
        Index("ix_escalation_next_action_at", "next_action_at"),
        Index("ix_escalation_holder_id", "holder_id"),
        Index("ix_escalation_opened_at", "opened_at"),
        # One open case a member, whatever arrives at the same instant.
        Index(
            "uq_escalation_open_member_id",
            "member_id",
            unique=True,
            sqlite_where=text("state != 'closed'"),
            postgresql_where=text("state != 'closed'"),
        ),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id"), index=True)
    circle_id: Mapped[int] = mapped_column(ForeignKey("circle.id"))
    check_in_id: Mapped[int | None] = mapped_column(ForeignKey("check_in.id"))
    cause: Mapped[str] = mapped_column(String(10))
    level: Mapped[str] = mapped_column(String(10))
    matters: Mapped[str] = mapped_column(Sealed, default="")
    state: Mapped[str] = mapped_column(String(18))
    opened_at: Mapped[datetime]
    policy: Mapped[dict[str, Any]]
    facts: Mapped[dict[str, Any]]
    holder_id: Mapped[int | None] = mapped_column(ForeignKey("volunteer.id"))
    closed_at: Mapped[datetime | None]
    closed_by: Mapped[str | None] = mapped_column(String(40))
    closed_how: Mapped[str | None] = mapped_column(String(200))
    version: Mapped[int] = mapped_column(default=1)
    next_action_at: Mapped[datetime | None]


STILL_OPEN = EscalationRow.state != literal_column("'closed'")
"""Said in the words that the index of open cases is made of: of a word given as a value no database may know that it
serves, and reads all cases that ever were."""


class OfferRow(Row):
    """One attempt to give an escalation to one volunteer."""

    __tablename__ = "offer"
    __table_args__ = (UniqueConstraint("escalation_id", "number"), Index("ix_offer_offered_at", "offered_at"))
    id: Mapped[int] = mapped_column(primary_key=True)
    escalation_id: Mapped[int] = mapped_column(ForeignKey("escalation.id"))
    number: Mapped[int]
    volunteer_id: Mapped[int] = mapped_column(ForeignKey("volunteer.id"), index=True)
    round: Mapped[int]
    state: Mapped[str] = mapped_column(String(10))
    reasons: Mapped[list[Any]] = mapped_column(default=list)
    offered_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    ended_how: Mapped[str | None] = mapped_column(String(40))


class TimelineRow(Row):
    """One step of an escalation, with its time and its reason. Append-only; ids and codes, no words of people."""

    __tablename__ = "timeline"
    id: Mapped[int] = mapped_column(primary_key=True)
    escalation_id: Mapped[int] = mapped_column(ForeignKey("escalation.id"), index=True)
    at: Mapped[datetime]
    what: Mapped[str] = mapped_column(String(40))
    detail: Mapped[dict[str, Any]] = mapped_column(default=dict)


class CaseNoteRow(Row):
    """What a coordinator wrote on a case in her own words, sealed. `about`: `note`, or `closing` when it ended."""

    __tablename__ = "case_note"
    id: Mapped[int] = mapped_column(primary_key=True)
    escalation_id: Mapped[int] = mapped_column(ForeignKey("escalation.id"), index=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime]
    about: Mapped[str] = mapped_column(String(16))
    words: Mapped[str] = mapped_column(Sealed)
