"""What a coordinator's Today shows, in a bounded number of queries: nothing is asked for each row.

`circles`: those that she sees; None for all.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVarTuple

from sqlalchemy import Select, exists, func, or_, select
from sqlalchemy.orm import Session, aliased

from checkin.domain.check_in import State as CheckInState
from checkin.domain.delivery import Kind
from checkin.domain.delivery import State as DeliveryState
from checkin.domain.terms import Level
from checkin.store.tables import (
    STILL_OPEN,
    CaseNoteRow,
    CheckInRow,
    DeliveryRow,
    EscalationRow,
    IllnessRow,
    InboundRow,
    MemberRow,
    PersonRow,
    TaskRow,
    TimelineRow,
    VolunteerRow,
)

Circles = Collection[int] | None
_Row = TypeVarTuple("_Row")

UNANSWERED = (
    CheckInState.ASKED,
    CheckInState.REMINDED,
    CheckInState.CALLED,
    CheckInState.MISSED,
    CheckInState.UNREACHED,
)
"""What stands of a check-in that was asked and has no answer."""

_LIVE = (DeliveryState.QUEUED.value, DeliveryState.SENDING.value, DeliveryState.SENT.value, DeliveryState.UNSURE.value)


def open_cases(session: Session, circles: Circles) -> list[EscalationRow]:
    """The open cases, worst first, then oldest."""
    query = select(EscalationRow).where(STILL_OPEN)
    if circles is not None:
        query = query.where(EscalationRow.circle_id.in_(circles))
    return sorted(session.scalars(query), key=lambda row: (-Level(row.level).rank, row.opened_at, row.id))


def ringing(session: Session, numbers: Collection[int]) -> list[DeliveryRow]:
    """The calls that these cases have under way."""
    live = select(DeliveryRow).where(
        DeliveryRow.escalation_id.in_(numbers),
        DeliveryRow.kind == Kind.CALL.value,
        DeliveryRow.ended_at.is_(None),
        DeliveryRow.state.in_(_LIVE),
    )
    return list(session.scalars(live.order_by(DeliveryRow.id))) if numbers else []


def last_steps(session: Session, numbers: Collection[int], most: int) -> dict[int, list[TimelineRow]]:
    """The last steps of each of these cases, oldest first."""
    place = func.row_number().over(partition_by=TimelineRow.escalation_id, order_by=TimelineRow.id.desc())
    placed = select(TimelineRow.id, place.label("place")).where(TimelineRow.escalation_id.in_(numbers)).subquery()
    query = select(TimelineRow).join(placed, placed.c.id == TimelineRow.id).where(placed.c.place <= most)
    found: dict[int, list[TimelineRow]] = {number: [] for number in numbers}
    for step in session.scalars(query.order_by(TimelineRow.id)) if numbers else ():
        found[step.escalation_id].append(step)
    return found


@dataclass(frozen=True)
class Names:
    """Who is behind ids: persons by id, members' and volunteers' persons by theirs."""

    persons: dict[int, str]
    members: dict[int, int]
    volunteers: dict[int, int]

    def person(self, number: int | None) -> str:
        """A person's name; empty where nothing is known of them."""
        return self.persons.get(number or 0, "")

    def volunteer(self, number: int | None) -> str:
        """The name of a volunteer."""
        return self.person(self.volunteers.get(number or 0))

    def member(self, number: int | None) -> str:
        """The name of a member."""
        return self.person(self.members.get(number or 0))


def names(
    session: Session, persons: Collection[int], members: Collection[int] = (), volunteers: Collection[int] = ()
) -> Names:
    """The names behind all these, in three queries."""
    of_members = {
        row: person
        for row, person in session.execute(select(MemberRow.id, MemberRow.person_id).where(MemberRow.id.in_(members)))
    }
    of_volunteers = {
        row: person
        for row, person in session.execute(
            select(VolunteerRow.id, VolunteerRow.person_id).where(VolunteerRow.id.in_(volunteers))
        )
    }
    wanted = {*persons, *of_members.values(), *of_volunteers.values()}
    found = session.execute(select(PersonRow.id, PersonRow.name).where(PersonRow.id.in_(wanted)))
    return Names({row: name for row, name in found}, of_members, of_volunteers)


def members_of(session: Session, persons: Collection[int]) -> dict[int, int]:
    """Which of these persons are members, and as which member."""
    query = select(MemberRow.person_id, MemberRow.id).where(MemberRow.person_id.in_(persons))
    return {person: member for person, member in session.execute(query)}


