"""What a text asks of the service, by how it sounds: to stop, to pause, later, to start again, or what this is.

Beside the sentences that the rules know (`opt_out.py`, `asked.py`), and after them: people say "that'll do now thanks,
tek mi off" in more ways than anybody writes down. Five linear sums over the features of a text, trained with the model
(`checkin triage train`) and kept in its file. It is asked only of texts that call nobody, by any setting of how readily
people are called. Pure.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache

from checkin.domain.reading.features import GROUPS_KNOWN, group, scale, seen_at, split
from checkin.domain.reading.lexicon import table
from checkin.domain.reading.normalise import clauses

NAMES = ("stop", "pause", "later", "start", "help")
SHORTEST, LONGEST = 4, 40
"""Words. Fewer are plain or say nothing; who writes more tells us how they are."""
_WORDS_TOLD = 3

Weights = tuple[float, ...]
"""One for each of NAMES."""


@dataclass(frozen=True)
class Asked:
    """What a text seems to ask. `surely`: hardly any other text sounds like it. `words`: those that say so most."""

    name: str
    surely: bool
    words: tuple[str, ...]

    @property
    def told(self) -> str:
        """What a coordinator reads of it."""
        by = " … ".join(f"“{word}”" for word in self.words)
        return f"sounds like others who asked for this: {by}"


@dataclass(frozen=True)
class Asks:
    """The five sums. `surely` and `probably`: from where a text counts as asking for each."""

    weights: Mapping[int, Weights]
    biases: Weights
    surely: Weights
    probably: Weights

    @cached_property
    def _adds(self) -> Callable[[tuple[str, ...]], tuple[tuple[int, float], ...]]:
        """What one, two or three words add to which of the sums; remembered for so many of them."""
        return lru_cache(maxsize=GROUPS_KNOWN)(self._added)

    def _added(self, words: tuple[str, ...]) -> tuple[tuple[int, float], ...]:
        sums = [0.0] * len(NAMES)
        for number, counts in group(words):
            weights = self.weights.get(number)
            if weights is not None:
                for name, weight in enumerate(weights):
                    sums[name] += weight * counts
        return tuple((name, adds) for name, adds in enumerate(sums) if adds)

    def asked(self, said: Sequence[str]) -> Asked | None:
        """What a text, given as the rules see it, most probably asks for; None where it asks for nothing."""
        parts = split(said)
        count = sum(len(words) - 2 for words in parts)
        if not SHORTEST <= count <= LONGEST:
            return None
        sums, places = [0.0] * len(NAMES), list[tuple[str, list[float]]]()
        for words in parts:
            here = [[0.0] * len(NAMES) for _ in words]
            for at, together in seen_at(words):
                for name, more in self._adds(together):
                    here[at][name] += more
            places += zip(words, here, strict=True)
        for _, adds in places:
            sums = [one + other for one, other in zip(sums, adds, strict=True)]
        totals = [bias + one * scale(count) for bias, one in zip(self.biases, sums, strict=True)]
        best = max(range(len(NAMES)), key=lambda name: totals[name] - self.probably[name])
        if totals[best] < self.probably[best]:
            return None
        most = sorted(range(len(places)), key=lambda at: -places[at][1][best])[:_WORDS_TOLD]
        told = tuple(places[at][0] for at in sorted(most) if places[at][1][best] > 0 and places[at][0] not in "^$")
        return Asked(NAMES[best], totals[best] >= self.surely[best], told)


def speaks_of_another(text: str) -> bool:
    """Whether somebody else stands in a text: "she never texts me" wishes nothing of us."""
    return _speaks_of("another", text)


def speaks_of_things(text: str) -> bool:
    """Whether it may be smoking, drinking or a job that is stopped or begun."""
    return _speaks_of("things", text)


def _speaks_of(what: str, text: str) -> bool:
    return any(not _words(what).isdisjoint(clause.split()) for clause in clauses(text))


@lru_cache(maxsize=2)
def _words(of: str) -> frozenset[str]:
    return frozenset(word for words in table("asks")[of].values() for word in words.split())


NOTHING = Asks({}, (0.0,) * len(NAMES), (1.0,) * len(NAMES), (1.0,) * len(NAMES))
"""Hears nothing."""
