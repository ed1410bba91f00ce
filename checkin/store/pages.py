"""Lists in parts, by ascending id: members, schedules, check-ins, escalations, replies. One query each."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session

from checkin.domain.consent import Consent
from checkin.domain.escalation import State as CaseState
from checkin.store.member_record import not_of_another
from checkin.store.people import Known
from checkin.store.schedules import PAUSED_UNTIL
from checkin.store.tables import (
    CheckInRow,
    ConsentRow,
    EscalationRow,
    InboundRow,
    MemberRow,
    PersonRow,
    ScheduleRow,
)

Circles = Collection[int] | None
"""The circles that a list is limited to; None for all of them."""

_NEWEST_CONSENT = (
    select(func.max(ConsentRow.id)).where(ConsentRow.person_id == PersonRow.id).correlate(PersonRow).scalar_subquery()
)
_MEMBERS = (
    select(PersonRow, MemberRow, ScheduleRow, ConsentRow)
    .join(MemberRow, MemberRow.person_id == PersonRow.id)
    .outerjoin(ScheduleRow, ScheduleRow.member_id == MemberRow.id)
    .outerjoin(ConsentRow, ConsentRow.id == _NEWEST_CONSENT)
    .where(MemberRow.erased_at.is_(None))
)


def _within(circles: Circles, column: Any) -> list[ColumnElement[bool]]:
    return [] if circles is None else [column.in_(sorted(circles))]


def _part(query: Any, column: Any, after: int | None, limit: int) -> Any:
    """One more than `limit`, so that it shows whether there is a next part."""
    if after is not None:
        query = query.where(column > after)
    return query.order_by(column).limit(limit + 1)


def members(
    session: Session,
    circles: Circles,
    after: int | None,
    limit: int,
    now: datetime,
    *,
    consent: Consent | None = None,
    channel: str | None = None,
    language: str | None = None,
    paused: bool | None = None,
) -> list[Known]:
    """Members, with their schedule and their newest consent."""
    query = _MEMBERS.where(*_within(circles, MemberRow.circle_id))
    if consent is Consent.NONE:
        query = query.where(ConsentRow.id.is_(None))
    elif consent is not None:
        query = query.where(ConsentRow.state == consent.value)
    if channel is not None:
        query = query.where(MemberRow.channel == channel)
    if language is not None:
        query = query.where(PersonRow.language == language)
    if paused is not None:
        rests = PAUSED_UNTIL > now
        query = query.where(rests if paused else or_(PAUSED_UNTIL.is_(None), ~rests))
    return [_known(row) for row in session.execute(_part(query, MemberRow.id, after, limit))]


def member(session: Session, number: int) -> Known | None:
    """One member."""
    row = session.execute(
        _MEMBERS.where(MemberRow.id == number), execution_options={"populate_existing": True}
    ).one_or_none()
    return _known(row) if row is not None else None


def _known(row: Any) -> Known:
    person, found, schedule, newest = row
    if newest is None:
        return Known(person, found, schedule=schedule)
    return Known(
        person,
        found,
        schedule=schedule,
        consent=Consent(newest.state),
        consent_at=newest.at,
        consent_how=newest.how,
    )


def schedules(session: Session, circles: Circles, after: int | None, limit: int) -> list[Any]:
    """Schedules, each with its member."""
    query = select(ScheduleRow, MemberRow).join(MemberRow, MemberRow.id == ScheduleRow.member_id)
    return list(
        session.execute(_part(query.where(*_within(circles, MemberRow.circle_id)), ScheduleRow.id, after, limit))
    )


def check_ins(
    session: Session,
    circles: Circles,
    after: int | None,
    limit: int,
    *,
    member: int | None = None,
    state: str | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
) -> list[Any]:
    """Check-ins, each with its member. `since` and `until`: when they were due."""
    query = select(CheckInRow, MemberRow).join(MemberRow, MemberRow.id == CheckInRow.member_id)
    query = query.where(*_within(circles, MemberRow.circle_id))
    if member is not None:
        query = query.where(CheckInRow.member_id == member)
    if state is not None:
        query = query.where(CheckInRow.state == state)
    if since is not None:
        query = query.where(CheckInRow.due_at >= since)
    if until is not None:
        query = query.where(CheckInRow.due_at < until)
    return list(session.execute(_part(query, CheckInRow.id, after, limit)))


def escalations(
    session: Session,
    circles: Circles,
    after: int | None,
    limit: int,
    *,
    is_open: bool | None = None,
    level: str | None = None,
    member: int | None = None,
) -> list[Any]:
    """Cases, each with its member."""
    query = select(EscalationRow, MemberRow).join(MemberRow, MemberRow.id == EscalationRow.member_id)
    query = query.where(*_within(circles, EscalationRow.circle_id))
    if is_open is not None:
        closed = EscalationRow.state == CaseState.CLOSED.value
        query = query.where(~closed if is_open else closed)
    if level is not None:
        query = query.where(EscalationRow.level == level)
    if member is not None:
        query = query.where(EscalationRow.member_id == member)
    return list(session.execute(_part(query, EscalationRow.id, after, limit)))


def replies(session: Session, person: int, after: int | None, limit: int) -> list[InboundRow]:
    """What one person wrote or said, but for another member whose volunteer they are."""
    query = select(InboundRow).where(InboundRow.person_id == person, not_of_another(InboundRow, person))
    return list(session.scalars(_part(query, InboundRow.id, after, limit)))
