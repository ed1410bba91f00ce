"""The warm handoff: two legs, both pressed 1, one conference. Pure.

    ringing volunteer ──ready──► ringing member ──ready──► joining ──both in──► joined ──one leaves──► over
      (only after TAKE               │  ▲
       by text)                      ▼  │ twice more
                                  no answer ──hold, leave──► over

A leg counts only when a person on it pressed 1 (promise P3); a machine that answers presses nothing.
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
_WORST_RING = timedelta(seconds=75)


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
class Woke:
    """Its time has come."""


Event = Begun | VolunteerReady | MemberReady | LegFailed | Entered | Left | Chose | Woke


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
            if handoff.state is not State.RINGING_VOLUNTEER or leg != handoff.volunteer_leg:
                return Decision(handoff)
            return _ring_member(handoff, now)
        case MemberReady(leg):
            return _member_ready(handoff, leg, now)
        case LegFailed(leg, why):
            return _leg_failed(handoff, leg, why, now)
        case Entered(leg):
            return _enter(handoff, leg, now)
        case Left(leg):
            return _leave(handoff, leg, now)
        case Chose(hold):
            if handoff.state is not State.NO_ANSWER:
                return Decision(handoff)
            return _over(handoff, "held" if hold else "left", now)
        case Woke():
            return _wake(handoff, now)
        case _:
            assert_never(event)


def _begin(handoff: Handoff, now: datetime) -> Decision:
    if handoff.volunteer_leg is not None:
        return _ring_member(handoff, now)
    return _ring_volunteer(handoff, now)


def _ring_volunteer(handoff: Handoff, now: datetime) -> Decision:
    tries = handoff.volunteer_tries + 1
    key = f"handoff:{handoff.id}:volunteer:{tries}"
    ringing = replace(
        handoff,
        state=State.RINGING_VOLUNTEER,
        volunteer_leg=None,
        volunteer_tries=tries,
        next_action_at=now + handoff.ring_for + _WORST_RING,
    )
    return Decision(ringing, (_call(handoff, handoff.volunteer_person, Subject.VOLUNTEER_LEG, key),))


def _ring_member(handoff: Handoff, now: datetime) -> Decision:
    tries = handoff.member_tries + 1
    key = f"handoff:{handoff.id}:member:{tries}"
    ringing = replace(
        handoff,
        state=State.RINGING_MEMBER,
        member_leg=None,
        member_tries=tries,
        next_action_at=now + handoff.ring_for + _WORST_RING,
    )
    note = do.Note(handoff.escalation, "member_rung", {"time": tries})
    return Decision(ringing, (_call(handoff, handoff.member_person, Subject.MEMBER_LEG, key), note))


def _call(handoff: Handoff, person: PersonId, subject: Subject, key: str) -> Effect:
    about = do.About(escalation=handoff.escalation, handoff=handoff.id)
    return do.PlaceCall(person, subject, key, Lane.URGENT, handoff.ring_for, about)


def _member_ready(handoff: Handoff, leg: DeliveryId, now: datetime) -> Decision:
    if handoff.state not in (State.RINGING_MEMBER, State.NO_ANSWER) or leg != handoff.member_leg:
        return Decision(handoff)
    joining = replace(handoff, state=State.JOINING, next_action_at=now + timedelta(seconds=45))
    return Decision(joining, (do.Note(handoff.escalation, "member_pressed_1"),))


def _leg_failed(handoff: Handoff, leg: DeliveryId, why: str, now: datetime) -> Decision:
    if leg == handoff.volunteer_leg:
        if handoff.state is State.RINGING_VOLUNTEER and handoff.volunteer_tries < 2 and why != "passed":
            return _ring_volunteer(handoff, now)
        return _over(handoff, f"volunteer_{why}", now)
    if leg != handoff.member_leg or handoff.state not in (State.RINGING_MEMBER, State.JOINING):
        return Decision(handoff)
    note = do.Note(handoff.escalation, "member_not_reached", {"why": why, "time": handoff.member_tries})
    if handoff.member_tries < handoff.max_tries:
        waiting = replace(
            handoff, state=State.RINGING_MEMBER, member_leg=None, next_action_at=now + _AGAIN_AFTER
        )
        return Decision(waiting, (note,))
    return _ask_volunteer(handoff, note, now)


def _ask_volunteer(handoff: Handoff, note: Effect, now: datetime) -> Decision:
    """All tries are used: the member gets a text, and the volunteer may hold the case or leave it."""
    asking = replace(handoff, state=State.NO_ANSWER, member_leg=None, next_action_at=now + _CHOICE_WAITS)
    text = do.SendText(
        handoff.member_person,
        "member_call_missed",
        f"handoff:{handoff.id}:missed",
        Lane.URGENT,
        {},
        do.About(escalation=handoff.escalation, handoff=handoff.id),
    )
    if handoff.volunteer_leg is None:
        return Decision(asking, (note, text))
    again = do.AskAgain(handoff.volunteer_leg, f"handoff:{handoff.id}:no_answer")
    return Decision(asking, (note, text, again))


def _enter(handoff: Handoff, leg: DeliveryId, now: datetime) -> Decision:
    if leg == handoff.volunteer_leg:
        handoff = replace(handoff, volunteer_in=True)
    elif leg == handoff.member_leg:
        handoff = replace(handoff, member_in=True)
    both = handoff.volunteer_in and handoff.member_in
    if not both or handoff.state is not State.JOINING:
        return Decision(handoff)
    joined = replace(handoff, state=State.JOINED, joined_at=now, next_action_at=None)
    return Decision(joined, (), (case.Joined(handoff.volunteer),))


def _leave(handoff: Handoff, leg: DeliveryId, now: datetime) -> Decision:
    if leg == handoff.member_leg:
        if handoff.state is State.JOINED:
            return _over(handoff, "member_left", now)
        return _leg_failed(handoff, leg, "hung_up", now)
    if leg == handoff.volunteer_leg:
        if handoff.state is State.JOINED:
            return _over(handoff, "volunteer_left", now)
        return _leg_failed(handoff, leg, "hung_up", now)
    return Decision(handoff)


def _wake(handoff: Handoff, now: datetime) -> Decision:
    if handoff.next_action_at is None or now < handoff.next_action_at:
        return Decision(handoff)
    match handoff.state:
        case State.RINGING_MEMBER if handoff.member_leg is None and handoff.member_tries < handoff.max_tries:
            return _ring_member(handoff, now)
        case State.RINGING_MEMBER:
            return _ask_volunteer(
                handoff, do.Note(handoff.escalation, "member_not_reached", {"why": "silence"}), now
            )
        case State.RINGING_VOLUNTEER:
            return _over(handoff, "volunteer_silence", now)
        case State.JOINING:
            return _over(handoff, "not_joined", now)
        case State.NO_ANSWER:
            return _over(handoff, "left", now)
        case State.JOINED | State.OVER:
            return Decision(replace(handoff, next_action_at=None))
        case _:
            assert_never(handoff.state)


def _over(handoff: Handoff, why: str, now: datetime) -> Decision:
    talked = int((now - handoff.joined_at).total_seconds()) if handoff.joined_at else 0
    over = replace(handoff, state=State.OVER, ended_at=now, talked_seconds=talked, next_action_at=None)
    effects: tuple[Effect, ...] = ()
    if handoff.joined_at is None:
        effects = (do.StopCalls(handoff.escalation, (Subject.MEMBER_LEG,)),)
        if why == "not_joined":
            effects = (do.StopCalls(handoff.escalation, (Subject.MEMBER_LEG, Subject.VOLUNTEER_LEG)),)
    return Decision(over, effects, (case.HandoffOver(handoff.volunteer, talked, why),))
