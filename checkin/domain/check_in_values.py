"""What a check-in is, what can happen to it, and what the member's side looks like. The rule is `check_in.py`."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from checkin.domain.answering import Attempt
from checkin.domain.contact_hours import ContactHours
from checkin.domain.effects import Effect
from checkin.domain.policy import Calling, CheckInPolicy, Misses
from checkin.domain.terms import Channel, CheckInId, CircleId, Level, MemberId, PersonId

_USUAL, _HOURS = Calling(), ContactHours()


class State(StrEnum):
    """Where a check-in stands."""

    DUE = "due"
    ASKED = "asked"
    REMINDED = "reminded"
    CALLED = "called"
    ANSWERED = "answered"
    MISSED = "missed"
    UNREACHED = "unreached"
    SKIPPED = "skipped"


OPEN = frozenset({State.DUE, State.ASKED, State.REMINDED, State.CALLED})


@dataclass(frozen=True)
class CheckIn:
    """One occurrence for one member. `reached` is what the carrier told: True, False, or nothing yet.

    `tries`: how often the member was rung for it; `again_at`: when they are rung once more.
    """

    id: CheckInId
    member: MemberId
    person: PersonId
    circle: CircleId
    due_at: datetime
    channel: Channel
    policy: CheckInPolicy
    state: State = State.DUE
    asked_at: datetime | None = None
    reached: bool | None = None
    answered_at: datetime | None = None
    rating: int | None = None
    version: int = 1
    next_action_at: datetime | None = None
    tries: int = 0
    again_at: datetime | None = None


@dataclass(frozen=True)
class Scene:
    """What the member's side looks like at the moment of deciding.

    `open_at` is the first moment from now on inside the member's contact hours, `closes_at` the end of the
    hours that are open now: a text that has not arrived by then never shall. `hours` in `zones` say it of any moment;
    without zones they are always open. `misses` counts those in a row so far. `heard_at`: when they last wrote.
    """

    open_at: datetime
    may_contact: bool
    can_text: bool
    misses: int
    ladder: Misses
    closes_at: datetime | None = None
    has_contacts: bool = False
    calls: Calling = _USUAL
    heard_at: datetime | None = None
    hours: ContactHours = _HOURS
    zones: tuple[ZoneInfo, ...] = ()


@dataclass(frozen=True)
class Woke:
    """Its time has come."""


@dataclass(frozen=True)
class Answered:
    """The member answered, by text or key. `level`: how their words were read, where it is told to others.

    `instead_of`: the rating that this one corrects.
    """

    rating: int | None
    level: Level | None = None
    instead_of: int | None = None


@dataclass(frozen=True)
class Delivered:
    """The carrier says that the member's phone has it (or rang)."""


@dataclass(frozen=True)
class NotDelivered:
    """The carrier says that it did not arrive."""

    textable: bool = True


@dataclass(frozen=True)
class Tried:
    """A call that asked the member is over, and brought no answer."""

    how: Attempt


@dataclass(frozen=True)
class TakenBack:
    """The words that answered were a machine's after all. `misses`: those in a row before it was answered."""

    misses: int


@dataclass(frozen=True)
class Postponed:
    """The member asks to be asked again after a while (LATER)."""

    wait: timedelta


@dataclass(frozen=True)
class CalledOff:
    """Paused, opted out, put off or moved to another time, or overtaken by the next one."""

    why: str


Event = Woke | Answered | Delivered | NotDelivered | Tried | TakenBack | Postponed | CalledOff


@dataclass(frozen=True)
class Decision:
    """The check-in as it now stands, what is to be done, and the member's misses in a row from here on.

    `misses` None: they stay as they are.
    """

    check_in: CheckIn
    effects: tuple[Effect, ...] = ()
    misses: int | None = None
