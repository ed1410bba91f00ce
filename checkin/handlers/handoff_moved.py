"""Something happened to a handoff: load it, decide, save, apply, and tell its escalation."""

from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from checkin.domain import effects as do
from checkin.domain.handoff import Begun, Event, Handoff, State, decide
from checkin.domain.terms import HandoffId
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
    previous = handoffs.under_way(session, wanted.escalation)
    if previous is not None:
        before = handoffs.load(session, previous)
        handoffs.save(session, before, _abandoned(before, now))
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


def _abandoned(handoff: Handoff, now: datetime) -> Handoff:
    return replace(handoff, state=State.OVER, ended_at=now, next_action_at=None)
