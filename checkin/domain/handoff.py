"""The warm handoff: two legs, both pressed 1, one conference. Pure.

    ringing volunteer ──ready──► ringing member ──ready──► joining ──both in──► joined ──one leaves──► over
      (only after TAKE               │  ▲
       by text)                      ▼  │ twice more
                                  no answer ──hold, leave──► over

A leg counts only when a person on it pressed 1 (promise P3); a machine that answers presses nothing. Every
state but the last has a `next_action_at`, so that a handoff ends even when the network tells nothing any
more.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import assert_never

from checkin.domain import effects as do
from checkin.domain import escalation as case
from checkin.domain.effects import Effect, Subject
from checkin.domain.terms import DeliveryId, EscalationId, HandoffId, Lane, PersonId, VolunteerId

_AGAIN_AFTER = timedelta(seconds=5)
_CHOICE_WAITS = timedelta(seconds=60)
_JOINING_TAKES = timedelta(seconds=45)
_WORST_RING = timedelta(seconds=75)  # from the end of the ringing until the carrier has surely said so
_LONGEST_CALL = timedelta(hours=4)  # Twilio ends a call after 14,400 s: its end was lost on the way to us
_VOLUNTEER_TRIES = 2


class State(StrEnum):
    """Where a handoff stands."""

    RINGING_VOLUNTEER = "ringing_volunteer"
    RINGING_MEMBER = "ringing_member"
    JOINING = "joining"
    JOINED = "joined"
    NO_ANSWER = "no_answer"
    OVER = "over"


@dataclass(frozen=True)
class Handoff:
    """One handoff. Legs are the deliveries that rang them."""

    id: HandoffId
    escalation: EscalationId
    volunteer: VolunteerId
    volunteer_person: PersonId
    member_person: PersonId
    ring_for: timedelta
    max_tries: int
    state: State = State.RINGING_VOLUNTEER
    volunteer_leg: DeliveryId | None = None
    member_leg: DeliveryId | None = None
    volunteer_tries: int = 0
    member_tries: int = 0
    volunteer_in: bool = False
    member_in: bool = False
    joined_at: datetime | None = None
    ended_at: datetime | None = None
    talked_seconds: int = 0
    version: int = 1
    next_action_at: datetime | None = None


@dataclass(frozen=True)
class Begun:
    """The row has just been written; `volunteer_leg` is set where the volunteer is on a call already."""


@dataclass(frozen=True)
class VolunteerReady:
    """The volunteer pressed 1 on the call that was to join them."""

    leg: DeliveryId


@dataclass(frozen=True)
class MemberReady:
    """The member pressed 1: they want to talk."""

    leg: DeliveryId


@dataclass(frozen=True)
class LegFailed:
    """A leg ended before its person pressed 1: no answer, voicemail, silence, busy."""

    leg: DeliveryId
    why: str


@dataclass(frozen=True)
class Entered:
    """A leg is in the conference."""

    leg: DeliveryId


@dataclass(frozen=True)
class Left:
    """A leg left the conference, or its call ended."""

    leg: DeliveryId


@dataclass(frozen=True)
class Chose:
    """The member did not answer; the volunteer holds the case, or leaves it to others."""

    hold: bool


@dataclass(frozen=True)
class CalledOff:
    """The case went on without it: given back, closed, taken anew. Two who are talking are never cut off."""


@dataclass(frozen=True)
class Woke:
    """Its time has come."""


Event = Begun | VolunteerReady | MemberReady | LegFailed | Entered | Left | Chose | CalledOff | Woke


@dataclass(frozen=True)
class Decision:
    """The handoff as it now stands, what is to be done, and what its escalation must hear."""

    handoff: Handoff
    effects: tuple[Effect, ...] = ()
    tells: tuple[case.Event, ...] = ()


def decide(handoff: Handoff, event: Event, now: datetime) -> Decision:
    """Say what happens next in one handoff. What no longer fits changes nothing."""
    if handoff.state is State.OVER:
        return Decision(handoff)
    match event:
        case Begun():
            return _begin(handoff, now)
        case VolunteerReady(leg):
            return _volunteer_ready(handoff, leg, now)
        case MemberReady(leg):
            return _member_ready(handoff, leg, now)
        case LegFailed(leg, why):
            return _leg_failed(handoff, leg, why, now)
        case Entered(leg):
            return _enter(handoff, leg, now)
        case Left(leg):
            return _leg_failed(handoff, leg, "hung_up", now)
        case Chose(hold):
            if handoff.state is not State.NO_ANSWER:
                return Decision(handoff)
            return _over(handoff, "held" if hold else "left", now)
        case CalledOff():
            return Decision(handoff) if handoff.state is State.JOINED else _call_off(handoff, now)
        case Woke():
            return _wake(handoff, now)
        case _:
            assert_never(event)


def _begin(handoff: Handoff, now: datetime) -> Decision:
    if handoff.volunteer_tries or handoff.member_tries:
        return Decision(handoff)
    if handoff.volunteer_leg is not None:
        return _ring_member(handoff, now)
    return _ring_volunteer(handoff, now)


def _ring_volunteer(handoff: Handoff, now: datetime) -> Decision:
    tries, until = handoff.volunteer_tries + 1, now + handoff.ring_for + _WORST_RING
    ringing = replace(
        handoff,
        state=State.RINGING_VOLUNTEER,
        volunteer_leg=None,
        volunteer_tries=tries,
        next_action_at=until,
    )
    key = f"handoff:{handoff.id}:volunteer:{tries}"
    call = _call(handoff, handoff.volunteer_person, Subject.VOLUNTEER_LEG, key, until)
    return Decision(ringing, (call,), _goes_on(handoff, tries))


def _ring_member(handoff: Handoff, now: datetime) -> Decision:
    tries, until = handoff.member_tries + 1, now + handoff.ring_for + _WORST_RING
    ringing = replace(
        handoff,
        state=State.RINGING_MEMBER,
        member_leg=None,
        member_in=False,
        member_tries=tries,
        next_action_at=until,
    )
    key = f"handoff:{handoff.id}:member:{tries}"
    note = do.Note(handoff.escalation, "member_rung", {"time": tries})
    call = _call(handoff, handoff.member_person, Subject.MEMBER_LEG, key, until)
    return Decision(ringing, (call, note), _goes_on(handoff, tries))


def _goes_on(handoff: Handoff, tries: int) -> tuple[case.Event, ...]:
    """A further try keeps the case with its volunteer; the first belongs to the taking itself."""
    return (case.GoesOn(handoff.volunteer),) if tries > 1 else ()


def _call(handoff: Handoff, person: PersonId, subject: Subject, key: str, until: datetime) -> Effect:
    about = do.About(escalation=handoff.escalation, handoff=handoff.id)
    return do.PlaceCall(person, subject, key, Lane.URGENT, handoff.ring_for, about, expires_at=until)


def _volunteer_ready(handoff: Handoff, leg: DeliveryId, now: datetime) -> Decision:
    if handoff.state is not State.RINGING_VOLUNTEER or leg != handoff.volunteer_leg:
        return Decision(handoff)
    ringing = _ring_member(handoff, now)
    return replace(ringing, tells=(case.GoesOn(handoff.volunteer),))


def _member_ready(handoff: Handoff, leg: DeliveryId, now: datetime) -> Decision:
    """The member pressed 1, perhaps while the volunteer is being asked what to do: then they come back."""
    if handoff.state not in (State.RINGING_MEMBER, State.NO_ANSWER) or leg != handoff.member_leg:
        return Decision(handoff)
    joining = replace(handoff, state=State.JOINING, next_action_at=now + _JOINING_TAKES)
    effects: tuple[Effect, ...] = (do.Note(handoff.escalation, "member_pressed_1"),)
    if handoff.state is State.NO_ANSWER and handoff.volunteer_leg is not None:
        effects = (*effects, do.AskAgain(handoff.volunteer_leg, f"handoff:{handoff.id}:member_came"))
    return Decision(joining, effects, (case.GoesOn(handoff.volunteer),))


def _leg_failed(handoff: Handoff, leg: DeliveryId, why: str, now: datetime) -> Decision:
    if leg == handoff.volunteer_leg:
        return _volunteer_gone(handoff, why, now)
    if leg == handoff.member_leg:
        return _member_gone(handoff, why, now)
    return Decision(handoff)


def _volunteer_gone(handoff: Handoff, why: str, now: datetime) -> Decision:
    if handoff.state is State.JOINED:
        return _over(handoff, "volunteer_left", now)
    again = handoff.volunteer_tries < _VOLUNTEER_TRIES and why != "passed"
    if handoff.state is State.RINGING_VOLUNTEER and again:
        return _ring_volunteer(handoff, now)
    return _over(handoff, f"volunteer_{why}", now)


def _member_gone(handoff: Handoff, why: str, now: datetime) -> Decision:
    if handoff.state is State.JOINED:
        return _over(handoff, "member_left", now)
    if handoff.state not in (State.RINGING_MEMBER, State.JOINING):
        return Decision(handoff)
    note = do.Note(handoff.escalation, "member_not_reached", {"why": why, "time": handoff.member_tries})
    gone = replace(handoff, member_leg=None, member_in=False)
    if handoff.member_tries >= handoff.max_tries:
        return _ask_volunteer(gone, note, now)
    return Decision(replace(gone, state=State.RINGING_MEMBER, next_action_at=now + _AGAIN_AFTER), (note,))


def _ask_volunteer(handoff: Handoff, note: Effect, now: datetime) -> Decision:
    """All tries are used: the member gets a text, and the volunteer may hold the case or leave it."""
    asking = replace(handoff, state=State.NO_ANSWER, volunteer_in=False)
    asking = replace(asking, next_action_at=now + _CHOICE_WAITS)
    key, about = f"handoff:{handoff.id}", do.About(escalation=handoff.escalation, handoff=handoff.id)
    template, to = "member_call_missed", handoff.member_person
    text = do.SendText(to, template, f"{key}:missed", Lane.URGENT, {}, about)
    if handoff.volunteer_leg is None:
        return Decision(asking, (note, text))
    return Decision(asking, (note, text, do.AskAgain(handoff.volunteer_leg, f"{key}:no_answer")))


def _enter(handoff: Handoff, leg: DeliveryId, now: datetime) -> Decision:
    if leg == handoff.volunteer_leg:
        handoff = replace(handoff, volunteer_in=True)
    elif leg == handoff.member_leg:
        handoff = replace(handoff, member_in=True)
    both = handoff.volunteer_in and handoff.member_in
    if not both or handoff.state is not State.JOINING:
        return Decision(handoff)
    joined = replace(handoff, state=State.JOINED, joined_at=now, next_action_at=now + _LONGEST_CALL)
    return Decision(joined, (), (case.Joined(handoff.volunteer),))


def _wake(handoff: Handoff, now: datetime) -> Decision:
    if handoff.next_action_at is None or now < handoff.next_action_at:
        return Decision(handoff)
    match handoff.state:
        case State.RINGING_MEMBER:
            return _ring_on(handoff, now)
        case State.RINGING_VOLUNTEER:
            return _over(handoff, "volunteer_silence", now)
        case State.JOINING:
            return _over(handoff, "not_joined", now)
        case State.NO_ANSWER:
            return _over(handoff, "left", now)
        case State.JOINED:
            return _over(handoff, "silence", now)
        case State.OVER:
            return Decision(handoff)
        case _:
            assert_never(handoff.state)


def _ring_on(handoff: Handoff, now: datetime) -> Decision:
    """The pause between two tries is over, or nothing was heard of one: the next, while there is one."""
    if handoff.member_tries >= handoff.max_tries:
        note = do.Note(handoff.escalation, "member_not_reached", {"why": "silence"})
        return _ask_volunteer(handoff, note, now)
    ringing = _ring_member(handoff, now)
    if handoff.member_leg is None:
        return ringing
    stop = do.StopCalls(handoff.escalation, (Subject.MEMBER_LEG,))
    return replace(ringing, effects=(stop, *ringing.effects))


def _over(handoff: Handoff, why: str, now: datetime) -> Decision:
    talked = int((now - handoff.joined_at).total_seconds()) if handoff.joined_at else 0
    over = replace(handoff, state=State.OVER, ended_at=now, talked_seconds=talked, next_action_at=None)
    told = (case.HandoffOver(handoff.volunteer, talked, why),)
    stopped = _still_up(handoff, why)
    return Decision(over, (do.StopCalls(handoff.escalation, stopped),) if stopped else (), told)


def _call_off(handoff: Handoff, now: datetime) -> Decision:
    """End it without a word to its case, which has moved on already.

    Both legs stop ringing; a volunteer who waits on the call that offered it hears that it is over.
    """
    over = replace(handoff, state=State.OVER, ended_at=now, next_action_at=None)
    stopped = (Subject.MEMBER_LEG, Subject.VOLUNTEER_LEG)
    effects: tuple[Effect, ...] = (do.StopCalls(handoff.escalation, stopped),)
    if handoff.volunteer_leg is not None and handoff.state is not State.RINGING_VOLUNTEER:
        effects = (*effects, do.AskAgain(handoff.volunteer_leg, f"handoff:{handoff.id}:called_off"))
    return Decision(over, effects)


def _still_up(handoff: Handoff, why: str) -> tuple[Subject, ...]:
    """What may still ring or wait. A volunteer who was spoken to last hears our words to their end."""
    if why in ("not_joined", "volunteer_silence", "silence"):
        return Subject.MEMBER_LEG, Subject.VOLUNTEER_LEG, Subject.OFFER
    return () if handoff.joined_at is not None else (Subject.MEMBER_LEG,)
