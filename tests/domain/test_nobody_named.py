"""A text without numbers and names."""

import pytest

from checkin.domain.nobody_named import nobody_named, tokens_of

NAMES = tokens_of(["Sam", "José Ángel", "Will", "Anne-Marie Kowalski"])


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("4 thanks", "4 thanks"),
        ("2 days sober, 1 bad night", "2 days sober, 1 bad night"),
        ("call me on (202) 555-0177 please", "call me on [number] please"),
        ("+12025550101", "[number]"),
        ("code 12345", "code [number]"),
        ("this is sam", "this is [name]"),
        ("SAM here", "[name] here"),
        ("Sam's not well", "[name] not well"),
        ("jose angel hurt me", "[name] angel hurt me"),
        ("josé hurt me", "[name] hurt me"),
        ("anne-marie is gone", "[name] is gone"),
        ("i will be ok", "i will be ok"),
        ("Will I be ok", "Will I be ok"),
        ("tell Will that i am ok", "tell [name] that i am ok"),
        ("my sister Karen died", "my sister [name] died"),
        ("Yes. Today was ok", "Yes. Today was ok"),
        ("he said I can't", "he said I can't"),
        ("HELP ME NOW", "HELP ME NOW"),
        ("write to me@example.org or www.example.org", "write to [address] or [address]"),
        ("", ""),
    ],
)
def test_what_is_left(text: str, left: str) -> None:
    assert nobody_named(text, NAMES) == left


def test_a_text_twice_is_the_same() -> None:
    once = nobody_named("my sister Karen has 202 555 0177", NAMES)
    assert nobody_named(once, NAMES) == once
