"""Who could take a case: every volunteer as they stand towards one member."""

from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from checkin.domain.escalation import OfferState
from checkin.domain.escalation import State as CaseState
from checkin.domain.routing import Candidate
from checkin.domain.terms import CircleId, EscalationId, PersonId, Reach, VolunteerId
from checkin.store import people
from checkin.store.tables import EscalationRow, ExclusionRow, HandoffRow, MemberRow, OfferRow, PersonRow, VolunteerRow


def candidates(
    session: Session, member: MemberRow, escalation: EscalationId, now: datetime
) -> list[tuple[VolunteerRow, PersonRow, Candidate]]:
    """Every volunteer as they stand towards one member's case, all but whether they are on shift."""
    rows = session.execute(
        select(VolunteerRow, PersonRow)
        .join(PersonRow, PersonRow.id == VolunteerRow.person_id)
        .where(VolunteerRow.stand_in.is_(False))
    ).all()
    excluded = set(
        session.scalars(select(ExclusionRow.volunteer_id).where(ExclusionRow.member_id == member.id)),
    )
    busy = busy_with_another(session, escalation)
    today = _taken_since(session, now - timedelta(hours=24))
    called = _last_called(session)
    spoken = session.scalar(
        select(HandoffRow.volunteer_id)
        .join(EscalationRow, EscalationRow.id == HandoffRow.escalation_id)
        .where(EscalationRow.member_id == member.id, HandoffRow.joined_at.is_not(None))
        .order_by(HandoffRow.id.desc())
        .limit(1)
    )
    said_stop = people.opted_out(session, [person.id for _, person in rows])
    return [
        (
            volunteer,
            person,
            Candidate(
                volunteer=VolunteerId(volunteer.id),
                person=PersonId(person.id),
                circle=CircleId(volunteer.circle_id),
                reach=Reach(volunteer.reach) if person.textable else Reach.CALL,
                languages=frozenset(volunteer.languages or [person.language]),
                topics=frozenset(volunteer.topics),
                consented=person.id not in said_stop,
                excluded=volunteer.id in excluded,
                busy=volunteer.id in busy,
                taken_today=today.get(volunteer.id, 0),
                max_per_day=volunteer.max_per_day,
                rest_until=volunteer.rest_until,
                last_called_at=called.get(volunteer.id),
                buddy=volunteer.id == member.buddy_id,
                last_spoken=volunteer.id == spoken,
                is_the_member=volunteer.person_id == member.person_id,
            ),
        )
        for volunteer, person in rows
    ]


def busy_with_another(session: Session, escalation: EscalationId) -> set[int]:
    """Volunteers who hold, or are being asked for, another open case."""
    held = select(EscalationRow.holder_id).where(
        EscalationRow.id != escalation,
        EscalationRow.state.in_((CaseState.HANDING_OFF.value, CaseState.IN_TOUCH.value)),
        EscalationRow.holder_id.is_not(None),
    )
    asked = (
        select(OfferRow.volunteer_id)
        .join(EscalationRow, EscalationRow.id == OfferRow.escalation_id)
        .where(
            OfferRow.escalation_id != escalation,
            OfferRow.state == OfferState.OPEN.value,
            EscalationRow.state.in_((CaseState.OFFERING.value, CaseState.WITH_COORDINATORS.value)),
            EscalationRow.cause != "missed",
        )
    )
    return {i for i in session.scalars(held) if i is not None} | set(session.scalars(asked))


def _taken_since(session: Session, since: datetime) -> dict[int, int]:
    rows = session.execute(
        select(OfferRow.volunteer_id, func.count())
        .where(OfferRow.state == OfferState.TAKEN.value, OfferRow.offered_at >= since)
        .group_by(OfferRow.volunteer_id)
    )
    return {volunteer: count for volunteer, count in rows}


def _last_called(session: Session) -> dict[int, datetime]:
    newest = select(func.max(OfferRow.id)).group_by(OfferRow.volunteer_id)
    rows = session.execute(select(OfferRow.volunteer_id, OfferRow.offered_at).where(OfferRow.id.in_(newest)))
    return {volunteer: at for volunteer, at in rows}
