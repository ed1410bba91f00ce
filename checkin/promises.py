"""One definition of right: the promises that the database itself can be asked about.

The simulation asks after its steps, the auditor asks in production. `since` keeps the questions to what is newer,
so that they stay cheap; without it everything is asked.

What cannot be seen from the rows is watched elsewhere: whether a webhook was answered before its commit (P7) and what
a phone showed (P8's caller ID) by the simulation's carrier, who looked at a record (P10) by the audit trail itself.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import exists, func, select
from sqlalchemy.orm import Session, aliased

from checkin.domain.answering import MACHINES, Attempt
from checkin.domain.consent import Consent
from checkin.domain.delivery import Kind, State
from checkin.domain.escalation.coordinators import is_paging
from checkin.domain.escalation.values import OfferState
from checkin.domain.escalation.values import State as CaseState
from checkin.domain.phone import BadPhone, parse_phone
from checkin.domain.terms import Cause, EscalationId, Lane, Level, Phone
from checkin.store import escalations, swaps
from checkin.store.people import by_phone
from checkin.store.tables import (
    CheckInRow,
    CircleRow,
    ConsentRow,
    DeliveryRow,
    ErasureRow,
    EscalationRow,
    HandoffRow,
    InboundRow,
    LookInRow,
    MemberRow,
    OfferRow,
    PersonRow,
    VolunteerRow,
)

InHours = Callable[[Session, PersonRow, datetime], bool]
"""Whether routine contact with this person was right at that moment, by their circle's contact hours."""

UNTRIED_FOR = timedelta(seconds=45)
"""P1 in the rows: an urgent text or call that nobody has handed to the carrier for so long was kept waiting by us.
A killed worker's work is taken up again within 15 s; this leaves room for two of them in a row."""

FORGOTTEN_FOR = timedelta(seconds=60)
"""P2 in the rows: an open escalation whose time came so long ago has no clock that looks at it."""

CLOCKS_APART = timedelta(minutes=1)
"""How far clocks may differ, or be set back: what is written first may bear the later time."""

_NUMBER = re.compile(r"\+?\d(?:[ ().-]{0,2}\d){6,14}")
_BY_A_PERSON = ("volunteer", "coordinator")


@dataclass(frozen=True)
class Broken:
    """One promise that does not hold. `what` names no person and no number; `row` is table and id."""

    promise: str
    what: str
    row: str


def broken(session: Session, now: datetime, in_hours: InHours, since: datetime | None = None) -> list[Broken]:
    """All promises that do not hold at this moment."""
    first = _first_delivery(session, since)
    found = [
        *_kept_waiting(session, now),
        *_forgotten(session, now),
        *_not_paged(session, now),
        *_without_a_case(session, since),
        *_shifts_astray(session, since),
        *_closed_by_nobody(session, since),
        *_taken_by_no_person(session, since),
        *_joined_without_answer(session, since),
        *_answered_by_a_machine(session, first),
        *_routine_after_stop(session, first),
        *_queued_after_stop(session, since),
        *_out_of_hours(session, in_hours, first),
        *_asked_twice(session, first),
        *_words(session, first),
        *_sent_to_the_erased(session, first),
        *_back_again(session),
    ]
    return sorted(found, key=lambda each: (each.promise, each.row))


def _first_delivery(session: Session, since: datetime | None) -> int:
    """The id from which deliveries are looked at."""
    return 0 if since is None else _last_before(session, DeliveryRow, DeliveryRow.created_at, since) + 1


# --- P1, P2: nobody in distress waits for a machine, and only a person ends an escalation ----------------------------


def _kept_waiting(session: Session, now: datetime) -> Iterator[Broken]:
    untried = select(DeliveryRow.id).where(
        DeliveryRow.lane == Lane.URGENT.value,
        DeliveryRow.state == State.QUEUED.value,
        DeliveryRow.kind.in_((Kind.TEXT.value, Kind.CALL.value)),
        DeliveryRow.attempt == 0,
        DeliveryRow.created_at < now - UNTRIED_FOR,
        DeliveryRow.next_action_at <= now + timedelta(seconds=12),  # handed to the queue, or due
    )
    for row in session.scalars(untried):
        yield Broken("P1", f"an urgent delivery was not tried for {UNTRIED_FOR.seconds} s", f"delivery {row}")


