"""PINs: which are any good, and how long a guesser waits."""

from datetime import UTC, datetime, timedelta

import pytest

from checkin.domain.pins import Tries, after_wrong, is_locked, is_pin, texted

NOW = datetime(2026, 11, 23, 14, tzinfo=UTC)
QUARTER = timedelta(minutes=15)


@pytest.mark.parametrize(("digits", "good"), [
    ("4829", True), ("48291734", True), ("1212", True), ("1111", False), ("2345", False), ("9876", False),
    ("8901", False), ("123", False), ("123456789", False), ("48a9", False), ("", False),
    ("\u0664\u0668\u0662\u0669", False),
])  # fmt: skip
def test_a_pin_is_four_to_eight_digits_hard_to_guess(digits: str, good: bool) -> None:
    assert is_pin(digits) is good


@pytest.mark.parametrize(("body", "digits"), [
    ("PIN 4829", "4829"), ("pin: 48 29", "4829"), ("Pin4829", None), ("pin 12", "12"), ("my pin is 4829", None),
    ("PIN", None), ("pins 4829", None), ("pin 4829.", "4829"),
])  # fmt: skip
def test_a_text_that_says_one(body: str, digits: str | None) -> None:
    assert texted(body) == digits


def test_locks_double_up_to_a_day() -> None:
    tries, waits, now = Tries(), [], NOW
    for _ in range(9):
        for _ in range(3):
            assert not is_locked(tries, now)
            tries = after_wrong(tries, 3, QUARTER, now)
        assert tries.locked_until is not None
        waits.append((tries.locked_until - now) // QUARTER)
        assert is_locked(tries, now)
        now = tries.locked_until
    assert waits == [1, 2, 4, 8, 16, 32, 64, 96, 96]
