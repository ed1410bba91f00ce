"""Handoffs: load and save the value."""

from datetime import datetime, timedelta

from sqlalchemy import bindparam, select, update
from sqlalchemy.orm import Session

from checkin.domain.effects import Subject
from checkin.domain.handoff import Handoff, State, Third
from checkin.domain.policy import escalation_policy
from checkin.domain.terms import DeliveryId, EscalationId, HandoffId, PersonId, VolunteerId
from checkin.store.session import SomebodyWasFaster
from checkin.store.tables import DeliveryRow, EscalationRow, HandoffRow, MemberRow, VolunteerRow


def create(
    session: Session,
    escalation: EscalationId,
    volunteer: VolunteerId,
    leg: DeliveryId | None,
    tries: int,
    now: datetime,
    member_leg: DeliveryId | None = None,
) -> Handoff:
    """Write a new handoff and return it. Legs are those on whose calls they are already."""
    row = HandoffRow(
        escalation_id=escalation,
        volunteer_id=volunteer,
        state=State.RINGING_VOLUNTEER.value,
        volunteer_leg=leg,
        member_leg=member_leg,
        policy_tries=tries,
        started_at=now,
        version=1,
    )
    session.add(row)
    session.flush()
    return _value(session, row)


def load(session: Session, handoff: HandoffId) -> Handoff:
    """Load one handoff. Raises KeyError where there is none."""
    row = session.get(HandoffRow, handoff, populate_existing=True)
    if row is None:
        raise KeyError(f"handoff {handoff}")
    return _value(session, row)


def newest_for_leg(session: Session, leg: DeliveryId) -> HandoffId | None:
    """The handoff in which a call is the volunteer's leg."""
    found = session.scalar(_OF_LEG, {"leg": leg})
    return HandoffId(found) if found is not None else None


_OF_LEG = (
    select(HandoffRow.id).where(HandoffRow.volunteer_leg == bindparam("leg")).order_by(HandoffRow.id.desc()).limit(1)
)


def of_leg(session: Session, call: DeliveryRow) -> HandoffId | None:
    """The handoff that a call is, or was, a leg of. A volunteer's call may have begun as an offer: it names none."""
    if call.subject in (Subject.MEMBER_LEG, Subject.THIRD_LEG):
        return HandoffId(call.handoff_id) if call.handoff_id is not None else None
    return newest_for_leg(session, DeliveryId(call.id))


def under_way(session: Session, escalation: EscalationId) -> HandoffId | None:
    """The handoff of a case that is not over."""
    found = session.scalar(
        select(HandoffRow.id)
        .where(HandoffRow.escalation_id == escalation, HandoffRow.state != State.OVER.value)
        .order_by(HandoffRow.id.desc())
        .limit(1)
    )
    return HandoffId(found) if found is not None else None


def newest(session: Session, escalation: EscalationId) -> HandoffId | None:
    """The newest handoff of a case, over or not."""
    found = session.scalar(
        select(HandoffRow.id).where(HandoffRow.escalation_id == escalation).order_by(HandoffRow.id.desc()).limit(1)
    )
    return HandoffId(found) if found is not None else None


def save(session: Session, before: Handoff, after: Handoff) -> None:
    """Write what changed. Raises SomebodyWasFaster when the row is no longer the one that was loaded."""
    if after == before:
        return
    changed = (
        update(HandoffRow)
        .where(HandoffRow.id == before.id, HandoffRow.version == before.version)
        .values(
            state=after.state.value,
            volunteer_leg=after.volunteer_leg,
            member_leg=after.member_leg,
            volunteer_tries=after.volunteer_tries,
            member_tries=after.member_tries,
            volunteer_in=after.volunteer_in,
            member_in=after.member_in,
            joined_at=after.joined_at,
            ended_at=after.ended_at,
            talked_seconds=after.talked_seconds,
            next_action_at=after.next_action_at,
            together_since=after.together_since,
            apart_since=after.apart_since,
            partings=after.partings,
            again=after.again,
            third=after.third.value,
            third_leg=after.third_leg,
            asked_again=after.asked_again,
            unheard=after.unheard,
            version=before.version + 1,
        )
        .returning(HandoffRow.id)
    )
    if session.scalar(changed, execution_options={"synchronize_session": False}) is None:
        raise SomebodyWasFaster(f"handoff {before.id}")


_BETWEEN = (
    select(VolunteerRow.person_id, MemberRow.person_id, EscalationRow.policy)
    .select_from(EscalationRow)
    .join(MemberRow, MemberRow.id == EscalationRow.member_id)
    .join(VolunteerRow, VolunteerRow.id == bindparam("volunteer"))
    .where(EscalationRow.id == bindparam("case"))
)


def _value(session: Session, row: HandoffRow) -> Handoff:
    persons = session.execute(_BETWEEN, {"case": row.escalation_id, "volunteer": row.volunteer_id}).one()
    policy = escalation_policy(persons[2])
    return Handoff(
        id=HandoffId(row.id),
        escalation=EscalationId(row.escalation_id),
        volunteer=VolunteerId(row.volunteer_id),
        volunteer_person=PersonId(persons[0]),
        member_person=PersonId(persons[1]),
        ring_for=timedelta(seconds=policy.ring_for),
        max_tries=row.policy_tries,
        state=State(row.state),
        volunteer_leg=DeliveryId(row.volunteer_leg) if row.volunteer_leg is not None else None,
        member_leg=DeliveryId(row.member_leg) if row.member_leg is not None else None,
        volunteer_tries=row.volunteer_tries,
        member_tries=row.member_tries,
        volunteer_in=row.volunteer_in,
        member_in=row.member_in,
        joined_at=row.joined_at,
        ended_at=row.ended_at,
        talked_seconds=row.talked_seconds,
        version=row.version,
        next_action_at=row.next_action_at,
        together_since=row.together_since,
        apart_since=row.apart_since,
        partings=row.partings,
        again=row.again,
        third=Third(row.third),
        third_leg=DeliveryId(row.third_leg) if row.third_leg is not None else None,
        asked_again=row.asked_again,
        unheard=row.unheard,
    )
