"""What an escalation is: its states, its offers, its clocks, and the world around it. Values only."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from checkin.domain.effects import Effect
from checkin.domain.policy import EscalationPolicy
from checkin.domain.routing import Choice
from checkin.domain.terms import Cause, CircleId, EscalationId, Level, MemberId, PersonId, VolunteerId


class State(StrEnum):
    """Where a case stands."""

    OFFERING = "offering"
    HANDING_OFF = "handing_off"
    IN_TOUCH = "in_touch"
    WITH_COORDINATORS = "with_coordinators"
    CLOSED = "closed"


class OfferState(StrEnum):
    """Where one offer stands."""

    OPEN = "open"
    TAKEN = "taken"
    PASSED = "passed"
    FAILED = "failed"
    WITHDRAWN = "withdrawn"


class Outcome(StrEnum):
    """What the volunteer says of the talk; the value is the key that they press."""

    SETTLED = "1"
    FOLLOW_UP = "2"
    COORDINATOR = "3"
    EMERGENCY = "4"


class Ending(StrEnum):
    """How a coordinator says that a case ended."""

    SETTLED = "settled"
    FOLLOW_UP = "follow_up"
    EMERGENCY = "emergency"
    NOT_REACHED = "not_reached"
    MISTAKE = "mistake"


URGENCY = {Cause.MISSED: 0, Cause.ASKED: 1, Cause.DISTRESS: 2, Cause.CRISIS: 3}


@dataclass(frozen=True)
class Offer:
    """One attempt to give the case to one volunteer. `number` counts from 1 within the case."""

    number: int
    volunteer: VolunteerId
    round: int
    reasons: tuple[str, ...]
    offered_at: datetime
    expires_at: datetime
    state: OfferState = OfferState.OPEN
    ended_at: datetime | None = None
    ended_how: str | None = None


@dataclass(frozen=True)
class Progress:
    """The clocks (UTC) and counters of a case. It is stored whole: a new field needs a default.

    `page_at` is None only while an acknowledgement holds. `held`: the member did not answer and the volunteer
    keeps the case until `hold_until`. `page_though_held`: it became a crisis while a volunteer had it, or the member
    went silent after the talk, so coordinators are paged all the same. `talked`: a talk that counts is over and its
    outcome is awaited. `outcomes_due` counts how often one came to be awaited: each time is asked about for itself.
    """

    round: int = 1
    round_from: datetime | None = None
    page_at: datetime | None = None
    ring_coordinators_from: datetime | None = None
    pages: int = 0
    page_template: str = ""
    page_though_held: bool = False
    truth_at: datetime | None = None
    truths: int = 0
    hold_until: datetime | None = None
    held: bool = False
    acknowledged_until: datetime | None = None
    acknowledged_by: int | None = None
    outcome_at: datetime | None = None
    outcomes_asked: int = 0
    outcome_due_by: datetime | None = None
    outcomes_missing: int = 0
    outcomes_due: int = 0
    talked: bool = False
    handoffs: int = 0
    coordinators_only: bool = False


@dataclass(frozen=True)
class Escalation:
    """One case. `version` is for whoever saves it."""

    id: EscalationId
    member: MemberId
    member_person: PersonId
    circle: CircleId
    cause: Cause
    level: Level
    opened_at: datetime
    policy: EscalationPolicy
    state: State = State.OFFERING
    offers: tuple[Offer, ...] = ()
    holder: VolunteerId | None = None
    progress: Progress = field(default_factory=Progress)
    closed_at: datetime | None = None
    closed_by: str | None = None
    closed_how: str | None = None
    version: int = 1
    next_action_at: datetime | None = None


class ChoicesWanted(Exception):
    """Somebody is to be asked, and the scene does not hold who could be: look for them, and decide again."""


@dataclass(frozen=True)
class Scene:
    """The world around a case at the moment of deciding.

    `offers_from` is when the member's contact hours open; None, or a time gone by, means that they are open.
    `choices` are the volunteers who could be asked, in their order; None where nobody has looked for them yet: it costs
    more than all the rest, and most of what happens to a case asks nobody.
    `refused` says why the others could not be asked (volunteer, reason), for the timeline. `busy`: who would take this
    case, and has another.
    """

    choices: tuple[Choice, ...] | None = ()
    coordinators: tuple[PersonId, ...] = ()
    persons: Mapping[VolunteerId, PersonId] = field(default_factory=dict)
    offers_from: datetime | None = None
    when: str = "soon"
    policies: Mapping[Cause, EscalationPolicy] = field(default_factory=dict)
    refused: tuple[tuple[VolunteerId, str], ...] = ()
    busy: frozenset[VolunteerId] = frozenset()


@dataclass(frozen=True)
class Decision:
    """The case as it now stands, and what is to be done."""

    case: Escalation
    effects: tuple[Effect, ...] = ()


def with_progress(case: Escalation, **changes: Any) -> Escalation:
    """The same case with other clocks or counters."""
    return replace(case, progress=replace(case.progress, **changes))


def is_open(offer: Offer) -> bool:
    """Whether an offer still waits for its answer."""
    return offer.state is OfferState.OPEN


def ended(offer: Offer, state: OfferState, how: str, now: datetime) -> Offer:
    """The offer, ended; one that has ended before stays as it ended."""
    return replace(offer, state=state, ended_at=now, ended_how=how) if is_open(offer) else offer


def is_acknowledged(case: Escalation, now: datetime) -> bool:
    """Whether a coordinator's word that they have it still holds."""
    until = case.progress.acknowledged_until
    return until is not None and now < until


def talk_is_over(case: Escalation) -> bool:
    """Whether a talk that counts is over and its outcome awaited: nobody is on the line, and nobody is asked."""
    return case.state is State.IN_TOUCH and case.progress.talked


def opens_at(case: Escalation, now: datetime, scene: Scene) -> datetime:
    """When the case may ring phones: now, or when contact hours open for one that keeps to them."""
    if not case.policy.contact_hours or scene.offers_from is None:
        return now
    return max(now, scene.offers_from)


def after(seconds: int, start: datetime) -> datetime:
    """The instant so many seconds after `start`."""
    return start + timedelta(seconds=seconds)


def coordinators_of(case: Escalation, scene: Scene) -> tuple[PersonId, ...]:
    """Whom to page: never the member, who may be a coordinator too."""
    return tuple(person for person in scene.coordinators if person != case.member_person)
