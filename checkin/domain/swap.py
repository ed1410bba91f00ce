"""The life of a shift that a volunteer offers to others. Pure.

    open ──accepted, assigned──► taken ──given back──► called off
     │ └──called off───────────► called off
     └────its time is over─────► unfilled

While it is open, called off or unfilled, whoever offered it has the shift; once taken, the one who took it has, and
nobody else. A swap never makes a gap: there is no state in which nobody has it. The first to accept has it; whoever is
later, was not asked, or would go beyond a limit changes nothing.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import assert_never

from checkin.domain.coverage import Stretch
from checkin.domain.shift_limits import Why
from checkin.domain.terms import VolunteerId

SHORTEST_NOTICE = timedelta(minutes=30)
"""What begins sooner is not offered any more: a coordinator is told at once."""


class State(StrEnum):
    """Where an offered shift stands."""

    OPEN = "open"
    TAKEN = "taken"
    CALLED_OFF = "called_off"
    UNFILLED = "unfilled"


class Did(StrEnum):
    """What came of an event: what is to be written and told."""

    NOTHING = "nothing"
    TAKEN = "taken"
    TOO_LATE = "too_late"
    NOT_ASKED = "not_asked"
    REFUSED = "refused"
    CALLED_OFF = "called_off"
    GIVEN_BACK = "given_back"
    TELL = "tell"
    UNFILLED = "unfilled"


@dataclass(frozen=True)
class SwapPolicy:
    """When a swap is told of and when it ends, before the shift begins; `any_hour`: see `asks_now`."""

    told_before: timedelta
    ends_before: timedelta
    any_hour: timedelta


@dataclass(frozen=True)
class Swap:
    """A shift that is offered. `tell_at` is None once the one who offered heard that nobody has taken it yet."""

    giver: VolunteerId
    shift: Stretch
    ends_at: datetime
    tell_at: datetime | None
    asked: frozenset[VolunteerId] = frozenset()
    state: State = State.OPEN
    taken_by: VolunteerId | None = None

    @property
    def holder(self) -> VolunteerId:
        """Who has the shift."""
        return self.taken_by if self.state is State.TAKEN and self.taken_by is not None else self.giver

    @property
    def wakes_at(self) -> datetime | None:
        """When it next has something to do."""
        if self.state is not State.OPEN:
            return None
        return min(self.ends_at, self.tell_at) if self.tell_at is not None else self.ends_at


@dataclass(frozen=True)
class Accepted:
    """A peer says that they take it. `why_not`: what speaks against it at this moment."""

    by: VolunteerId
    why_not: Why | None = None


@dataclass(frozen=True)
class Assigned:
    """A coordinator gives it to somebody, asked or not. `barred`: why they cannot have it at all."""

    to: VolunteerId
    barred: Why | None = None


@dataclass(frozen=True)
class CalledOff:
    """Whoever offered it, or a coordinator, takes the offer back."""


@dataclass(frozen=True)
class GivenBack:
    """A coordinator gives a shift that was taken back to whoever offered it."""


@dataclass(frozen=True)
class Woke:
    """Its time has come."""


Event = Accepted | Assigned | CalledOff | GivenBack | Woke


@dataclass(frozen=True)
class Decision:
    """The swap after an event, and what came of it."""

    swap: Swap
    did: Did


def offer(giver: VolunteerId, shift: Stretch, policy: SwapPolicy, now: datetime) -> Swap | None:
    """Offer a shift; None where it begins too soon for it.

    It ends so long before the shift as the policy says; offered later than that, in the middle between.
    """
    left = shift[0] - now
    if left < SHORTEST_NOTICE:
        return None
    ends_at = max(shift[0] - policy.ends_before, now + left / 2)
    tell_at = shift[0] - policy.told_before
    return Swap(giver, shift, ends_at, tell_at if policy.told_before and now < tell_at < ends_at else None)


def decide(swap: Swap, event: Event, now: datetime) -> Decision:
    """Let one event happen. What no longer fits changes nothing."""
    match event:
        case Accepted(by, why_not):
            return _accepted(swap, by, why_not, now)
        case Assigned(to, barred):
            if swap.state is not State.OPEN or now >= swap.shift[0]:
                return Decision(swap, Did.TOO_LATE)
            return Decision(swap, Did.REFUSED) if barred is not None else _taken(swap, to)
        case CalledOff():
            if swap.state is not State.OPEN:
                return Decision(swap, Did.TOO_LATE)
            return Decision(replace(swap, state=State.CALLED_OFF), Did.CALLED_OFF)
        case GivenBack():
            if swap.state is not State.TAKEN:
                return Decision(swap, Did.TOO_LATE)
            return Decision(replace(swap, state=State.CALLED_OFF, taken_by=None), Did.GIVEN_BACK)
        case Woke():
            return _woke(swap, now)
        case _:
            assert_never(event)


def _accepted(swap: Swap, by: VolunteerId, why_not: Why | None, now: datetime) -> Decision:
    if by not in swap.asked:
        return Decision(swap, Did.NOT_ASKED)
    if swap.state is State.TAKEN and swap.taken_by == by:
        return Decision(swap, Did.NOTHING)
    if swap.state is not State.OPEN or now >= swap.ends_at:
        return Decision(swap, Did.TOO_LATE)
    return Decision(swap, Did.REFUSED) if why_not is not None else _taken(swap, by)


def _taken(swap: Swap, by: VolunteerId) -> Decision:
    return Decision(replace(swap, state=State.TAKEN, taken_by=by), Did.TAKEN)


def _woke(swap: Swap, now: datetime) -> Decision:
    if swap.state is not State.OPEN:
        return Decision(swap, Did.NOTHING)
    if now >= swap.ends_at:
        return Decision(replace(swap, state=State.UNFILLED), Did.UNFILLED)
    if swap.tell_at is not None and now >= swap.tell_at:
        return Decision(replace(swap, tell_at=None), Did.TELL)
    return Decision(swap, Did.NOTHING)


def leaves_now(allowed_at: datetime, until: datetime, starts_at: datetime, any_hour: timedelta, now: datetime) -> bool:
    """Whether a text about a swap leaves outside contact hours: only where the shift is soon and waiting is too late.

    `allowed_at`: when contact hours next allow it. `until`: when it is of no more use; an hour before is late enough.
    """
    return starts_at - now <= any_hour and allowed_at > until - timedelta(hours=1)
