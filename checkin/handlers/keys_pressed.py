"""A person pressed keys on one of our calls, or pressed none in time. Returns what that person hears next."""

from datetime import datetime

from sqlalchemy.orm import Session

from checkin.domain.call_script import CallScript, Said
from checkin.domain.escalation import Acknowledged, OfferFailed, Outcome, OutcomeGiven, Passed, Taken
from checkin.domain.escalation import State as CaseState
from checkin.domain.handoff import Chose, LegFailed, MemberReady, VolunteerReady
from checkin.domain.handoff import State as HandoffState
from checkin.domain.terms import DeliveryId, EscalationId, HandoffId, PersonId, VolunteerId
from checkin.handlers.call_answered import next_words
from checkin.handlers.call_words import Listener, listener, taken_words
from checkin.handlers.came_apart import apart_keys, back_keys, third_answered, third_keys
from checkin.handlers.case_moved import move_case
from checkin.handlers.check_in_called import check_in_said
from checkin.handlers.contact_called import contact_keys, result_keys
from checkin.handlers.handbook import Handbook
from checkin.handlers.handoff_moved import move_handoff
from checkin.handlers.outcome_given import outcome_given
from checkin.handlers.waiting import waiting_key
from checkin.store import escalations, handoffs, people, places
from checkin.store.tables import DeliveryRow


def keys_pressed(
    session: Session, handbook: Handbook, call: DeliveryId, step: str, said: Said, now: datetime
) -> CallScript:
    """Let what was pressed or spoken at a step of a call happen. Raises KeyError for no such call or step."""
    row = session.get(DeliveryRow, call)
    if row is None or row.kind != "call":
        raise KeyError(f"call {call}")
    to, keys = listener(session, handbook, row), said.keys
    match step:
        case "offer":
            return _offer(session, handbook, row, to, keys, now)
        case "volunteer_leg":
            return _volunteer_leg(session, handbook, row, to, keys, now)
        case "member_leg":
            return _member_leg(session, handbook, row, to, keys, now)
        case "no_answer":
            return _no_answer(session, handbook, row, to, keys, now)
        case "outcome":
            return _outcome(session, handbook, row, to, keys, now)
        case "coordinator":
            return _coordinator(session, handbook, row, to, keys, now)
        case "contact":
            return contact_keys(session, handbook, row, to, said, now)
        case "contact_result":
            return result_keys(session, handbook, row, to, said, now)
        case _ if step.startswith("check_in"):
            return check_in_said(session, handbook, row, to, step, said, now)
        case "third":
            return third_keys(session, handbook, row, to, keys, now)
        case "third_ask":
            said_more = third_answered(session, handbook, row, keys, now)
        case "back":
            said_more = back_keys(session, handbook, row, to, keys, now)
        case "waiting":
            place = places.held_by_call(session, call) if keys == "1" else None
            said_more = waiting_key(session, row, to, place, now) if place is not None else None
        case _ if step.startswith("apart"):
            said_more = apart_keys(session, handbook, row, to, step, keys, now)
        case _:
            raise KeyError(f"step {step}")
    return said_more if said_more is not None else next_words(session, handbook, row, now)


def _offer(
    session: Session, handbook: Handbook, row: DeliveryRow, to: Listener, keys: str, now: datetime
) -> CallScript:
    case_id, volunteer = EscalationId(row.escalation_id or 0), _volunteer(session, row)
    match keys:
        case "1":
            case = move_case(session, handbook, case_id, Taken(volunteer, DeliveryId(row.id)), now)
            handoff = handoffs.newest_for_leg(session, DeliveryId(row.id))
            if case.holder != volunteer and escalations.held_by(session, volunteer, but=case_id) is not None:
                return to.ends_with("offer_passed")
            if case.holder != volunteer or handoff is None:
                return to.ends_with("offer_too_late")
            return taken_words(session, to, handoff, case_id)
        case "2":
            move_case(session, handbook, case_id, Passed(volunteer), now)
            return to.ends_with("offer_passed")
        case "":
            move_case(session, handbook, case_id, OfferFailed(row.offer_number or 0, "no_key"), now)
            return to.ends_with("no_key")
        case _:
            return next_words(session, handbook, row, now)


