"""What stands in a text beside a command: a reason that anybody gives, or words that somebody should read.

"Ask me tomorrow, I'm at work" asks for no more than it says; "unsubscribe me from life" asks for nothing of the sort.
"""

from collections.abc import Iterable
from functools import lru_cache

from checkin.domain.reading.lexicon import table
from checkin.domain.reading.normalise import clauses
from checkin.domain.reading.phrases import Hit, Phrases


@lru_cache(maxsize=4)
def cries(text: str) -> bool:
    """Whether words stand in a text beside which nothing is a command alone."""
    return any(True for clause in clauses(text) for _ in _cries().find(clause))


def unread(clause: str, hits: Iterable[Hit[str]]) -> int:
    """How many words of a clause belong neither to what is asked in it nor to what people give as a reason."""
    spans = [(hit.start, hit.end) for hit in hits]
    at, count = 0, 0
    for word in clause.split():
        asked = any(start <= at < end for start, end in spans)
        count += not asked and word not in _calm() and not word[0].isdigit()
        at += len(word) + 1
    return count


def phrases() -> tuple[Phrases[str], ...]:
    """What is compiled before the first text comes."""
    return (_cries(),)


@lru_cache(maxsize=1)
def _cries() -> Phrases[str]:
    data = table("beside")
    return Phrases((line, "cry", data["class"]) for line in data["cry"]["words"])


@lru_cache(maxsize=1)
def _calm() -> frozenset[str]:
    return frozenset(table("beside")["calm"]["words"].split())
