"""The numbers that a circle may change: whatever is wrong is named."""

import copy
from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checkin.domain.policy import (
    BadPolicy,
    Calling,
    CheckInPolicy,
    Misses,
    escalation_policy,
    look_in_policy,
    overlay,
    parse_policy,
)
from checkin.domain.terms import Cause
from tests.domain.cast import POLICY, POLICY_DATA


def paths(table: dict[str, Any], above: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """The way to each value."""
    for key, value in table.items():
        yield from paths(value, (*above, key)) if isinstance(value, dict) else [(*above, key)]


PATHS = sorted(paths(POLICY_DATA))


def changed(path: tuple[str, ...], value: object) -> dict[str, Any]:
    """The defaults with one value replaced, as a policy file would."""
    over: Any = value
    for key in reversed(path):
        over = {key: over}
    return overlay(POLICY_DATA, over)


@pytest.mark.parametrize(
    ("path", "value", "says"),
    [
        ("escalation.crisis.ring_for", "25", "escalation.crisis.ring_for must be a whole number"),
        ("escalation.crisis.ring_for", 2.5, "escalation.crisis.ring_for must be a whole number"),
        ("escalation.crisis.ring_for", True, "escalation.crisis.ring_for must be a whole number"),
        ("escalation.crisis.ring_at_once", 0, "escalation.crisis.ring_at_once must be more than 0"),
        ("escalation.asked.coordinators_again", 0, "coordinators_again must be more than 0"),
        ("escalation.distress.by_text", 1, "escalation.distress.by_text must be true or false"),
        ("escalation.distress.offer_holds_for", 10, "offer_holds_for must be at least ring_for"),
        ("escalation.distress.truth_after", -1, "escalation.distress.truth_after"),
        ("pacing.texts_per_second", float("nan"), "pacing.texts_per_second must be a number"),
        ("pacing.calls_per_second", 0, "pacing.calls_per_second must be more than 0"),
        ("pacing.calls_kept_free", 20, "pacing.calls_kept_free must be less than calls_at_once"),
        ("calls.tries", 0, "calls.tries must be more than 0"),
        ("calls.sure_enough", 1.5, "calls.sure_enough must be from 0 to 1"),
        ("calls.machine_message", 1, "calls.machine_message must be true or false"),
        ("check_in.daily.remind_after", 9000, "check_in.daily.remind_after must be less than call_after"),
        ("check_in.weekly.remind_after", 172800, "check_in.weekly.remind_after must be less than missed"),
        ("check_in.weekly.missed_after", 0, "check_in.weekly.missed_after must be more than 0"),
        ("contact_hours.start", "8 am", "contact_hours.start must be a time"),
        ("contact_hours.start", "08:00+02:00", "contact_hours.start must be without a zone"),
        ("contact_hours.end", "07:00", "contact_hours.end must be later"),
        ("programme.name", "", "programme.name"),
        ("programme.name", "a name of more than twenty", "programme.name"),
        ("retention.words_days", 29, "retention.words_days must be from 30 to 365"),
        ("retention.words_days", 366, "retention.words_days must be from 30 to 365"),
        ("misses.nudge_at", None, "misses.nudge_at must be a whole number"),
    ],
)
def test_a_wrong_value_is_named(path: str, value: object, says: str) -> None:
    with pytest.raises(BadPolicy, match=says):
        parse_policy(changed(tuple(path.split(".")), value))


@pytest.mark.parametrize(
    ("over", "says"),
    [
        ({"escalations": {}}, "^escalations is no policy"),
        ({"escalation": {"crisis": {"ring_four": 4}}}, "^escalation.crisis.ring_four is no policy"),
        ({"escalation": {"panic": {}}}, "^escalation.panic is no policy"),
        ({"misses": 3}, "^misses has the wrong shape"),
        ({"misses": {"nudge_at": {"at": 1}}}, "^misses.nudge_at has the wrong shape"),
    ],
)
def test_a_name_or_shape_that_we_do_not_know_is_named(over: dict[str, Any], says: str) -> None:
    with pytest.raises(BadPolicy, match=says):
        overlay(POLICY_DATA, over)


TABLES = ["programme", "contact_hours", "check_in.daily", "escalation.missed", "pacing", "calls"]


@pytest.mark.parametrize("table", TABLES)
def test_a_table_that_is_missing_is_named(table: str) -> None:
    data, (*above, last) = copy.deepcopy(POLICY_DATA), table.split(".")
    parent = data[above[0]] if above else data
    del parent[last]
    with pytest.raises(BadPolicy, match=table.replace(".", r"\.")):
        parse_policy(data)


WRONG = st.one_of(st.none(), st.text(min_size=21), st.integers(max_value=-1), st.lists(st.integers()))


@given(st.sampled_from(PATHS), WRONG)
def test_whatever_is_put_in_place_of_a_value_the_error_names_it(path: tuple[str, ...], value: object) -> None:
    with pytest.raises(BadPolicy) as refused:
        parse_policy(changed(path, value))
    assert str(refused.value).startswith(".".join(path))


@given(st.sampled_from(PATHS))
def test_laying_nothing_over_or_the_same_changes_nothing(path: tuple[str, ...]) -> None:
    value: Any = POLICY_DATA
    for key in path:
        value = value[key]
    assert overlay(POLICY_DATA, {}) == POLICY_DATA
    assert changed(path, value) == POLICY_DATA


@pytest.mark.parametrize("cause", list(Cause))
def test_a_running_case_reads_back_the_policy_that_it_started_with(cause: Cause) -> None:
    policy = POLICY.escalation[cause]
    assert escalation_policy(policy.as_data()) == policy


def test_a_running_case_loads_with_values_that_later_versions_would_refuse() -> None:
    """A stricter version must not leave an open case unread (promise P2)."""
    data = {**POLICY.escalation[Cause.CRISIS].as_data(), "round_rest": 0, "offer_holds_for": 1}
    assert escalation_policy(data).round_rest == 0


def test_a_look_in_from_before_contacts_had_hours_goes_on_in_contact_hours() -> None:
    begun = asdict(POLICY.look_in)
    assert look_in_policy(begun | {"any_hour": True}).any_hour
    del begun["any_hour"]
    assert look_in_policy(begun) == POLICY.look_in


def test_the_defaults_are_those_of_the_design() -> None:
    crisis, distress = POLICY.escalation[Cause.CRISIS], POLICY.escalation[Cause.DISTRESS]
    assert (crisis.ring_at_once, crisis.ring_for, crisis.rounds_before_coordinators) == (3, 25, 2)
    assert (crisis.coordinators_call_after, crisis.coordinators_again, crisis.truth_after) == (180, 300, 300)
    assert (distress.coordinators_text_after, distress.coordinators_call_after) == (600, 1200)
    assert (distress.truth_after, distress.talk_counts_after) == (900, 20)
    assert CheckInPolicy(remind_after=3600, call_after=7200, missed_after=10800) == POLICY.daily
    assert CheckInPolicy(remind_after=86400, call_after=0, missed_after=172800) == POLICY.weekly
    assert Misses(contacts_at=1, nudge_at=1, volunteer_at=2, coordinator_at=3) == POLICY.misses
    assert Calling() == POLICY.calls
