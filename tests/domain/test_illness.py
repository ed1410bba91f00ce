"""A spell of illness is told once, when it lasts; again when it is over; and not each time that it flaps."""

import tomllib
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import checkin
from checkin.domain.illness import Ailment, Alert, Part, Severity, Spell, look_again, may_ring
from checkin.domain.policy import parse_policy

POLICY = parse_policy(tomllib.loads((Path(checkin.__file__).parent / "policy.toml").read_text())).illness
START = datetime(2026, 11, 23, 14, 0, tzinfo=UTC)
ROUND = POLICY.look_every
SERIOUS = Ailment("clock", Part.PROCESS, Severity.SERIOUS, "It is gone.")
MILD = replace(SERIOUS, severity=Severity.MILD)


def seen(*looks: Ailment | frozenset[Part] | None) -> tuple[list[tuple[int, Alert]], tuple[Spell, ...]]:
    """What is told at which second, when each look finds this; a set: what could not be judged."""
    spells: tuple[Spell, ...] = ()
    told = []
    for number, found in enumerate(looks):
        ill = [found] if isinstance(found, Ailment) else []
        unknown = found if isinstance(found, frozenset) else frozenset()
        after = look_again(spells, ill, unknown, START + timedelta(seconds=ROUND * number), POLICY)
        told += [(ROUND * number, spell.alert) for spell in after if spell.alert]
        spells = tuple(replace(spell, alert=Alert.NONE) for spell in after if spell.ended_at is None)
    return told, spells


@pytest.mark.parametrize(
    ("looks", "told"),
    [
        ([SERIOUS] * 30, [(10, Alert.ILL)]),
        ([MILD] * 30, [(30, Alert.ILL)]),
        ([SERIOUS, *[None] * 30], []),
        ([*[SERIOUS] * 3, *[None] * 30], [(10, Alert.ILL), (90, Alert.WELL)]),
        ([*[SERIOUS] * 3, *[None] * 5, *[SERIOUS] * 10], [(10, Alert.ILL)]),
        ([*[SERIOUS] * 3, *[None] * 8, SERIOUS], [(10, Alert.ILL), (90, Alert.WELL), (110, Alert.ILL)]),
        ([*[MILD] * 5, *[SERIOUS] * 5], [(30, Alert.ILL), (50, Alert.ILL)]),
        ([*[SERIOUS] * 5, *[MILD] * 5], [(10, Alert.ILL)]),
        ([*[SERIOUS] * 3, *[frozenset({Part.PROCESS})] * 30], [(10, Alert.ILL)]),
    ],
    ids=["serious", "mild", "a hiccup", "over", "one spell", "a relapse", "worse", "better", "not judged"],
)
def test_what_is_told_when(looks: list[Ailment | None], told: list[tuple[int, Alert]]) -> None:
    assert seen(*looks)[0] == told


def test_a_spell_ends_an_hour_after_it_was_told_as_over() -> None:
    assert len(seen(*[SERIOUS] * 3, *[None] * 366)[1]) == 1
    assert seen(*[SERIOUS] * 3, *[None] * 370)[1] == ()


@given(st.lists(st.sampled_from([SERIOUS, MILD, None, frozenset({Part.PROCESS})]), max_size=300))
def test_ill_and_well_alternate_and_flapping_is_damped(looks: list[Ailment | None]) -> None:
    told = [alert for _, alert in seen(*looks)[0]]
    assert told[:1] in ([], [Alert.ILL])
    assert (Alert.WELL, Alert.WELL) not in list(pairwise(told))
    # 300 looks are 50 minutes, so all is one spell: told as ill three times, once more where the third was mild.
    assert told.count(Alert.ILL) <= POLICY.most_tellings + 1


def test_only_what_is_serious_told_and_lasting_rings_and_once() -> None:
    [spell] = seen(*[SERIOUS] * 3)[1]
    early, late = START + timedelta(seconds=300), START + timedelta(seconds=310)
    assert not may_ring(spell, early, POLICY)
    assert may_ring(spell, late, POLICY)
    assert not may_ring(replace(spell, rung_at=late), late, POLICY)
    assert not may_ring(replace(spell, severity=Severity.MILD), late, POLICY)
    assert not may_ring(replace(spell, well_since=late), late, POLICY)
    assert not may_ring(spell, late, replace(POLICY, call_after=0))