def volunteers_of(session: Session, persons: Collection[int], circles: Circles) -> dict[int, int]:
    """Which of these persons are volunteers whose page whoever answers for these circles may open."""
    query = select(VolunteerRow.person_id, VolunteerRow.id).where(
        VolunteerRow.person_id.in_(persons), VolunteerRow.stand_in.is_(False)
    )
    query = query if circles is None else query.where(VolunteerRow.circle_id.in_(circles))
    return {person: volunteer for person, volunteer in session.execute(query)}


def phones(session: Session, persons: Collection[int]) -> dict[int, str]:
    """The numbers of these persons."""
    query = select(PersonRow.id, PersonRow.phone).where(PersonRow.id.in_(persons))
    return {person: phone for person, phone in session.execute(query)}


# --- who has answered   ----------------------------------------------------------------------------------------------


def _since(query: Select[*_Row], since: datetime, circles: Circles) -> Select[*_Row]:
    query = query.where(CheckInRow.due_at >= since)
    if circles is None:
        return query
    theirs = (MemberRow.circle_id + 0).in_(circles)  # no index for it: SQLite would go through all members by circle
    return query.join(MemberRow, MemberRow.id == CheckInRow.member_id).where(theirs)


def answered(session: Session, since: datetime, now: datetime, circles: Circles) -> int:
    """How many check-ins that were due since then are answered."""
    query = select(func.count(CheckInRow.id)).where(
        CheckInRow.due_at <= now, CheckInRow.state == CheckInState.ANSWERED.value
    )
    return session.scalar(_since(query, since, circles)) or 0


def _unanswered(query: Select[*_Row], since: datetime, now: datetime, circles: Circles) -> Select[*_Row]:
    """Of the check-ins due since then each member's newest, where it has no answer: an older one is overtaken."""
    newer = aliased(CheckInRow)
    overtaken = exists().where(newer.member_id == CheckInRow.member_id, newer.id > CheckInRow.id)
    waits = CheckInRow.state.in_([state.value for state in UNANSWERED])
    erased = select(MemberRow.id).where(MemberRow.erased_at.is_not(None))
    here = CheckInRow.member_id.not_in(erased)
    return _since(query.where(CheckInRow.due_at <= now, waits, here, ~overtaken), since, circles)


def count_of_unanswered(session: Session, since: datetime, now: datetime, circles: Circles) -> int:
    """How many members have not answered."""
    return session.scalar(_unanswered(select(func.count(CheckInRow.id)), since, now, circles)) or 0


def unanswered(
    session: Session, since: datetime, now: datetime, circles: Circles, most: int
) -> tuple[list[tuple[CheckInRow, MemberRow]], int]:
    """Who has not answered, and how many: what was missed or never arrived first, then the longest ago."""
    missed = CheckInRow.state.in_((CheckInState.MISSED.value, CheckInState.UNREACHED.value))
    first = _unanswered(select(CheckInRow.id, func.count().over()), since, now, circles)
    first = first.order_by(missed.desc(), CheckInRow.due_at, CheckInRow.id).limit(most)
    found = session.execute(first).all()
    place = {number: nth for nth, (number, _count) in enumerate(found)}
    whole = (
        select(CheckInRow, MemberRow)
        .join(MemberRow, MemberRow.id == CheckInRow.member_id)
        .where(CheckInRow.id.in_(place))
    )
    rows = [(row, member) for row, member in session.execute(whole)]
    return sorted(rows, key=lambda each: place[each[0].id]), found[0][1] if found else 0


# --- what needs reading ----------------------------------------------------------------------------------------------


def _undone(circles: Circles) -> Select[TaskRow]:
    query = select(TaskRow).where(TaskRow.done_at.is_(None))
    return query if circles is None else query.where(or_(TaskRow.circle_id.in_(circles), TaskRow.circle_id.is_(None)))


def tasks(session: Session, circles: Circles, most: int, after: int = 0) -> list[tuple[TaskRow, InboundRow | None]]:
    """What waits to be seen to, oldest first, with the words that it is about."""
    query = _undone(circles).where(TaskRow.id > after).order_by(TaskRow.id).limit(most).subquery()
    whole = (
        select(TaskRow, InboundRow)
        .join(query, query.c.id == TaskRow.id)
        .outerjoin(InboundRow, InboundRow.id == TaskRow.inbound_id)
        .order_by(TaskRow.id)
    )
    return [(task, inbound) for task, inbound in session.execute(whole)]


