"""Spells while the database cannot be written: kept in memory, and taken into the rows afterwards."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from checkin.domain.illness import Alert, Spell, look_again
from checkin.domain.illness_policy import IllnessPolicy
from checkin.illness.look import Findings


def looked_at(
    spells: Sequence[Spell], found: Findings, now: datetime, policy: IllnessPolicy
) -> tuple[tuple[Spell, ...], tuple[Spell, ...]]:
    """The spells after a look without the database, and those whose alert is to be sent from here.

    What the database knew of before it was lost has an auditor already, or is sent when it is back.
    """
    before = {spell.key: spell for spell in spells}
    after = tuple(
        replace(spell, offline=True) if spell != before.get(spell.key) else spell
        for spell in look_again(spells, found.ill, found.unknown, now, policy)
        if spell.ended_at is None
    )
    return after, tuple(spell for spell in after if spell.alert and spell.offline)


def alerted(spells: Sequence[Spell], sent: Sequence[Spell]) -> tuple[Spell, ...]:
    """The spells after these alerts were sent."""
    keys = {spell.key for spell in sent}
    return tuple(replace(spell, alert=Alert.NONE) if spell.key in keys else spell for spell in spells)


def with_those_of(memory: Sequence[Spell], rows: Sequence[Spell]) -> tuple[Spell, ...]:
    """The rows, and what was told while they could not be written."""
    merged = {spell.key: spell for spell in rows}
    for spell in memory:
        if not spell.offline:
            continue
        row = merged.get(spell.key)
        if row is None:
            if spell.id is None:  # else another auditor saw its end
                merged[spell.key] = spell
        elif row.version == spell.version or (spell.is_told and not row.is_told):
            merged[spell.key] = replace(spell, id=row.id, version=row.version)
    return tuple(merged.values())
