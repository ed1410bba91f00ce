"""What stands on Today and on a case's own page: rows become values that the templates only have to print."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from checkin.domain.coverage import Stretch
from checkin.domain.escalation import Escalation, State
from checkin.domain.escalation.foresight import what_next
from checkin.domain.escalation.values import is_acknowledged
from checkin.handlers.coordinator_wrote import why_no_texts
from checkin.store import escalations, overview, own_pages, people
from checkin.store.overview import Circles, Names
from checkin.store.tables import CircleRow, DeliveryRow, EscalationRow, InboundRow, TaskRow, TimelineRow
from checkin.web.dashboard.today.words import (
    CALLS,
    CAUSES,
    NEXT,
    TASKS,
    UNANSWERED,
    WHY_TASKS,
    first_name,
    how_words,
    state_words,
    step_words,
)

MOST_CASES, MOST_STEPS, MOST_PEOPLE, MOST_TASKS = 40, 5, 20, 20


@dataclass(frozen=True)
class Step:
    """A line of a timeline."""

    at: datetime
    words: str


@dataclass(frozen=True)
class Ringing:
    """A phone of a case: whose, why, and whether somebody picked up."""

    name: str
    why: str
    answered: bool


@dataclass(frozen=True)
class Case:
    """One case as a card. `has_it`: somebody talks with the member or is about to, so that nobody else is called."""

    number: int
    circle: int
    member: int
    person: int
    name: str
    level: str
    cause: str
    since: datetime
    state: str
    is_open: bool
    has_it: bool
    acknowledged: str
    next: tuple[tuple[str, datetime | None], ...]
    ringing: tuple[Ringing, ...]
    steps: tuple[Step, ...]
    about_me: bool
    is_crisis: bool
    no_text: str | None
    closed_at: datetime | None = None
    closed_how: str = ""


@dataclass(frozen=True)
class Task:
    """Something that waits. `words`: what somebody wrote, `because`: why it was read as it was.

    `why`: why it waits, where its name does not say so. `hours`: of whose shifts (`circle`) it tells.
    `phone`: of who is no member, so that they can be called back; pages show its end alone until they are asked.
    """

    number: int
    what: str
    kind: str
    since: datetime
    name: str
    member: int | None
    person: int | None
    words: str | None
    because: str
    level: str | None
    case: int | None
    voicemail: int | None
    may_answer: bool
    phone: str | None
    why: str
    volunteer: int | None = None
    hours: tuple[Stretch, ...] = ()
    circle: CircleRow | None = None


def cases(session: Session, rows: Sequence[EscalationRow], me: int, now: datetime, most_steps: int) -> list[Case]:
    """These cases as cards, in their order."""
    values = escalations.values(session, rows)
    numbers = [row.id for row in rows]
    steps, calls = overview.last_steps(session, numbers, most_steps), overview.ringing(session, numbers)
    named = _names(session, values, [step for each in steps.values() for step in each], calls)
    no_text = why_no_texts(session, {case.member_person for case in values})
    return [
        _card(
            case, row, steps[row.id], [each for each in calls if each.escalation_id == row.id], named, no_text, me, now
        )
        for case, row in zip(values, rows, strict=True)
    ]


def _card(
    case: Escalation,
    row: EscalationRow,
    steps: Sequence[TimelineRow],
    calls: Sequence[DeliveryRow],
    named: Names,
    no_text: dict[int, str | None],
    me: int,
    now: datetime,
) -> Case:
    progress = case.progress
    free = case.state in (State.OFFERING, State.WITH_COORDINATORS)
    return Case(
        number=row.id,
        circle=row.circle_id,
        member=row.member_id,
        person=case.member_person,
        name=first_name(named.person(case.member_person)),
        level=case.level.value,
        cause=str(CAUSES[case.cause.value]),
        since=row.opened_at,
        state=state_words(case.state.value, named.volunteer(case.holder), held=progress.held, talked=progress.talked),
        is_open=case.state is not State.CLOSED,
        has_it=not (free or progress.held or progress.talked),
        acknowledged=first_name(named.person(progress.acknowledged_by)) if is_acknowledged(case, now) else "",
        next=tuple((str(NEXT[step.what]), step.at) for step in what_next(case, now)),
        ringing=tuple(
            Ringing(first_name(named.person(call.person_id)), str(CALLS.get(call.subject, "")), bool(call.answered_at))
            for call in calls
        ),
        steps=tuple(Step(step.at, step_words(step.what, step.detail, named)) for step in steps),
        about_me=case.member_person == me,
        is_crisis=case.level.value == "crisis",
        no_text=no_text.get(case.member_person),
        closed_at=row.closed_at,
        closed_how=how_words(row.closed_how or ""),
    )


def _names(
    session: Session, values: Sequence[Escalation], steps: Sequence[TimelineRow], calls: Sequence[DeliveryRow]
) -> Names:
    """Everybody whom these cases name."""
    persons = {int(case.member_person) for case in values} | {call.person_id for call in calls}
    persons |= {case.progress.acknowledged_by for case in values if case.progress.acknowledged_by is not None}
    persons |= {number for step in steps for key in ("person", "by") for number in _id(step.detail.get(key))}
    volunteers = {case.holder for case in values if case.holder is not None}
    of_steps = {number for step in steps for number in _id(step.detail.get("volunteer"))}
    return overview.names(session, persons, volunteers={*volunteers, *of_steps})


def _id(value: Any) -> tuple[int, ...]:
    return (value,) if isinstance(value, int) and value else ()


def tasks(session: Session, circles: Circles, may_hear: bool, after: int = 0) -> list[Task]:
    """What needs reading. `may_hear`: voice messages that belong to no circle are theirs too."""
    rows = overview.tasks(session, circles, MOST_TASKS, after)
    persons = {task.person_id for task, _words in rows if task.person_id is not None}
    named = overview.names(session, persons)
    members = overview.members_of(session, persons)
    volunteers = overview.volunteers_of(session, persons, circles)
    no_text = why_no_texts(session, persons)
    phones = overview.phones(session, persons - members.keys())
    shown = [_task(task, inbound, named, members, no_text, phones, may_hear) for task, inbound in rows]
    circles_of = {task.id: task.circle_id or 0 for task, _words in rows if "hours" in task.detail}
    named_circles = people.circles(session) if circles_of else {}
    return [
        replace(
            task,
            volunteer=volunteers.get(task.person or 0),
            circle=named_circles.get(circles_of.get(task.number, 0)),
        )
        for task in shown
    ]


def _task(
    task: TaskRow,
    inbound: InboundRow | None,
    named: Names,
    members: dict[int, int],
    no_text: dict[int, str | None],
    phones: dict[int, str],
    may_hear: bool,
) -> Task:
    person = task.person_id
    hours = task.detail.get("hours", ())
    voicemail = task.detail.get("voicemail") if task.circle_id is not None or may_hear else None
    return Task(
        number=task.id,
        what=str(TASKS.get(task.what, task.what.replace("_", " "))),
        kind=task.what,
        since=task.created_at,
        name=named.person(person),
        member=members.get(person or 0),
        person=person,
        words=inbound.body if inbound is not None else task.note,
        because=inbound.reasons_words if inbound is not None else "",
        level=inbound.level if inbound is not None else task.detail.get("level"),
        case=task.escalation_id,
        voicemail=voicemail,
        may_answer=inbound is not None and person is not None and no_text.get(person) is None,
        phone=phones.get(person or 0),
        why=str(WHY_TASKS.get((task.what, str(task.detail.get("why", ""))), "")) % task.detail,
        hours=tuple((datetime.fromisoformat(start), datetime.fromisoformat(end)) for start, end in hours),
    )


@dataclass(frozen=True)
class Waiting:
    """Somebody who has not answered today."""

    member: int
    name: str
    since: datetime
    state: str
    missed: bool


def unanswered(session: Session, since: datetime, now: datetime, circles: Circles) -> tuple[list[Waiting], int]:
    """Who has not answered, and how many they are in all."""
    rows, count = overview.unanswered(session, since, now, circles, MOST_PEOPLE)
    named = overview.names(session, {member.person_id for _row, member in rows})
    listed = [
        Waiting(
            member.id,
            first_name(named.person(member.person_id)),
            row.asked_at or row.due_at,
            str(UNANSWERED[row.state]),
            row.state in ("missed", "unreached"),
        )
        for row, member in rows
    ]
    return listed, count


@dataclass(frozen=True)
class Line:
    """What was said between a member and us; `ours`: we wrote it."""

    at: datetime
    words: str
    ours: bool
    note: str


def conversation(session: Session, case: EscalationRow, person: int, now: datetime) -> list[Line]:
    """What they and we wrote since a little before a case began until it was closed, oldest first."""
    since, until = case.opened_at - timedelta(hours=24), case.closed_at or now
    came, went = overview.said(session, person, since, until, 40)
    lines = [Line(row.received_at, row.body, False, row.level) for row in came]
    lines += [Line(row.created_at, own_pages.words_of(row), True, row.state) for row in went]
    return sorted(lines, key=lambda line: line.at)