def count_of_tasks(session: Session, circles: Circles) -> dict[str, int]:
    """How much waits, by kind."""
    waiting = _undone(circles).subquery()
    query = select(waiting.c.what, func.count()).group_by(waiting.c.what)
    return {what: count for what, count in session.execute(query)}


# --- what is ill -----------------------------------------------------------------------------------------------------


def ill(session: Session) -> list[IllnessRow]:
    """What the auditor finds ill now, serious first."""
    query = select(IllnessRow).where(IllnessRow.ended_at.is_(None), IllnessRow.well_since.is_(None))
    return sorted(session.scalars(query), key=lambda row: (row.severity != "serious", row.since))


# --- one case --------------------------------------------------------------------------------------------------------


def all_cases(session: Session, circles: Circles, most: int, past: int) -> tuple[list[EscalationRow], int]:
    """Cases, open or closed, the newest first; and how many there are."""
    query = select(EscalationRow)
    query = query if circles is None else query.where(EscalationRow.circle_id.in_(circles))
    count = session.scalar(select(func.count()).select_from(query.subquery())) or 0
    return list(session.scalars(query.order_by(EscalationRow.id.desc()).limit(most).offset(past))), count


def notes(session: Session, number: int) -> list[CaseNoteRow]:
    """What coordinators wrote on a case, oldest first."""
    query = select(CaseNoteRow).where(CaseNoteRow.escalation_id == number).order_by(CaseNoteRow.id)
    return list(session.scalars(query))


def said(
    session: Session, person: int, since: datetime, until: datetime, most: int
) -> tuple[Sequence[InboundRow], Sequence[DeliveryRow]]:
    """What a person and we wrote to each other in that time: the newest, each in its order."""
    came = (
        select(InboundRow)
        .where(InboundRow.person_id == person, InboundRow.received_at.between(since, until))
        .order_by(InboundRow.id.desc())
        .limit(most)
    )
    went = (
        select(DeliveryRow)
        .where(
            DeliveryRow.person_id == person,
            DeliveryRow.kind == Kind.TEXT.value,
            DeliveryRow.created_at.between(since, until),
            DeliveryRow.state != DeliveryState.CANCELLED.value,
        )
        .order_by(DeliveryRow.id.desc())
        .limit(most)
    )
    return session.scalars(came).all(), session.scalars(went).all()


# --- has anything changed --------------------------------------------------------------------------------------------


def marks(session: Session, now: datetime) -> dict[int | None, str]:
    """For each circle a text that changes when its Today does; under None what concerns all. A few indexed queries."""
    parts: dict[int | None, list[object]] = {None: [[(row.id, row.severity) for row in ill(session)]]}
    cases = select(EscalationRow.id, EscalationRow.circle_id, EscalationRow.version).where(STILL_OPEN)
    circle_of: dict[int, int] = {}
    for number, circle, version in session.execute(cases.order_by(EscalationRow.id)):
        circle_of[number] = circle
        parts.setdefault(circle, []).append((number, version))
    newest = select(TimelineRow.escalation_id, func.max(TimelineRow.id)).where(TimelineRow.escalation_id.in_(circle_of))
    for number, step in session.execute(newest.group_by(TimelineRow.escalation_id)):
        parts[circle_of[number]].append(step)
    for call in ringing(session, list(circle_of)):
        parts[circle_of[call.escalation_id or 0]].append((call.id, call.state, call.answered_at is None))
    waiting = select(TaskRow.circle_id, func.count(), func.max(TaskRow.id)).where(TaskRow.done_at.is_(None))
    for whose, *task in session.execute(waiting.group_by(TaskRow.circle_id)):
        parts.setdefault(whose, []).append(task)
    return {circle: repr(found) for circle, found in parts.items()}


def check_in_marks(session: Session, since: datetime, now: datetime) -> dict[int | None, str]:
    """The same of the check-ins that were due since then: they are many, so it is asked more seldom."""
    query = select(MemberRow.circle_id, CheckInRow.state, func.count()).where(CheckInRow.due_at <= now)
    query = query.join(MemberRow, MemberRow.id == CheckInRow.member_id)
    states = _since(query.group_by(MemberRow.circle_id, CheckInRow.state), since, None)
    parts: dict[int | None, list[object]] = {}
    for circle, *state in session.execute(states.order_by(MemberRow.circle_id, CheckInRow.state)):
        parts.setdefault(circle, []).append(state)
    return {circle: repr(found) for circle, found in parts.items()}
