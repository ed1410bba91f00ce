"""Who could take a case: every volunteer as they stand towards one member."""

from datetime import datetime, timedelta

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from checkin.domain.escalation import OfferState
from checkin.domain.escalation import State as CaseState
from checkin.domain.routing import Candidate
from checkin.domain.terms import CircleId, EscalationId, PersonId, Reach, VolunteerId
from checkin.store import people, shifts
from checkin.store.tables import (
    STILL_OPEN,
    EscalationRow,
    ExclusionRow,
    HandoffRow,
    MemberRow,
    OfferRow,
    PersonRow,
    VolunteerRow,
)

# Asked for each step of each case, so each question is made once, and none reads what ended long ago.
_LAST_CALLED = (
    select(OfferRow.offered_at)
    .where(OfferRow.volunteer_id == VolunteerRow.id)
    .order_by(OfferRow.id.desc())
    .limit(1)
    .correlate(VolunteerRow)
    .scalar_subquery()
)
_VOLUNTEERS = (
    select(VolunteerRow, PersonRow, _LAST_CALLED)
    .join(PersonRow, PersonRow.id == VolunteerRow.person_id)
    .where(VolunteerRow.stand_in.is_(False))
)
_EXCLUDED = select(ExclusionRow.volunteer_id).where(ExclusionRow.member_id == bindparam("member"))
_LAST_SPOKEN = (
    select(HandoffRow.volunteer_id)
    .join(EscalationRow, EscalationRow.id == HandoffRow.escalation_id)
    .where(EscalationRow.member_id == bindparam("member"), HandoffRow.joined_at.is_not(None))
    .order_by(HandoffRow.id.desc())
    .limit(1)
)
_HELD = select(EscalationRow.holder_id).where(
    STILL_OPEN,
    EscalationRow.id != bindparam("case"),
    EscalationRow.state.in_((CaseState.HANDING_OFF.value, CaseState.IN_TOUCH.value)),
    EscalationRow.holder_id.is_not(None),
)
_ASKED = select(OfferRow.volunteer_id).where(
    OfferRow.state == OfferState.OPEN.value,
    OfferRow.escalation_id.in_(
        select(EscalationRow.id).where(
            STILL_OPEN,
            EscalationRow.id != bindparam("case"),
            EscalationRow.state.in_((CaseState.OFFERING.value, CaseState.WITH_COORDINATORS.value)),
            EscalationRow.cause != "missed",
        )
    ),
)


def candidates(
    session: Session, member: MemberRow, escalation: EscalationId, now: datetime
) -> list[tuple[VolunteerRow, PersonRow, Candidate]]:
    """Every volunteer as they stand towards one member's case, all but whether they are on shift."""
    rows = session.execute(_VOLUNTEERS).all()
    excluded = set(session.scalars(_EXCLUDED, {"member": member.id}))
    busy = busy_with_another(session, escalation)
    today = shifts.taken_since(session, now - timedelta(hours=24))
    spoken = session.scalar(_LAST_SPOKEN, {"member": member.id})
    said_stop = people.opted_out(session, [person.id for _, person, _ in rows])
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
                last_called_at=called,
                buddy=volunteer.id == member.buddy_id,
                last_spoken=volunteer.id == spoken,
                is_the_member=volunteer.person_id == member.person_id,
                traits=frozenset(volunteer.traits),
            ),
        )
        for volunteer, person, called in rows
    ]


def busy_with_another(session: Session, escalation: EscalationId) -> set[int]:
    """Volunteers who hold, or are being asked for, another open case."""
    case = {"case": escalation}
    return {i for i in session.scalars(_HELD, case) if i is not None} | set(session.scalars(_ASKED, case))
