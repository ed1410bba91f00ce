"""What a coordinator has to look at: not an escalation, but not to be forgotten either."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from checkin.store.columns import Row


class TaskRow(Row):
    """One thing for a coordinator: a text to read, a number to ask for, somebody no longer watched."""

    __tablename__ = "task"
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
