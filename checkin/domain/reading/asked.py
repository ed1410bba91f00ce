"""What a sentence asks of the service: to ask later, to pause, how it works, who we are. Looked for last.

Only where nothing in the text needs a person: a cry is never taken for a wish to be asked later.
"""

import re
from functools import lru_cache

from checkin.domain.reading import command_words as words
from checkin.domain.reading.beside import cries, unread
from checkin.domain.reading.lexicon import table
from checkin.domain.reading.normalise import bare, clauses
from checkin.domain.reading.opt_out import for_a_while, is_wrong_person
from checkin.domain.reading.phrases import Hit, Phrases
from checkin.domain.reading.rating import rating_of
from checkin.domain.reading.spans import counted, in_figures, until_day
from checkin.domain.reading.values import Command

_LONGEST = 25
_MOST_UNREAD = 2
_SPAN = re.compile(rf"\b(?P<number>\d{{1,3}}) (?P<unit>{'|'.join(sorted(words.UNITS, key=len, reverse=True))})\b")
_FORTNIGHT = re.compile(r"\bfortnight\b")


def asked_of_us(text: str) -> Command | None:
    """The command that a sentence means, with its span where it names one; None where it asks for nothing."""
    parts = clauses(text)
    count = sum(len(part.split()) for part in parts)
    if count > _LONGEST or cries(text) or _left(parts) > max(1, count // 4):
        return None
    found = frozenset(hit.meaning for part in parts for hit in _wanted(part))
    if "pause" in found:
        return Command("pause", span(text))
    return Command("later") if "later" in found else None


def asked_plainly(text: str) -> Command | None:
    """The same, of a text that says nothing else: no more words stand beside it than anybody gives for a reason."""
    parts = clauses(text)
    count = sum(len(part.split()) for part in parts)
    if not 1 < count <= _LONGEST:
        return None
    if _left(parts) > min(_MOST_UNREAD, count // 6) or rating_of(text) != (None, ()):
        return None
    return asked_of_us(text)


def asks_how_it_works(text: str) -> bool:
    """Whether a sentence asks what the service is, or who we are: as HELP does."""
    parts = clauses(text)
    wonders = any(hit.meaning == "help" for part in parts for hit in _found(part))
    return (wonders and not cries(text)) or asks_who_we_are(text)


def asks_who_we_are(text: str) -> bool:
    """Whether somebody asks who writes, and does not say that we have the wrong person."""
    asks = any(hit.meaning == "who" for part in clauses(text) for hit in _found(part))
    return asks and not is_wrong_person(text)


def _left(parts: tuple[str, ...]) -> int:
    return sum(unread(part, _wanted(part)) for part in parts)


@lru_cache(maxsize=16)  # each part is asked whether it wonders, and whether it wants something
def _found(part: str) -> tuple[Hit[str], ...]:
    return tuple(_phrases().find(part))


def _wanted(part: str) -> tuple[Hit[str], ...]:
    """What is wanted for a while. What is asked to stop until a day is a pause."""
    limited = (Hit("pause", hit.phrase, hit.start, hit.end) for hit in for_a_while(part))
    asked = (hit for hit in _found(part) if hit.meaning != "later" or " not " not in part[: hit.start + 1])
    return tuple(hit for hit in (*asked, *limited) if hit.meaning in ("pause", "later"))


def phrases() -> tuple[Phrases[str], ...]:
    """What is compiled before the first text comes."""
    return (_phrases(),)


@lru_cache(maxsize=1)
def _phrases() -> Phrases[str]:
    data = table("asked")
    return Phrases(
        (line, what, data["class"]) for what in ("later", "pause", "help", "who") for line in data[what]["words"]
    )


def span(text: str) -> str:
    """How long, or until when, as a command says it ("2 weeks", "4 jan"); empty where a text names no time."""
    said = _FORTNIGHT.sub("2 weeks", bare(text.replace("\n", " ")))
    if day := until_day(said):
        return day
    found = _SPAN.search(in_figures(said))
    return counted(found["number"], found["unit"]) if found is not None else ""
