"""The level of need in free text by rules: phrases with negation, tense, fiction and idiom.

Each clause is read by itself, and the worst decides: a film in one clause excuses nothing in another. Inside a
clause, in this order:

    every phrase of every language is looked for: people mix languages
    a phrase that ends in an idiom is left out ("dying for a coffee")
    what is negated, past, fiction or laughed about counts less, each phrase for itself
    the worst of what is left is the level of the clause

Phrases that were too often wrong on labelled texts ("drowning" in laundry) stand in `hints.toml`: what only they say is
told apart, so that a text of several words calls somebody only when the model hears it too (`needs.py`).
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from checkin.domain.reading.lexicon import table
from checkin.domain.reading.normalise import clauses
from checkin.domain.reading.phrases import Hit, Phrases
from checkin.domain.terms import Level, Why, mildest, worst

LANGUAGES = ("en", "es", "fr", "pt")
_MARKS = ("past", "still", "fiction", "laughing", "fine")
_KINDS_OF_IDIOM = ("idiom", "mishap", "beside")
"""`mishap`: an accident, where the clause wishes for nothing. `beside`: what makes a mark none ("como en la película"
is no story, "antes de que vuelva" no past)."""
_JOINS = re.compile(r" (?:y|e|et) |\A que ")
_SPEAKS = re.compile(
    r" (?:quiero|voy|estoy|tengo|yo|mis|conmigo|tome|penso|quero|vou|estou|tou|tenho|meu|minha|mim|comigo|tomei|mon|ma|"
    r"mes|m|moi|j|suis|nous|nos) "
)
_SAYS_NOTHING = frozenset(
    "a the my his her me us it on in up off at to for with and down go going help not now".split()
)
"""Words that an idiom and a phrase may share without meaning the same: "has a knife on" and "on the bus"."""
_WISHED = re.compile(
    r" (?:want|wanted|wants|wish|wished|hope|hoped|need|urge|urges|going|thinking|thoughts|tempted|plan|rather|voices?|"
    r"might|purpose|deliberately|again|close to|should|tried|trying|about to|ready) "
)
_PRESENT = re.compile(
    r" (?:i (?:really |just |still )?(?:want|need|will|wish|plan|intend)"
    r"|(?:am|is|are) (?:just |really )?(?:going to|about to)) "
)
_FIRST_PERSON = re.compile(r" (?:myself|my|me|i am|i want|i will|i feel|i can|i need|i have|i took|mi|me|je|eu) ")


@dataclass(frozen=True)
class Family:
    """What a phrase means: a level with the name that a coordinator reads, or a mark (level None)."""

    name: str
    language: str
    level: Level | None = None
    not_when_laughing: bool = False
    is_hint: bool = False


@dataclass(frozen=True)
class Negation:
    """The words that negate what follows, and those that may stand between, of all languages.

    `now`: what the writer wants or does at this moment ("quiero", "je vais"); `lasting`: what others do ("pega"). A
    past elsewhere in the clause lowers neither, a story not the first; and before them only words of `near` may
    stand behind a negation: "no sé quiero morir" denies nothing.
    """

    before: frozenset[str]
    between: frozenset[str]
    now: re.Pattern[str]
    lasting: re.Pattern[str]
    near: frozenset[str]
    own: frozenset[str]


@dataclass(frozen=True)
class Lexicon:
    """All languages together."""

    phrases: Phrases[Family]
    idioms: Phrases[Family]
    negation: Negation

    def explained(self, clause: str) -> list[Hit[Family]]:
        """The idioms of a clause. What may be an accident is none where the clause wishes for it."""
        found = list(self.idioms.find(clause))
        if any(hit.meaning.name == "mishap" for hit in found) and _WISHED.search(clause):
            return [hit for hit in found if hit.meaning.name != "mishap"]
        return found


@dataclass(frozen=True)
class Need:
    """The level of a text, why, and whether anything in it was understood at all.

    `explained`: the clauses in which risk words are idiom, negated, past or a story. `sure`: the same without what only
    hints say; None where no hint decides.
    """

    level: Level
    reasons: tuple[Why, ...]
    understood: bool
    language: str
    explained: frozenset[str] = frozenset()
    sure: "Need | None" = None


_Line = tuple[str, Family, dict[str, str]]


@lru_cache(maxsize=1)
def lexicon() -> Lexicon:
    """The lexicon of the package, read once."""
    phrases: list[_Line] = []
    idioms: list[_Line] = []
    words: dict[str, set[str]] = {kind: set() for kind in ("before", "between", "now", "lasting", "near", "own")}
    for language in LANGUAGES:
        data, hints = table(language), frozenset(table("hints").get(language, ()))
        classes: dict[str, str] = data["class"]
        for level in (Level.CRISIS, Level.DISTRESS, Level.CONCERN):
            for entry in data[level.value]:
                family = Family(entry["name"], language, level, bool(entry.get("not_when_laughing")))
                hint = replace(family, is_hint=True)
                phrases += [(line, hint if line in hints else family, classes) for line in entry["words"]]
        for mark in _MARKS:
            phrases += [(line, Family(mark, language), classes) for line in data[mark]["words"]]
        for kind in _KINDS_OF_IDIOM:
            idioms += [(line, Family(kind, language), classes) for line in data.get(kind, {}).get("words", ())]
        for kind, known in words.items():
            known |= set(data["negation"].get(kind, ()))
    negation = Negation(
        frozenset(words["before"]),
        frozenset(words["between"]),
        _any_of(words["now"]),
        _any_of(words["lasting"]),
        frozenset(words["near"]),
        frozenset(words["own"]),
    )
    return Lexicon(Phrases(phrases), Phrases(idioms), negation)


def _any_of(words: set[str]) -> re.Pattern[str]:
    return re.compile(f" (?:{'|'.join(sorted(words))}) " if words else r"(?!)")


def level_of(text: str, language: str = "en") -> Need:
    """How soon the writer of a text needs a person. Every language's lexicon is tried: people mix them."""
    found = [each for clause in clauses(text) if (each := _clause_level(clause)) is not None]
    need = _need([each.all for each in found], found, language)
    if all(each.sure.level is each.all.level for each in found):
        return need
    sure = _need([each.sure for each in found], found, language)
    return need if need.level is sure.level else replace(need, sure=sure)