def _forgotten(session: Session, now: datetime) -> Iterator[Broken]:
    cases = select(EscalationRow.id).where(
        EscalationRow.state != CaseState.CLOSED.value,
        EscalationRow.next_action_at.is_(None) | (EscalationRow.next_action_at < now - FORGOTTEN_FOR),
    )
    for row in session.scalars(cases):
        yield Broken("P2", "an open escalation is not looked at again", f"escalation {row}")
    handoffs = select(HandoffRow.id).where(HandoffRow.next_action_at < now - FORGOTTEN_FOR)
    for row in session.scalars(handoffs):
        yield Broken("P2", "a handoff is not looked at again", f"handoff {row}")
    look_ins = select(LookInRow.id).where(
        LookInRow.end.is_(None), LookInRow.next_action_at.is_(None) | (LookInRow.next_action_at < now - FORGOTTEN_FOR)
    )
    for row in session.scalars(look_ins):
        yield Broken("P2", "a look-in is not looked at again", f"look-in {row}")


def _not_paged(session: Session, now: datetime) -> Iterator[Broken]:
    """Until a coordinator acknowledges, or a volunteer has the case, they are asked again in the policy's time."""
    for row in session.scalars(select(EscalationRow.id).where(EscalationRow.state != CaseState.CLOSED.value)):
        case = escalations.load(session, EscalationId(row))
        page_at = case.progress.page_at
        if page_at is not None and page_at < now - FORGOTTEN_FOR and is_paging(case, now):
            yield Broken("P2", "coordinators of an open escalation are not asked again", f"escalation {row}")


def _without_a_case(session: Session, since: datetime | None) -> Iterator[Broken]:
    words = (
        select(InboundRow.id)
        .join(MemberRow, MemberRow.person_id == InboundRow.person_id)
        .where(InboundRow.level.in_((Level.CRISIS.value, Level.DISTRESS.value)), InboundRow.escalation_id.is_(None))
    )
    if since is not None:
        words = words.where(InboundRow.id > _last_before(session, InboundRow, InboundRow.received_at, since))
    for row in session.scalars(words):
        yield Broken("P1", "a member's words of distress belong to no escalation", f"inbound {row}")


def _shifts_astray(session: Session, since: datetime | None) -> Iterator[Broken]:
    """A swap never leaves a shift with nobody, for a cry would then wait, and never with two."""
    for what, row in swaps.astray(session, since):
        yield Broken("P1", what, f"shift_swap {row}")


def _closed_by_nobody(session: Session, since: datetime | None) -> Iterator[Broken]:
    """A member's own late answer ends what their silence had started, and nothing else."""
    closed = select(EscalationRow.id, EscalationRow.closed_by, EscalationRow.cause)
    closed = closed.where(EscalationRow.state == CaseState.CLOSED.value)
    if since is not None:
        closed = closed.where(EscalationRow.closed_at >= since)
    for row, closed_by, cause in session.execute(closed):
        by = (closed_by or "").partition(":")[0]
        if by not in _BY_A_PERSON and not (by == "member" and cause == Cause.MISSED.value):
            yield Broken("P2", "an escalation was closed, and not by a person", f"escalation {row}")


# --- P3: a machine that answers is not a person ----------------------------------------------------------------------


def _taken_by_no_person(session: Session, since: datetime | None) -> Iterator[Broken]:
    """A taken offer has an answered call of its own, or a text that its volunteer sent about the case."""
    volunteer = select(InboundRow.id).join(PersonRow, PersonRow.id == InboundRow.person_id)
    by_text = volunteer.where(
        InboundRow.escalation_id == OfferRow.escalation_id,
        InboundRow.command == "take",
        InboundRow.received_at >= OfferRow.offered_at,
    )
    by_call = select(DeliveryRow.id).where(
        DeliveryRow.escalation_id == OfferRow.escalation_id,
        DeliveryRow.offer_number == OfferRow.number,
        DeliveryRow.kind == Kind.CALL.value,
        DeliveryRow.answered_at.is_not(None),
    )
    taken = select(OfferRow.id).where(OfferRow.state == OfferState.TAKEN.value, ~exists(by_text), ~exists(by_call))
    if since is not None:
        taken = taken.where(OfferRow.id > _last_before(session, OfferRow, OfferRow.offered_at, since))
    for row in session.scalars(taken):
        yield Broken("P3", "an offer was taken without a key or a text", f"offer {row}")


