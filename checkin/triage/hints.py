"""Which phrases of the lexicon are hints: too often wrong on labelled texts to call somebody by themselves.

What stands in `lexicon/hints.toml` was found so, read through by a person, and is changed by people; this counts.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from checkin.domain.reading.level import phrases_in
from checkin.domain.reading.normalise import clauses
from checkin.domain.terms import Level
from checkin.triage.rows import ALERTS, Row

WRONG_AT_MOST = 0.05
"""Of the texts of which a phrase says that somebody should be called, so many may be harmless."""
PLAIN_WRONG_AT_MOST = 0.2
_PLAIN = frozenset(
    {
        *("wants to die", "speaks of suicide or of killing oneself"),
        *("quiere morir", "habla de suicidio o de los medios"),
        *("quer morrer", "fala de suicídio ou dos meios"),
        *("veut mourir", "parle de suicide ou des moyens"),
        *(
            "violence or abuse now",
            "violencia o abuso ahora",
            "violência ou abuso agora",
            "violence ou abus maintenant",
        ),
        *("can not go on", "no puede más", "não aguenta mais", "n'en peut plus"),
    }
)
"""Of who says in the plainest words that they would die, are beaten or can not go on more calls may be for nothing."""
SWALLOWED_WRONG_AT_MOST = 0.43
_SWALLOWED = frozenset({"overdose or poison", "sobredosis o veneno", "overdose ou veneno", "surdose ou poison"})
"""What was swallowed calls though nearly half of these calls are for nothing: minutes count. The bare word "overdose",
which films and news know as well, is wrong more often."""

_Phrase = tuple[str, str, str, bool]


@dataclass(frozen=True)
class Counted:
    """How often a phrase called for somebody, in texts of people who needed it and in harmless ones."""

    language: str
    phrase: str
    family: str
    is_hint: bool
    right: int
    wrong: int

    @property
    def wrong_share(self) -> float:
        """From 0 to 1."""
        return self.wrong / (self.right + self.wrong)

    @property
    def should_be_hint(self) -> bool:
        """Whether it is wrong more often than phrases of its family may be. One text alone proves nothing."""
        return self.wrong > 1 and self.wrong_share > _wrong_at_most(self.family)


def _wrong_at_most(family: str) -> float:
    if family in _SWALLOWED:
        return SWALLOWED_WRONG_AT_MOST
    return PLAIN_WRONG_AT_MOST if family in _PLAIN else WRONG_AT_MOST


def counted(rows: Sequence[Row]) -> list[Counted]:
    """Every phrase that stands in one of the texts, the most often wrong first. Texts of GREY count for neither."""
    right, wrong = Counter[_Phrase](), Counter[_Phrase]()
    for row in rows:
        found = {
            (hit.meaning.language, hit.phrase, hit.meaning.name, hit.meaning.is_hint)
            for clause in clauses(row.text)
            for hit, level in phrases_in(clause)
            if level.rank >= Level.DISTRESS.rank
        }
        if row.level in ALERTS:
            right.update(found)
        elif row.level == "OK":
            wrong.update(found)
    every = [Counted(*key, right[key], wrong[key]) for key in {**right, **wrong}]
    return sorted(every, key=lambda each: (-each.wrong, each.right, each.language, each.phrase))
