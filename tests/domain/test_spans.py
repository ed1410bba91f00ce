"""Times as people write them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checkin.domain.spans import parse_span, span_words


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("5 min", 300),
        ("5min", 300),
        ("1 h 30 min", 5400),
        ("1h, 30 minutes", 5400),
        ("24 H", 86400),
        ("2 días", 172800),
        ("90 s", 90),
        ("0", 0),
        ("5", None),
        ("", None),
        ("five min", None),
        ("5 min later", None),
        ("-5 min", None),
        ("1.5 h", None),
    ],
)
def test_what_is_written_is_read(text: str, seconds: int | None) -> None:
    assert parse_span(text) == seconds


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0, "0"), (25, "25 s"), (90, "1 min 30 s"), (300, "5 min"), (86400, "24 h"), (172800, "2 d"), (129600, "36 h")],
)
def test_it_is_said_in_as_few_units_as_do(seconds: int, words: str) -> None:
    assert span_words(seconds) == words


@given(st.integers(0, 10**8))
def test_what_is_said_is_read_back_exactly(seconds: int) -> None:
    assert parse_span(span_words(seconds)) == seconds