def _joined_without_answer(session: Session, since: datetime | None) -> Iterator[Broken]:
    """Each of the two had picked up a call of the case, or rung us, before they were joined. Legs change in a talk."""
    joined = (
        select(
            HandoffRow.id, HandoffRow.escalation_id, HandoffRow.joined_at, VolunteerRow.person_id, MemberRow.person_id
        )
        .join(VolunteerRow, VolunteerRow.id == HandoffRow.volunteer_id)
        .join(EscalationRow, EscalationRow.id == HandoffRow.escalation_id)
        .join(MemberRow, MemberRow.id == EscalationRow.member_id)
        .where(HandoffRow.joined_at.is_not(None))
    )
    if since is not None:
        joined = joined.where(HandoffRow.id > _last_before(session, HandoffRow, HandoffRow.started_at, since))
    for row, case, at, *two in session.execute(joined):
        if at is None:
            continue
        picked_up = select(DeliveryRow.person_id).where(
            DeliveryRow.escalation_id == case,
            DeliveryRow.kind == Kind.CALL.value,
            DeliveryRow.answered_at <= at + CLOCKS_APART,
        )
        if not {*two} <= {*session.scalars(picked_up)}:
            yield Broken("P3", "two were joined of whom one had not picked up", f"handoff {row}")


def _answered_by_a_machine(session: Session, first: int) -> Iterator[Broken]:
    """A check-in call counts as answered by a key, or by words where no machine was heard."""
    answered = select(DeliveryRow.id).where(
        DeliveryRow.id >= first,
        DeliveryRow.outcome == Attempt.ANSWERED.value,
        DeliveryRow.by_key.is_(False),
        DeliveryRow.answered_by.in_([verdict.value for verdict in MACHINES]),
    )
    for row in session.scalars(answered):
        yield Broken("P3", "a machine's words stand as an answer", f"delivery {row}")


# --- P4, P5: STOP is final, and nobody is woken for routine ----------------------------------------------------------


def _routine_after_stop(session: Session, first: int) -> Iterator[Broken]:
    line = aliased(ConsentRow)
    in_force = (
        select(line.state)
        .where(line.person_id == DeliveryRow.person_id, line.recorded_at < DeliveryRow.first_tried_at)
        .order_by(line.id.desc())
        .limit(1)
        .correlate(DeliveryRow)
        .scalar_subquery()
    )
    left = select(DeliveryRow.id).where(
        DeliveryRow.id >= first,
        DeliveryRow.routine.is_(True),
        DeliveryRow.first_tried_at.is_not(None),
        in_force == Consent.OUT.value,
    )
    for row in session.scalars(left):
        yield Broken("P4", "a routine delivery left after its number had opted out", f"delivery {row}")


def _queued_after_stop(session: Session, since: datetime | None) -> Iterator[Broken]:
    newest = aliased(ConsentRow)
    later = select(newest.id).where(newest.person_id == ConsentRow.person_id, newest.id > ConsentRow.id)
    queued = (
        select(DeliveryRow.id)
        .join(ConsentRow, ConsentRow.person_id == DeliveryRow.person_id)
        .where(
            ConsentRow.state == Consent.OUT.value,
            ~exists(later),
            DeliveryRow.routine.is_(True),
            DeliveryRow.state == State.QUEUED.value,
        )
    )
    if since is not None:
        queued = queued.where(ConsentRow.id > _last_before(session, ConsentRow, ConsentRow.recorded_at, since))
    for row in session.scalars(queued):
        yield Broken("P4", "a routine delivery is still queued for a number that opted out", f"delivery {row}")


def _out_of_hours(session: Session, in_hours: InHours, first: int) -> Iterator[Broken]:
    left = (
        select(DeliveryRow.id, DeliveryRow.first_tried_at, PersonRow)
        .join(PersonRow, PersonRow.id == DeliveryRow.person_id)
        .where(DeliveryRow.id >= first, DeliveryRow.routine.is_(True), DeliveryRow.first_tried_at.is_not(None))
    )
    for row, at, person in session.execute(left):
        if not person.phone or (at is not None and person.number_since is not None and at < person.number_since):
            continue  # erased, or sent to the number before: nobody knows any more in which zone that was
        if at is not None and not in_hours(session, person, at):
            yield Broken("P5", "a routine delivery left outside contact hours", f"delivery {row}")


# --- P6, P8, P9: each message once, numbers do not cross, a lock screen tells nothing --------------------------------


