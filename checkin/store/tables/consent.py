"""Consent: append-only lines. The newest line of a person says whether they may be contacted."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from checkin.store.columns import Row
from checkin.store.sealed import Sealed


class ConsentRow(Row):
    """How and when a number was invited, opted in or opted out. Never changed, never deleted."""

    __tablename__ = "consent_record"
    __table_args__ = (
        Index("ix_consent_record_person_id_id", "person_id", "id"),
        Index("ix_consent_record_at", "at"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    state: Mapped[str] = mapped_column(String(10))
    how: Mapped[str] = mapped_column(String(40))
    wording: Mapped[str] = mapped_column(Sealed, default="")
    at: Mapped[datetime]
    recorded_at: Mapped[datetime]
