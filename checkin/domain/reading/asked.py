"""What a sentence asks of the service: to ask later, to pause, how it works. The last thing that is looked for.

Only where nothing in the text needs a person: a cry is never taken for a wish to be asked later.
"""

import re
import tomllib
from collections.abc import Iterator
from functools import lru_cache
from importlib.resources import files

from checkin.domain.reading import command_words as words
from checkin.domain.reading.normalise import bare, clauses
from checkin.domain.reading.phrases import Phrases
from checkin.domain.reading.values import Command

_LONGEST = 25
_COUNTED = re.compile(rf"\b({'|'.join(words.NUMBERS)}) (?={'|'.join(words.UNITS)}\b)")
_SPAN = re.compile(rf"\b(?P<number>\d{{1,3}}) (?P<unit>{'|'.join(sorted(words.UNITS, key=len, reverse=True))})\b")
_FORTNIGHT = re.compile(r"\bfortnight\b")


def asked_of_us(text: str) -> Command | None:
    """The command that a sentence means, with its span where it names one; None where it asks for nothing."""
    parts = clauses(text)
    if sum(len(part.split()) for part in parts) > _LONGEST:
        return None
    found = {what for part in parts for what in _found(part)}
    if "pause" in found:
        return Command("pause", _span(text))
    return Command("later") if "later" in found else None


def asks_how_it_works(text: str) -> bool:
    """Whether a sentence asks what the service is: as HELP does."""
    return any(what == "help" for part in clauses(text) for what in _found(part))


def _found(part: str) -> Iterator[str]:
    return (hit.meaning for hit in _phrases().find(part))


@lru_cache(maxsize=1)
def _phrases() -> Phrases[str]:
    data = tomllib.loads(files("checkin.domain.reading.lexicon").joinpath("asked.toml").read_text(encoding="utf-8"))
    return Phrases((line, what, data["class"]) for what in ("later", "pause", "help") for line in data[what]["words"])


def _span(text: str) -> str:
    said = _FORTNIGHT.sub("2 weeks", bare(text.replace("\n", " ")))
    said = _COUNTED.sub(lambda counted: f"{words.NUMBERS[counted[1]]} ", said)
    found = _SPAN.search(said)
    if found is None:
        return ""
    number, unit = int(found["number"]), words.UNITS[found["unit"]]
    if unit == "months":
        number, unit = number * 30, "days"
    return f"{number} {unit if number != 1 else unit[:-1]}"
