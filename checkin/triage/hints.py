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

WRONG_AT_MOST = 0.2
"""Of the texts of which a phrase says that somebody should be called, so many may be harmless."""


@dataclass(frozen=True)
class Counted:
    """How often a phrase called for somebody, in texts of people who needed it and in harmless ones."""

    language: str
    phrase: str
    is_hint: bool
    right: int
    wrong: int

    @property
    def wrong_share(self) -> float:
        """From 0 to 1."""
        return self.wrong / (self.right + self.wrong)

    @property
    def should_be_hint(self) -> bool:
        """Whether it is wrong more often than WRONG_AT_MOST."""
        return self.wrong_share > WRONG_AT_MOST


def counted(rows: Sequence[Row]) -> list[Counted]:
    """Every phrase that stands in one of the texts, the most often wrong first. Texts of GREY count for neither."""
    right, wrong = Counter[tuple[str, str, bool]](), Counter[tuple[str, str, bool]]()
    for row in rows:
        found = {
            (hit.meaning.language, hit.phrase, hit.meaning.is_hint)
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