def _asked_twice(session: Session, first: int) -> Iterator[Broken]:
    """Once, and once more for each time that the member has asked for it (LATER)."""
    laters = (
        select(func.count(InboundRow.id))
        .join(MemberRow, MemberRow.person_id == InboundRow.person_id)
        .where(
            MemberRow.id == CheckInRow.member_id,
            InboundRow.command == "later",
            InboundRow.received_at >= CheckInRow.due_at,
        )
        .correlate(CheckInRow)
        .scalar_subquery()
    )
    touched = select(DeliveryRow.check_in_id).where(DeliveryRow.id >= first, DeliveryRow.check_in_id.is_not(None))
    twice = (
        select(CheckInRow.id)
        .join(DeliveryRow, DeliveryRow.check_in_id == CheckInRow.id)
        .where(
            CheckInRow.id.in_(touched),
            DeliveryRow.routine.is_(True),
            DeliveryRow.kind == Kind.TEXT.value,
            DeliveryRow.first_tried_at.is_not(None),
        )
        .group_by(CheckInRow.id, DeliveryRow.template)
        .having(func.count() > 1 + laters)
    )
    for row in session.scalars(twice):
        yield Broken("P6", "one check-in sent the same text twice", f"check_in {row}")


def _words(session: Session, first: int) -> Iterator[Broken]:
    texts = (
        select(DeliveryRow.id, DeliveryRow.body, PersonRow, MemberRow, CircleRow)
        .join(PersonRow, PersonRow.id == DeliveryRow.person_id)
        .outerjoin(MemberRow, MemberRow.person_id == PersonRow.id)
        .outerjoin(CircleRow, CircleRow.id == MemberRow.circle_id)
        .where(DeliveryRow.id >= first, DeliveryRow.kind == Kind.TEXT.value)
    )
    for row, body, person, member, circle in session.execute(texts):
        if any(_is_of_another(session, match.group(), person) for match in _NUMBER.finditer(body)):
            yield Broken("P8", "a text holds the number of another person", f"delivery {row}")
        if member is not None and member.discreet and circle.programme != circle.discreet_name:
            if re.search(rf"\b{re.escape(circle.programme)}\b", body):
                yield Broken("P9", "a text to a discreet member names the programme", f"delivery {row}")


# --- P4, P10: who was erased stays erased -----------------------------------------------------------------------------


def _sent_to_the_erased(session: Session, first: int) -> Iterator[Broken]:
    left = (
        select(DeliveryRow.id, DeliveryRow.first_tried_at, ErasureRow.at)
        .join(ErasureRow, ErasureRow.person_id == DeliveryRow.person_id)
        .join(PersonRow, (PersonRow.id == ErasureRow.person_id) & (PersonRow.created_at == ErasureRow.born_at))
        .where(DeliveryRow.id >= first, DeliveryRow.first_tried_at > ErasureRow.at)
    )
    for row, tried_at, erased_at in session.execute(left):
        if tried_at is not None and tried_at > erased_at + CLOCKS_APART:
            yield Broken("P4", "something left for somebody who was erased", f"delivery {row}")


def _back_again(session: Session) -> Iterator[Broken]:
    erased = (
        select(PersonRow.id, PersonRow.phone, PersonRow.name)
        .join(ErasureRow, (ErasureRow.person_id == PersonRow.id) & (ErasureRow.born_at == PersonRow.created_at))
        .order_by(ErasureRow.id.desc())
        .limit(_ERASED_AT_ONCE)
    )
    for row, phone, name in session.execute(erased):
        if phone or name:
            yield Broken("P10", "somebody who was erased is here again", f"person {row}")


_ERASED_AT_ONCE = 1000
"""The newest: those whom a backup can bring back."""


def _is_of_another(session: Session, written: str, recipient: PersonRow) -> bool:
    try:
        owner = by_phone(session, parse_phone(written, recipient.country or "US"))
    except BadPhone:
        owner = by_phone(session, Phone(re.sub(r"[^\d+]", "", written)))
    return owner is not None and owner.id != recipient.id


def _last_before(session: Session, kind: type[Any], column: Any, since: datetime) -> int:
    """The id of the newest row that is older. Ids rise with time, so it is found from the newest backwards."""
    older = select(kind.id).where(column < since).order_by(kind.id.desc()).limit(1)
    return session.scalar(older) or 0
