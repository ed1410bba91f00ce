"""Volunteers' own pages: a link that opens once, and the one phone on which it was opened."""

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from checkin.store.columns import Row


class OwnPageRow(Row):
    """One for each volunteer, so that a new link ends what went before. Tokens stand here only as hashes.

    `link_hash` is gone once the link was opened; `opened_hash` is the phone's own from then on, until `ends_at`.
    """

    __tablename__ = "own_page"
    id: Mapped[int] = mapped_column(primary_key=True)
    volunteer_id: Mapped[int] = mapped_column(ForeignKey("volunteer.id"), unique=True)
    link_hash: Mapped[str | None] = mapped_column(String(64), unique=True)
    link_ends_at: Mapped[datetime | None]
    made_at: Mapped[datetime]
    by: Mapped[str] = mapped_column(String(60))
    opened_hash: Mapped[str | None] = mapped_column(String(64), unique=True)
    opened_at: Mapped[datetime | None]
    ends_at: Mapped[datetime | None]
