"""The outbox: when to try again, and which of two statuses is newer."""

from datetime import timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checkin.domain.delivery import is_final, is_newer, next_attempt
from checkin.domain.terms import Lane

TEXTS = ("accepted", "queued", "sending", "sent", "delivered", "undelivered", "failed", "read")
CALLS = ("initiated", "ringing", "in-progress", "completed", "busy", "no-answer", "failed", "canceled")
LANES = st.sampled_from(list(Lane))


@pytest.mark.parametrize(
    ("old", "new", "newer"),
    [
        ("", "queued", True),
        ("queued", "sent", True),
        ("sent", "queued", False),  # a late callback
        ("sent", "sent", False),  # a doubled one
        ("sent", "undelivered", True),
        ("undelivered", "delivered", True),  # it did arrive after all
        ("delivered", "undelivered", False),
        ("delivered", "sent", False),
        ("ringing", "in-progress", True),
        ("completed", "ringing", False),
        ("no-answer", "busy", False),
        ("sent", "teleported", False),  # a word that we do not know
        ("teleported", "sent", True),
    ],
)
def test_which_status_is_newer(old: str, new: str, newer: bool) -> None:
    assert is_newer(old, new) is newer


def settled(statuses: list[str]) -> list[str]:
    """The statuses that a delivery took on, one after the other."""
    taken = [""]
    for status in statuses:
        if is_newer(taken[-1], status):
            taken.append(status)
    return taken


@given(st.sampled_from([TEXTS, CALLS]).flatmap(lambda words: st.lists(st.sampled_from(words), max_size=12)))
def test_statuses_only_go_forward_whatever_the_order(statuses: list[str]) -> None:
    taken = settled(statuses)
    for earlier, later in pairwise(taken):
        assert is_newer(earlier, later)
        assert not is_newer(later, earlier)
        assert is_final(later) or not is_final(earlier)


@given(st.permutations(["queued", "sending", "sent", "delivered"]), st.lists(st.sampled_from(TEXTS[:5])))
def test_what_was_delivered_is_delivered_whatever_the_order(order: list[str], doubled: list[str]) -> None:
    assert settled([*order, *doubled])[-1] == "delivered"


@pytest.mark.parametrize(
    ("lane", "attempt", "seconds"),
    [
        (Lane.URGENT, 1, 1),
        (Lane.URGENT, 3, 4),
        (Lane.URGENT, 50, 20),
        (Lane.REPLY, 1, 2),
        (Lane.CHECKIN, 2, 30),
        (Lane.BULK, 99, 1800),
        (Lane.URGENT, 0, 1),
    ],
)
def test_the_longest_wait_before_the_next_attempt(lane: Lane, attempt: int, seconds: float) -> None:
    assert next_attempt(lane, attempt, 1.0) == timedelta(seconds=seconds)


@given(LANES, st.integers(1, 10_000), st.floats(0, 1, exclude_max=True))
def test_a_wait_is_never_nothing_and_urgent_waits_least(lane: Lane, attempt: int, jitter: float) -> None:
    wait = next_attempt(lane, attempt, jitter)
    assert timedelta(milliseconds=500) <= wait <= timedelta(minutes=30)
    assert next_attempt(Lane.URGENT, attempt, jitter) <= wait
    assert wait <= next_attempt(lane, attempt + 1, jitter)
