"""What a decision may ask for, as data. `handlers/apply.py` turns each into rows; nothing else does.

Keys make a logical message once (promise P6): the same key twice is one delivery.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from checkin.domain.terms import (
    Cause,
    CheckInId,
    CircleId,
    DeliveryId,
    EscalationId,
    HandoffId,
    Lane,
    Level,
    LookInId,
    MemberId,
    PersonId,
    VolunteerId,
)


class Subject(StrEnum):
    """What a call is about; it decides what the call says."""

    OFFER = "offer"
    VOLUNTEER_LEG = "volunteer_leg"
    MEMBER_LEG = "member_leg"
    COORDINATOR = "coordinator"
    CHECK_IN = "check_in"
    CONTACT = "contact"
    SERVICE = "service"
    THIRD_LEG = "third_leg"


@dataclass(frozen=True)
class About:
    """Whom and what a delivery concerns."""

    escalation: EscalationId | None = None
    offer: int | None = None
    handoff: HandoffId | None = None
    check_in: CheckInId | None = None
    look_in: LookInId | None = None


@dataclass(frozen=True)
class SendText:
    """Send one text. `routine` texts keep contact hours and need consent; `expires_at` ends their use."""

    to: PersonId
    template: str
    key: str
    lane: Lane
    values: Mapping[str, str] = field(default_factory=dict)
    about: About = About()
    routine: bool = False
    expires_at: datetime | None = None


@dataclass(frozen=True)
class PlaceCall:
    """Ring one person."""

    to: PersonId
    subject: Subject
    key: str
    lane: Lane
    ring_for: timedelta
    about: About = About()
    routine: bool = False
    expires_at: datetime | None = None
    not_before: datetime | None = None


@dataclass(frozen=True)
class StopCalls:
    """End the calls of an escalation that are queued, ringing or still being asked, all but `keep`.

    Who has answered and not yet pressed a key hears that it is taken; a phone that rings stops ringing.
    """

    escalation: EscalationId
    subjects: tuple[Subject, ...]
    keep: DeliveryId | None = None


@dataclass(frozen=True)
class AskAgain:
    """Make an answered call come back to us for its next words."""

    call: DeliveryId
    key: str


@dataclass(frozen=True)
class CancelRoutine:
    """Cancel what is queued for a person and has not left: all that is routine, or one check-in's part."""

    person: PersonId
    check_in: CheckInId | None = None


@dataclass(frozen=True)
class Note:
    """A step on the escalation's timeline. Codes and ids only."""

    escalation: EscalationId
    what: str
    detail: Mapping[str, str | int] = field(default_factory=dict)


@dataclass(frozen=True)
class OpenEscalation:
    """Open a case for a member, or raise the one that is open."""

    member: MemberId
    cause: Cause
    level: Level
    check_in: CheckInId | None = None
    coordinators_only: bool = False


@dataclass(frozen=True)
class StartHandoff:
    """Begin the warm handoff. `call`: the volunteer is on this call already; else they are rung."""

    escalation: EscalationId
    volunteer: VolunteerId
    call: DeliveryId | None


@dataclass(frozen=True)
class JoinAgain:
    """The member asks for a person while a volunteer has the case: whoever waits on the line is joined to them."""

    escalation: EscalationId


@dataclass(frozen=True)
class StartLookIn:
    """A check-in was not answered: ring the member's own contacts, in their order."""

    member: MemberId
    check_in: CheckInId


@dataclass(frozen=True)
class StopLookIn:
    """End the call of a look-in: it is over."""

    look_in: LookInId


@dataclass(frozen=True)
class Vouch:
    """A contact says that the member is fine: shown as theirs, never as the member's own answer."""

    member: MemberId
    contact: PersonId
    check_in: CheckInId


@dataclass(frozen=True)
class GiveTask:
    """Put something before a coordinator. The key makes it once. `why`: the reason's code, where there are several."""

    key: str
    what: str
    circle: CircleId | None
    person: PersonId | None = None
    escalation: EscalationId | None = None
    why: str = ""


_Contact = SendText | PlaceCall | StopCalls | AskAgain | CancelRoutine
Effect = _Contact | Note | OpenEscalation | StartHandoff | JoinAgain | StartLookIn | StopLookIn | Vouch | GiveTask
