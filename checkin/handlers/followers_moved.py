"""A circle's schedule was saved: those who follow it, or have none, are moved, part by part.

saved, and begun in the same transaction ──► the page's request moves the first parts ──► the clock moves the rest

How far it is stands in each part's own transaction: whoever dies between two parts, the clock goes on.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from checkin.handlers.check_in_moved import plan_next
from checkin.handlers.handbook import Handbook
from checkin.store import people, schedules, unfinished
from checkin.store.tables import CircleScheduleRow, MemberRow, PersonRow, ScheduleRow

WORK = "followers"
PART = 250
"""Members in one transaction: webhooks wait their turn behind it on SQLite."""
_GRACE = timedelta(seconds=15)
"""So long the clock leaves it to the request that has begun."""


def begin(session: Session, circle: int, now: datetime) -> None:
    """The circle's schedule is another one from this transaction on."""
    unfinished.begun(session, WORK, circle, now + _GRACE)


def next_part(session: Session, handbook: Handbook, circle: int, now: datetime, *, last: bool = False) -> bool:
    """Move the next part; False when all are moved. `last`: this caller moves no more, the clock goes on at once."""
    after = unfinished.done_up_to(session, WORK, circle)
    if after is None:
        return False
    row = session.scalar(select(CircleScheduleRow).where(CircleScheduleRow.circle_id == circle))
    members = _part_of(session, circle, after) if row is not None else []
    if row is not None:
        follow(session, handbook, members, row, now)
    if len(members) < PART:
        unfinished.ended(session, WORK, circle)
        return False
    unfinished.goes_on(session, WORK, circle, members[-1], now if last else now + _GRACE)
    return True


def waiting_parts(session: Session, now: datetime) -> list[int]:
    """Circles whose members the clock is to move."""
    return unfinished.waiting(session, WORK, now)


def is_moving(session: Session, circle: int) -> bool:
    """Whether some members of a circle still wait to be moved."""
    return circle in unfinished.waiting(session, WORK)


def stop(session: Session, circle: int) -> None:
    """The circle has no schedule any more."""
    unfinished.ended(session, WORK, circle)


def follow(
    session: Session, handbook: Handbook, members: Sequence[int], circle: CircleScheduleRow, now: datetime
) -> None:
    """Let these members follow their circle's schedule."""
    rows = {
        row.member_id: row for row in session.scalars(select(ScheduleRow).where(ScheduleRow.member_id.in_(members)))
    }
    for member, person in people.behind(session, members).values():
        follow_by(handbook, rows.get(member.id) or schedules.begun(session, member), person, circle, now)


def follow_by(
    handbook: Handbook, row: ScheduleRow, person: PersonRow, circle: CircleScheduleRow, now: datetime
) -> None:
    """Let one schedule be the circle's."""
    row.rule, row.skip, row.follows = circle.rule, list(circle.skip), True
    row.holidays, row.kept = circle.holidays, list(circle.kept)
    plan_next(handbook, row, person, now)


def _part_of(session: Session, circle: int, after: int) -> Sequence[int]:
    return session.scalars(
        select(MemberRow.id)
        .outerjoin(ScheduleRow, ScheduleRow.member_id == MemberRow.id)
        .where(
            MemberRow.circle_id == circle,
            MemberRow.erased_at.is_(None),
            MemberRow.id > after,
            ScheduleRow.id.is_(None) | ScheduleRow.follows.is_(True),
        )
        .order_by(MemberRow.id)
        .limit(PART)
    ).all()
