"""The words of the field as types. One word for one thing (see the glossary in ARCHITECTURE.md)."""

from dataclasses import dataclass
from enum import StrEnum
from typing import NewType

PersonId = NewType("PersonId", int)
MemberId = NewType("MemberId", int)
VolunteerId = NewType("VolunteerId", int)
CoordinatorId = NewType("CoordinatorId", int)
CircleId = NewType("CircleId", int)
CheckInId = NewType("CheckInId", int)
EscalationId = NewType("EscalationId", int)
HandoffId = NewType("HandoffId", int)
DeliveryId = NewType("DeliveryId", int)
LookInId = NewType("LookInId", int)

Phone = NewType("Phone", str)
"""A number in E.164, such as +12025550123. Made only by `checkin.domain.phone.parse_phone`."""

FIRST_YEAR = 2000
"""A day that somebody chooses is of no earlier year: nothing here is so old."""
LAST_YEAR = 2100
"""Of no later year is anything taken: near the end of the calendar a day has no moment in every zone."""


class Level(StrEnum):
    """How soon a member needs a person. Ordered by `rank`; never compared as text."""

    OK = "ok"
    CONCERN = "concern"
    DISTRESS = "distress"
    CRISIS = "crisis"

    @property
    def rank(self) -> int:
        """0 for ok … 3 for crisis."""
        return _RANKS[self]


_RANKS = {level: rank for rank, level in enumerate(Level)}
ALERTS = frozenset({Level.CRISIS, Level.DISTRESS})
"""The levels that ring somebody at once (promise P1)."""


def worst(*levels: Level) -> Level:
    """Return the level that needs a person soonest; `ok` where there are none."""
    return max(levels, key=lambda level: level.rank, default=Level.OK)


def mildest(first: Level, *others: Level) -> Level:
    """Return the level that may wait longest."""
    return min((first, *others), key=lambda level: level.rank)


class Lane(StrEnum):
    """The order in which deliveries leave: urgent before reply before checkin before bulk."""

    URGENT = "urgent"
    REPLY = "reply"
    CHECKIN = "checkin"
    BULK = "bulk"


class Channel(StrEnum):
    """How a member is asked: by text or by telephone."""

    SMS = "sms"
    VOICE = "voice"


class Reach(StrEnum):
    """How a volunteer is offered an escalation."""

    CALL = "call"
    SMS = "sms"
    BOTH = "both"


class Role(StrEnum):
    """What a person is to a circle. One person may be several."""

    MEMBER = "member"
    VOLUNTEER = "volunteer"
    COORDINATOR = "coordinator"


class Cause(StrEnum):
    """Why an escalation was opened."""

    CRISIS = "crisis"
    DISTRESS = "distress"
    ASKED = "asked"
    MISSED = "missed"


@dataclass(frozen=True)
class Why:
    """One reason, as data: a stable `code` and the words that decided, for the coordinator to read."""

    code: str
    words: str = ""
