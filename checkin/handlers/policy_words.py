"""What each number of the policies means, for whoever changes it: read from `checkin/policy_words.toml`."""

import tomllib
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cache
from pathlib import Path

from checkin.domain.terms import Cause

_MONTH = 31 * 86400


class Kind(StrEnum):
    """How a value is written."""

    SPAN = "span"
    COUNT = "count"
    YES = "yes"
    CLOCK = "clock"
    SHARE = "share"
    CHOICE = "choice"


@dataclass(frozen=True)
class Meaning:
    """One number: its name in its table, how it is written, the sensible values, its words by language.

    `choices`: of a choice, the words of each value, by language.
    """

    name: str
    kind: Kind
    least: float
    most: float
    words: dict[str, tuple[str, str]]
    choices: dict[str, dict[str, str]] = field(default_factory=dict)


GROUPS: dict[str, tuple[str, ...]] = {
    **{str(cause): ("escalation", str(cause)) for cause in Cause},
    "weekly": ("check_in", "weekly"),
    "daily": ("check_in", "daily"),
    "misses": ("misses",),
    "look-in": ("look_in",),
    "calls": ("calls",),
    "reading": ("reading",),
    "hours": ("contact_hours",),
    "shifts": ("shifts",),
    "retention": ("retention",),
}
"""The tables that a circle may change, by the name that stands in addresses. All others are the programme's."""


@cache
def meanings(group: str) -> tuple[Meaning, ...]:
    """The numbers of a group, in the order in which they are explained. Raises KeyError for no such group."""
    table = _words()[GROUPS[group][0]]
    return tuple(_meaning(name, found) for name, found in table.items())


@cache
def _words() -> dict[str, dict[str, dict[str, object]]]:
    return tomllib.loads((Path(__file__).parent.parent / "policy_words.toml").read_text(encoding="utf-8"))


def _meaning(name: str, found: dict[str, object]) -> Meaning:
    kind = Kind(str(found["kind"]))
    most = found.get("most", _MONTH if kind is Kind.SPAN else 100)
    words = {language: (str(pair[0]), str(pair[1])) for language in ("en", "es") for pair in [found[language]]}  # type: ignore[index]
    choices: dict[str, dict[str, str]] = found.get("choices", {})  # type: ignore[assignment]
    return Meaning(name, kind, float(str(found.get("least", 0))), float(str(most)), words, choices)