def _volunteer_leg(
    session: Session, handbook: Handbook, row: DeliveryRow, to: Listener, keys: str, now: datetime
) -> CallScript:
    handoff, leg = HandoffId(row.handoff_id or 0), DeliveryId(row.id)
    if keys == "1":
        after = move_handoff(session, handbook, handoff, VolunteerReady(leg), now)
        if after.state is HandoffState.OVER or after.volunteer_leg != leg:
            return to.ends_with("offer_too_late")
        return taken_words(session, to, handoff, after.escalation)
    if keys in ("", "2"):
        move_handoff(session, handbook, handoff, LegFailed(leg, "passed" if keys else "no_key"), now)
        return to.ends_with("offer_passed" if keys else "no_key")
    return next_words(session, handbook, row, now)


def _member_leg(
    session: Session, handbook: Handbook, row: DeliveryRow, to: Listener, keys: str, now: datetime
) -> CallScript:
    handoff, leg = HandoffId(row.handoff_id or 0), DeliveryId(row.id)
    if keys == "1":
        after = move_handoff(session, handbook, handoff, MemberReady(leg), now)
        if after.state is not HandoffState.JOINING or after.member_leg != leg:
            return to.ends_with("error_goodbye")
        places.hold(session, after.escalation, leg, now)
        return to.waits(None, handoff, member=True)
    if keys == "":
        move_handoff(session, handbook, handoff, LegFailed(leg, "no_key"), now)
        return to.ends_with("member_no_key")
    return next_words(session, handbook, row, now)


def _no_answer(
    session: Session, handbook: Handbook, row: DeliveryRow, to: Listener, keys: str, now: datetime
) -> CallScript:
    handoff = handoffs.newest_for_leg(session, DeliveryId(row.id))
    if handoff is None:
        return to.ends_with("error_goodbye")
    hold = {"1": True, "2": False}.get(keys)
    after = move_handoff(session, handbook, handoff, Chose(hold), now)
    if after.ended_at != now:  # it waited for this key no more: the member came back meanwhile, or it was over before
        return next_words(session, handbook, row, now)
    if hold is None and escalations.held_by(session, after.volunteer) == after.escalation:  # they had talked before
        return next_words(session, handbook, row, now)
    return to.ends_with({True: "outcome_thanks", False: "offer_passed", None: "no_key"}[hold])


def _outcome(
    session: Session, handbook: Handbook, row: DeliveryRow, to: Listener, keys: str, now: datetime
) -> CallScript:
    if keys not in {outcome.value for outcome in Outcome}:
        return to.ends_with("error_goodbye") if keys == "" else next_words(session, handbook, row, now)
    given = OutcomeGiven(_volunteer(session, row), Outcome(keys))
    noted = outcome_given(session, handbook, EscalationId(row.escalation_id or 0), given, now)
    return to.ends_with("outcome_thanks" if noted else "incoming_nothing_open")


def _coordinator(
    session: Session, handbook: Handbook, row: DeliveryRow, to: Listener, keys: str, now: datetime
) -> CallScript:
    if keys != "1":
        return to.ends_with("no_key") if keys == "" else next_words(session, handbook, row, now)
    case_id = EscalationId(row.escalation_id or 0)
    if escalations.load(session, case_id).state is CaseState.CLOSED:
        return to.ends_with("offer_too_late")
    acknowledged = Acknowledged(PersonId(row.person_id), "call", DeliveryId(row.id))
    move_case(session, handbook, case_id, acknowledged, now)
    return to.ends_with("coordinator_acked")


def _volunteer(session: Session, row: DeliveryRow) -> VolunteerId:
    volunteer = people.volunteer_of(session, PersonId(row.person_id))
    if volunteer is None:
        raise KeyError(f"the call {row.id} rang no volunteer")
    return VolunteerId(volunteer.id)
