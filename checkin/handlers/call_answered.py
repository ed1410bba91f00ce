"""A call of ours was answered, by a person or a machine, or comes back for its next words: say what fits now.

Nothing counts as acceptance here: only keys do (promise P3).
"""

from datetime import datetime

from sqlalchemy.orm import Session

from checkin.domain.call_script import CallScript
from checkin.domain.effects import Subject
from checkin.domain.escalation import OfferState
from checkin.domain.escalation import State as CaseState
from checkin.domain.escalation.values import is_open
from checkin.domain.handoff import Handoff, Third
from checkin.domain.handoff import State as HandoffState
from checkin.domain.terms import Cause, DeliveryId, EscalationId, HandoffId
from checkin.handlers.call_words import Listener, listener
from checkin.handlers.came_apart import apart_words, stayed_on, third_words
from checkin.handlers.check_in_called import check_in_opens
from checkin.handlers.contact_called import contact_words
from checkin.handlers.handbook import Handbook
from checkin.handlers.waiting import waiting_words
from checkin.store import escalations, handoffs, places
from checkin.store.tables import DeliveryRow


def call_answered(session: Session, handbook: Handbook, call: DeliveryId, now: datetime) -> CallScript:
    """Return what this call says next. Raises KeyError for no such call."""
    row = session.get(DeliveryRow, call)
    if row is None or row.kind != "call":
        raise KeyError(f"call {call}")
    if row.answered_at is None:
        row.answered_at = now
    handoff = _handoff_of(session, row)
    if handoff is not None and handoff.state is HandoffState.APART:
        stayed_on(session, handbook, row, handoff, now)
    return next_words(session, handbook, row, now)


def next_words(session: Session, handbook: Handbook, row: DeliveryRow, now: datetime) -> CallScript:
    """What fits now, worked out from the database alone."""
    to = listener(session, handbook, row)
    match Subject(row.subject):
        case Subject.OFFER | Subject.VOLUNTEER_LEG | Subject.MEMBER_LEG:
            return _of_a_case(session, handbook, row, now)
        case Subject.THIRD_LEG:
            return third_words(row, to, handoffs.load(session, HandoffId(row.handoff_id or 0)))
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
            return check_in_opens(session, handbook, row, to)


def _handoff_of(session: Session, row: DeliveryRow) -> Handoff | None:
    """The handoff that a call is, or was, a leg of."""
    joined_by = handoffs.of_leg(session, row)
    return handoffs.load(session, joined_by) if joined_by is not None else None


def _of_a_case(session: Session, handbook: Handbook, row: DeliveryRow, now: datetime) -> CallScript:
    to, handoff = listener(session, handbook, row), _handoff_of(session, row)
    if row.subject == Subject.MEMBER_LEG:
        return _member_leg(session, handbook, row, to, handoff, now)
    if handoff is not None:
        return _volunteer_leg(session, row, to, handoff)
    case = escalations.load(session, EscalationId(row.escalation_id or 0))
    offer = next((o for o in case.offers if o.number == row.offer_number), None)
    by_hand = case.state is CaseState.WITH_COORDINATORS and offer is not None and is_open(offer)
    asked = case.state is CaseState.OFFERING and offer is not None and offer.state is not OfferState.PASSED
    if by_hand or asked:
        return to.asks("offer_missed" if case.cause is Cause.MISSED else "offer", "offer")
    return to.ends_with("offer_too_late")


def _member_leg(
    session: Session, handbook: Handbook, row: DeliveryRow, to: Listener, handoff: Handoff | None, now: datetime
) -> CallScript:
    place = places.held_by_call(session, DeliveryId(row.id))
    if handoff is not None and handoff.member_leg == row.id:
        match handoff.state:
            case HandoffState.RINGING_MEMBER | HandoffState.NO_ANSWER:
                return to.asks("member_ask", "member_leg")
            case HandoffState.JOINING | HandoffState.JOINED:
                waited = place is not None and place.said_at is not None
                return to.waits("waiting_joined" if waited else None, handoff.id, member=True)
            case HandoffState.APART:
                return apart_words(row, to, handoff)
            case _:
                pass
    if place is not None:
        return waiting_words(session, handbook, row, to, place, now)
    talked = handoff is not None and handoff.joined_at is not None
    return to.ends_with("outcome_thanks" if talked else "error_goodbye")


def _volunteer_leg(session: Session, row: DeliveryRow, to: Listener, handoff: Handoff) -> CallScript:
    match handoff.state:
        case HandoffState.RINGING_VOLUNTEER:
            return to.asks("volunteer_call", "volunteer_leg")
        case HandoffState.RINGING_MEMBER | HandoffState.JOINING | HandoffState.JOINED:
            refused = handoff.third is Third.REFUSED and handoff.state is HandoffState.JOINING
            return to.waits("third_refused" if refused else None, handoff.id, member=False)
        case HandoffState.APART:
            return apart_words(row, to, handoff)
        case HandoffState.NO_ANSWER:
            return to.asks("volunteer_no_answer", "no_answer", wait=20)
        case HandoffState.OVER:
            case = escalations.load(session, handoff.escalation)
            if case.holder == handoff.volunteer and case.state is CaseState.IN_TOUCH:
                return to.asks("outcome_ask", "outcome", wait=15)
            asked_again = case.holder is None and case.state in (CaseState.OFFERING, CaseState.WITH_COORDINATORS)
            if handoff.joined_at is not None and asked_again:
                return to.ends_with("talk_short")
            return to.ends_with("error_goodbye")
