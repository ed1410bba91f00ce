"""What requests with an Idempotency-Key were answered, so that one that comes twice is done once."""

from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from checkin.store.session import insert_once
from checkin.store.tables import ApiAnswerRow

KEPT = timedelta(hours=24)
_FORGOTTEN_AT_ONCE = 1000
_UNSAVED = {"synchronize_session": False}


def begin(session: Session, mark: str, asked: str, now: datetime) -> ApiAnswerRow | None:
    """Begin the request of this mark. None where it is new; else what it was answered.

    A second one at the same moment waits here for the first one's transaction: then it finds the answer, or, where the
    first failed, nothing.
    """
    session.execute(
        delete(ApiAnswerRow).where(ApiAnswerRow.mark == mark, ApiAnswerRow.created_at <= now - KEPT),
        execution_options=_UNSAVED,
    )
    values = {"mark": mark, "asked": asked, "status": 0, "body": "", "headers": {}, "created_at": now}
    if insert_once(session, ApiAnswerRow, "mark", values) is not None:
        return None
    return session.scalars(select(ApiAnswerRow).where(ApiAnswerRow.mark == mark)).one()


def end(session: Session, mark: str, status: int, body: str, headers: dict[str, str]) -> None:
    """Keep the answer, sealed, in the transaction that did what was asked for."""
    row = session.scalars(select(ApiAnswerRow).where(ApiAnswerRow.mark == mark)).one()
    row.status, row.body, row.headers = status, body, headers
    session.flush()


def forget_old(session: Session, now: datetime) -> int:
    """Delete answers that are older than a day, some at a time. How many."""
    old = session.scalars(
        select(ApiAnswerRow.id).where(ApiAnswerRow.created_at <= now - KEPT).limit(_FORGOTTEN_AT_ONCE)
    ).all()
    if old:
        session.execute(delete(ApiAnswerRow).where(ApiAnswerRow.id.in_(old)), execution_options=_UNSAVED)
    return len(old)
