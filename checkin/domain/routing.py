"""Whom to offer an escalation to, in order, with reasons. Pure.

Hard rules first, and they fail closed (field rule R102): on shift, consented, the same circle, a language in
common, not excluded, not busy with another, within the daily limit, rested. A crisis may go to other circles
and over the limit, and says so. Then: buddy, the person last spoken with, shared topics, what the member
asked for (gender, age), least recently called.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from checkin.domain.terms import CircleId, PersonId, Reach, VolunteerId

_LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)


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


def rank(need: Need, candidates: Sequence[Candidate], now: datetime) -> Ranking:
    """Order the volunteers for one case."""
    refused: list[tuple[VolunteerId, str]] = []
    fit: list[Candidate] = []
    for candidate in candidates:
        reason = _refusal(need, candidate, now)
        if reason is None:
            fit.append(candidate)
        else:
            refused.append((candidate.volunteer, reason))
    fit.sort(key=lambda candidate: _order(need, candidate, now))
    choices = tuple(Choice(c.volunteer, c.person, c.reach, _reasons(need, c, now)) for c in fit)
    return Ranking(choices, tuple(refused))


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
