"""A member waits on the line for a peer: their place is a row, and what they hear is worked out anew each few seconds.

They wait because they rang us and asked for a peer, or because they pressed 1 on a call of ours and the peer was gone.
"""

import math
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from checkin.domain.call_script import CallScript
from checkin.domain.effects import Subject
from checkin.domain.escalation import Escalation, State
from checkin.domain.escalation.values import is_acknowledged, is_open
from checkin.domain.terms import Cause, DeliveryId, EscalationId, PersonId
from checkin.handlers.call_words import Listener
from checkin.handlers.handbook import Handbook
from checkin.store import escalations, places
from checkin.store.tables import DeliveryRow, MemberRow, PersonRow, WaitingRow

_WORDS_EVERY = timedelta(seconds=45)
_LONG = timedelta(minutes=10)


def wait_on_the_line(session: Session, sid: str, member: MemberRow, case: EscalationId, now: datetime) -> DeliveryId:
    """A member who rang us waits for a peer on that very call. It becomes a leg, which is returned.

    A call that waits already goes on waiting.
    """
    leg = places.leg_of_incoming(session, sid, PersonId(member.person_id), Subject.MEMBER_LEG, case, None, now)
    places.hold(session, case, leg, now)
    return leg


def waiting_words(
    session: Session, handbook: Handbook, row: DeliveryRow, to: Listener, place: WaitingRow, now: datetime
) -> CallScript:
    """What somebody who waits hears now: words when there is something to say, else music."""
    case = escalations.load(session, EscalationId(place.escalation_id))
    if case.state in (State.CLOSED, State.IN_TOUCH):
        places.give_up(session, DeliveryId(row.id), "closed", now)
        return to.ends_with("error_goodbye")
    opens_at = case.progress.round_from
    if not case.offers and case.state is State.OFFERING and opens_at is not None and opens_at > now + _LONG:
        places.give_up(session, DeliveryId(row.id), "called_back", now)
        person = session.get_one(PersonRow, row.person_id)
        return to.ends_with("waiting_later", when=f"{opens_at.astimezone(handbook.zone(person)):%H:%M}".lstrip("0"))
    truth = case.progress.truths > place.told
    if not truth and place.said_at is not None and now < place.said_at + _WORDS_EVERY:
        return to.holds(None, "waiting")
    first = place.said_at is None
    place.said_at, place.told = now, case.progress.truths
    return to.holds(
        _key(case, first, truth, places.rang_us(row), now), "waiting", minutes=_usual(session, case) if first else ""
    )


def _key(case: Escalation, first: bool, truth: bool, rang_us: bool, now: datetime) -> str:
    """The same policy as by text: the lines at once in a crisis, and the truth when it is due.

    Who rang us has heard the lines, and may be anybody: that there is a crisis is not said.
    """
    if case.state is State.HANDING_OFF:
        return "waiting_coming"
    if truth:
        return "waiting_nobody_yet"
    if is_acknowledged(case, now) and not any(is_open(offer) for offer in case.offers):
        return "waiting_coordinator"
    if first:
        return "waiting_first_crisis" if case.cause is Cause.CRISIS and not rang_us else "waiting_first"
    return "waiting_still"


def _usual(session: Session, case: Escalation) -> str:
    usual = places.usual_wait(session, case.circle)
    return "" if usual is None else str(math.ceil(usual.total_seconds() / 60) or 1)


def waiting_key(session: Session, row: DeliveryRow, to: Listener, place: WaitingRow, now: datetime) -> CallScript:
    """They would rather be called back. The case goes on as it was; when a peer has it, their phone rings."""
    places.give_up(session, DeliveryId(row.id), "called_back", now)
    escalations.note(session, EscalationId(place.escalation_id), now, "asked_for_call_back", {"person": row.person_id})
    return to.ends_with("waiting_called_back")
