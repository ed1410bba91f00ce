"""The level of need in free text: phrase families with negation, tense, fiction and idiom. Rules only.

Each clause is read by itself, and the worst decides: a film in one clause excuses nothing in another.
"""

import re
import tomllib
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import Any

from checkin.domain.reading.normalise import clauses, squeezed
from checkin.domain.terms import Level, Why, worst

_NEGATES = re.compile(r"(?<![a-z])(not|never|no|nobody|nothing|nao|ne|plus|sin|pas)(?![a-z])")
# What may stand between a negation and what it negates; never a new subject: "not ok i want to die".
_BETWEEN = "really|even|actually|feel|feeling|felt|want|to|been|be|having|have|had|a|any|so|that|going|quite|very|trying|of|the|me|mas|muy|tan|estoy|siento"
_LANGUAGES = ("en", "es", "fr", "pt")


@dataclass(frozen=True)
class _Family:
    level: Level
    name: str
    pattern: re.Pattern[str]
    own_negation: bool


@dataclass(frozen=True)
class _Lexicon:
    language: str
    families: tuple[_Family, ...]
    negation: re.Pattern[str]
    past: re.Pattern[str]
    fiction: re.Pattern[str]
    idiom: re.Pattern[str]
    fine: re.Pattern[str]


@dataclass(frozen=True)
class Need:
    """The level of a text, why, and whether anything in it was understood at all."""

    level: Level
    reasons: tuple[Why, ...]
    understood: bool
    language: str


def _compiled(words: list[str]) -> re.Pattern[str]:
    joined = "|".join(
        re.sub(r"(?<![a-z])G(\?)?(?![a-z] )", lambda _: r"(?:[a-z0-9]+ ){0,3}", word) for word in words
    )
    return re.compile(rf"(?<![a-z0-9])(?:{joined})(?![a-z0-9])")


@lru_cache(maxsize=1)
def _lexicons() -> tuple[_Lexicon, ...]:
    return tuple(_load(language) for language in _LANGUAGES)


def _load(language: str) -> _Lexicon:
    text = files("checkin.domain.reading.lexicon").joinpath(f"{language}.toml").read_text(encoding="utf-8")
    data: dict[str, Any] = tomllib.loads(text)
    families = tuple(
        _Family(level, family["name"], _compiled(family["words"]), bool(family.get("own_negation")))
        for level in (Level.CRISIS, Level.DISTRESS, Level.CONCERN)
        for family in data.get(level.value, ())
    )
    return _Lexicon(
        language,
        families,
        re.compile(rf"(?<![a-z0-9])(?:{'|'.join(data['negation']['before'])}) (?:(?:{_BETWEEN}) ){{0,3}}$"),
        _compiled(data["past"]["words"]),
        _compiled(data["fiction"]["words"]),
        _compiled(data["idiom"]["words"]),
        _compiled(data["fine"]["words"]),
    )


def level_of(text: str, language: str = "en") -> Need:
    """How soon the writer of a text needs a person. Every language's lexicon is tried: people mix them."""
    level, reasons, understood, read_as = Level.OK, list[Why](), False, language
    for clause in clauses(text):
        for lexicon in _lexicons():
            found = _clause_level(clause, lexicon)
            if found is not None:
                understood = True
                if found[0] is not Level.OK:
                    reasons.append(found[1])
                    read_as = lexicon.language if found[0].rank > level.rank else read_as
                level = worst(level, found[0])
    reasons.sort(key=lambda why: why.code != level.value)
    return Need(level, tuple(reasons), understood, read_as)


def _clause_level(clause: str, lexicon: _Lexicon) -> tuple[Level, Why] | None:
    bare = lexicon.idiom.sub(" ", clause)
    for family in lexicon.families:
        found = family.pattern.search(bare) or family.pattern.search(squeezed(bare))
        if found is None:
            continue
        level = _lowered(family, found, bare, lexicon)
        return level, Why(level.value, f"{family.name}: {found[0].strip()}")
    if bare != clause or lexicon.fine.search(clause):
        return Level.OK, Why("ok", "")
    return None


def _lowered(family: _Family, found: re.Match[str], clause: str, lexicon: _Lexicon) -> Level:
    """Negation, the past and fiction lower a level; what is said of the present and of oneself stays."""
    before = clause[: found.start()] if found.string == clause else ""
    # "can not cope" carries its own negation; "do not want to die" is negated from before.
    carries_its_own = family.own_negation and _NEGATES.search(found[0]) is not None
    negated = not carries_its_own and lexicon.negation.search(before) is not None
    if lexicon.fiction.search(clause) is not None and not re.search(
        r" (i|me|my) (am|want|will|feel|can) ", clause
    ):
        return Level.OK
    if negated:
        return Level.CONCERN if family.level is Level.CRISIS else Level.OK
    if lexicon.past.search(clause) is not None:
        return Level.CONCERN
    return family.level
