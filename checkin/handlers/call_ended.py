"""A call ended, or a leg moved in or out of the conference: whoever waited for it hears of it."""

from datetime import datetime

from sqlalchemy.orm import Session

from checkin.domain.call_script import CallScript
from checkin.domain.check_in import Delivered, NotDelivered
from checkin.domain.effects import Subject
from checkin.domain.escalation import OfferFailed
from checkin.domain.handoff import Entered, Left, LegFailed
from checkin.domain.handoff import State as HandoffState
from checkin.domain.look_in import WillNot
from checkin.domain.terms import CheckInId, DeliveryId, EscalationId, HandoffId, LookInId
from checkin.handlers.call_answered import next_words
from checkin.handlers.call_words import listener
from checkin.handlers.case_moved import move_case
from checkin.handlers.check_in_moved import move_check_in
from checkin.handlers.handbook import Handbook
from checkin.handlers.handoff_moved import move_handoff
from checkin.handlers.look_in_moved import move_look_in
from checkin.store import handoffs
from checkin.store.tables import DeliveryRow


def call_ended(session: Session, handbook: Handbook, row: DeliveryRow, why: str, now: datetime) -> None:
    """A call will not go on: tell the offer, the handoff or the check-in that it was for.

    `why` is the carrier's last word (busy, no-answer, failed, canceled, completed). A call that completed without a
    key was a machine, or a person who put it down: it took nothing.
    """
    if row.ended_at is not None:
        return
    row.ended_at = now
    session.flush()
    leg = DeliveryId(row.id)
    match Subject(row.subject):
        case Subject.OFFER:
            handoff = handoffs.newest_for_leg(session, leg)
            if handoff is not None:
                move_handoff(session, handbook, handoff, Left(leg), now)
            elif row.offer_number is not None:
                move_case(session, handbook, _case(row), OfferFailed(row.offer_number, _reason(row, why)), now)
        case Subject.VOLUNTEER_LEG | Subject.MEMBER_LEG:
            entered = row.answered_at is not None and why == "completed"
            event = Left(leg) if entered else LegFailed(leg, _reason(row, why))
            move_handoff(session, handbook, HandoffId(row.handoff_id or 0), event, now)
        case Subject.CHECK_IN:
            # A line that rang was reached; silence on it is the member's own (field rule R13 of RUOK practice).
            reached = why in ("completed", "no-answer", "busy")
            event_of_it = Delivered() if reached else NotDelivered()
            move_check_in(session, handbook, CheckInId(row.check_in_id or 0), event_of_it, now)
        case Subject.CONTACT:
            move_look_in(session, handbook, LookInId(row.look_in_id or 0), WillNot(leg, _reason(row, why)), now)
        case Subject.COORDINATOR:
            pass  # paging goes on until one acknowledges
        case Subject.SERVICE:
            pass  # it was said by text and by alert before


def leg_moved(session: Session, handbook: Handbook, call: DeliveryId, entered: bool, now: datetime) -> None:
    """A leg entered or left the conference. A volunteer whom we took out to ask something is still on the line."""
    row = session.get(DeliveryRow, call)
    if row is None or row.ended_at is not None:
        return
    handoff = handoffs.newest_for_leg(session, call) if row.subject != Subject.MEMBER_LEG else row.handoff_id
    if handoff is None:
        return
    asked_out = handoffs.load(session, HandoffId(handoff)).state is HandoffState.NO_ANSWER
    if entered or not asked_out:
        move_handoff(session, handbook, HandoffId(handoff), Entered(call) if entered else Left(call), now)


def leg_released(session: Session, handbook: Handbook, call: DeliveryId, now: datetime) -> CallScript:
    """The conference is over for a leg that is still on the line: what it hears next."""
    row = session.get(DeliveryRow, call)
    if row is None:
        raise KeyError(f"call {call}")
    leg_moved(session, handbook, call, False, now)
    if row.subject == Subject.MEMBER_LEG:
        return listener(session, handbook, row).ends_with(
            "error_goodbye" if not _joined(session, row) else "outcome_thanks"
        )
    return next_words(session, handbook, row)


def _joined(session: Session, row: DeliveryRow) -> bool:
    return row.handoff_id is not None and handoffs.load(session, HandoffId(row.handoff_id)).joined_at is not None


def _case(row: DeliveryRow) -> EscalationId:
    return EscalationId(row.escalation_id or 0)


def _reason(row: DeliveryRow, why: str) -> str:
    return "no_key" if why == "completed" and row.answered_at is not None else why.replace("-", "_")
