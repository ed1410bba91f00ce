"""A call ended, or a leg moved in or out of the conference: whoever waited for it hears of it."""

from datetime import datetime

from sqlalchemy.orm import Session

from checkin.domain import effects as do
from checkin.domain.call_script import CallScript
from checkin.domain.effects import Subject
from checkin.domain.escalation import OfferFailed
from checkin.domain.handoff import Entered, HungUp, Left, LegFailed, StayedOn
from checkin.domain.handoff import State as HandoffState
from checkin.domain.look_in import WillNot
from checkin.domain.terms import DeliveryId, EscalationId, HandoffId, LookInId
from checkin.handlers.apply import apply
from checkin.handlers.call_answered import next_words
from checkin.handlers.call_words import listener
from checkin.handlers.came_apart import third_ended
from checkin.handlers.case_moved import move_case
from checkin.handlers.check_in_heard import check_in_call_over
from checkin.handlers.handbook import Handbook
from checkin.handlers.handoff_moved import move_handoff
from checkin.handlers.look_in_moved import move_look_in
from checkin.store import handoffs, places
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
                move_handoff(session, handbook, handoff, HungUp(leg), now)
            elif row.offer_number is not None:
                move_case(session, handbook, _case(row), OfferFailed(row.offer_number, _reason(row, why)), now)
        case Subject.VOLUNTEER_LEG | Subject.MEMBER_LEG:
            places.give_up(session, leg, "left", now)
            entered = row.answered_at is not None and why == "completed"
            event = HungUp(leg) if entered else LegFailed(leg, _reason(row, why))
            if row.handoff_id is not None:
                move_handoff(session, handbook, HandoffId(row.handoff_id), event, now)
        case Subject.THIRD_LEG:
            third_ended(session, handbook, row, now)
        case Subject.CHECK_IN:
            check_in_call_over(session, handbook, row, why, now)
        case Subject.CONTACT:
            move_look_in(session, handbook, LookInId(row.look_in_id or 0), WillNot(leg, _reason(row, why)), now)
        case Subject.COORDINATOR:
            pass  # paging goes on until one acknowledges
        case Subject.SERVICE:
            pass  # it was said by text and by alert before


def leg_moved(session: Session, handbook: Handbook, call: DeliveryId, entered: bool, now: datetime) -> None:
    """A leg entered or left the conference."""
    row = session.get(DeliveryRow, call)
    if row is None or row.ended_at is not None:
        return
    handoff = handoffs.of_leg(session, row)
    if handoff is not None:
        move_handoff(session, handbook, handoff, Entered(call) if entered else Left(call), now)


def leg_released(session: Session, handbook: Handbook, call: DeliveryId, now: datetime) -> CallScript:
    """The conference is over for a leg that is still on the line: what it hears next."""
    row = session.get(DeliveryRow, call)
    if row is None:
        raise KeyError(f"call {call}")
    if row.subject == Subject.THIRD_LEG:
        third_ended(session, handbook, row, now)
        return listener(session, handbook, row).ends_with("outcome_thanks")
    handoff = handoffs.of_leg(session, row)
    if handoff is not None:
        move_handoff(session, handbook, handoff, StayedOn(call), now)
    return next_words(session, handbook, row, now)


def alone_in_conference(session: Session, handbook: Handbook, row: DeliveryRow, now: datetime) -> tuple[str, str]:
    """The words, and their language, for a leg that is alone in its conference.

    One for whom nobody will come (its handoff is over, or goes on without it) is asked out: no call waits for ever.
    """
    call, to = DeliveryId(row.id), listener(session, handbook, row)
    number = handoffs.of_leg(session, row)
    handoff = handoffs.load(session, number) if number is not None else None
    legs = () if handoff is None else (handoff.volunteer_leg, handoff.member_leg, handoff.third_leg)
    if handoff is None or handoff.state is HandoffState.OVER or call not in legs:
        ask = do.AskAgain(call, f"alone:{row.id}:{now:%Y%m%dT%H%M}")
        apply(session, handbook, [ask], now)
    return to.say("member_joining" if row.subject == Subject.MEMBER_LEG else "volunteer_wait"), to.language


def _case(row: DeliveryRow) -> EscalationId:
    return EscalationId(row.escalation_id or 0)


def _reason(row: DeliveryRow, why: str) -> str:
    return "no_key" if why == "completed" and row.answered_at is not None else why.replace("-", "_")
