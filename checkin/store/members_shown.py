"""What the members' pages show: a list with its filters, and all of one member. No query for each row."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from checkin.domain.consent import Consent
from checkin.domain.terms import Level
from checkin.store.schedules import PAUSED_UNTIL
from checkin.store.tables import (
    STILL_OPEN,
    CheckInRow,
    CircleRow,
    ConsentRow,
    EscalationRow,
    InboundRow,
    MemberRow,
    PersonRow,
    ScheduleRow,
)

LATELY = timedelta(days=7)


class Filter(StrEnum):
    """Which members are wanted."""

    ALL = ""
    CASE = "case"
    CONCERN = "concern"
    SILENT = "silent"
    INVITED = "invited"
    OUT = "out"
    PAUSED = "paused"
    RESTING = "resting"


class Order(StrEnum):
    """In which order. By name, the directory sorts."""

    NAME = "name"
    JOINED = "joined"
    MISSES = "misses"


@dataclass(frozen=True)
class Shown:
    """A member as the list shows them."""

    member: MemberRow
    person: PersonRow
    circle: str
    schedule: ScheduleRow | None
    consent: Consent
    answered: tuple[datetime, int | None] | None
    case: int | None


def ids(session: Session, wanted: Filter, circles: frozenset[int] | None, now: datetime) -> set[int]:
    """The members that a filter leaves."""
    query = _filtered(wanted, now)
    if circles is not None:
        query = query.where(MemberRow.circle_id.in_(circles))
    return set(session.scalars(query))


def _filtered(wanted: Filter, now: datetime) -> Select[int]:
    query = select(MemberRow.id).where(MemberRow.erased_at.is_(None))
    match wanted:
        case Filter.CASE:
            open_cases = select(EscalationRow.member_id).where(STILL_OPEN)
            return query.where(MemberRow.id.in_(open_cases))
        case Filter.CONCERN:
            said = select(InboundRow.person_id).where(
                InboundRow.received_at >= now - LATELY,
                InboundRow.level.in_((Level.CONCERN.value, Level.DISTRESS.value, Level.CRISIS.value)),
            )
            return query.where(MemberRow.person_id.in_(said))
        case Filter.SILENT:
            return query.where(MemberRow.misses > 0)
        case Filter.INVITED | Filter.OUT:
            newest = select(func.max(ConsentRow.id)).group_by(ConsentRow.person_id)
            state = Consent.INVITED if wanted is Filter.INVITED else Consent.OUT
            persons = select(ConsentRow.person_id).where(ConsentRow.state == state.value, ConsentRow.id.in_(newest))
            return query.where(MemberRow.person_id.in_(persons))
        case Filter.PAUSED:
            scheduled = query.outerjoin(ScheduleRow, ScheduleRow.member_id == MemberRow.id)
            return scheduled.where(PAUSED_UNTIL > now)
        case Filter.RESTING:
            return query.where(MemberRow.id.not_in(select(ScheduleRow.member_id)))
        case Filter.ALL:
            return query


def in_order(
    session: Session, order: Order, circles: frozenset[int] | None, start: int, count: int
) -> tuple[list[int], int]:
    """So many members from this place on, and how many there are in all."""
    here = MemberRow.erased_at.is_(None)
    query, total = select(MemberRow.id).where(here), select(func.count()).select_from(MemberRow).where(here)
    if circles is not None:
        query, total = query.where(MemberRow.circle_id.in_(circles)), total.where(MemberRow.circle_id.in_(circles))
    by = (MemberRow.misses.desc(), MemberRow.id) if order is Order.MISSES else (MemberRow.id.desc(),)
    return list(session.scalars(query.order_by(*by).offset(start).limit(count))), session.scalar(total) or 0


def shown(session: Session, members: Sequence[int]) -> list[Shown]:
    """These members, in this order: four queries, however many they are."""
    rows = session.execute(
        select(MemberRow, PersonRow, CircleRow.name, ScheduleRow)
        .join(PersonRow, PersonRow.id == MemberRow.person_id)
        .join(CircleRow, CircleRow.id == MemberRow.circle_id)
        .outerjoin(ScheduleRow, ScheduleRow.member_id == MemberRow.id)
        .where(MemberRow.id.in_(members), MemberRow.erased_at.is_(None))
    ).all()
    persons = [person.id for _, person, _, _ in rows]
    states, answers, cases = consents(session, persons), _answers(session, members), _cases(session, members)
    found = {
        member.id: Shown(
            member, person, circle, schedule, states.get(person.id, Consent.NONE), answers.get(member.id),
            cases.get(member.id),
        )
        for member, person, circle, schedule in rows
    }  # fmt: skip
    return [found[member] for member in members if member in found]


def consents(session: Session, persons: Sequence[int]) -> dict[int, Consent]:
    """The newest consent of these people."""
    newest = select(func.max(ConsentRow.id)).where(ConsentRow.person_id.in_(persons)).group_by(ConsentRow.person_id)
    rows = session.execute(select(ConsentRow.person_id, ConsentRow.state).where(ConsentRow.id.in_(newest)))
    return {person: Consent(state) for person, state in rows}


def _answers(session: Session, members: Sequence[int]) -> dict[int, tuple[datetime, int | None]]:
    newest = (
        select(func.max(CheckInRow.id))
        .where(CheckInRow.member_id.in_(members), CheckInRow.answered_at.is_not(None))
        .group_by(CheckInRow.member_id)
    )
    rows = session.execute(
        select(CheckInRow.member_id, CheckInRow.answered_at, CheckInRow.rating).where(CheckInRow.id.in_(newest))
    )
    found: dict[int, tuple[datetime, int | None]] = {
        member: (at, rating) for member, at, rating in rows if at is not None
    }
    for member, at, rating in _ratings_unasked(session, members):
        if member not in found or at > found[member][0]:
            found[member] = (at, rating)
    return found


def _ratings_unasked(session: Session, members: Sequence[int]) -> Sequence[tuple[int, datetime, int | None]]:
    """The newest rating of each, also of who sent it before anybody asked."""
    newest = (
        select(func.max(InboundRow.id))
        .join(MemberRow, MemberRow.person_id == InboundRow.person_id)
        .where(MemberRow.id.in_(members), InboundRow.rating.is_not(None), InboundRow.check_in_id.is_(None))
        .group_by(MemberRow.id)
    )
    query = select(MemberRow.id, InboundRow.received_at, InboundRow.rating).join(
        InboundRow, InboundRow.person_id == MemberRow.person_id
    )
    return [(member, at, rating) for member, at, rating in session.execute(query.where(InboundRow.id.in_(newest)))]


def _cases(session: Session, members: Sequence[int]) -> dict[int, int]:
    rows = session.execute(
        select(EscalationRow.member_id, EscalationRow.id).where(EscalationRow.member_id.in_(members), STILL_OPEN)
    )
    return {member: case for member, case in rows}
