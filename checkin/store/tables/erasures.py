"""Who was erased: what must be kept so that nobody writes to the number again, and no backup brings them back."""

from datetime import datetime

from sqlalchemy import Index, String, UniqueConstraint, true
from sqlalchemy.orm import Mapped, mapped_column

from checkin.store.columns import Row


class ErasureRow(Row):
    """A person whose record was erased, as ids and a keyed fingerprint: neither a number nor a name.

    `person_id` with `born_at` (when the person's row was made) names the row in this database and in its backups.
    `number_mark`: see `store/erasures.py`. `stays_out`: nobody writes to that number until its owner texts START.
    """

    __tablename__ = "erasure"
    __table_args__ = (
        UniqueConstraint("person_id", "born_at"),
        Index("ix_erasure_number_mark", "number_mark"),
        Index("ix_erasure_at", "at"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int]
    born_at: Mapped[datetime]
    number_mark: Mapped[str] = mapped_column(String(64))
    stays_out: Mapped[bool] = mapped_column(default=True, server_default=true())
    at: Mapped[datetime]
    by: Mapped[str] = mapped_column(String(60))
