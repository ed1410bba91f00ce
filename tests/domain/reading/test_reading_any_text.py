"""Whatever arrives is read, in a time that grows with its length and no faster. `make fuzz` shows it at length."""

import re
from collections.abc import Iterator
from importlib import import_module
from pkgutil import iter_modules
from re import _constants as signs  # type: ignore[attr-defined]
from re import _parser as parser  # type: ignore[attr-defined]
from typing import Any

import pytest

from checkin.domain import reading
from checkin.domain.reading import Context, Offered, explain, needs, offers, read
from checkin.domain.reading.level import lexicon
from checkin.domain.reading.normalise import LONGEST
from tests.fuzz import texts

_REPEATS = (signs.MAX_REPEAT, signs.MIN_REPEAT, signs.POSSESSIVE_REPEAT)


@pytest.mark.parametrize("first", range(0, 900, 100))
def test_texts_that_nobody_would_send_are_read(first: int) -> None:
    for text, context in texts(100, first):
        assert explain(read(text, context)).endswith(".")


def test_no_pattern_sees_more_than_a_piece_of_a_text(monkeypatch: pytest.MonkeyPatch) -> None:
    """A text of any length is read in so many pieces at most; of one above 40,000 signs both ends."""
    seen: list[int] = []
    by_rules = needs.level_of
    monkeypatch.setattr(needs, "level_of", lambda text, language: seen.append(len(text)) or by_rules(text, language))
    read("so it goes. " * 100_000)
    assert max(seen) <= LONGEST
    assert sum(seen) < 1.3 * 40_000


def test_no_repetition_stands_within_a_repetition() -> None:
    """Else the ways to match could double with each word. Two patterns do it, and see 60 signs at most."""
    nested = {name for name, pattern in _patterns() if _is_nested(pattern)}
    assert nested == {"offers._ACCEPTS", "offers._ACCEPTS_ASKED"}
    assert not any(offers.accepts("yes please " * 1_000 + "x", offered) for offered in Offered)


def test_no_phrase_of_a_lexicon_repeats_without_a_bound() -> None:
    """But for the rest of a word, which no blank ends early."""
    for phrase in (*lexicon().phrases.all, *lexicon().idioms.all):
        for inside, _, most, what in _repeats(parser.parse(phrase.expression)):
            rest_of_a_word = [sign for sign, _ in what] == [signs.IN] and not inside
            assert most <= 9 or (most is signs.MAXREPEAT and rest_of_a_word), phrase.written


def test_the_context_of_a_fuzzed_text_varies() -> None:
    contexts = [context for _, context in texts(60, 1)]
    assert len({len(context.roles) for context in contexts}) > 1
    assert any(context.before for context in contexts)
    assert all(isinstance(context, Context) for context in contexts)


def _patterns() -> Iterator[tuple[str, "re.Pattern[str]"]]:
    """Every compiled pattern of the room, with its module and name."""
    rooms = [reading, *(import_module(f"{reading.__name__}.{each.name}") for each in iter_modules(reading.__path__))]
    for room in rooms:
        for name, value in vars(room).items():
            for pattern in _within(value):
                yield f"{room.__name__.rpartition('.')[2]}.{name}", pattern


def _within(value: object, depth: int = 0) -> Iterator["re.Pattern[str]"]:
    if isinstance(value, re.Pattern):
        yield value
    elif isinstance(value, (tuple, list, set, frozenset, dict)) and depth < 4:
        for each in value.values() if isinstance(value, dict) else value:
            yield from _within(each, depth + 1)


def _is_nested(pattern: "re.Pattern[str]") -> bool:
    parsed = parser.parse(pattern.pattern, pattern.flags)
    return any(inside and most is signs.MAXREPEAT for inside, _, most, _ in _repeats(parsed))


def _repeats(parsed: Any, inside: int = 0) -> Iterator[tuple[int, int, Any, Any]]:
    """Each repetition: within how many without a bound, least, most, and of what."""
    for sign, about in parsed:
        if sign in _REPEATS:
            least, most, what = about
            yield inside, least, most, what
            yield from _repeats(what, inside + (most is signs.MAXREPEAT))
        elif sign is signs.SUBPATTERN:
            yield from _repeats(about[3], inside)
        elif sign is signs.BRANCH:
            for way in about[1]:
                yield from _repeats(way, inside)
        elif sign in (signs.ASSERT, signs.ASSERT_NOT):
            yield from _repeats(about[1], inside)
        elif sign is signs.ATOMIC_GROUP:
            yield from _repeats(about, inside)
