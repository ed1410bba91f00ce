"""When illness of the service is told: once, and again when it is well (promise P11). Pure.

    seen ──persists──► told ──well for a while──► well told ──well for an hour──► over
      │                  ▲                             │
      └─gone─► over      └─────ill again within it─────┘  the same spell, told a few times at most

What nobody could judge this time (the database is away, so who knows of the workers) changes nothing.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from checkin.domain.illness_policy import IllnessPolicy


class Severity(StrEnum):
    """`serious`: somebody may wait in vain right now. Only that may wake a coordinator."""

    MILD = "mild"
    SERIOUS = "serious"


class Part(StrEnum):
    """What is judged together: when it cannot be asked, nothing in it counts as well."""

    DATABASE = "database"
    REDIS = "redis"
    DISK = "disk"
    PROCESS = "process"
    LANE = "lane"
    CHECK_IN = "check_in"
    CARRIER = "carrier"
    ACCOUNT = "account"
    PEOPLE = "people"
    PROMISE = "promise"
    ALERTS = "alerts"
    BACKUP = "backup"


@dataclass(frozen=True)
class Ailment:
    """One thing that is ill. `what`: one sentence that says what is wrong and how to mend it; it names no person."""

    key: str
    part: Part
    severity: Severity
    what: str


class Alert(StrEnum):
    """What is still to be said to the alert addresses."""

    NONE = ""
    ILL = "ill"
    WELL = "well"


@dataclass(frozen=True)
class Spell:
    """One ailment from its first sight to its end. `tellings` counts how often it was told as ill.

    `texted` is the telling that coordinators have as a text, `rung_at` when they were rung for it. `offline`: changed
    while the database could not be written. `id` and `version` are those of its row, None where it has none yet.
    """

    key: str
    part: Part
    severity: Severity
    what: str
    since: datetime
    seen_at: datetime
    told_at: datetime | None = None
    told_as: Severity | None = None
    tellings: int = 0
    well_since: datetime | None = None
    well_told_at: datetime | None = None
    ended_at: datetime | None = None
    alert: Alert = Alert.NONE
    texted: int = 0
    rung_at: datetime | None = None
    id: int | None = None
    version: int = 1
    offline: bool = False

    @property
    def is_ill(self) -> bool:
        """Whether it was ill when it was last looked at."""
        return self.well_since is None

    @property
    def is_told(self) -> bool:
        """Whether the last word on it was that it is ill."""
        return self.told_at is not None and self.well_told_at is None


def look_again(
    spells: Iterable[Spell], ill: Iterable[Ailment], unknown: frozenset[Part], now: datetime, policy: IllnessPolicy
) -> tuple[Spell, ...]:
    """The spells after one look. Those with `ended_at` are over."""
    found = {ailment.key: ailment for ailment in ill}
    after = []
    for spell in spells:
        ailment = found.pop(spell.key, None)
        if ailment is not None:
            after.append(_still_ill(spell, ailment, now, policy))
        elif spell.part in unknown:
            after.append(spell)
        else:
            after.append(_not_seen(spell, now, policy))
    after.extend(_still_ill(_first_seen(ailment, now), ailment, now, policy) for ailment in found.values())
    return tuple(after)


def comes_and_goes(spell: Spell, policy: IllnessPolicy) -> bool:
    """Whether it was told so often that only an hour of being well is said again."""
    return spell.tellings >= policy.most_tellings


def may_ring(spell: Spell, now: datetime, policy: IllnessPolicy) -> bool:
    """Whether coordinators are to be rung for it now: serious, told, still ill after the policy's time, not rung."""
    if not policy.call_after or spell.severity is not Severity.SERIOUS or spell.rung_at is not None:
        return False
    told = spell.told_at if spell.is_told and spell.is_ill else None
    return told is not None and now - told >= timedelta(seconds=policy.call_after)


def _first_seen(ailment: Ailment, now: datetime) -> Spell:
    return Spell(ailment.key, ailment.part, ailment.severity, ailment.what, now, now)


def _still_ill(spell: Spell, ailment: Ailment, now: datetime, policy: IllnessPolicy) -> Spell:
    spell = replace(spell, severity=ailment.severity, what=ailment.what, seen_at=now, well_since=None)
    worse = spell.told_as is Severity.MILD and ailment.severity is Severity.SERIOUS
    if spell.is_told and not worse:
        return spell
    serious = ailment.severity is Severity.SERIOUS
    persists = policy.serious_told_after if serious else policy.told_after
    # A relapse was known as ill before: it is told at once, or somebody would believe that it is well.
    if spell.told_at is None and now - spell.since < timedelta(seconds=persists):
        return spell
    return replace(
        spell,
        told_at=now,
        told_as=ailment.severity,
        tellings=spell.tellings + 1,
        well_told_at=None,
        rung_at=None if worse else spell.rung_at,
        alert=Alert.ILL,
    )


def _not_seen(spell: Spell, now: datetime, policy: IllnessPolicy) -> Spell:
    well_since = spell.well_since or now
    spell = replace(spell, well_since=well_since)
    well_for = now - well_since
    if spell.told_at is None:
        over = well_for >= timedelta(seconds=policy.well_told_after)
        return replace(spell, ended_at=now) if over else spell
    if spell.well_told_at is None:
        needed = policy.same_spell_for if comes_and_goes(spell, policy) else policy.well_told_after
        if well_for < timedelta(seconds=needed):
            return spell
        return replace(spell, well_told_at=now, alert=Alert.WELL)
    over = now - spell.well_told_at >= timedelta(seconds=policy.same_spell_for)
    return replace(spell, ended_at=now) if over else spell
