"""What a handoff is, and what may happen to it. Values only."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from checkin.domain import escalation as case
from checkin.domain.effects import Effect
from checkin.domain.terms import DeliveryId, EscalationId, HandoffId, PersonId, VolunteerId


class State(StrEnum):
    """Where a handoff stands."""

    RINGING_VOLUNTEER = "ringing_volunteer"
    RINGING_MEMBER = "ringing_member"
    JOINING = "joining"
    JOINED = "joined"
    APART = "apart"
    NO_ANSWER = "no_answer"
    OVER = "over"


class Side(StrEnum):
    """One of the two who talk."""

    VOLUNTEER = "volunteer"
    MEMBER = "member"


class Third(StrEnum):
    """Where the third person stands: the member is asked first, then coordinators are rung."""

    NONE = ""
    ASKED = "asked"
    RINGING = "ringing"
    IN = "in"
    REFUSED = "refused"
    GONE = "gone"


@dataclass(frozen=True)
class Handoff:
    """One handoff. Legs are the deliveries that rang them, or that stand for a call to us.

    `volunteer_in` and `member_in`: in the conference; while they are apart, on the line with us. `talked_seconds`: of
    the talks that are over; the one under way counts from `together_since`. `partings` counts how often they came
    apart, `again` how often a lost side was rung again: once a parting, and whenever the member's words ask for it.
    `asked_again`: they did, and have not been together since. `unheard`: how often both were asked into the conference
    once more because we had not heard that they are in it.
    """

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
    together_since: datetime | None = None
    apart_since: datetime | None = None
    partings: int = 0
    again: int = 0
    third: Third = Third.NONE
    third_leg: DeliveryId | None = None
    asked_again: bool = False
    unheard: int = 0


@dataclass(frozen=True)
class Begun:
    """The row has just been written; a leg is set where its person is on a call with us already."""


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
    """A leg left the conference. Its call may still be up: it pressed the star, or we took it out."""

    leg: DeliveryId


@dataclass(frozen=True)
class HungUp:
    """The call of a leg is over: put down, or lost."""

    leg: DeliveryId


@dataclass(frozen=True)
class StayedOn:
    """A leg is on the line with us, and out of the conference."""

    leg: DeliveryId


@dataclass(frozen=True)
class Done:
    """Whoever is on this leg said that the talk is over."""

    leg: DeliveryId


@dataclass(frozen=True)
class CameBack:
    """Somebody rang us, and pressed the key that brings them back to their talk."""

    side: Side
    leg: DeliveryId


@dataclass(frozen=True)
class AskedAgain:
    """The member's own words ask for a person: whoever waits for them on the line is to be joined to them now."""


@dataclass(frozen=True)
class ThirdWanted:
    """The volunteer asks for a third person in the talk."""


@dataclass(frozen=True)
class ThirdAnswer:
    """What the member says to that, None: nothing; `persons` are rung where they agree."""

    leg: DeliveryId
    agreed: bool | None
    persons: tuple[PersonId, ...] = ()


@dataclass(frozen=True)
class ThirdReady:
    """One of them pressed 1."""

    leg: DeliveryId


@dataclass(frozen=True)
class ThirdGone:
    """The third person is off the line, or (`leg` None) none of them came."""

    leg: DeliveryId | None


@dataclass(frozen=True)
class Chose:
    """The member did not answer; the volunteer holds the case, leaves it to others, or (None) says nothing."""

    hold: bool | None


@dataclass(frozen=True)
class CalledOff:
    """The case went on without it: given back, closed, taken anew. Two who are talking are never cut off."""


@dataclass(frozen=True)
class Woke:
    """Its time has come."""


_Ringing = Begun | VolunteerReady | MemberReady | LegFailed | Entered | Chose | CalledOff | Woke
_Talking = Left | HungUp | StayedOn | Done | CameBack | AskedAgain | ThirdWanted | ThirdAnswer | ThirdReady | ThirdGone
Event = _Ringing | _Talking


@dataclass(frozen=True)
class Decision:
    """The handoff as it now stands, what is to be done, and what its escalation must hear."""

    handoff: Handoff
    effects: tuple[Effect, ...] = ()
    tells: tuple[case.Event, ...] = ()


def side_of(handoff: Handoff, leg: DeliveryId) -> Side | None:
    """Whose leg this is; None for one that was given up."""
    if leg == handoff.volunteer_leg:
        return Side.VOLUNTEER
    return Side.MEMBER if leg == handoff.member_leg else None


def other(side: Side) -> Side:
    """The one at the other end."""
    return Side.MEMBER if side is Side.VOLUNTEER else Side.VOLUNTEER
