"""Two who talked are apart: what each of them hears, and what their keys do. A third person is asked for here too."""

from datetime import datetime

from sqlalchemy.orm import Session

from checkin.domain.call_script import CallScript
from checkin.domain.effects import Subject
from checkin.domain.handoff import (
    Done,
    Handoff,
    LegFailed,
    MemberReady,
    Side,
    State,
    StayedOn,
    Third,
    ThirdAnswer,
    ThirdGone,
    ThirdReady,
    ThirdWanted,
    VolunteerReady,
)
from checkin.domain.handoff.values import side_of
from checkin.domain.terms import CircleId, DeliveryId, EscalationId, HandoffId, PersonId
from checkin.handlers.call_words import Listener
from checkin.handlers.handbook import Handbook
from checkin.handlers.handoff_moved import move_handoff
from checkin.store import escalations, handoffs, outbox, people
from checkin.store.tables import DeliveryRow

_TURNS = 4
"""Words are said each fourth time that they come back to us; between them there is music."""


def apart_words(row: DeliveryRow, to: Listener, handoff: Handoff, turn: int = 0) -> CallScript:
    """What the one who is on the line hears."""
    side = side_of(handoff, DeliveryId(row.id))
    here = handoff.volunteer_in if side is Side.VOLUNTEER else handoff.member_in
    if not here:
        return to.asks("member_back" if side is Side.MEMBER else "volunteer_back", "back")
    if handoff.third is Third.ASKED and side is Side.MEMBER:
        return to.asks("third_ask", "third_ask", wait=10)
    step = f"apart{(turn + 1) % _TURNS}"
    if turn:
        return to.holds(None, step)
    if handoff.third is Third.ASKED:
        return to.holds("third_wait", step)
    missing = handoff.member_leg if side is Side.VOLUNTEER else handoff.volunteer_leg
    tried = missing is None and handoff.again >= handoff.partings
    if side is Side.MEMBER:
        return to.holds("apart_member", step)
    return to.holds("apart_not_back" if tried else "apart_volunteer", step)


def stayed_on(session: Session, handbook: Handbook, row: DeliveryRow, handoff: Handoff, now: datetime) -> Handoff:
    """A leg is on the line with us while its talk came apart. A call that is to bring somebody back proves nothing."""
    if handoff.state is State.APART and f"handoff:{handoff.id}:again:" in row.key:
        return handoff
    return move_handoff(session, handbook, handoff.id, StayedOn(DeliveryId(row.id)), now)


def apart_keys(
    session: Session, handbook: Handbook, row: DeliveryRow, to: Listener, step: str, keys: str, now: datetime
) -> CallScript | None:
    """1: it was the end. 3, of a volunteer: a coordinator too. None: say what fits now."""
    leg, found = DeliveryId(row.id), _handoff_of(session, row)
    if found is None:
        return None
    if keys == "1":
        move_handoff(session, handbook, found.id, Done(leg), now)
        return None
    if keys == "3" and side_of(found, leg) is Side.VOLUNTEER:
        found = move_handoff(session, handbook, found.id, ThirdWanted(), now)
    if found.state is not State.APART or keys:
        return None
    return apart_words(row, to, found, int(step.removeprefix("apart") or 0))


def back_keys(
    session: Session, handbook: Handbook, row: DeliveryRow, to: Listener, keys: str, now: datetime
) -> CallScript | None:
    """Somebody who was cut off picked up again: 1 to talk on, 2 when they were done. None: say what fits now."""
    leg, found = DeliveryId(row.id), _handoff_of(session, row)
    if found is None or found.state is not State.APART:
        return None
    member = side_of(found, leg) is Side.MEMBER
    match keys:
        case "1":
            move_handoff(session, handbook, found.id, MemberReady(leg) if member else VolunteerReady(leg), now)
        case "2":
            move_handoff(session, handbook, found.id, Done(leg), now)
        case "":
            move_handoff(session, handbook, found.id, LegFailed(leg, "no_key"), now)
            return to.ends_with("member_no_key" if member else "error_goodbye")
        case _:
            pass
    return None


def third_answered(
    session: Session, handbook: Handbook, row: DeliveryRow, keys: str, now: datetime
) -> CallScript | None:
    """The member says whether somebody else may come in. Silence is a no."""
    found = _handoff_of(session, row)
    if found is not None:
        case = escalations.load(session, found.escalation)
        persons = tuple(
            person
            for person in people.coordinators(session, CircleId(case.circle))
            if person not in (found.member_person, found.volunteer_person)
        )
        answer = ThirdAnswer(DeliveryId(row.id), keys == "1" if keys else None, persons)
        move_handoff(session, handbook, found.id, answer, now)
    return None


def third_keys(
    session: Session, handbook: Handbook, row: DeliveryRow, to: Listener, keys: str, now: datetime
) -> CallScript:
    """A coordinator pressed 1 to come in, or did not."""
    handoff, leg = HandoffId(row.handoff_id or 0), DeliveryId(row.id)
    if keys != "1":
        return to.ends_with("offer_passed" if keys == "2" else "error_goodbye")
    after = move_handoff(session, handbook, handoff, ThirdReady(leg), now)
    return to.enters(handoff) if after.third_leg == leg else to.ends_with("offer_too_late")


def third_words(row: DeliveryRow, to: Listener, handoff: Handoff) -> CallScript:
    """What a coordinator hears who was rung to come in."""
    if handoff.third_leg == row.id and handoff.state is not State.OVER:
        return to.enters(handoff.id)
    rings = handoff.third is Third.RINGING and handoff.state is not State.OVER
    return to.asks("third_call", "third") if rings else to.ends_with("offer_too_late")


def third_ended(session: Session, handbook: Handbook, row: DeliveryRow, now: datetime) -> None:
    """The call of a third person is over; with the last of them nobody comes."""
    handoff = handoffs.load(session, HandoffId(row.handoff_id or 0))
    if handoff.third_leg == row.id:
        move_handoff(session, handbook, handoff.id, ThirdGone(DeliveryId(row.id)), now)
    elif not outbox.live_calls(session, handoff.escalation, [Subject.THIRD_LEG.value]):
        move_handoff(session, handbook, handoff.id, ThirdGone(None), now)


def third_wanted(session: Session, handbook: Handbook, case: EscalationId, volunteer: PersonId, now: datetime) -> bool:
    """A volunteer asks for it by text. False where they are in no talk."""
    held = handoffs.under_way(session, case)
    before = handoffs.load(session, held) if held is not None else None
    if before is None or before.volunteer_person != volunteer:
        return False
    after = move_handoff(session, handbook, before.id, ThirdWanted(), now)
    return after.third is Third.ASKED


def _handoff_of(session: Session, row: DeliveryRow) -> Handoff | None:
    """The handoff whose leg this call is now."""
    handoff = handoffs.of_leg(session, row)
    found = handoffs.load(session, handoff) if handoff is not None else None
    return found if found is not None and side_of(found, DeliveryId(row.id)) is not None else None
