"""A call of ours was answered, by a person or a machine, or comes back for its next words: say what fits now.

Nothing counts as acceptance here: only keys do (promise P3).
"""

from datetime import datetime

from sqlalchemy.orm import Session

from checkin.domain.call_script import CallScript
from checkin.domain.effects import Subject
from checkin.domain.escalation import OfferState
from checkin.domain.escalation import State as CaseState
from checkin.domain.handoff import State as HandoffState
from checkin.domain.terms import Cause, DeliveryId, EscalationId, HandoffId
from checkin.handlers.call_words import listener
from checkin.handlers.contact_called import contact_words
from checkin.handlers.handbook import Handbook
from checkin.store import escalations, handoffs
from checkin.store.tables import DeliveryRow


def call_answered(session: Session, handbook: Handbook, call: DeliveryId, now: datetime) -> CallScript:
    """Return what this call says next. Raises KeyError for no such call."""
    row = session.get(DeliveryRow, call)
    if row is None or row.kind != "call":
        raise KeyError(f"call {call}")
    if row.answered_at is None:
        row.answered_at = now
    return next_words(session, handbook, row)


def next_words(session: Session, handbook: Handbook, row: DeliveryRow) -> CallScript:
    """What fits now, worked out from the database alone."""
    to = listener(session, handbook, row)
    match Subject(row.subject):
        case Subject.OFFER | Subject.VOLUNTEER_LEG | Subject.MEMBER_LEG:
            return _of_a_case(session, handbook, row)
        case Subject.COORDINATOR:
            case = escalations.load(session, EscalationId(row.escalation_id or 0))
            acknowledged = case.progress.acknowledged_by is not None
            if case.state is CaseState.CLOSED or acknowledged:
                return to.ends_with("offer_too_late")
            return to.asks("coordinator_page", "coordinator")
        case Subject.SERVICE:
            return to.ends_with("coordinator_not_well")
        case Subject.CONTACT:
            return contact_words(session, row, to)
        case Subject.CHECK_IN:
            return to.asks("check_in_ask", "check_in", wait=12)


def _of_a_case(session: Session, handbook: Handbook, row: DeliveryRow) -> CallScript:
    to, call = listener(session, handbook, row), DeliveryId(row.id)
    joined_by = handoffs.newest_for_leg(session, call)
    handoff = handoffs.load(session, HandoffId(joined_by)) if joined_by is not None else None
    if row.subject == Subject.MEMBER_LEG and row.handoff_id is not None:
        handoff = handoffs.load(session, HandoffId(row.handoff_id))
        live = handoff.state in (HandoffState.RINGING_MEMBER, HandoffState.NO_ANSWER) and handoff.member_leg == call
        return to.asks("member_ask", "member_leg") if live else to.ends_with("error_goodbye")
    if handoff is not None:
        return _volunteer_leg(session, row, handoff.id, handoff.state, handbook)
    case = escalations.load(session, EscalationId(row.escalation_id or 0))
    offer = next((o for o in case.offers if o.number == row.offer_number), None)
    if case.state is CaseState.OFFERING and offer is not None and offer.state is not OfferState.PASSED:
        return to.asks("offer_missed" if case.cause is Cause.MISSED else "offer", "offer")
    return to.ends_with("offer_too_late")


def _volunteer_leg(
    session: Session, row: DeliveryRow, handoff: HandoffId, state: HandoffState, handbook: Handbook
) -> CallScript:
    to = listener(session, handbook, row)
    match state:
        case HandoffState.RINGING_VOLUNTEER:
            return to.asks("volunteer_call", "volunteer_leg")
        case HandoffState.RINGING_MEMBER | HandoffState.JOINING | HandoffState.JOINED:
            return to.waits(None, handoff, member=False)
        case HandoffState.NO_ANSWER:
            return to.asks("volunteer_no_answer", "no_answer", wait=20)
        case HandoffState.OVER:
            talked = handoffs.load(session, handoff)
            case = escalations.load(session, talked.escalation)
            if case.holder == talked.volunteer and case.state is CaseState.IN_TOUCH:
                return to.asks("outcome_ask", "outcome", wait=15)
            return to.ends_with("error_goodbye")