@dataclass(frozen=True)
class _Said:
    level: Level
    why: Why
    language: str


_NOTHING = _Said(Level.OK, Why("ok"), "en")


@dataclass(frozen=True)
class _Found:
    """What a clause says, and what it says without hints. `explained`: it, where its risk words are explained."""

    all: _Said
    sure: _Said
    explained: frozenset[str]


def _need(said: Sequence[_Said], found: Sequence[_Found], language: str) -> Need:
    """The worst of what the clauses say, each reason once, the most urgent first."""
    level, reasons = Level.OK, dict[Why, None]()
    for each in said:
        if each.level is not Level.OK:
            reasons[each.why] = None
            language = each.language if each.level.rank > level.rank else language
        level = worst(level, each.level)
    most_urgent_first = sorted(reasons, key=lambda why: -Level(why.code).rank)
    explained = frozenset[str]().union(*(each.explained for each in found))
    return Need(level, tuple(most_urgent_first), bool(found), language, explained)


def phrases_in(clause: str) -> list[tuple[Hit[Family], Level]]:
    """Each phrase of a clause that means a level and is no part of an idiom, with the level that is left of it."""
    return _levels_left(_hits(clause, lexicon().explained(clause)), clause)


def _hits(clause: str, idioms: list[Hit[Family]]) -> list[Hit[Family]]:
    """Each phrase and mark of a clause that is no part of an idiom."""
    return [hit for hit in lexicon().phrases.find(clause) if not _idiomatic(hit, idioms, clause)]


def _levels_left(hits: Sequence[Hit[Family]], clause: str) -> list[tuple[Hit[Family], Level]]:
    marks = [hit for hit in hits if hit.meaning.level is None]
    return [(hit, _lowered(hit, hit.meaning.level, clause, marks)) for hit in hits if hit.meaning.level is not None]


