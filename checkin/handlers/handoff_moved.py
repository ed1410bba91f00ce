"""Something happened to a handoff: load it, decide, save, apply, and tell its escalation."""

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from checkin.domain import effects as do
from checkin.domain.escalation import State as CaseState
from checkin.domain.handoff import AskedAgain, Begun, CalledOff, Event, Handoff, State, decide
from checkin.domain.terms import DeliveryId, EscalationId, HandoffId
from checkin.handlers.apply import apply
from checkin.handlers.case_moved import move_case
from checkin.handlers.handbook import Handbook
from checkin.store import escalations, handoffs, places
from checkin.store.tables import VolunteerRow


def start_handoff(session: Session, handbook: Handbook, wanted: do.StartHandoff, now: datetime) -> Handoff:
    """Begin a handoff: ring the member, or the volunteer first where they are not on a call already."""
    case = escalations.load(session, wanted.escalation)
    volunteer = session.get_one(VolunteerRow, wanted.volunteer)
    volunteer.last_taken_at = now
    if case.policy.rest_after:
        volunteer.rest_until = now + timedelta(seconds=case.policy.rest_after)
    call_off(session, handbook, wanted.escalation, now)
    waits = places.on_the_line(session, wanted.escalation)
    member_leg = DeliveryId(waits.id) if waits is not None else None
    started = handoffs.create(
        session, wanted.escalation, wanted.volunteer, wanted.call, case.policy.member_tries, now, member_leg
    )
    if waits is not None:
        waits.handoff_id = started.id
        session.flush()
    return move_handoff(session, handbook, started.id, Begun(), now)


def move_handoff(session: Session, handbook: Handbook, handoff: HandoffId, event: Event, now: datetime) -> Handoff:
    """Let one event happen to one handoff, and return it as it now stands."""
    before = handoffs.load(session, handoff)
    decision = decide(before, event, now)
    handoffs.save(session, before, decision.handoff)
    apply(session, handbook, decision.effects, now)
    for told in decision.tells:
        move_case(session, handbook, before.escalation, told, now)
    _keep_places(session, before, decision.handoff, now)
    return decision.handoff


def _keep_places(session: Session, before: Handoff, after: Handoff, now: datetime) -> None:
    """A member who is joined waits no more; one who stayed on the line when their peer was lost waits again."""
    if after.state is State.JOINED and before.state is State.JOINING and after.member_leg is not None:
        places.give_up(session, after.member_leg, "joined", now)
    came_apart = before.state in (State.APART, State.JOINING) and before.joined_at is not None
    if after.state is State.OVER and came_apart and after.member_leg is not None:
        case = escalations.load(session, after.escalation)
        if case.state is CaseState.OFFERING:
            places.hold(session, after.escalation, after.member_leg, now)


def asked_again(session: Session, handbook: Handbook, escalation: EscalationId, now: datetime) -> None:
    """The member of a case asks for a person again: the handoff that is under way hears of it, where there is one."""
    under_way = handoffs.under_way(session, escalation)
    if under_way is not None:
        move_handoff(session, handbook, under_way, AskedAgain(), now)


def call_off(session: Session, handbook: Handbook, escalation: EscalationId, now: datetime) -> None:
    """The case goes on without the handoff that is under way, where there is one."""
    under_way = handoffs.under_way(session, escalation)
    if under_way is not None:
        move_handoff(session, handbook, under_way, CalledOff(), now)
