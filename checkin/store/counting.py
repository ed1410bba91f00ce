"""What happened in a stretch of time, counted by the database: eight grouped queries, whoever and however many it is.

Each row is (circle, what, part, count) as `domain/results` has them. A thing belongs to the moment at which it began:
a check-in to when it was due, its answer too; an escalation to when it was opened, whatever became of it.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Integer, and_, case, cast, distinct, extract, func, or_, select
from sqlalchemy.orm import Session, aliased

from checkin.domain.check_in_values import State as CheckInState
from checkin.domain.consent import Consent
from checkin.domain.delivery import Kind
from checkin.domain.delivery import State as DeliveryState
from checkin.domain.escalation import OfferState, State
from checkin.domain.results.figures import ASKED
from checkin.domain.results.periods import Stretch
from checkin.domain.results.spans import LAST_STEP, STEPS
from checkin.domain.results.what import ENDED_BY_A_PERSON, NOT_REACHED, PERSON_STEPS, What
from checkin.store.emptied import ERASED
from checkin.store.places import RANG_US
from checkin.store.tables import (
    CheckInRow,
    ConsentRow,
    DeliveryRow,
    EscalationRow,
    HandoffRow,
    MemberRow,
    OfferRow,
    TimelineRow,
    VolunteerRow,
)

PEOPLE = "people"
"""Different members who were asked: no figure, but what decides whether there are any."""
_ASKED_STATES = tuple(state.value for state in ASKED)
_WENT_OUT = (DeliveryState.SENT.value, DeliveryState.DELIVERED.value)


@dataclass(frozen=True, slots=True)
class Count:
    """How often one thing happened in one circle."""

    circle: int
    what: str
    part: str
    count: int


def counted(session: Session, stretch: Stretch) -> list[Count]:
    """Everything that happened in it, in all circles."""
    found: dict[tuple[int, str, str], int] = {}
    parts = (_check_ins, _people, _cases, _sent, _costs, _opt_outs, _offers, _talks)
    for part in parts:
        for circle, what, its, count in part(session, stretch):
            if circle is not None and count:
                key = circle, str(what), its
                found[key] = found.get(key, 0) + int(count)
    return [Count(*key, count) for key, count in found.items()]


def asked_in(session: Session, circles: Iterable[int], since: datetime, until: datetime) -> dict[int, int]:
    """How many different members of these (small) circles were asked in a time."""
    due = CheckInRow.due_at >= since, CheckInRow.due_at < until, CheckInRow.state.in_(_ASKED_STATES)
    asked = select(CheckInRow.id).where(CheckInRow.member_id == MemberRow.id, *due).exists()
    query = select(MemberRow.circle_id, func.count()).where(MemberRow.circle_id.in_(circles), asked)
    return {circle: count for circle, count in session.execute(query.group_by(MemberRow.circle_id))}


def with_cases(session: Session, since: datetime, until: datetime) -> dict[int, int]:
    """How many different members of each circle had an escalation that was opened in a time."""
    opened = EscalationRow.opened_at >= since, EscalationRow.opened_at < until
    query = select(EscalationRow.circle_id, func.count(distinct(EscalationRow.member_id))).where(*opened)
    return {circle: count for circle, count in session.execute(query.group_by(EscalationRow.circle_id))}


_Found = Iterator[tuple[int | None, What | str, str, int]]


def _within(column: Any, stretch: Stretch) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return column >= stretch.since, column < stretch.until


def _epoch(column: Any) -> ColumnElement[int]:
    return cast(extract("epoch", column), BigInteger)


def rounded(seconds: ColumnElement[int]) -> ColumnElement[int]:
    """The same as `domain/results/spans.ceiling`, in the database."""
    steps = [(seconds <= 0, 0), *((seconds <= most, (seconds + (step - 1)) // step * step) for most, step in STEPS)]
    return case(*steps, else_=(seconds + (LAST_STEP - 1)) // LAST_STEP * LAST_STEP)


def _check_ins(session: Session, stretch: Stretch) -> _Found:
    answered = CheckInState.ANSWERED.value
    after = case(
        (CheckInRow.state == answered, rounded(_epoch(CheckInRow.answered_at) - _epoch(CheckInRow.asked_at))),
        else_=None,
    )
    of = MemberRow.circle_id, CheckInRow.state, CheckInRow.rating, after.label("after")
    query = select(*of, func.count()).join(MemberRow, MemberRow.id == CheckInRow.member_id)
    query = query.where(*_within(CheckInRow.due_at, stretch)).group_by(*of)
    for circle, state, rating, seconds, count in session.execute(query):
        yield circle, What.CHECK_IN, state, count
        if state == answered and rating is not None:
            yield circle, What.RATING, str(rating), count
        if seconds is not None:
            yield circle, What.ANSWER_AFTER, str(seconds), count


def _people(session: Session, stretch: Stretch) -> _Found:
    query = select(MemberRow.circle_id, func.count(distinct(CheckInRow.member_id)))
    query = query.join(MemberRow, MemberRow.id == CheckInRow.member_id)
    query = query.where(*_within(CheckInRow.due_at, stretch), CheckInRow.state.in_(_ASKED_STATES))
    for circle, count in session.execute(query.group_by(MemberRow.circle_id)):
        yield circle, PEOPLE, "", count


def _cases(session: Session, stretch: Stretch) -> _Found:
    """Each with its level, its hour of the day, and how long the member waited for a person."""
    to_member = and_(TimelineRow.what == "relayed", TimelineRow.detail["to"].as_integer() == MemberRow.person_id)
    met = (
        select(func.min(TimelineRow.at))
        .where(TimelineRow.escalation_id == EscalationRow.id, or_(TimelineRow.what.in_(PERSON_STEPS), to_member))
        .correlate(EscalationRow, MemberRow)
        .scalar_subquery()
    )
    closed = EscalationRow.state == State.CLOSED.value
    by_a_person = case((and_(closed, EscalationRow.closed_how.in_(ENDED_BY_A_PERSON)), EscalationRow.closed_at))
    why = case((~closed, "waiting"), (EscalationRow.closed_how == NOT_REACHED, NOT_REACHED), else_="not_needed")
    each = (
        select(
            EscalationRow.circle_id,
            EscalationRow.level,
            EscalationRow.opened_at,
            func.coalesce(met, by_a_person).label("human_at"),
            case(
                (~closed, "waiting"), (EscalationRow.closed_how == NOT_REACHED, NOT_REACHED), else_="not_needed"
            ).label("why"),
        )
        .join(MemberRow, MemberRow.id == EscalationRow.member_id)
        .where(*_within(EscalationRow.opened_at, stretch))
        .subquery()
    )
    hour = cast((_epoch(each.c.opened_at) + int(stretch.offset.total_seconds())) // 3600 % 24, Integer)
    after = rounded(_epoch(each.c.human_at) - _epoch(each.c.opened_at))
    seconds = case((each.c.human_at.is_(None), None), else_=after)
    of = each.c.circle_id, each.c.level, hour.label("hour"), seconds.label("after"), each.c.why
    for circle, level, at, waited, why, count in session.execute(select(*of, func.count()).group_by(*of)):
        yield circle, What.CASE, f"{level}:{at}", count
        yield circle, *((What.NO_HUMAN, why) if waited is None else (What.HUMAN_AFTER, str(waited))), count


def _of_circle() -> Any:
    """Whose delivery it is: of the case that it is about, else of whom it went to."""
    return func.coalesce(EscalationRow.circle_id, MemberRow.circle_id, VolunteerRow.circle_id)


def _deliveries(stretch: Stretch, *columns: Any) -> Any:
    circle = _of_circle().label("circle")
    ours = DeliveryRow.kind.in_((Kind.TEXT.value, Kind.CALL.value)), DeliveryRow.key.not_like(f"{RANG_US}%")
    went = or_(DeliveryRow.sid.is_not(None), DeliveryRow.state.in_(_WENT_OUT))
    return (
        select(circle, *columns)
        .select_from(DeliveryRow)
        .outerjoin(EscalationRow, EscalationRow.id == DeliveryRow.escalation_id)
        .outerjoin(MemberRow, MemberRow.person_id == DeliveryRow.person_id)
        .outerjoin(VolunteerRow, VolunteerRow.person_id == DeliveryRow.person_id)
        .where(*_within(DeliveryRow.created_at, stretch), *ours, went)
    )


def _sent(session: Session, stretch: Stretch) -> _Found:
    query = _deliveries(stretch, DeliveryRow.kind, func.count(), func.sum(DeliveryRow.segments))
    for circle, kind, count, segments in session.execute(query.group_by("circle", DeliveryRow.kind)):
        yield circle, What.SENT, kind, count
        yield circle, What.SEGMENTS, "", segments or 0


def _costs(session: Session, stretch: Stretch) -> _Found:
    query = _deliveries(stretch, DeliveryRow.currency, func.sum(DeliveryRow.price)).where(
        DeliveryRow.price.is_not(None), DeliveryRow.currency.is_not(None)
    )
    for circle, currency, millionths in session.execute(query.group_by("circle", DeliveryRow.currency)):
        yield circle, What.COST, currency, millionths


def _opt_outs(session: Session, stretch: Stretch) -> _Found:
    """Each time that somebody who had not said stop said it; STOP once more is none, nor is an erasure."""
    earlier = aliased(ConsentRow)
    before = (
        select(earlier.state)
        .where(earlier.person_id == ConsentRow.person_id, earlier.id < ConsentRow.id)
        .order_by(earlier.id.desc())
        .limit(1)
        .correlate(ConsentRow)
        .scalar_subquery()
    )
    out = Consent.OUT.value
    query = select(MemberRow.circle_id, func.count()).select_from(ConsentRow)
    query = query.join(MemberRow, MemberRow.person_id == ConsentRow.person_id)
    query = query.where(*_within(ConsentRow.at, stretch), ConsentRow.state == out, func.coalesce(before, "") != out)
    query = query.where(ConsentRow.how != ERASED)
    for circle, count in session.execute(query.group_by(MemberRow.circle_id)):
        yield circle, What.OPT_OUT, "", count


def _offers(session: Session, stretch: Stretch) -> _Found:
    taken = func.sum(case((OfferRow.state == OfferState.TAKEN.value, 1), else_=0))
    query = select(VolunteerRow.circle_id, VolunteerRow.id, func.count(), taken)
    query = query.join(VolunteerRow, VolunteerRow.id == OfferRow.volunteer_id)
    query = query.where(*_within(OfferRow.offered_at, stretch), VolunteerRow.stand_in.is_(False))
    for circle, volunteer, offered, took in session.execute(query.group_by(VolunteerRow.circle_id, VolunteerRow.id)):
        yield circle, What.OFFERED, str(volunteer), offered
        yield circle, What.TAKEN, str(volunteer), took


def _talks(session: Session, stretch: Stretch) -> _Found:
    query = select(VolunteerRow.circle_id, VolunteerRow.id, func.sum(HandoffRow.talked_seconds))
    query = query.join(VolunteerRow, VolunteerRow.id == HandoffRow.volunteer_id)
    query = query.where(*_within(HandoffRow.started_at, stretch), VolunteerRow.stand_in.is_(False))
    for circle, volunteer, seconds in session.execute(query.group_by(VolunteerRow.circle_id, VolunteerRow.id)):
        yield circle, What.TALKED, str(volunteer), seconds
