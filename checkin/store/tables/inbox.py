"""What came in: every text, stored before anything is done about it."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from checkin.store.columns import Row
from checkin.store.sealed import Sealed


class InboundRow(Row):
    """One incoming text (or keys on a check-in call) and how it was read. The carrier's sid makes it once.

    `sent_at` stands where it was found later in the carrier's log: it was sent then, and reached us afterwards.
    `levels_by_calls`: the level by each setting of how readily people are called, "distress concern ok", `more` first;
    empty where all agree; None where it was not asked (a key, a call, a text of before that was kept).
    """

    __tablename__ = "inbound"
    __table_args__ = (Index("ix_inbound_person_id_id", "person_id", "id"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    sid: Mapped[str] = mapped_column(String(64), unique=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    channel: Mapped[str] = mapped_column(String(8), default="sms")
    body: Mapped[str] = mapped_column(Sealed)
    received_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]
    kind: Mapped[str] = mapped_column(String(16))
    level: Mapped[str] = mapped_column(String(10))
    rating: Mapped[int | None]
    command: Mapped[str | None] = mapped_column(String(16))
    reasons: Mapped[list[Any]] = mapped_column(default=list)
    reasons_words: Mapped[str] = mapped_column(Sealed, default="")
    levels_by_calls: Mapped[str | None] = mapped_column(String(40))
    check_in_id: Mapped[int | None] = mapped_column(ForeignKey("check_in.id"))
    escalation_id: Mapped[int | None] = mapped_column(ForeignKey("escalation.id"))
