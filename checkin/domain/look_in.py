"""The life of a look-in: a check-in was missed, and the member's own contacts are rung, one after another. Pure.

    ringing ──1: I will look in──► looking ──1: fine──► over (fine)
       │  2, no key, no answer         ├──2: needs help──► over, and a case of distress
       ▼  the next contact             └──3: not reached, or no word──► the next contact
    all rung ──► resting ──► the next round, with those who were not there
    nobody left ──► over, and a case for volunteers and coordinators
    nobody may be rung at this hour ──► resting, until somebody may

A contact is told no more than the member agreed to, and only a contact's own key counts (promise P3). What the member
answers meanwhile ends it. Every state but the last has a `next_action_at`: a look-in ends even when nothing is told.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import assert_never

from checkin.domain import effects as do
from checkin.domain.effects import Effect, Subject
from checkin.domain.policy import LookInPolicy
from checkin.domain.terms import Cause, CheckInId, CircleId, DeliveryId, Lane, Level, LookInId, MemberId, PersonId

_WORST_RING = timedelta(seconds=75)
"""From the end of the ringing until the carrier has surely said so."""


class State(StrEnum):
    """Where a look-in stands."""

    RINGING = "ringing"
    RESTING = "resting"
    LOOKING = "looking"
    OVER = "over"


class Result(StrEnum):
    """What a contact found, by its key. The same keys in every prompt."""

    FINE = "1"
    NEEDS_HELP = "2"
    NOT_REACHED = "3"


class End(StrEnum):
    """How a look-in ended."""

    FINE = "fine"
    NEEDS_HELP = "needs_help"
    NOBODY = "nobody"
    ANSWERED = "answered"
    CALLED_OFF = "called_off"


@dataclass(frozen=True)
class LookIn:
    """One look-in. `contacts` in the order in which the member wants them rung; `place` is whose turn it is.

    `call` is the call that rings them now. `asked` counts how often the one who looks in was asked what they found.
    """

    id: LookInId
    check_in: CheckInId
    member: MemberId
    member_person: PersonId
    circle: CircleId
    contacts: tuple[PersonId, ...]
    policy: LookInPolicy
    state: State = State.RINGING
    place: int = 0
    round: int = 1
    call: DeliveryId | None = None
    calls: int = 0
    asked: int = 0
    end: End | None = None
    version: int = 1
    next_action_at: datetime | None = None

    @property
    def contact(self) -> PersonId:
        """Whose turn it is."""
        return self.contacts[self.place]


@dataclass(frozen=True)
class Begun:
    """The row has just been written."""


@dataclass(frozen=True)
class WillLook:
    """The contact on this call pressed 1: they look in."""

    call: DeliveryId


@dataclass(frozen=True)
class WillNot:
    """The contact on this call cannot, pressed nothing, or was not there."""

    call: DeliveryId
    why: str


@dataclass(frozen=True)
class Told:
    """The contact on this call said what they found."""

    call: DeliveryId
    result: Result


@dataclass(frozen=True)
class MemberAnswered:
    """The member is heard of."""


@dataclass(frozen=True)
class CalledOff:
    """Paused, opted out, or a case is open for the member by now."""


@dataclass(frozen=True)
class Woke:
    """Its time has come."""


Event = Begun | WillLook | WillNot | Told | MemberAnswered | CalledOff | Woke


@dataclass(frozen=True)
class Decision:
    """The look-in as it now stands, and what is to be done."""

    look_in: LookIn
    effects: tuple[Effect, ...] = ()


Opens = Mapping[PersonId, datetime]
"""When each contact may be rung: the first moment from now on inside the contact hours on their own clock."""


def decide(look_in: LookIn, event: Event, now: datetime, opens: Opens) -> Decision:
    """Say what happens next in one look-in. What no longer fits changes nothing."""
    if look_in.state is State.OVER:
        return Decision(look_in)
    match event:
        case Begun():
            return Decision(look_in) if look_in.calls else _begin_round(look_in, now, opens)
        case WillLook(call):
            return _looks(look_in, now) if _is_asked(look_in, call, State.RINGING) else Decision(look_in)
        case WillNot(call, why):
            return _not_this_one(look_in, call, why, now, opens)
        case Told(call, result):
            if not _is_asked(look_in, call, State.LOOKING):
                return Decision(look_in)
            return _told(replace(look_in, call=None), result, now, opens)  # that call goes on to its own last words
        case MemberAnswered():
            return _over(look_in, End.ANSWERED, now)
        case CalledOff():
            return _over(look_in, End.CALLED_OFF, now)
        case Woke():
            return _wake(look_in, now, opens)
        case _:
            assert_never(event)


def _is_asked(look_in: LookIn, call: DeliveryId, state: State) -> bool:
    return look_in.state is state and look_in.call == call


def _begin_round(look_in: LookIn, now: datetime, opens: Opens) -> Decision:
    """Ring the first who may be rung; where none may be at this hour, wait for the first of them."""
    place = _whose_turn(look_in, 0, now, opens)
    if place is None:
        awake_at = min(opens[contact] for contact in look_in.contacts)
        return Decision(replace(look_in, state=State.RESTING, place=0, next_action_at=awake_at))
    return _ring(replace(look_in, state=State.RINGING, place=place), now)


def _whose_turn(look_in: LookIn, start: int, now: datetime, opens: Opens) -> int | None:
    """The next place, from `start` on, of somebody who may be rung at this hour."""
    for place in range(start, len(look_in.contacts)):
        if look_in.policy.any_hour or opens[look_in.contacts[place]] <= now:
            return place
    return None


def _ring(look_in: LookIn, now: datetime) -> Decision:
    """Ring whose turn it is, with the question that fits: will you look in, or what did you find.

    Who looks in is asked what they found whatever the hour: they have said that they do it.
    """
    calls, ring_for = look_in.calls + 1, timedelta(seconds=look_in.policy.ring_for)
    until = now + ring_for + _WORST_RING
    ringing = replace(look_in, call=None, calls=calls, next_action_at=until)
    key, about = f"look_in:{look_in.id}:{calls}", do.About(check_in=look_in.check_in, look_in=look_in.id)
    call = do.PlaceCall(look_in.contact, Subject.CONTACT, key, Lane.URGENT, ring_for, about, expires_at=until)
    return Decision(ringing, (call,))


def _looks(look_in: LookIn, now: datetime) -> Decision:
    due = now + timedelta(seconds=look_in.policy.result_after)
    return Decision(replace(look_in, state=State.LOOKING, call=None, asked=0, next_action_at=due))


def _not_this_one(look_in: LookIn, call: DeliveryId, why: str, now: datetime, opens: Opens) -> Decision:
    if look_in.call != call:
        return Decision(look_in)
    if look_in.state is State.RINGING:
        return _next(look_in, now, opens, later=why != "declined")
    return Decision(replace(look_in, call=None, next_action_at=_again(look_in, now)))


def _told(look_in: LookIn, result: Result, now: datetime, opens: Opens) -> Decision:
    match result:
        case Result.FINE:
            return _over(look_in, End.FINE, now, do.Vouch(look_in.member, look_in.contact, look_in.check_in))
        case Result.NEEDS_HELP:
            return _over(look_in, End.NEEDS_HELP, now, _case(look_in, Cause.DISTRESS, Level.DISTRESS))
        case Result.NOT_REACHED:
            return _next(look_in, now, opens, later=False)
        case _:
            assert_never(result)


def _next(look_in: LookIn, now: datetime, opens: Opens, *, later: bool) -> Decision:
    """The next contact who may be rung now; who was not there, or was asleep, has a turn in the next round too.

    Who declined has none.
    """
    contacts, place = look_in.contacts, look_in.place + 1
    if not later:
        contacts, place = (*contacts[: look_in.place], *contacts[look_in.place + 1 :]), look_in.place
    going = replace(look_in, state=State.RINGING, contacts=contacts, place=place, call=None, asked=0)
    turn = _whose_turn(going, place, now, opens)
    if turn is not None:
        return _ring(replace(going, place=turn), now)
    if not contacts or look_in.round >= look_in.policy.rounds:
        return _over(going, End.NOBODY, now, _case(look_in, Cause.MISSED, Level.CONCERN))
    rest = now + timedelta(seconds=look_in.policy.round_rest)
    again = replace(going, state=State.RESTING, place=0, round=look_in.round + 1, next_action_at=rest)
    return Decision(again)


def _wake(look_in: LookIn, now: datetime, opens: Opens) -> Decision:
    if look_in.next_action_at is None or now < look_in.next_action_at:
        return Decision(look_in)
    match look_in.state:
        case State.LOOKING:
            return _ask_what_was_found(look_in, now, opens)
        case State.RESTING:
            return _begin_round(look_in, now, opens)
        case _:
            return _next(look_in, now, opens, later=True)  # nothing was heard of the call, or it was never placed


def _ask_what_was_found(look_in: LookIn, now: datetime, opens: Opens) -> Decision:
    if look_in.asked >= look_in.policy.result_asks:
        return _next(look_in, now, opens, later=False)
    return _ring(replace(look_in, asked=look_in.asked + 1), now)


def _again(look_in: LookIn, now: datetime) -> datetime:
    return now + timedelta(seconds=look_in.policy.result_again)


def _case(look_in: LookIn, cause: Cause, level: Level) -> Effect:
    return do.OpenEscalation(look_in.member, cause, level, look_in.check_in)


def _over(look_in: LookIn, end: End, now: datetime, *effects: Effect) -> Decision:
    if look_in.call is not None:
        effects = (do.StopLookIn(look_in.id), *effects)
    if look_in.state is State.LOOKING and end in (End.ANSWERED, End.CALLED_OFF):
        key, about = f"look_in:{look_in.id}:over", do.About(check_in=look_in.check_in, look_in=look_in.id)
        effects = (*effects, do.SendText(look_in.contact, "look_in_over", key, Lane.REPLY, {}, about))
    over = replace(look_in, state=State.OVER, end=end, call=None, next_action_at=None)
    return Decision(over, effects)
