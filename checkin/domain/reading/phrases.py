"""The small language in which the lexicon's phrases are written, and a quick search for all of them at once.

A phrase is words with spaces between them, as `normalise.clauses` leaves them ("can't" is "can not"):

    (a|b c)     one of these; (a|b c)? one of these or nothing
    KIN         a class of words, named in the lexicon's [class] table
    ..          up to three words that do not matter
    suicid*     any word that begins so (four letters or more)
    # and ##    a number; a number of eight or more
    ####        a year, 1900 to 2099
    ^ and $     where a clause begins and ends

Every phrase is filed under the words it can begin with and the words that can come second, so that a text pays only for
the phrases its words open.
No part of a phrase repeats without a bound: the time for a clause grows with its length and no faster.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property, lru_cache
from itertools import accumulate
from typing import Any, Generic, TypeVar

Meaning = TypeVar("Meaning")

_TOKENS = re.compile(r"\)\?|[()|^$]|[^\s()|^$]+")
_ANY_WORDS = r"(?: [^ ~]+){0,3}?"
_NUMBERS = {"#": r" \d{1,9}", "##": r" (?:[89]|\d{2,9})", "####": r" (?:19|20)\d\d"}
_END = (
    r"(?=(?: (?:lol|lmao|haha|tbh|ngl|mate|bro|man|xx?|please|tonight|today|now|right|really|honestly|later|soon"
    r"|jaja|jajaja|xd|porfa|por favor|en serio|serio|neta|kk|rs|mdr|ptdr|svp|stp|serieux|en vrai|hoje|agora|hoy|ya))"
    r"{0,3} $)"
)
"""Where a clause ends; a laugh, a "please" or a "tonight" behind it is no more of it."""
_STEM = 4
_ANY = "any word"


@dataclass
class _Part:
    """A piece of a phrase: its pattern, the words it can begin with, those that can come second in it, and whether it
    can be empty, or one word long."""

    pattern: str
    firsts: set[str]
    seconds: set[str] = field(default_factory=set)
    empty: bool = False
    single: bool = False

    def then(self, part: "_Part") -> "_Part":
        """This piece with another behind it."""
        return _Part(
            self.pattern + part.pattern,
            self.firsts | part.firsts if self.empty else self.firsts,
            self.seconds.union(part.firsts if self.single else (), part.seconds if self.empty else ()),
            self.empty and part.empty,
            (self.single and part.empty) or (self.empty and part.single),
        )


class _Parser:
    """Reads one phrase. A mistake in a lexicon is an error at start, never a phrase that silently cannot match."""

    def __init__(self, phrase: str, classes: dict[str, str]) -> None:
        self._phrase = phrase
        self._classes = classes
        self._tokens = _TOKENS.findall(phrase)
        self._at = 0

    def parse(self) -> _Part:
        part = self._alternatives()
        if self._at != len(self._tokens) or part.empty or not part.firsts or _ANY in part.firsts:
            raise ValueError(f"this phrase cannot be read: {self._phrase!r}")
        return part

    def _alternatives(self) -> _Part:
        options = [self._sequence()]
        while self._peek() == "|":
            self._at += 1
            options.append(self._sequence())
        return _Part(
            f"(?:{'|'.join(option.pattern for option in options)})",
            set().union(*(option.firsts for option in options)),
            set().union(*(option.seconds for option in options)),
            any(option.empty for option in options),
            any(option.single for option in options),
        )

    def _sequence(self) -> _Part:
        whole = _Part("", set(), empty=True)
        while self._peek() not in ("", "|", ")", ")?"):
            whole = whole.then(self._item())
        return whole

    def _item(self) -> _Part:
        sign = self._tokens[self._at]
        self._at += 1
        if sign == "(":
            return self._group()
        if sign == "..":
            return _Part(_ANY_WORDS, {_ANY}, empty=True, single=True)
        if sign in ("^", "$"):
            return _Part(r"\A" if sign == "^" else _END, set(), empty=True)
        if sign in _NUMBERS:
            return _Part(_NUMBERS[sign], {"#"}, single=True)
        if sign.isupper():
            return _Parser(self._classes[sign], self._classes).parse()
        return self._word(sign)

    def _group(self) -> _Part:
        part = self._alternatives()
        closing = self._peek()
        if closing not in (")", ")?"):
            raise ValueError(f"a bracket is open in {self._phrase!r}")
        self._at += 1
        if closing == ")?":
            return replace(part, pattern=f"{part.pattern}?", empty=True)
        return part

    def _word(self, token: str) -> _Part:
        stem = token.removesuffix("*")
        if not re.fullmatch(r"[a-z0-9/&%+]+", stem):
            raise ValueError(f"{token!r} cannot stand in a phrase: {self._phrase!r}")
        if stem == token:
            return _Part(f" {re.escape(stem)}(?= )", {stem}, single=True)
        if len(stem) < _STEM:
            raise ValueError(f"{token!r} is too short to stand for all words that begin so: {self._phrase!r}")
        return _Part(f" {stem}[a-z0-9]*", {f"{stem[:_STEM]}*"}, single=True)

    def _peek(self) -> str:
        return self._tokens[self._at] if self._at < len(self._tokens) else ""


@dataclass(frozen=True)
class Phrase(Generic[Meaning]):
    """One line of a lexicon and what it means. Its pattern is compiled when a text first opens its drawer.

    Compiling all of four languages at the start would take a process over two seconds.
    """

    written: str
    meaning: Meaning
    expression: str

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        return re.compile(self.expression)


@lru_cache(maxsize=64)  # a clause is searched for need, for idioms, and for three kinds of sentences about the messages
def _keys(clause: str) -> list[tuple[int, str, tuple[str, str, str]]]:
    """Where each word of a clause stands, under what it may be filed (itself, as a stem, as a number), and the word
    behind it likewise."""
    words = clause.split()
    keys = [(word, f"{word[:_STEM]}*", "#" if word[0].isdigit() else "") for word in words]
    places = accumulate((len(word) + 1 for word in words), initial=0)
    return [
        (at, first, behind)
        for at, own, behind in zip(places, keys, [*keys[1:], ("", "", "")], strict=False)
        for first in own
        if first
    ]


@dataclass(frozen=True)
class Hit(Generic[Meaning]):
    """Where a phrase stands in a clause."""

    meaning: Meaning
    phrase: str
    start: int
    end: int


_Drawer = dict[int, Phrase[Meaning]]
"""Phrases by the place at which they were written."""


class Phrases(Generic[Meaning]):
    """All phrases of all languages, filed by their first two words."""

    def __init__(self, written: Iterable[tuple[str, Meaning, dict[str, str]]]) -> None:
        places: defaultdict[str, dict[str, tuple[int, ...]]] = defaultdict(dict)
        alike: dict[tuple[int, ...], tuple[int, ...]] = {}
        self.all: list[Phrase[Meaning]] = []
        for place, (line, meaning, classes) in enumerate(written):
            part = _Parser(line, classes).parse()
            any_second = part.single or _ANY in part.seconds
            self.all.append(Phrase(line, meaning, f"{part.pattern}(?= )"))
            for first in part.firsts:
                behind = places[first]
                for second in {_ANY} if any_second else part.seconds:
                    filed = (*behind.get(second, ()), place)
                    behind[second] = alike.setdefault(filed, filed)
        self._drawers = self._shared(places)

    def _shared(self, places: Mapping[str, Mapping[str, tuple[int, ...]]]) -> dict[str, dict[str, _Drawer[Meaning]]]:
        """The drawers. What is alike is kept once: the words of a class open the same phrases, and that was 36 MB."""
        drawers: dict[tuple[int, ...], _Drawer[Meaning]] = {}
        rows: dict[tuple[tuple[str, tuple[int, ...]], ...], dict[str, _Drawer[Meaning]]] = {}
        found = {}
        for first, behind in places.items():
            row = tuple(sorted(behind.items()))
            if row not in rows:
                rows[row] = {
                    second: drawers.setdefault(filed, {place: self.all[place] for place in filed})
                    for second, filed in row
                }
            found[first] = rows[row]
        return found

    def compile(self) -> None:
        """Compile every phrase now; else each is when a text first opens it."""
        for phrase in self.all:
            phrase.pattern  # noqa: B018 - a cached property

    def find(self, clause: str) -> Iterator[Hit[Meaning]]:
        """Every phrase in a clause (plain words, a space before and after each)."""
        for at, first, seconds in _keys(clause):
            behind = self._drawers.get(first)
            if behind is not None:
                for phrase in _opened(behind, seconds):
                    found = phrase.pattern.match(clause, at)
                    if found is not None:
                        yield Hit(phrase.meaning, phrase.written, at, found.end())


_EMPTY: dict[int, Any] = {}


def _opened(behind: dict[str, _Drawer[Meaning]], seconds: tuple[str, str, str]) -> Iterable[Phrase[Meaning]]:
    """The phrases that go on with one of these words, or with any, in the order in which they were written."""
    drawers = [behind[second] for second in seconds if second in behind]
    of_any = behind.get(_ANY, _EMPTY)
    if not drawers:
        return of_any.values()
    if len(drawers) == 1 and not of_any:
        return drawers[0].values()
    together = of_any.copy()
    for drawer in drawers:
        together |= drawer
    return [together[place] for place in sorted(together)]
