"""What a coordinator has to look at: not an escalation, but not to be forgotten either."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from checkin.store.columns import Row
from checkin.store.sealed import Sealed


class TaskRow(Row):
    """One thing for a coordinator: a text to read, a number to ask for, somebody no longer watched.

    `note`: what whoever did it wrote about it; until then the words of a caller of whom there is no person, for they
    withheld their number.
    """

    __tablename__ = "task"
    # What waits: few rows among all that were ever done.
    __table_args__ = (
        Index("ix_task_undone", "id", sqlite_where=text("done_at IS NULL"), postgresql_where=text("done_at IS NULL")),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(120), unique=True)
    circle_id: Mapped[int | None] = mapped_column(ForeignKey("circle.id"), index=True)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    escalation_id: Mapped[int | None] = mapped_column(ForeignKey("escalation.id"))
    inbound_id: Mapped[int | None] = mapped_column(ForeignKey("inbound.id"))
    what: Mapped[str] = mapped_column(String(40))
    detail: Mapped[dict[str, Any]] = mapped_column(default=dict)
    created_at: Mapped[datetime]
    done_at: Mapped[datetime | None]
    done_by: Mapped[str | None] = mapped_column(String(40))
    note: Mapped[str | None] = mapped_column(Sealed)
