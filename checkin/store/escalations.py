"""Escalations: load and save the value, and the questions that others ask of it."""

from collections.abc import Sequence
from dataclasses import asdict, fields
from datetime import datetime
from typing import Any

from sqlalchemy import and_, bindparam, or_, select, update
from sqlalchemy.orm import Session

from checkin.domain.escalation import Escalation, Offer, OfferState, Progress, State
from checkin.domain.policy import EscalationPolicy, escalation_policy
from checkin.domain.terms import (
    Cause,
    CheckInId,
    CircleId,
    EscalationId,
    Level,
    MemberId,
    PersonId,
    VolunteerId,
)
from checkin.store.session import SomebodyWasFaster, forget, once
from checkin.store.tables import STILL_OPEN, EscalationRow, MemberRow, OfferRow, TimelineRow


def create(
    session: Session,
    member: MemberRow,
    cause: Cause,
    level: Level,
    policy: EscalationPolicy,
    now: datetime,
    *,
    check_in: CheckInId | None = None,
    matters: str = "",
) -> Escalation:
    """Write a new case and return it."""
    row = EscalationRow(
        member_id=member.id,
        circle_id=member.circle_id,
        check_in_id=check_in,
        cause=cause.value,
        level=level.value,
        matters=matters,
        state=State.OFFERING.value,
        opened_at=now,
        policy=policy.as_data(),
        facts={},
        version=1,
        next_action_at=now,
    )
    session.add(row)
    session.flush()
    forget(session, ("open escalation", MemberId(member.id)))
    return _value(row, PersonId(member.person_id), [])


def load(session: Session, escalation: EscalationId) -> Escalation:
    """Load one case with its offers. Raises KeyError where there is none."""
    row = session.get(EscalationRow, escalation, populate_existing=True)
    if row is None:
        raise KeyError(f"escalation {escalation}")
    person = session.scalar(_WHOSE, {"member": row.member_id})
    offers = session.scalars(_OFFERS, {"case": escalation}).all()
    return _value(row, PersonId(person or 0), offers)


_WHOSE = select(MemberRow.person_id).where(MemberRow.id == bindparam("member"))
_OFFERS = select(OfferRow).where(OfferRow.escalation_id == bindparam("case")).order_by(OfferRow.number)


def values(session: Session, rows: Sequence[EscalationRow]) -> list[Escalation]:
    """These cases as values, in the same order: three queries for however many."""
    numbers = [row.id for row in rows]
    members = select(MemberRow.id, MemberRow.person_id).where(MemberRow.id.in_({row.member_id for row in rows}))
    persons = {member: person for member, person in session.execute(members)}
    offers: dict[int, list[OfferRow]] = {number: [] for number in numbers}
    asked = (
        select(OfferRow).where(OfferRow.escalation_id.in_(numbers)).order_by(OfferRow.escalation_id, OfferRow.number)
    )
    for offer in session.scalars(asked):
        offers[offer.escalation_id].append(offer)
    return [_value(row, PersonId(persons[row.member_id]), offers[row.id]) for row in rows]


def save(session: Session, before: Escalation, after: Escalation) -> None:
    """Write what changed. Raises SomebodyWasFaster when the row is no longer the one that was loaded."""
    if after == before:
        return
    changed = (
        update(EscalationRow)
        .where(EscalationRow.id == before.id, EscalationRow.version == before.version)
        .values(
            cause=after.cause.value,
            level=after.level.value,
            state=after.state.value,
            policy=after.policy.as_data(),
            facts=_progress_data(after.progress),
            holder_id=after.holder,
            closed_at=after.closed_at,
            closed_by=after.closed_by,
            closed_how=after.closed_how,
            next_action_at=after.next_action_at,
            version=before.version + 1,
        )
        .returning(EscalationRow.id)
    )
    if session.scalar(changed, execution_options={"synchronize_session": False}) is None:
        raise SomebodyWasFaster(f"escalation {before.id}")
    forget(session, ("open escalation", after.member))
    _save_offers(session, before, after)


def _save_offers(session: Session, before: Escalation, after: Escalation) -> None:
    known = {offer.number: offer for offer in before.offers}
    for offer in after.offers:
        if known.get(offer.number) == offer:
            continue
        values: dict[str, Any] = {
            "state": offer.state.value,
            "ended_at": offer.ended_at,
            "ended_how": offer.ended_how,
            "expires_at": offer.expires_at,
        }
        if offer.number in known:
            where = (OfferRow.escalation_id == after.id, OfferRow.number == offer.number)
            session.execute(
                update(OfferRow).where(*where).values(**values),
                execution_options={"synchronize_session": False},
            )
        else:
            session.add(
                OfferRow(
                    escalation_id=after.id,
                    number=offer.number,
                    volunteer_id=offer.volunteer,
                    round=offer.round,
                    reasons=list(offer.reasons),
                    offered_at=offer.offered_at,
                    **values,
                )
            )
    session.flush()


def open_for(session: Session, member: MemberId) -> EscalationId | None:
    """The open case of a member, where there is one."""

    def find() -> EscalationId | None:
        found = session.scalar(_OPEN, {"member": member})
        return EscalationId(found) if found is not None else None

    return once(session, ("open escalation", member), find)


def goes_to_circle(session: Session, member: MemberId, circle: int) -> None:
    """The open case of a member who goes to another circle goes with them: who is paged for it must be able to act."""
    session.execute(
        update(EscalationRow).where(EscalationRow.member_id == member, STILL_OPEN).values(circle_id=circle),
        execution_options={"synchronize_session": "fetch"},
    )


