"""The words that a circle, or the whole programme, uses instead of the packaged ones."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from checkin.store.columns import Row


class WordingRow(Row):
    """One version of one text or prompt in one language. Only ever added, so the newest id tells whether any changed.

    `circle_id`: None for the whole programme. `kind`: sms or voice. `text`: None, put back to what lies below it. It is
    not sealed: these are the programme's own words, and name nobody.
    """

    __tablename__ = "wording"
    __table_args__ = (
        UniqueConstraint("circle_id", "kind", "template", "language", "version"),
        # NULLs differ from each other: the programme's own need a rule of their own.
        Index(
            "uq_wording_programme",
            "kind",
            "template",
            "language",
            "version",
            unique=True,
            sqlite_where=sa.text("circle_id IS NULL"),
            postgresql_where=sa.text("circle_id IS NULL"),
        ),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    circle_id: Mapped[int | None] = mapped_column(ForeignKey("circle.id"))
    kind: Mapped[str] = mapped_column(String(8))
    template: Mapped[str] = mapped_column(String(40))
    language: Mapped[str] = mapped_column(String(8))
    version: Mapped[int]
    text: Mapped[str | None]
    by: Mapped[str] = mapped_column(String(60))
    at: Mapped[datetime]
