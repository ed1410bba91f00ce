"""What a sentence asks of the service: to ask later, to pause, how it works, who we are. Looked for last.

Only where nothing in the text needs a person: a cry is never taken for a wish to be asked later.
"""

import re
from functools import lru_cache

from checkin.domain.reading import command_words as words
from checkin.domain.reading.commands import counted, in_figures
from checkin.domain.reading.lexicon import table
from checkin.domain.reading.normalise import bare, clauses
from checkin.domain.reading.opt_out import is_wrong_person
from checkin.domain.reading.phrases import Phrases
from checkin.domain.reading.values import Command

_LONGEST = 25
_SPAN = re.compile(rf"\b(?P<number>\d{{1,3}}) (?P<unit>{'|'.join(sorted(words.UNITS, key=len, reverse=True))})\b")
_FORTNIGHT = re.compile(r"\bfortnight\b")


def asked_of_us(text: str) -> Command | None:
    """The command that a sentence means, with its span where it names one; None where it asks for nothing."""
    parts = clauses(text)
    if sum(len(part.split()) for part in parts) > _LONGEST:
        return None
    found = frozenset[str]().union(*map(_found, parts))
    if "pause" in found:
        return Command("pause", _span(text))
    return Command("later") if "later" in found else None


def asks_how_it_works(text: str) -> bool:
    """Whether a sentence asks what the service is, or who we are: as HELP does."""
    return any("help" in _found(part) for part in clauses(text)) or asks_who_we_are(text)


def asks_who_we_are(text: str) -> bool:
    """Whether somebody asks who writes, and does not say that we have the wrong person."""
    return any("who" in _found(part) for part in clauses(text)) and not is_wrong_person(text)


@lru_cache(maxsize=16)  # each part is asked whether it wonders, and whether it wants something
def _found(part: str) -> frozenset[str]:
    return frozenset(hit.meaning for hit in _phrases().find(part))


@lru_cache(maxsize=1)
def _phrases() -> Phrases[str]:
    data = table("asked")
    return Phrases(
        (line, what, data["class"]) for what in ("later", "pause", "help", "who") for line in data[what]["words"]
    )


def _span(text: str) -> str:
    said = _FORTNIGHT.sub("2 weeks", bare(text.replace("\n", " ")))
    found = _SPAN.search(in_figures(said))
    return counted(found["number"], found["unit"]) if found is not None else ""