def _clause_level(clause: str) -> _Found | None:
    """The worst of what a clause says; None where nothing in it is known."""
    idioms = lexicon().explained(clause)
    hits = _hits(clause, idioms)
    told = any(idiom.meaning.name != "beside" for idiom in idioms)
    if not hits and not told:
        return None
    best, sure, explained = _NOTHING, _NOTHING, told
    for hit, level in _levels_left(hits, clause):
        explained = explained or level is not hit.meaning.level
        best = _worse(best, level, hit, clause)
        sure = _worse(sure, mildest(level, Level.CONCERN) if hit.meaning.is_hint else level, hit, clause)
    is_explained = explained and best.level.rank < Level.DISTRESS.rank
    return _Found(best, sure, frozenset({clause} if is_explained else ()))


def _worse(said: _Said, level: Level, hit: Hit[Family], clause: str) -> _Said:
    if level.rank <= said.level.rank:
        return said
    words = f"{hit.meaning.name}: {clause[hit.start : hit.end].strip()}"
    return _Said(level, Why(level.value, words), hit.meaning.language)


def _idiomatic(hit: Hit[Family], idioms: list[Hit[Family]], clause: str) -> bool:
    """Whether a phrase ends inside an idiom, which then says what it means.

    "Want to die for a coffee" is about coffee; "hang up, I will hang myself" ends outside of its idiom and stays; and
    so does what shares no more with an idiom than a small word. A mark is none only for what stands beside it.
    """
    for idiom in idioms:
        if idiom.start < hit.end <= idiom.end and (idiom.meaning.name == "beside") is (hit.meaning.level is None):
            shared = clause[max(idiom.start, hit.start) : hit.end].split()
            if hit.meaning.level is None or not _SAYS_NOTHING.issuperset(shared):
                return True
    return False


def _lowered(hit: Hit[Family], level: Level, clause: str, marks: list[Hit[Family]]) -> Level:
    """The level that is left of a phrase where it is negated, past, in a story, or laughed about."""
    names = {mark.meaning.name for mark in marks}
    less = Level.CONCERN if level is Level.CRISIS else Level.OK
    if _negated(hit, clause) or ("laughing" in names and hit.meaning.not_when_laughing):
        return less
    negation, words = lexicon().negation, clause[hit.start : hit.end + 1]
    if negation.now.search(words):
        return level
    near = [mark for mark in marks if not _JOINS.search(_between(mark, hit, clause))]
    stories = [mark for mark in near if mark.meaning.name == "fiction"]
    if stories and not _FIRST_PERSON.search(clause[: hit.end] + " "):
        if not any(_SPEAKS.search(_between(mark, hit, clause) + words) for mark in stories):
            return Level.OK
    past = "still" not in names and any(mark.meaning.name == "past" for mark in near)
    if past and not negation.lasting.search(words) and not _is_present(hit, clause):
        return less
    return level


def _is_present(hit: Hit[Family], clause: str) -> bool:
    """What is wished for now is not over: "it is the anniversary and i want to die"."""
    return _PRESENT.search(clause[: hit.end] + " ", max(0, hit.start - 20)) is not None


def _between(mark: Hit[Family], hit: Hit[Family], clause: str) -> str:
    """What stands between a mark and a phrase. Behind a word that joins, another sentence begins."""
    return clause[mark.end : hit.start + 1] if mark.end <= hit.start else clause[hit.end : mark.start + 1]


def _negated(hit: Hit[Family], clause: str) -> bool:
    """Whether a negation stands before a phrase, with nothing between that begins something new.

    "can not cope" holds its own negation; "not ok i want to die" has a new subject between.
    """
    negation, words = lexicon().negation, clause[hit.start : hit.end + 1]
    if negation.before.intersection(words.split()):
        return False
    is_now = negation.now.search(words) or negation.lasting.search(words)
    negated, between = False, negation.near if is_now else negation.between
    words_before = clause[: hit.start].split()[-6:]
    for at in range(len(words_before) - 1, -1, -1):
        word = words_before[at]
        if word in negation.before:
            if at and words_before[at - 1] in negation.own:
                break
            negated = not negated  # "I don't not want to"
        elif word not in between:
            break
    return negated
