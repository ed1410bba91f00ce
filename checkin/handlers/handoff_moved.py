"""Something happened to a handoff: load it, decide, save, apply, and tell its escalation."""

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from checkin.domain import effects as do
from checkin.domain.handoff import Begun, CalledOff, Event, Handoff, decide
from checkin.domain.terms import EscalationId, HandoffId
from checkin.handlers.apply import apply
from checkin.handlers.case_moved import move_case
from checkin.handlers.handbook import Handbook
from checkin.store import escalations, handoffs
from checkin.store.tables import VolunteerRow


def start_handoff(session: Session, handbook: Handbook, wanted: do.StartHandoff, now: datetime) -> Handoff:
    """Begin a handoff: ring the member, or the volunteer first where they are not on a call already."""
    case = escalations.load(session, wanted.escalation)
    volunteer = session.get_one(VolunteerRow, wanted.volunteer)
    volunteer.last_taken_at = now
    if case.policy.rest_after:
        volunteer.rest_until = now + timedelta(seconds=case.policy.rest_after)
    call_off(session, handbook, wanted.escalation, now)
    started = handoffs.create(session, wanted.escalation, wanted.volunteer, wanted.call, case.policy.member_tries, now)
    return move_handoff(session, handbook, started.id, Begun(), now)


def move_handoff(session: Session, handbook: Handbook, handoff: HandoffId, event: Event, now: datetime) -> Handoff:
    """Let one event happen to one handoff, and return it as it now stands."""
    before = handoffs.load(session, handoff)
    decision = decide(before, event, now)
    handoffs.save(session, before, decision.handoff)
    apply(session, handbook, decision.effects, now)
    for told in decision.tells:
        move_case(session, handbook, before.escalation, told, now)
    return decision.handoff


def call_off(session: Session, handbook: Handbook, escalation: EscalationId, now: datetime) -> None:
    """The case goes on without the handoff that is under way, where there is one."""
    under_way = handoffs.under_way(session, escalation)
    if under_way is not None:
        move_handoff(session, handbook, under_way, CalledOff(), now)
