"""What may happen to an escalation. Only `OutcomeGiven` and `Closed`, which carry a person, can close one."""

from dataclasses import dataclass

from checkin.domain.escalation.values import Outcome
from checkin.domain.routing import Choice
from checkin.domain.terms import Cause, DeliveryId, Level, PersonId, VolunteerId


@dataclass(frozen=True)
class Opened:
    """The case has just been written. `said`: because a volunteer says of one that was closed that it is not over."""

    coordinators_only: bool = False
    said: "OutcomeGiven | None" = None


@dataclass(frozen=True)
class Woke:
    """Its time has come."""


@dataclass(frozen=True)
class Raised:
    """The member said something that needs a person (again), or missed another check-in."""

    cause: Cause
    level: Level
    coordinators_only: bool = False


@dataclass(frozen=True)
class Taken:
    """A volunteer pressed 1 (on `call`) or texted TAKE."""

    volunteer: VolunteerId
    call: DeliveryId | None = None


@dataclass(frozen=True)
class Passed:
    """A volunteer pressed 2 or texted PASS."""

    volunteer: VolunteerId


@dataclass(frozen=True)
class OfferFailed:
    """An offer's call met voicemail, silence, a busy line, a bad number. `number` is the offer's."""

    number: int
    why: str


@dataclass(frozen=True)
class RangIn:
    """Who holds the case rang us, on `call`, to be with the member; no talk is left to come back to."""

    volunteer: VolunteerId
    call: DeliveryId


@dataclass(frozen=True)
class GoesOn:
    """The handoff went on: a phone rings again, or somebody pressed 1.

    The holder keeps the case for longer.
    """

    volunteer: VolunteerId


@dataclass(frozen=True)
class Joined:
    """Member and volunteer are on one line."""

    volunteer: VolunteerId


@dataclass(frozen=True)
class HandoffOver:
    """The handoff ended: after so many seconds of talk, and why."""

    volunteer: VolunteerId
    talked_seconds: int
    why: str


@dataclass(frozen=True)
class OutcomeGiven:
    """The volunteer said how it went."""

    volunteer: VolunteerId
    outcome: Outcome


@dataclass(frozen=True)
class Acknowledged:
    """A coordinator said: I have it. `call`: the call on which they said so, which goes on to its own last words."""

    by: PersonId
    how: str
    call: DeliveryId | None = None


@dataclass(frozen=True)
class CalledByHand:
    """A coordinator chose whom to ask now. `choice.reasons` say what they went beyond."""

    choice: Choice
    by: PersonId


@dataclass(frozen=True)
class TakenByCoordinator:
    """A coordinator talks to the member herself. `volunteer`: she, as the one who holds a case."""

    volunteer: VolunteerId
    by: PersonId


@dataclass(frozen=True)
class HeardOf:
    """The member, who was silent, wrote or spoke."""


@dataclass(frozen=True)
class Closed:
    """A person closed it, and said how."""

    by: str
    how: str


Event = (
    Opened
    | Woke
    | Raised
    | Taken
    | Passed
    | OfferFailed
    | RangIn
    | GoesOn
    | Joined
    | HandoffOver
    | OutcomeGiven
    | Acknowledged
    | CalledByHand
    | TakenByCoordinator
    | HeardOf
    | Closed
)
