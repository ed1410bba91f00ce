"""Whom to offer an escalation to: hard rules fail closed, then the order."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checkin.domain.routing import Candidate, Need, asked_for, choose, rank, standings
from checkin.domain.terms import CircleId, PersonId, Reach, VolunteerId
from tests.domain.cast import NOON

NEED = Need(CircleId(1), "en", frozenset({"grief", "sleep"}), prefers=frozenset({"woman"}))
CRISIS = replace(NEED, crisis=True)
LATER, EARLIER = NOON + timedelta(minutes=5), NOON - timedelta(days=1)


def volunteer(number: int, **differences: Any) -> Candidate:
    """Somebody who may be offered anything."""
    who, circle, english = VolunteerId(number), CircleId(1), frozenset({"en"})
    return replace(Candidate(who, PersonId(100 + number), circle, Reach.BOTH, english), **differences)


@pytest.mark.parametrize(
    ("differences", "reason", "in_crisis"),
    [
        ({"is_the_member": True}, "is_the_member", "is_the_member"),
        ({"excluded": True}, "excluded", "excluded"),
        ({"consented": False}, "no_consent", "no_consent"),
        ({"on_shift": False}, "off_shift", "off_shift"),
        ({"busy": True}, "busy_with_another", "busy_with_another"),
        ({"languages": frozenset({"es"})}, "no_common_language", "no_common_language"),
        ({"circle": CircleId(2)}, "other_circle", None),
        ({"taken_today": 3}, "daily_limit", None),
        ({"rest_until": LATER}, "resting", None),
        ({"rest_until": NOON}, None, None),
        ({}, None, None),
    ],
)
def test_who_is_refused(differences: dict[str, Any], reason: str | None, in_crisis: str | None) -> None:
    ana = volunteer(11, **differences)
    for need, expected in ((NEED, reason), (CRISIS, in_crisis)):
        ranking = rank(need, [ana], NOON)
        assert ranking.refused == (((ana.volunteer, expected),) if expected else ())
        assert bool(ranking.choices) is (expected is None)


@pytest.mark.parametrize(
    ("first", "then", "reason"),
    [
        ({"buddy": True}, {"last_spoken": True}, "buddy"),
        ({"last_spoken": True}, {"topics": frozenset({"grief"})}, "spoke_last"),
        ({"topics": frozenset({"grief", "sleep"})}, {"topics": frozenset({"grief"})}, "shared_topics"),
        ({"topics": frozenset({"grief"})}, {"traits": frozenset({"woman"})}, "shared_topics"),
        ({"traits": frozenset({"woman"})}, {"last_called_at": None}, "asked_for"),
        ({"last_called_at": None}, {"last_called_at": EARLIER}, "least_recently_called"),
        ({"last_called_at": EARLIER}, {"last_called_at": NOON}, "least_recently_called"),
    ],
)
def test_the_order(first: dict[str, Any], then: dict[str, Any], reason: str) -> None:
    better = volunteer(12, **{"last_called_at": NOON, **first})
    other = volunteer(11, **{"last_called_at": NOON, **then})
    choices = rank(NEED, [other, better], NOON).choices
    assert [choice.volunteer for choice in choices] == [12, 11]
    assert choices[0].reasons == (reason,)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", ()),
        ("Woman", ("woman",)),
        (" over  50 ;Veteran,woman; ;WOMAN", ("over 50", "veteran", "woman")),
        ("not a man", ("not a man",)),
    ],
)
def test_what_is_asked_for_is_compared_whole_without_case_or_blanks(text: str, words: tuple[str, ...]) -> None:
    assert asked_for(text) == words


@pytest.mark.parametrize(
    ("differences", "reason"),
    [
        ({"circle": CircleId(2)}, "other_circle"),
        ({"taken_today": 3}, "over_daily_limit"),
        ({"rest_until": LATER}, "was_resting"),
    ],
)
def test_a_crisis_asks_them_last_and_says_so(differences: dict[str, Any], reason: str) -> None:
    stretched = volunteer(11, buddy=True, **differences)
    choices = rank(CRISIS, [stretched, volunteer(12)], NOON).choices
    assert [choice.volunteer for choice in choices] == [12, 11]
    assert choices[1].reasons == ("buddy", reason)


FLAGS = st.booleans()
CANDIDATES = st.lists(
    st.builds(
        volunteer,
        st.integers(1, 50),
        is_the_member=FLAGS,
        excluded=FLAGS,
        consented=FLAGS,
        on_shift=FLAGS,
        busy=FLAGS,
        buddy=FLAGS,
        last_spoken=FLAGS,
        circle=st.sampled_from([CircleId(1), CircleId(2)]),
        languages=st.frozensets(st.sampled_from(["en", "es"])),
        taken_today=st.integers(0, 5),
        rest_until=st.sampled_from([None, LATER, EARLIER]),
    ),
    unique_by=lambda candidate: candidate.volunteer,
    max_size=12,
)


@given(st.sampled_from([NEED, CRISIS]), CANDIDATES)
def test_never_who_is_excluded_unconsented_off_shift_busy_or_the_member(
    need: Need, candidates: list[Candidate]
) -> None:
    ranking = rank(need, candidates, NOON)
    chosen = {choice.volunteer for choice in ranking.choices}
    for each in (candidate for candidate in candidates if candidate.volunteer in chosen):
        assert each.consented
        assert each.on_shift
        assert "en" in each.languages
        assert not any((each.excluded, each.busy, each.is_the_member))
        assert need.crisis or (each.circle == need.circle and each.taken_today < each.max_per_day)


@given(st.sampled_from([NEED, CRISIS]), CANDIDATES, st.randoms(use_true_random=False))
def test_each_is_chosen_or_refused_once_whatever_the_order_they_come_in(
    need: Need, candidates: list[Candidate], chance: Any
) -> None:
    ranking = rank(need, candidates, NOON)
    named = [c.volunteer for c in ranking.choices] + [who for who, _ in ranking.refused]
    assert sorted(named) == sorted(candidate.volunteer for candidate in candidates)
    assert all(choice.reasons for choice in ranking.choices)
    shuffled = list(candidates)
    chance.shuffle(shuffled)
    assert rank(need, shuffled, NOON).choices == ranking.choices


@pytest.mark.parametrize(
    ("differences", "barred", "beyond"),
    [
        ({}, None, ()),
        ({"is_the_member": True}, "is_the_member", ()),
        ({"excluded": True}, "excluded", ()),
        ({"consented": False}, "no_consent", ()),
        ({"busy": True}, "busy_with_another", ()),
        ({"circle": CircleId(2)}, "other_circle", ()),
        ({"on_shift": False}, None, ("off_shift",)),
        ({"taken_today": 3, "rest_until": LATER}, None, ("daily_limit", "resting")),
        ({"languages": frozenset({"es"})}, None, ("no_common_language",)),
        ({"excluded": True, "on_shift": False}, "excluded", ("off_shift",)),
    ],
)
def test_whom_a_coordinator_may_choose(
    differences: dict[str, Any], barred: str | None, beyond: tuple[str, ...]
) -> None:
    (standing,) = standings(NEED, [volunteer(11, **differences)], NOON)
    assert (standing.barred, standing.beyond) == (barred, beyond)
    free = barred is None
    assert (choose(standing, confirmed=False) is not None) is (free and not beyond)
    chosen = choose(standing, confirmed=True)
    assert (chosen.reasons if chosen else None) == (("chosen_by_hand", *beyond) if free else None)


def test_in_a_crisis_another_circle_may_be_called_where_it_is_confirmed() -> None:
    (standing,) = standings(CRISIS, [volunteer(11, circle=CircleId(2))], NOON)
    assert (standing.barred, standing.beyond) == (None, ("other_circle",))


_ANYBODY = st.builds(
    lambda number, **differences: volunteer(number, **differences),
    st.integers(1, 9),
    on_shift=st.booleans(),
    consented=st.booleans(),
    excluded=st.booleans(),
    busy=st.booleans(),
    is_the_member=st.booleans(),
    taken_today=st.integers(0, 4),
    circle=st.sampled_from([CircleId(1), CircleId(2)]),
    languages=st.sampled_from([frozenset({"en"}), frozenset({"es"})]),
)


@given(st.lists(_ANYBODY, max_size=8), st.booleans(), st.booleans())
def test_whom_the_service_would_ask_a_coordinator_may_and_nobody_who_is_barred(
    candidates: list[Candidate], crisis: bool, confirmed: bool
) -> None:
    need = replace(NEED, crisis=crisis)
    standing = standings(need, candidates, NOON)
    chosen = [each.candidate for each in standing if choose(each, confirmed=confirmed)]
    assert not any(c.excluded or c.busy or c.is_the_member or not c.consented for c in chosen)
    asked = {choice.volunteer for choice in rank(need, candidates, NOON).choices}
    assert asked <= {each.candidate.volunteer for each in standing if choose(each, confirmed=True)}
    assert [each.barred is not None for each in standing] == sorted(each.barred is not None for each in standing)
