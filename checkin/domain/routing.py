"""Whom to offer an escalation to, in order, with reasons. Pure.

Hard rules first, and they fail closed (field rule R102): on shift, consented, the same circle, a language in
common, not excluded, not busy with another, within the daily limit, rested. A crisis may go to other circles
and over the limit, and says so. Then: buddy, the person last spoken with, shared topics, what the member
asked for (gender, age), least recently called.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from checkin.domain.terms import CircleId, PersonId, Reach, VolunteerId

_LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)
_BETWEEN = re.compile(r"[;,]")


def asked_for(text: str) -> tuple[str, ...]:
    """What a member asks for in a peer, or what a peer has of it: words between semicolons or commas, as compared."""
    parts = (" ".join(part.casefold().split()) for part in _BETWEEN.split(text))
    return tuple(dict.fromkeys(part for part in parts if part))


@dataclass(frozen=True)
class Need:
    """What the member's case asks for.

    `prefers`: words for the peer that they would like, such as `woman`.
    """

    circle: CircleId
    language: str
    topics: frozenset[str] = frozenset()
    crisis: bool = False
    prefers: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Candidate:
    """One volunteer as they stand at this moment.

    `traits` are the words that `Need.prefers` is held against.
    """

    volunteer: VolunteerId
    person: PersonId
    circle: CircleId
    reach: Reach
    languages: frozenset[str]
    topics: frozenset[str] = frozenset()
    on_shift: bool = True
    consented: bool = True
    excluded: bool = False
    busy: bool = False
    taken_today: int = 0
    max_per_day: int = 3
    rest_until: datetime | None = None
    last_called_at: datetime | None = None
    buddy: bool = False
    last_spoken: bool = False
    is_the_member: bool = False
    traits: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Choice:
    """A volunteer who may be offered the case, and why they stand where they stand."""

    volunteer: VolunteerId
    person: PersonId
    reach: Reach
    reasons: tuple[str, ...]


@dataclass(frozen=True)
class Ranking:
    """Who may be offered, best first, and who may not, with the reason."""

    choices: tuple[Choice, ...]
    refused: tuple[tuple[VolunteerId, str], ...]


@dataclass(frozen=True)
class Standing:
    """How a volunteer stands towards a case for which a coordinator chooses by hand.

    `barred`: why they cannot be chosen at all. `beyond`: what the coordinator would go beyond, and must confirm.
    """

    candidate: Candidate
    barred: str | None
    beyond: tuple[str, ...]
    reasons: tuple[str, ...]


CHOSEN = "chosen_by_hand"


def standings(need: Need, candidates: Sequence[Candidate], now: datetime) -> tuple[Standing, ...]:
    """Every volunteer for a choice by hand: first whom the service would ask, in its own order, last who is barred.

    Consent, exclusions, another case and (but in a crisis) another circle bar; shifts, limits, rest and a language that
    is not shared do not, where a coordinator says so.
    """
    found = [_standing(need, candidate, now) for candidate in candidates]
    found.sort(key=lambda each: (each.barred is not None, len(each.beyond), _order(need, each.candidate, now)))
    return tuple(found)


def choose(standing: Standing, *, confirmed: bool) -> Choice | None:
    """The choice of this volunteer; None where they are barred, or more was gone beyond than was confirmed."""
    if standing.barred is not None or (standing.beyond and not confirmed):
        return None
    volunteer = standing.candidate
    return Choice(volunteer.volunteer, volunteer.person, volunteer.reach, (CHOSEN, *standing.beyond))


def _standing(need: Need, candidate: Candidate, now: datetime) -> Standing:
    bars = (
        (candidate.is_the_member, "is_the_member"),
        (candidate.excluded, "excluded"),
        (not candidate.consented, "no_consent"),
        (candidate.busy, "busy_with_another"),
        (candidate.circle != need.circle and not need.crisis, "other_circle"),
    )
    beyond = (
        (not candidate.on_shift, "off_shift"),
        (candidate.taken_today >= candidate.max_per_day, "daily_limit"),
        (_resting(candidate, now), "resting"),
        (need.language not in candidate.languages, "no_common_language"),
        (candidate.circle != need.circle and need.crisis, "other_circle"),
    )
    barred = next((reason for bar, reason in bars if bar), None)
    return Standing(candidate, barred, tuple(reason for goes, reason in beyond if goes), _reasons(need, candidate, now))


@dataclass(frozen=True)
class Place:
    """Where one volunteer stands at a moment: refused for a reason, or a choice with its place in the order."""

    volunteer: VolunteerId
    refusal: str | None
    order: tuple[object, ...] = ()
    choice: Choice | None = None


def place(need: Need, candidate: Candidate, now: datetime) -> Place:
    """Where one volunteer stands: `now` matters only for whether they rest."""
    reason = _refusal(need, candidate, now)
    if reason is not None:
        return Place(candidate.volunteer, reason)
    choice = Choice(candidate.volunteer, candidate.person, candidate.reach, _reasons(need, candidate, now))
    return Place(candidate.volunteer, None, _order(need, candidate, now), choice)


def in_order(places: Sequence[Place]) -> Ranking:
    """The volunteers of one case, best first, and who may not be offered it."""
    fit = sorted((each for each in places if each.refusal is None), key=lambda each: each.order)
    choices = tuple(each.choice for each in fit if each.choice is not None)
    return Ranking(choices, tuple((each.volunteer, each.refusal) for each in places if each.refusal is not None))


def rank(need: Need, candidates: Sequence[Candidate], now: datetime) -> Ranking:
    """Order the volunteers for one case."""
    return in_order([place(need, candidate, now) for candidate in candidates])


def _refusal(need: Need, candidate: Candidate, now: datetime) -> str | None:
    checks = (
        (candidate.is_the_member, "is_the_member"),
        (candidate.excluded, "excluded"),
        (not candidate.consented, "no_consent"),
        (not candidate.on_shift, "off_shift"),
        (candidate.busy, "busy_with_another"),
        (need.language not in candidate.languages, "no_common_language"),
        (candidate.circle != need.circle and not need.crisis, "other_circle"),
        (candidate.taken_today >= candidate.max_per_day and not need.crisis, "daily_limit"),
        (_resting(candidate, now) and not need.crisis, "resting"),
    )
    return next((reason for refuses, reason in checks if refuses), None)


def _order(need: Need, candidate: Candidate, now: datetime) -> tuple[object, ...]:
    return (
        candidate.circle != need.circle,
        _resting(candidate, now) or candidate.taken_today >= candidate.max_per_day,
        not candidate.buddy,
        not candidate.last_spoken,
        -len(need.topics & candidate.topics),
        -len(need.prefers & candidate.traits),
        candidate.last_called_at or _LONG_AGO,
        candidate.volunteer,
    )


def _reasons(need: Need, candidate: Candidate, now: datetime) -> tuple[str, ...]:
    named = (
        (candidate.buddy, "buddy"),
        (candidate.last_spoken, "spoke_last"),
        (bool(need.topics & candidate.topics), "shared_topics"),
        (bool(need.prefers & candidate.traits), "asked_for"),
        (candidate.circle != need.circle, "other_circle"),
        (candidate.taken_today >= candidate.max_per_day, "over_daily_limit"),
        (_resting(candidate, now), "was_resting"),
    )
    return tuple(reason for holds, reason in named if holds) or ("least_recently_called",)


def _resting(candidate: Candidate, now: datetime) -> bool:
    return candidate.rest_until is not None and candidate.rest_until > now
