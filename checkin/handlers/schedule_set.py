"""A schedule is set by a coordinator: one member's own, a circle's, or none."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from checkin.domain.recurrence import Schedule, parse_schedule
from checkin.domain.terms import MemberId
from checkin.handlers import followers_moved
from checkin.handlers.check_in_moved import plan_next
from checkin.handlers.handbook import Handbook
from checkin.store import check_ins, schedules, system
from checkin.store.tables import CircleRow, CircleScheduleRow, MemberRow, PersonRow, ScheduleRow

_ANY_DAY = date(2020, 1, 6)
"""A stored rule names its own first day."""


@dataclass(frozen=True)
class Wanted:
    """A schedule as it was chosen."""

    schedule: Schedule
    skip: tuple[str, ...] = ()
    holidays: str = ""
    kept: tuple[str, ...] = ()


def own_schedule_set(
    session: Session, handbook: Handbook, member: int, wanted: Wanted | None, who: str, now: datetime
) -> None:
    """Give a member a schedule of their own; None: they are not asked."""
    row = session.get_one(MemberRow, member)
    person = session.get_one(PersonRow, row.person_id)
    schedule = check_ins.schedule_of(session, MemberId(member))
    before = schedule.rule if schedule is not None else None
    if wanted is None:
        if schedule is not None:
            schedules.ended(session, row, schedule)
    else:
        if schedule is None:
            schedule = schedules.begun(session, row)
        _fill(schedule, wanted, follows=False)
        plan_next(handbook, schedule, person, now)
    after = wanted.schedule.text if wanted is not None else None
    system.audit(session, who, "schedule changed", now, person=person.id, before=before, after=after)


def follows_circle(session: Session, handbook: Handbook, member: int, who: str, now: datetime) -> bool:
    """Let a member follow their circle's schedule. False where the circle has none."""
    row = session.get_one(MemberRow, member)
    circle = circle_schedule(session, row.circle_id)
    if circle is None:
        return False
    followers_moved.follow(session, handbook, [row.id], circle, now)
    system.audit(session, who, "schedule changed", now, person=row.person_id, after="the circle's")
    return True


def circle_schedule(session: Session, circle: int) -> CircleScheduleRow | None:
    """A circle's schedule."""
    return session.scalar(select(CircleScheduleRow).where(CircleScheduleRow.circle_id == circle))


def circle_schedule_set(session: Session, circle: int, wanted: Wanted, who: str, now: datetime) -> None:
    """Keep a circle's schedule, and begin to move its members: `followers_moved` does, some hundred at a time."""
    row = circle_schedule(session, circle)
    before = row.rule if row is not None else None
    if row is None:
        row = CircleScheduleRow(circle_id=circle, rule="")
        session.add(row)
    row.rule, row.skip = wanted.schedule.text, list(wanted.skip)
    row.holidays, row.kept = wanted.holidays, list(wanted.kept)
    followers_moved.begin(session, circle, now)
    after = wanted.schedule.text
    system.audit(session, who, "circle's schedule changed", now, circle=circle, before=before, after=after)


def circle_schedule_ended(session: Session, circle: int, who: str, now: datetime) -> None:
    """A circle has no schedule any more; who followed it is not asked."""
    row = circle_schedule(session, circle)
    if row is None:
        return
    session.delete(row)
    followers_moved.stop(session, circle)
    of_circle = select(MemberRow.id).where(MemberRow.circle_id == circle)
    schedules.all_ended(session, ScheduleRow.member_id.in_(of_circle) & ScheduleRow.follows.is_(True))
    system.audit(session, who, "circle's schedule changed", now, circle=circle, before=row.rule, after=None)


def wanted_of(row: ScheduleRow | CircleScheduleRow) -> Wanted:
    """A stored schedule as it was chosen."""
    schedule = parse_schedule(row.rule, _ANY_DAY)
    return Wanted(schedule, tuple(row.skip), row.holidays, tuple(row.kept or ()))


def circles_with_schedules(
    session: Session, circles: frozenset[int] | None
) -> Sequence[tuple[CircleRow, CircleScheduleRow | None, int, int, int]]:
    """Circles, their schedules, and how many members follow it, have their own, have none."""
    follow = func.count().filter(ScheduleRow.follows.is_(True))
    own = func.count().filter(ScheduleRow.follows.is_(False))
    none = func.count(MemberRow.id).filter(ScheduleRow.id.is_(None))
    counts = (
        select(MemberRow.circle_id, follow.label("follow"), own.label("own"), none.label("none"))
        .outerjoin(ScheduleRow, ScheduleRow.member_id == MemberRow.id)
        .where(MemberRow.erased_at.is_(None))
        .group_by(MemberRow.circle_id)
        .subquery()
    )
    query = (
        select(CircleRow, CircleScheduleRow, counts.c.follow, counts.c.own, counts.c.none)
        .outerjoin(CircleScheduleRow, CircleScheduleRow.circle_id == CircleRow.id)
        .outerjoin(counts, counts.c.circle_id == CircleRow.id)
        .order_by(CircleRow.name)
    )
    if circles is not None:
        query = query.where(CircleRow.id.in_(circles))
    rows = session.execute(query)
    return [(circle, row, follow or 0, own or 0, none or 0) for circle, row, follow, own, none in rows]


def _fill(row: ScheduleRow, wanted: Wanted, *, follows: bool) -> None:
    row.rule, row.skip, row.follows = wanted.schedule.text, list(wanted.skip), follows
    row.holidays, row.kept = wanted.holidays, list(wanted.kept)
