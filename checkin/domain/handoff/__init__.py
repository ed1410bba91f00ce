"""The warm handoff: two legs, both pressed 1, one conference. Pure.

    ringing volunteer ──ready──► ringing member ──ready──► joining ──both in──► joined ──one leaves──► apart
      (only after TAKE               │  ▲                     ▲                                       │  │
       by text)                      ▼  │ twice more          └──────────back within 10 min───────────┘  │
                                  no answer ──hold, leave──► over ◄──────done, all out, not back─────────┘

A leg counts only when a person on it pressed 1 (promise P3); a machine that answers presses nothing. Every
state but the last has a `next_action_at`, so that a handoff ends even when the network tells nothing any
more. Nobody can tell a line that dropped from one that was put down: whoever stays on decides it. If the other
puts it down too, the talk is over; if they stay, the one who is missing is rung again, once.

Where to read on: `values` (what it is, what may happen), `ringing` (until both are there), `talking` (joined,
apart, back, over), `third` (a coordinator joins them).
"""

from datetime import datetime
from typing import assert_never

from checkin.domain.handoff.ringing import (
    ask_again,
    begin,
    call_off,
    choose,
    enter,
    fail_leg,
    member_ready,
    ring_on,
    volunteer_ready,
)
from checkin.domain.handoff.talking import come_back, done, hang_up, leave, not_heard, over, stay_on, wake_apart
from checkin.domain.handoff.third import answer_third, third_gone, third_ready, want_third
from checkin.domain.handoff.values import (
    AskedAgain,
    Begun,
    CalledOff,
    CameBack,
    Chose,
    Decision,
    Done,
    Entered,
    Event,
    Handoff,
    HungUp,
    Left,
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
    Woke,
)

__all__ = [
    "AskedAgain",
    "Begun",
    "CalledOff",
    "CameBack",
    "Chose",
    "Decision",
    "Done",
    "Entered",
    "Event",
    "Handoff",
    "HungUp",
    "Left",
    "LegFailed",
    "MemberReady",
    "Side",
    "State",
    "StayedOn",
    "Third",
    "ThirdAnswer",
    "ThirdGone",
    "ThirdReady",
    "ThirdWanted",
    "VolunteerReady",
    "Woke",
    "decide",
]


def decide(handoff: Handoff, event: Event, now: datetime) -> Decision:
    """Say what happens next in one handoff. What no longer fits changes nothing."""
    if handoff.state is State.OVER and not isinstance(event, CameBack):
        return Decision(handoff)
    match event:
        case Begun():
            return begin(handoff, now)
        case VolunteerReady(leg):
            return volunteer_ready(handoff, leg, now)
        case MemberReady(leg):
            return member_ready(handoff, leg, now)
        case LegFailed(leg, why):
            talked = handoff.joined_at is not None and handoff.state is not State.APART
            return hang_up(handoff, leg, now) if talked else fail_leg(handoff, leg, why, now)
        case Entered(leg):
            return enter(handoff, leg, now)
        case Left(leg):
            return leave(handoff, leg, now)
        case HungUp(leg):
            return hang_up(handoff, leg, now)
        case StayedOn(leg):
            return stay_on(handoff, leg, now)
        case Done(leg):
            return done(handoff, leg, now)
        case CameBack(side, leg):
            return come_back(handoff, side, leg, now)
        case AskedAgain():
            return ask_again(handoff, now)
        case ThirdWanted():
            return want_third(handoff, now)
        case ThirdAnswer():
            return answer_third(handoff, event, now)
        case ThirdReady(leg):
            return third_ready(handoff, leg)
        case ThirdGone(leg):
            return third_gone(handoff, leg)
        case Chose(hold):
            return choose(handoff, hold, now)
        case CalledOff():
            talking = handoff.state in (State.JOINED, State.APART)
            return Decision(handoff) if talking else call_off(handoff, now)
        case Woke():
            return _wake(handoff, now)
        case _:
            assert_never(event)


def _wake(handoff: Handoff, now: datetime) -> Decision:
    if handoff.next_action_at is None or now < handoff.next_action_at:
        return Decision(handoff)
    match handoff.state:
        case State.RINGING_MEMBER:
            return ring_on(handoff, now)
        case State.RINGING_VOLUNTEER:
            return over(handoff, "volunteer_silence", now)
        case State.JOINING:
            return not_heard(handoff, now)
        case State.NO_ANSWER:
            return choose(handoff, None, now)
        case State.JOINED:
            return over(handoff, "silence", now)
        case State.APART:
            return wake_apart(handoff, now)
        case State.OVER:
            return Decision(handoff)
        case _:
            assert_never(handoff.state)
