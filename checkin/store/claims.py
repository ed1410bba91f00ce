"""Take due rows by comparing, not by locking: nobody else takes them before the lease ends."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import Connection, bindparam, exists, literal, select, union_all, update
from sqlalchemy.orm import Session

_NOT_SAVED = {"synchronize_session": False}


def claim_due(session: Session, row: Any, now: datetime, lease: timedelta, limit: int, **equal: str) -> list[int]:
    """Take up to `limit` rows whose time has come, the longest due first; the claim lasts until `now + lease`.

    `equal`: columns and what must stand in them.
    """
    values = {
        "due_by": now,
        "claimed_until": now + lease,
        "most": limit,
        **{f"its_{name}": equal[name] for name in equal},
    }
    return sorted(session.scalars(_claim(row, tuple(sorted(equal))), values, execution_options=_NOT_SAVED))


def give_back(session: Session, row: Any, ids: Sequence[int], claimed_until: datetime, now: datetime) -> None:
    """Let rows be due again whose claim came to nothing; not those that somebody has moved since."""
    theirs = row.id.in_(ids), row.next_action_at == claimed_until
    session.execute(update(row).where(*theirs).values(next_action_at=now), execution_options=_NOT_SAVED)


@cache
def _claim(row: Any, equal: tuple[str, ...]) -> Any:
    """Made once for each kind of row: a clock asks every second."""
    due = (
        select(row.id)
        .where(
            row.next_action_at <= bindparam("due_by"),
            *(getattr(row, name) == bindparam(f"its_{name}") for name in equal),
        )
        .order_by(row.next_action_at)
        .limit(bindparam("most"))
        .with_for_update(skip_locked=True)
    )
    return (
        update(row)
        .where(row.id.in_(due.scalar_subquery()), row.next_action_at <= bindparam("due_by"))
        .values(next_action_at=bindparam("claimed_until"))
        .returning(row.id)
    )


def due_among(connection: Connection, rows: Sequence[type[Any]], now: datetime) -> set[str]:
    """In which of these tables a row's time has come. It claims nothing, and costs a look into an index for each."""
    return set(connection.scalars(_due_among(tuple(rows)), {"due_by": now}))


@cache
def _due_among(rows: tuple[type[Any], ...]) -> Any:
    return union_all(
        *(
            select(literal(row.__tablename__)).where(exists().where(row.next_action_at <= bindparam("due_by")))
            for row in rows
        )
    )


def lanes_due(connection: Connection, row: Any, lanes: Sequence[str], states: Sequence[str], now: datetime) -> set[str]:
    """In which lanes a delivery in one of these states is due. It claims nothing."""
    return set(connection.scalars(_lanes_due(row, tuple(lanes), tuple(states)), {"due_by": now}))


@cache
def _lanes_due(row: Any, lanes: tuple[str, ...], states: tuple[str, ...]) -> Any:
    return union_all(
        *(
            select(literal(lane)).where(
                exists().where(row.lane == lane, row.state == state, row.next_action_at <= bindparam("due_by"))
            )
            for lane in lanes
            for state in states
        )
    )
