"""Take due rows by comparing, not by locking: nobody else takes them before the lease ends."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, select, update
from sqlalchemy.orm import Session


def claim_due(
    session: Session,
    row: type[Any],
    now: datetime,
    lease: timedelta,
    limit: int,
    *where: ColumnElement[bool],
) -> list[int]:
    """Take up to `limit` rows whose time has come, the longest due first; the claim lasts until `now + lease`."""
    due = (
        select(row.id)
        .where(row.next_action_at <= now, *where)
        .order_by(row.next_action_at)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    taken = (
        update(row)
        .where(row.id.in_(due.scalar_subquery()), row.next_action_at <= now)
        .values(next_action_at=now + lease)
        .returning(row.id)
    )
    return sorted(session.scalars(taken, execution_options={"synchronize_session": False}))
