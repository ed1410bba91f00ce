"""A morning's schedules are due: plan their check-ins together, and let no bad one hold up the others.

who is like most (agreed, nothing open) ──► a few statements for all of them, in one savepoint
who is not, and all of them where that failed ──► one by one, each in a savepoint of its own
who fails even so ──► rests a quarter of an hour, and a coordinator is told
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from sqlalchemy import select, update
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from checkin.domain.check_in import CheckIn, Decision, Scene, Woke, decide
from checkin.domain.consent import Consent
from checkin.domain.terms import CheckInId, PersonId
from checkin.handlers.apply import apply
from checkin.handlers.check_in_moved import Turn, scene, schedule_due, turn_of
from checkin.handlers.handbook import Handbook
from checkin.store import check_ins, consent, outbox, people, restored, tasks
from checkin.store.session import SomebodyWasFaster, savepoint
from checkin.store.tables import MemberRow, PersonRow, ScheduleRow

log = structlog.get_logger()

_RESTS = timedelta(minutes=15)
_NOT_THE_ROW = (SomebodyWasFaster, OperationalError)
"""Another was faster, or the database is ill: the whole is tried again."""


@dataclass(frozen=True)
class _Work:
    """One schedule that is due, and whose it is."""

    schedule: ScheduleRow
    member: MemberRow
    person: PersonRow
    turn: Turn


def schedules_due(session: Session, handbook: Handbook, now: datetime, limit: int) -> int:
    """Plan up to `limit` check-ins whose time has come, the longest due first. Returns how many were looked at."""
    due = session.scalars(
        select(ScheduleRow)
        .where(ScheduleRow.next_action_at <= now)
        .order_by(ScheduleRow.next_action_at)
        .limit(limit)
        .with_for_update(skip_locked=True)
    ).all()
    alone = {schedule.id for schedule in due}
    try:
        with savepoint(session):
            alone -= _together(session, handbook, due, now)
    except _NOT_THE_ROW:
        raise
    except Exception:  # which of them it was is found one by one
        log.exception("schedules_failed_together", count=len(due))
    for schedule in due:
        if schedule.id in alone:
            _alone(session, handbook, schedule.id, now)
    return len(due)


def _alone(session: Session, handbook: Handbook, schedule: int, now: datetime) -> None:
    try:
        with savepoint(session):
            schedule_due(session, handbook, session.get_one(ScheduleRow, schedule), now)
    except _NOT_THE_ROW:
        raise
    except Exception:
        log.exception("schedule_failed", schedule=schedule)
        _rests(session, schedule, now)


def _rests(session: Session, schedule: int, now: datetime) -> None:
    """What cannot be planned is tried again later; until then a coordinator knows of it, once a day."""
    row = session.execute(
        update(ScheduleRow)
        .where(ScheduleRow.id == schedule)
        .values(next_action_at=now + _RESTS)
        .returning(ScheduleRow.member_id),
        execution_options={"synchronize_session": False},
    ).one()
    about = session.execute(
        select(MemberRow.person_id, MemberRow.circle_id).where(MemberRow.id == row.member_id)
    ).one_or_none()
    person, circle = (about.person_id, about.circle_id) if about is not None else (None, None)
    key = f"schedule_failed:{schedule}:{now:%Y-%m-%d}"
    tasks.give(session, key, "schedule_failed", now, circle_id=circle, person_id=person)


def _together(session: Session, handbook: Handbook, due: Sequence[ScheduleRow], now: datetime) -> set[int]:
    """Plan those who are like most. Returns the schedules that are done with.

    What fell due while a restored database did not look is planned alone: it may have been asked already.
    """
    whose = people.behind(session, [schedule.member_id for schedule in due])
    busy = check_ins.with_open_ones(session, list(whose))
    looked_at = [
        _Work(
            schedule, *whose[schedule.member_id], turn_of(session, handbook, schedule, *whose[schedule.member_id], now)
        )
        for schedule in due
        if schedule.member_id in whose and schedule.member_id not in busy
    ]
    works = [work for work in looked_at if not restored.in_gap(session, work.turn.due_at)]
    for work in works:
        work.schedule.next_action_at = work.turn.next_at
    agreed = [work for work in works if consent.current(session, PersonId(work.person.id)) is Consent.IN]
    scenes = {work.member.id: scene(session, handbook, work.member, now, only_asked=True) for work in agreed}
    rows = [check_ins.new_row(_asks(work, CheckInId(0), scenes, now).check_in) for work in agreed]
    ids = check_ins.create_many(session, rows)
    with outbox.gathered(session):
        for work in agreed:
            if (created := ids.get(work.member.id)) is not None:
                apply(session, handbook, _asks(work, created, scenes, now).effects, now)
    session.flush()
    return {work.schedule.id for work in works}


def _asks(work: _Work, check_in: CheckInId, scenes: Mapping[int, Scene], now: datetime) -> Decision:
    """What the rule says of a new check-in. Asked twice: for its row, and with the row's id for what it sends."""
    new: CheckIn = check_ins.new(check_in, work.member, work.turn.due_at, work.turn.policy)
    return decide(new, Woke(), now, scenes[work.member.id])
