"""The life of an escalation. Pure: no clock, no database, no carrier.

    offering ──taken──► handing off ──joined──► in touch ──outcome──► closed
       ▲  │                  │                     │
       │  └─passed, failed   │                     └─ outcome 3 or 4 ──► with coordinators ──► closed
       ├────short, left, taken back                │
       └────the member needs a person again────────┘

While nobody holds it, volunteers are asked round after round, the member is told the truth, and coordinators
are paged until one acknowledges; an acknowledgement that nothing follows lapses. A coordinator may have a volunteer of
her choice called beside that, also from `with coordinators`, or take it herself: then she holds it as a volunteer does.
Only an event that carries a person (`OutcomeGiven`, `Closed`) closes a case, and an open one always has a
`next_action_at` to come (promise P2).

`decide` lets one event happen, then does whatever is due. Doing it twice, or late, does nothing twice.

Where to read on: `values` and `events` (what a case is, what may happen), `raising` (opened, raised),
`offering` (volunteers), `holding` (taken, joined, outcome), `coordinators` (pages), `telling` (what the
member hears).
"""

from dataclasses import replace
from datetime import datetime
from typing import assert_never

from checkin.domain.escalation.closing import close
from checkin.domain.escalation.coordinators import acknowledge, hear_of, let_lapse, page
from checkin.domain.escalation.events import (
    Acknowledged,
    CalledByHand,
    Closed,
    Event,
    GoesOn,
    HandoffOver,
    HeardOf,
    Joined,
    OfferFailed,
    Opened,
    OutcomeGiven,
    Passed,
    Raised,
    RangIn,
    Taken,
    TakenByCoordinator,
    Woke,
)
from checkin.domain.escalation.holding import (
    ask_outcome,
    end_handoff,
    go_on,
    join,
    record_outcome,
    ring_in,
    take,
    take_back,
    take_herself,
)
from checkin.domain.escalation.next_time import next_time
from checkin.domain.escalation.offering import fail_offer, make_offers, offer_by_hand, pass_on
from checkin.domain.escalation.raising import open_case, raise_case
from checkin.domain.escalation.telling import tell_truth
from checkin.domain.escalation.values import (
    URGENCY,
    ChoicesWanted,
    Decision,
    Ending,
    Escalation,
    Offer,
    OfferState,
    Outcome,
    Progress,
    Scene,
    State,
)

__all__ = [
    "URGENCY",
    "Acknowledged",
    "CalledByHand",
    "ChoicesWanted",
    "Closed",
    "Decision",
    "Ending",
    "Escalation",
    "Event",
    "GoesOn",
    "HandoffOver",
    "HeardOf",
    "Joined",
    "Offer",
    "OfferFailed",
    "OfferState",
    "Opened",
    "Outcome",
    "OutcomeGiven",
    "Passed",
    "Progress",
    "Raised",
    "RangIn",
    "Scene",
    "State",
    "Taken",
    "TakenByCoordinator",
    "Woke",
    "decide",
]

_DUE = (take_back, let_lapse, make_offers, page, tell_truth, ask_outcome)


def decide(case: Escalation, event: Event, now: datetime, scene: Scene) -> Decision:
    """Say what happens next in one escalation. `now` is UTC.

    An event that no longer fits (a second volunteer presses 1, a callback comes twice) changes nothing.
    Raises ChoicesWanted where somebody is to be asked and the scene does not hold who could be.
    """
    if case.state is State.CLOSED:
        return Decision(case)
    match event:
        case Opened():
            changed = open_case(case, event, now, scene)
        case Woke():
            changed = Decision(case)
        case Raised():
            changed = raise_case(case, event, now, scene)
        case Taken(volunteer, call):
            changed = take(case, volunteer, call, now, busy=volunteer in scene.busy)
        case Passed(volunteer):
            changed = pass_on(case, volunteer, now)
        case OfferFailed(number, why):
            changed = fail_offer(case, number, why, now)
        case RangIn(volunteer, call):
            changed = ring_in(case, volunteer, call, now)
        case GoesOn(volunteer):
            changed = go_on(case, volunteer, now)
        case Joined(volunteer):
            changed = join(case, volunteer, now)
        case HandoffOver():
            changed = end_handoff(case, event, now)
        case OutcomeGiven():
            changed = record_outcome(case, event, now, scene)
        case Acknowledged():
            changed = acknowledge(case, event, now)
        case CalledByHand(choice, by):
            changed = offer_by_hand(case, choice, by, now)
        case TakenByCoordinator(volunteer, by):
            changed = take_herself(case, volunteer, by, now)
        case HeardOf():
            changed = hear_of(case)
        case Closed(by, how):
            changed = close(case, by, how, now)
        case _:
            assert_never(event)
    return _do_what_is_due(changed, now, scene)


def _do_what_is_due(decision: Decision, now: datetime, scene: Scene) -> Decision:
    """Do what is due now, and say when to look again."""
    case, effects = decision.case, list(decision.effects)
    if case.state is State.CLOSED:
        return decision
    for due in _DUE:
        done = due(case, now, scene)
        case = done.case
        effects.extend(done.effects)
    return Decision(replace(case, next_action_at=next_time(case, now)), tuple(effects))
