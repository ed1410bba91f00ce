"""A small linear model beside the rules: how surely a text needs a person, and which words say so.

It only ever raises what the rules say. Two sums over the features of a text, one for "needs a person soon" (an alert)
and one for "life may be at risk now" (a crisis), are compared with thresholds. One file holds all of it:

    a line of JSON (what it was trained on, scales, thresholds, calibration), then one signed byte a bucket, twice,
    deflated

How it is made: `checkin triage train`. What it can and cannot do: MODEL_CARD.md beside this file. Pure.
"""

import json
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from math import exp
from typing import Any

from checkin.domain.reading.features import BUCKETS, scale, seen_at, split
from checkin.domain.reading.values import Calls
from checkin.domain.terms import Level, Why

FORMAT = 1
FILE = "model.bin"
_WORDS_TOLD = 3


class BadModel(ValueError):
    """The model's file is none, or is another version's. One sentence."""


@dataclass(frozen=True)
class Thresholds:
    """Sums from which a text counts as a crisis, as distress, and as a concern that a person reads."""

    crisis: float
    distress: float
    concern: float


@dataclass(frozen=True)
class Score:
    """What the model makes of a text: the two sums, and the words that add most to them, in their order."""

    alert: float
    crisis: float
    words: tuple[str, ...] = ()


@dataclass(frozen=True)
class Head:
    """One of the two sums: a weight for each bucket, in steps of `step`, and what stands before any word."""

    weights: memoryview
    step: float
    bias: float
    slope: float
    offset: float

    def chance(self, total: float) -> float:
        """The sum as a chance from 0 to 1, by calibration on texts that were not trained on."""
        return 1.0 / (1.0 + exp(-max(-30.0, min(30.0, self.slope * total + self.offset))))


class Model:
    """A model that was read from its file. Holds about as much memory as the file has bytes."""

    def __init__(self, about: Mapping[str, Any], alert: Head, crisis: Head) -> None:
        self.about = about
        self.alert = alert
        self.crisis = crisis
        self.thresholds = {Calls(name): Thresholds(**values) for name, values in about["thresholds"].items()}

    def score(self, clauses: Sequence[str]) -> Score:
        """The sums over a text, given as the rules see it. Of no words nothing is said: minus infinity."""
        alert = crisis = 0.0
        count, by_word = 0, list[tuple[float, int, str]]()
        alerts, crises = self.alert.weights, self.crisis.weights
        for words in split(clauses):
            here = [0.0] * len(words)
            count += len(words) - 2
            for at, group in seen_at(words):
                one = other = 0.0
                for number, weight in group:
                    one += alerts[number] * weight
                    other += crises[number] * weight
                alert += one
                crisis += other
                here[at] += max(one * self.alert.step, other * self.crisis.step)
            by_word += [(here[at], len(by_word) + at, words[at]) for at in range(1, len(words) - 1)]
        alert, crisis = alert * self.alert.step, crisis * self.crisis.step
        if not count:
            return Score(float("-inf"), float("-inf"))
        most = sorted(sorted(by_word, reverse=True)[:_WORDS_TOLD], key=lambda each: each[1])
        length = scale(count)
        return Score(
            self.alert.bias + alert * length,
            self.crisis.bias + crisis * length,
            tuple(word for weight, _, word in most if weight > 0),
        )

    def level(self, score: Score, calls: Calls) -> Level:
        """What a score means where people are called so readily."""
        limits = self.thresholds[calls]
        if score.crisis >= limits.crisis:
            return Level.CRISIS
        if score.alert >= limits.distress:
            return Level.DISTRESS
        return Level.CONCERN if score.alert >= limits.concern else Level.OK

    def why(self, score: Score, level: Level) -> Why:
        """What a coordinator reads of it: the words that decided."""
        told = " … ".join(f"“{word}”" for word in score.words)
        return Why(level.value, f"sounds like other texts that needed a person: {told}" if told else "")


def opened(content: bytes) -> Model:
    """A model from the bytes of its file. Raises BadModel."""
    line, _, rest = content.partition(b"\n")
    try:
        about: dict[str, Any] = json.loads(line)
        heads = [about["alert"], about["crisis"]]
        weights = memoryview(zlib.decompress(rest)).cast("b")
    except (ValueError, KeyError, TypeError, zlib.error):
        raise BadModel("this file holds no model of ours: make one with checkin triage train") from None
    if about.get("format") != FORMAT or about.get("buckets") != BUCKETS or len(weights) != 2 * BUCKETS:
        raise BadModel("this model was made by another version: make one with checkin triage train")
    parts = weights[:BUCKETS], weights[BUCKETS:]
    alert, crisis = (
        Head(part, head["step"], head["bias"], head["slope"], head["offset"])
        for part, head in zip(parts, heads, strict=True)
    )
    return Model(about, alert, crisis)


@lru_cache(maxsize=1)
def model() -> Model:
    """The model of the package, read once."""
    return opened(files("checkin.domain.reading").joinpath(FILE).read_bytes())
