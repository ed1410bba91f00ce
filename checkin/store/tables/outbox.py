"""The outbox: every text and call that is to leave, and what became of it."""

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, Index, String, false, text
from sqlalchemy.orm import Mapped, mapped_column

from checkin.store.columns import Row
from checkin.store.sealed import Sealed


class DeliveryRow(Row):
    """One outgoing text or call, or one change of a call that is under way.

    `subject` says what a call is about (`offer`, `handoff_member`, …) and the ids beside it whom it concerns.
    `attempt` counts hand-overs and fences them: only the attempt that took the row may settle it. `ask_at`: when the
    carrier is asked what became of it, where its word has not come by then. `wording_id`: the wording of a circle's or
    the programme's own that a text was written from; None, the packaged one.

    Of a check-in call: `answered_by`, who picked up as the carrier hears it; `by_key`, whether a key was pressed on it;
    `outcome`, what came of it (`domain/answering.py` has the words).

    `segments` and `price` (in millionths of `currency`): what the carrier made of it and charges; told long afterwards.
    """

    __tablename__ = "delivery"
    __table_args__ = (
        Index("ix_delivery_lane_state_next_action_at", "lane", "state", "next_action_at"),
        Index("ix_delivery_escalation_id", "escalation_id"),
        Index("ix_delivery_person_id_id", "person_id", "id"),
        Index("ix_delivery_check_in_id", "check_in_id"),
        Index("ix_delivery_sid", "sid"),
        Index("ix_delivery_created_at", "created_at"),
        Index(
            "ix_delivery_ask_at",
            "ask_at",
            sqlite_where=text("ask_at IS NOT NULL"),
            postgresql_where=text("ask_at IS NOT NULL"),
        ),
        # The calls under way: few rows, counted before a routine call is added to them.
        Index(
            "ix_delivery_calls_under_way",
            "first_tried_at",
            sqlite_where=text("kind = 'call' AND ended_at IS NULL"),
            postgresql_where=text("kind = 'call' AND ended_at IS NULL"),
        ),
        # What the carrier found wrong: few rows, looked at every few seconds.
        Index(
            "ix_delivery_troubled",
            "first_tried_at",
            sqlite_where=text("error IS NOT NULL"),
            postgresql_where=text("error IS NOT NULL"),
        ),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(120), unique=True)
    kind: Mapped[str] = mapped_column(String(8))
    lane: Mapped[str] = mapped_column(String(8))
    routine: Mapped[bool] = mapped_column(default=False)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    template: Mapped[str] = mapped_column(String(40), default="")
    wording_id: Mapped[int | None]
    body: Mapped[str] = mapped_column(Sealed, default="")
    subject: Mapped[str] = mapped_column(String(20), default="")
    check_in_id: Mapped[int | None] = mapped_column(ForeignKey("check_in.id"))
    escalation_id: Mapped[int | None] = mapped_column(ForeignKey("escalation.id"))
    offer_number: Mapped[int | None]
    handoff_id: Mapped[int | None] = mapped_column(ForeignKey("handoff.id"))
    look_in_id: Mapped[int | None]
    about_delivery_id: Mapped[int | None] = mapped_column(ForeignKey("delivery.id"))
    ring_seconds: Mapped[int] = mapped_column(default=0)
    state: Mapped[str] = mapped_column(String(12))
    status: Mapped[str] = mapped_column(String(16), default="")
    sid: Mapped[str | None] = mapped_column(String(64))
    error: Mapped[str | None] = mapped_column(String(40))
    attempt: Mapped[int] = mapped_column(default=0)
    first_tried_at: Mapped[datetime | None]
    taken_until: Mapped[datetime | None]
    created_at: Mapped[datetime]
    answered_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    deadline_at: Mapped[datetime | None]
    next_action_at: Mapped[datetime | None]
    ask_at: Mapped[datetime | None]
    answered_by: Mapped[str | None] = mapped_column(String(16))
    by_key: Mapped[bool] = mapped_column(default=False, server_default=false())
    outcome: Mapped[str | None] = mapped_column(String(16))
    segments: Mapped[int | None]
    price: Mapped[int | None] = mapped_column(BigInteger)
    currency: Mapped[str | None] = mapped_column(String(3))
