"""A member's schedule begins and ends; a pause that they asked for outlives it, and waits for the next one."""

from datetime import datetime

from sqlalchemy import ColumnElement, delete, func, select, update
from sqlalchemy.orm import Session

from checkin.store.tables import MemberRow, ScheduleRow

PAUSED_UNTIL = func.coalesce(ScheduleRow.paused_until, MemberRow.paused_until)
"""`paused_until`, in a query of members that is joined to their schedules."""


def paused_until(member: MemberRow, schedule: ScheduleRow | None) -> datetime | None:
    """Until when a member is left alone, with a schedule or without; it may be over."""
    return schedule.paused_until if schedule is not None else member.paused_until


def begun(session: Session, member: MemberRow) -> ScheduleRow:
    """A schedule for who has none, still without its rule."""
    row = ScheduleRow(member_id=member.id, rule="", skip=[], paused_until=member.paused_until)
    session.add(row)
    member.paused_until = None
    return row


def ended(session: Session, member: MemberRow, schedule: ScheduleRow) -> None:
    """A member has no schedule any more."""
    member.paused_until = schedule.paused_until
    session.delete(schedule)


def all_ended(session: Session, which: ColumnElement[bool]) -> None:
    """The same of all schedules that fit."""
    theirs = select(ScheduleRow.paused_until).where(ScheduleRow.member_id == MemberRow.id).scalar_subquery()
    paused = MemberRow.id.in_(select(ScheduleRow.member_id).where(which, ScheduleRow.paused_until.is_not(None)))
    for statement in (update(MemberRow).where(paused).values(paused_until=theirs), delete(ScheduleRow).where(which)):
        session.execute(statement, execution_options={"synchronize_session": False})
