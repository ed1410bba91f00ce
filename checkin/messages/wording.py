"""The words that texts avoid, and those that carriers act on, by language. The data is `wording.toml`."""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files


@dataclass(frozen=True)
class Language:
    """What the linter knows of one language. `kinder` and `hidden`: a pattern and the word to put instead.

    `ask`: verbs before an answer ("reply"). `commands`: those that are said otherwise than in English. `offers`: what a
    carrier's word may be offered for. `first`: what the first message to a number says.
    """

    ask: tuple[str, ...] = ()
    commands: Mapping[str, str] = field(default_factory=dict)
    offers: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    first: Mapping[str, str] = field(default_factory=dict)
    kinder: tuple[tuple[re.Pattern[str], str], ...] = ()
    hidden: tuple[tuple[re.Pattern[str], str], ...] = ()


@dataclass(frozen=True)
class Wording:
    """All of it. `complete`: the languages that must have every key."""

    complete: tuple[str, ...]
    reserved: frozenset[str]
    capitals: frozenset[str]
    languages: Mapping[str, Language]


@cache
def wording() -> Wording:
    """The packaged lists."""
    data = tomllib.loads(files("checkin.messages").joinpath("wording.toml").read_text(encoding="utf-8"))
    return Wording(
        tuple(data["complete"]),
        frozenset(data["reserved"]),
        frozenset(data["capitals"]),
        {
            name: Language(
                tuple(table["ask"]),
                table.get("commands", {}),
                {word: tuple(words) for word, words in table["offers"].items()},
                table["first"],
                _patterns(table["kinder"]),
                _patterns(table["hidden"]),
            )
            for name, table in data["languages"].items()
        },
    )


def _patterns(words: Mapping[str, str]) -> tuple[tuple[re.Pattern[str], str], ...]:
    return tuple((re.compile(_whole(word), re.IGNORECASE), kinder) for word, kinder in words.items())


def _whole(word: str) -> str:
    return r"\b" + re.escape(word.rstrip("*")) + (r"\w*" if word.endswith("*") else "") + r"\b"
