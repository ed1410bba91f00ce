"""Somebody rings us to be with the other again: within ten minutes after a talk came apart, or while it still waits."""

from datetime import datetime

from sqlalchemy.orm import Session

from checkin.domain.effects import Subject
from checkin.domain.escalation import RangIn
from checkin.domain.escalation import State as CaseState
from checkin.domain.handoff import CameBack, Handoff, Side, State
from checkin.domain.handoff.talking import REJOIN_FOR
from checkin.domain.terms import DeliveryId, EscalationId, HandoffId, MemberId, PersonId, VolunteerId
from checkin.handlers.case_moved import move_case
from checkin.handlers.handbook import Handbook
from checkin.handlers.handoff_moved import move_handoff
from checkin.store import escalations, handoffs, places
from checkin.store.tables import DeliveryRow, MemberRow, VolunteerRow

_SUBJECT = {Side.VOLUNTEER: Subject.VOLUNTEER_LEG, Side.MEMBER: Subject.MEMBER_LEG}


def rejoin(session: Session, handbook: Handbook, volunteer: VolunteerRow, sid: str, now: datetime) -> DeliveryId | None:
    """Bring a volunteer to the member of the case that they hold: back to their talk, or, later, to a new one.

    `sid`: the call on which they rang us; it becomes their leg, which is returned. None where they hold no case.
    Whether it is really they must be known before: a caller ID alone proves nothing.
    """
    held = escalations.held_by(session, VolunteerId(volunteer.id))
    if held is None:
        return None
    me = PersonId(volunteer.person_id)
    newest = handoffs.newest(session, held)
    handoff = handoffs.load(session, newest) if newest is not None else None
    if handoff is not None and _may_rejoin(handoff, now):
        return _back(session, handbook, handoff, Side.VOLUNTEER, me, sid, now)
    leg = places.leg_of_incoming(session, sid, me, Subject.VOLUNTEER_LEG, held, None, now)
    move_case(session, handbook, held, RangIn(VolunteerId(volunteer.id), leg), now)
    session.get_one(DeliveryRow, leg).handoff_id = handoffs.newest_for_leg(session, leg)
    return leg


def rejoin_member(
    session: Session, handbook: Handbook, member: MemberRow, sid: str, now: datetime, *, cries: bool = False
) -> DeliveryId | None:
    """Bring a member to the volunteer who has their case, or back to the talk that came apart; None where none waits.

    `cries`: after a talk that is over, they are not left to its volunteer alone.
    """
    handoff = _with_a_volunteer(session, member)
    if handoff is None or handoff.state is State.JOINED or not _may_rejoin(handoff, now):
        return None
    if cries and handoff.state is State.OVER:
        return None
    return _back(session, handbook, handoff, Side.MEMBER, PersonId(member.person_id), sid, now)


def talks_now(session: Session, member: MemberRow) -> bool:
    """Whether the member is in a talk, as far as we know. A caller ID may be forged: nobody takes their place then.

    Where their line has just dropped they are rung as soon as the carrier tells us so.
    """
    handoff = _with_a_volunteer(session, member)
    return handoff is not None and handoff.state is State.JOINED


def _with_a_volunteer(session: Session, member: MemberRow) -> Handoff | None:
    """The newest handoff of the member's case, while a volunteer holds it."""
    open_case = escalations.open_for(session, MemberId(member.id))
    if open_case is None:
        return None
    case = escalations.load(session, open_case)
    if case.holder is None or case.state not in (CaseState.HANDING_OFF, CaseState.IN_TOUCH):
        return None
    newest = handoffs.newest(session, EscalationId(open_case))
    return handoffs.load(session, newest) if newest is not None else None


def _back(
    session: Session,
    handbook: Handbook,
    handoff: Handoff,
    side: Side,
    person: PersonId,
    sid: str,
    now: datetime,
) -> DeliveryId:
    leg = places.leg_of_incoming(session, sid, person, _SUBJECT[side], handoff.escalation, HandoffId(handoff.id), now)
    if side is Side.MEMBER and handoff.joined_at is None:
        places.hold(session, handoff.escalation, leg, now)  # until the volunteer is there, or the next one
    move_handoff(session, handbook, handoff.id, CameBack(side, leg), now)
    return leg


def _may_rejoin(handoff: Handoff, now: datetime) -> bool:
    if handoff.state is not State.OVER:
        return True
    talked = handoff.joined_at is not None and handoff.ended_at is not None
    return talked and handoff.ended_at is not None and now - handoff.ended_at <= REJOIN_FOR