_OPEN = (
    select(EscalationRow.id)
    .where(EscalationRow.member_id == bindparam("member"), STILL_OPEN)
    .order_by(EscalationRow.id.desc())
    .limit(1)
)


def held_by(session: Session, volunteer: VolunteerId, *, but: EscalationId | None = None) -> EscalationId | None:
    """The open case that a volunteer holds, where there is one. `but`: beside that one."""
    found = session.scalar(
        select(EscalationRow.id)
        .where(
            EscalationRow.holder_id == volunteer,
            EscalationRow.id != (but or 0),
            EscalationRow.state.in_((State.HANDING_OFF.value, State.IN_TOUCH.value)),
        )
        .order_by(EscalationRow.id.desc())
        .limit(1)
    )
    return EscalationId(found) if found is not None else None


def waiting_for(session: Session, volunteer: VolunteerId, *, passed: bool = True) -> EscalationId | None:
    """The open case that nobody has and that this volunteer may take: the worst, then the oldest.

    One that is with coordinators is theirs to take only while they are asked for it. `passed`: also what they passed.
    """
    offered = select(OfferRow.escalation_id).where(OfferRow.volunteer_id == volunteer)
    if not passed:
        offered = offered.where(OfferRow.state != OfferState.PASSED.value)
    asked_now = offered.where(OfferRow.state == OfferState.OPEN.value)
    may_take = or_(
        and_(EscalationRow.state == State.OFFERING.value, EscalationRow.id.in_(offered)),
        and_(EscalationRow.state == State.WITH_COORDINATORS.value, EscalationRow.id.in_(asked_now)),
    )
    found = min(session.scalars(select(EscalationRow).where(may_take)), key=_worst_and_oldest, default=None)
    return EscalationId(found.id) if found is not None else None


def offered_to(session: Session, volunteer: VolunteerId) -> frozenset[int]:
    """The cases that nobody has, for which this volunteer was asked and has not passed."""
    waiting = select(EscalationRow.id).where(
        EscalationRow.state.in_((State.OFFERING.value, State.WITH_COORDINATORS.value))
    )
    mine = (OfferRow.volunteer_id == volunteer, OfferRow.escalation_id.in_(waiting))
    newest = {
        offer.escalation_id: offer.state
        for offer in session.scalars(select(OfferRow).where(*mine).order_by(OfferRow.id))
    }
    asked = (OfferState.OPEN.value, OfferState.FAILED.value)
    return frozenset(case for case, state in newest.items() if state in asked)


def note(session: Session, escalation: EscalationId, at: datetime, what: str, detail: dict[str, Any]) -> None:
    """Put a step on the timeline."""
    session.add(TimelineRow(escalation_id=escalation, at=at, what=what, detail=detail))


def timeline(session: Session, escalation: EscalationId) -> list[TimelineRow]:
    """The steps of a case, oldest first."""
    steps = select(TimelineRow).where(TimelineRow.escalation_id == escalation).order_by(TimelineRow.id)
    return list(session.scalars(steps))


def last_step(session: Session, escalation: EscalationId, what: Sequence[str]) -> datetime | None:
    """When a step of these kinds was last put on the timeline."""
    steps = select(TimelineRow.at).where(TimelineRow.escalation_id == escalation, TimelineRow.what.in_(what))
    return session.scalar(steps.order_by(TimelineRow.id.desc()).limit(1))


def listed(session: Session, *, closed: bool = False) -> list[EscalationRow]:
    """Open cases, the worst and oldest first; the closed ones too where asked."""
    query = select(EscalationRow) if closed else select(EscalationRow).where(STILL_OPEN)
    return sorted(session.scalars(query), key=_worst_and_oldest)


def _worst_and_oldest(row: EscalationRow) -> tuple[int, datetime, int]:
    return -Level(row.level).rank, row.opened_at, row.id


def _value(row: EscalationRow, person: PersonId, offers: Sequence[OfferRow]) -> Escalation:
    return Escalation(
        id=EscalationId(row.id),
        member=MemberId(row.member_id),
        member_person=person,
        circle=CircleId(row.circle_id),
        cause=Cause(row.cause),
        level=Level(row.level),
        opened_at=row.opened_at,
        policy=escalation_policy(row.policy),
        state=State(row.state),
        offers=tuple(_offer(offer) for offer in offers),
        holder=VolunteerId(row.holder_id) if row.holder_id is not None else None,
        progress=_progress(row.facts),
        closed_at=row.closed_at,
        closed_by=row.closed_by,
        closed_how=row.closed_how,
        version=row.version,
        next_action_at=row.next_action_at,
    )


def _offer(row: OfferRow) -> Offer:
    return Offer(
        number=row.number,
        volunteer=VolunteerId(row.volunteer_id),
        round=row.round,
        reasons=tuple(row.reasons),
        offered_at=row.offered_at,
        expires_at=row.expires_at,
        state=OfferState(row.state),
        ended_at=row.ended_at,
        ended_how=row.ended_how,
    )


def _progress_data(progress: Progress) -> dict[str, Any]:
    data = asdict(progress)
    return {key: value.isoformat() if isinstance(value, datetime) else value for key, value in data.items()}


def _progress(data: dict[str, Any]) -> Progress:
    times = {field.name for field in fields(Progress) if "datetime" in str(field.type)}
    values: dict[str, Any] = {
        key: datetime.fromisoformat(value) if key in times and value is not None else value
        for key, value in data.items()
    }
    return Progress(**values)
