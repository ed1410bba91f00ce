"""No telephone number and no word of a person gets into a log (promises P8 and P9)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checkin.log import PRIVATE, mask, without_numbers


@pytest.mark.parametrize(
    "line",
    [
        "to +12025550123",
        "To=%2B12025550123&x",
        "(202) 555-0123 rang",
        "202.555.0123",
        "+44 20 7946 0958",
        "SELECT 1 [parameters: ('i want to die', 7)]",
    ],
)
def test_what_looks_like_a_number_is_hidden(line: str) -> None:
    hidden = without_numbers(line)
    assert "hidden" in hidden
    assert not any(secret in hidden for secret in ("0123", "0958", "die"))


@pytest.mark.parametrize("line", ["delivery=42 lane=urgent", "2026-11-25 03:54:49", "took 1284 ms", "escalation 1042"])
def test_what_is_no_number_stays(line: str) -> None:
    assert without_numbers(line) == line


@given(st.sampled_from(sorted(PRIVATE)), st.text())
def test_private_keys_are_never_written(key: str, value: str) -> None:
    assert mask(None, "info", {key: value}) == {key: "[hidden]"}


@given(st.integers(min_value=10**9, max_value=10**15))
def test_a_number_as_a_number_is_hidden_too(number: int) -> None:
    assert str(number) not in str(mask(None, "info", {"event": number, "inner": {"deep": [number]}}))
