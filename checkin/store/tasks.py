"""Coordinators' tasks: give one, list them, mark one done."""

from datetime import datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from checkin.store.session import insert_once
from checkin.store.tables import TaskRow


def give(session: Session, key: str, what: str, now: datetime, **about: Any) -> bool:
    """Put something before a coordinator, once for a key. False where it stands there already."""
    return insert_once(session, TaskRow, "key", {"key": key, "what": what, "created_at": now, **about}) is not None


def give_words(
    session: Session,
    inbound: int,
    what: str,
    now: datetime,
    *,
    circle: int | None,
    person: int,
    case: int | None = None,
) -> None:
    """Put what somebody wrote or said before a coordinator, once."""
    about = {"circle_id": circle, "person_id": person, "inbound_id": inbound, "escalation_id": case}
    give(session, f"inbound:{inbound}", what, now, **about)


def is_given(session: Session, key: str) -> bool:
    """Whether something was put before a coordinator under this key, done or not."""
    return session.scalar(select(TaskRow.id).where(TaskRow.key == key)) is not None


def withdraw(session: Session, key: str, now: datetime) -> None:
    """What a task asked for was done meanwhile: nobody need look."""
    row = session.scalar(select(TaskRow).where(TaskRow.key == key, TaskRow.done_at.is_(None)))
    if row is not None:
        row.done_at, row.done_by = now, "answered"


def withdraw_all(session: Session, circle: int, what: str, now: datetime) -> None:
    """What tasks of this kind told a circle is told anew, or is so no more."""
    session.execute(
        update(TaskRow)
        .where(TaskRow.circle_id == circle, TaskRow.what == what, TaskRow.done_at.is_(None))
        .values(done_at=now, done_by="answered"),
        execution_options={"synchronize_session": "fetch"},
    )


def go_to_circle(session: Session, person: int, circle: int) -> None:
    """What is to be done about a member who goes to another circle is for its coordinators."""
    session.execute(
        update(TaskRow).where(TaskRow.person_id == person, TaskRow.done_at.is_(None)).values(circle_id=circle),
        execution_options={"synchronize_session": "fetch"},
    )


def undone(session: Session) -> list[TaskRow]:
    """What waits for a coordinator, oldest first."""
    return list(session.scalars(select(TaskRow).where(TaskRow.done_at.is_(None)).order_by(TaskRow.id)))
