"""What a volunteer or coordinator does on a call to us, after their PIN was right: nothing here is done without it."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from checkin.domain.call_script import CallScript
from checkin.domain.delivery import State
from checkin.domain.effects import Subject
from checkin.domain.escalation import Acknowledged, Outcome, OutcomeGiven, Taken
from checkin.domain.incoming import Act, Call, back, over
from checkin.domain.terms import EscalationId, PersonId, VolunteerId
from checkin.handlers.call_words import listener, taken_words
from checkin.handlers.case_moved import move_case
from checkin.handlers.coordinator_texted import answers_for
from checkin.handlers.handbook import Handbook
from checkin.handlers.rejoined import rejoin
from checkin.handlers.shifts_changed import said_on_or_off
from checkin.store import escalations, handoffs, people, places, system
from checkin.store.tables import DeliveryRow, IncomingCallRow, PersonRow, VolunteerRow


@dataclass(frozen=True)
class Done:
    """The call as it now stands. `script`: what is said this once, where it became a leg of a handoff."""

    call: Call
    script: CallScript | None = None


def act_on_duty(
    session: Session,
    handbook: Handbook,
    row: IncomingCallRow,
    person: PersonRow,
    call: Call,
    act: Act,
    argument: str,
    now: datetime,
) -> Done:
    """Do what was asked for. Raises PermissionError without a PIN: the questions lead nowhere else."""
    if not call.verified:
        raise PermissionError("a call that gave no PIN acts for nobody")
    system.audit(session, f"person {person.id}", f"acted on a call: {act}", now, person=person.id)
    if act is Act.ACKNOWLEDGE:
        return Done(_acknowledge(session, handbook, person, call, now))
    volunteer = people.volunteer_of(session, PersonId(person.id))
    if volunteer is None:
        return Done(over(call, "incoming_nothing_waits"))
    match act:
        case Act.TAKE:
            return _take(session, handbook, row, volunteer, call, now)
        case Act.REJOIN:
            row.call_id = rejoin(session, handbook, volunteer, row.sid, now)
            return Done(over(call, "incoming_nothing_open"))
        case Act.ON | Act.OFF:
            on = act is Act.ON
            said_on_or_off(session, handbook, volunteer, on, now + timedelta(hours=3 if on else 24), now)
            return Done(over(call, "incoming_shift_on" if on else "incoming_shift_off"))
        case _:
            held = escalations.held_by(session, VolunteerId(volunteer.id))
            if held is None:
                return Done(over(call, "incoming_nothing_open"))
            given = OutcomeGiven(VolunteerId(volunteer.id), Outcome(argument))
            move_case(session, handbook, held, given, now)
            return Done(over(call, "outcome_thanks"))


def _take(
    session: Session, handbook: Handbook, row: IncomingCallRow, volunteer: VolunteerRow, call: Call, now: datetime
) -> Done:
    """Take the case that waits, on this very call: it becomes the volunteer's leg, and the member is rung."""
    me = VolunteerId(volunteer.id)
    if escalations.held_by(session, me) is not None:
        return Done(over(call, "offer_passed"))
    waiting = escalations.waiting_for(session, me)
    if waiting is None:
        return Done(over(call, "incoming_nothing_waits"))
    offers = escalations.load(session, waiting).offers
    number = max(offer.number for offer in offers if offer.volunteer == me)
    leg = places.leg_of_incoming(
        session, row.sid, PersonId(volunteer.person_id), Subject.OFFER, waiting, None, now, number
    )
    case = move_case(session, handbook, waiting, Taken(me, leg), now)
    handoff = handoffs.newest_for_leg(session, leg)
    if case.holder != me or handoff is None:
        delivery = session.get_one(DeliveryRow, leg, populate_existing=True)
        delivery.state, delivery.ended_at, delivery.ask_at = State.DELIVERED.value, now, None
        return Done(over(call, "offer_too_late"))
    row.call_id = leg
    to = listener(session, handbook, session.get_one(DeliveryRow, leg, populate_existing=True))
    return Done(over(call, "offer_too_late"), taken_words(session, to, handoff, waiting))


def _acknowledge(session: Session, handbook: Handbook, person: PersonRow, call: Call, now: datetime) -> Call:
    """Acknowledge the worst case that nobody has acknowledged. Its number is said, and how many are left."""
    me = PersonId(person.id)
    mine = [row.id for row in escalations.listed(session) if answers_for(session, me, row.circle_id)]
    cases = [escalations.load(session, EscalationId(each)) for each in mine]
    waiting = [case for case in cases if case.progress.acknowledged_by is None and case.member_person != me]
    if not waiting:
        return over(call, "incoming_nothing_open")
    move_case(session, handbook, waiting[0].id, Acknowledged(me, "call"), now)
    number = str(waiting[0].id)
    if len(waiting) == 1:
        return over(call, "coordinator_acked", number=number)
    return back(call, "incoming_acked_more", number=number, more=str(len(waiting) - 1))
