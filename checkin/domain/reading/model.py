"""A small linear model beside the rules: how surely a text needs a person, and which words say so.

It only ever raises what the rules are sure of. Two sums over the features of a text, one for "needs a person soon" (an
alert) and one for "life may be at risk now" (a crisis), are compared with thresholds. One file holds all of it:

    a line of JSON (what it was trained on, scales, thresholds, calibration), then, deflated: for each bucket that is
    kept how many are left out before it (seven bits a byte, the lowest first; the eighth says that more follow), then
    a byte for each with its two weights, of four bits with a sign: the alert's below, the crisis's above
    the same for what is asked of the service (`asks.py`), with three bytes for each bucket, one list after the other

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

from checkin.domain.reading.asks import NAMES, Asks
from checkin.domain.reading.features import BUCKETS, GROUPS_KNOWN, group, scale, seen_at, split
from checkin.domain.reading.values import Calls
from checkin.domain.terms import Level, Why

FORMAT = 3
FILE = "model.bin"
HEAVIEST = 7
_WORDS_TOLD = 3
_PLANES = (len(NAMES) + 1) // 2


class BadModel(ValueError):
    """The model's file is none, or is another version's. One sentence."""


@dataclass(frozen=True)
class Thresholds:
    """Sums from which a text counts as a crisis, as distress, and as a concern that a person reads.

    `hinted_crisis`, `hinted_distress`: the lower ones from which what a hint of the rules says is heard here too.
    """

    crisis: float
    distress: float
    concern: float
    hinted_crisis: float
    hinted_distress: float


@dataclass(frozen=True)
class Score:
    """What the model makes of a text: the two sums, and the words that add most to them, in their order."""

    alert: float
    crisis: float
    words: tuple[str, ...] = ()


@dataclass(frozen=True)
class Head:
    """One of the two sums: weights come in steps of `step`; `bias` is what stands before any word."""

    step: float
    bias: float
    slope: float
    offset: float

    def chance(self, total: float) -> float:
        """The sum as a chance from 0 to 1, by calibration on texts that were not trained on."""
        return 1.0 / (1.0 + exp(-max(-30.0, min(30.0, self.slope * total + self.offset))))


def pack(alert: int, crisis: int) -> int:
    """Two weights, each from -HEAVIEST to HEAVIEST, as one byte."""
    return (alert & 15) | (crisis & 15) << 4


def _unpacked(byte: int) -> tuple[float, float]:
    low, high = byte & 15, byte >> 4
    return float(low - 16 if low > HEAVIEST else low), float(high - 16 if high > HEAVIEST else high)


PAIRS = tuple(_unpacked(byte) for byte in range(256))
"""The two weights of each byte, in steps."""


class Model:
    """A model that was read from its file. `weights`: a byte for each bucket, two megabytes."""

    def __init__(self, about: Mapping[str, Any], weights: bytes, alert: Head, crisis: Head, asks: Asks) -> None:
        self.about = about
        self.asks = asks
        self.weights = weights
        self.alert = alert
        self.crisis = crisis
        self.thresholds = {Calls(name): Thresholds(**values) for name, values in about["thresholds"].items()}
        self._adds = lru_cache(maxsize=GROUPS_KNOWN)(self._added)

    def _added(self, words: tuple[str, ...]) -> tuple[float, float]:
        """What one, two or three words add to the two sums, in steps."""
        alert = crisis = 0.0
        for number, counts in group(words):
            byte = self.weights[number]
            if byte:
                of_alert, of_crisis = PAIRS[byte]
                alert += of_alert * counts
                crisis += of_crisis * counts
        return alert, crisis

    def score(self, clauses: Sequence[str]) -> Score:
        """The sums over a text, given as the rules see it. Of no words nothing is said: minus infinity."""
        alert = crisis = 0.0
        count, by_word = 0, list[tuple[float, int, str]]()
        for words in split(clauses):
            here = [0.0] * len(words)
            count += len(words) - 2
            for at, together in seen_at(words):
                one, other = self._adds(together)
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

    def hears(self, score: Score, calls: Calls) -> Level:
        """How far a hint of the rules counts in a text with this score."""
        limits = self.thresholds[calls]
        if score.crisis >= limits.hinted_crisis:
            return Level.CRISIS
        return Level.DISTRESS if score.alert >= limits.hinted_distress else Level.OK

    def why(self, score: Score, level: Level) -> Why:
        """What a coordinator reads of it: the words that decided."""
        told = " … ".join(f"“{word}”" for word in score.words)
        return Why(level.value, f"sounds like other texts that needed a person: {told}" if told else "")


def opened(content: bytes) -> Model:
    """A model from the bytes of its file. Raises BadModel."""
    line, _, rest = content.partition(b"\n")
    try:
        about: dict[str, Any] = json.loads(line)
        if about.get("format") != FORMAT or about.get("buckets") != BUCKETS:
            raise BadModel("this model was made by another version: make one with checkin triage train")
        return _read(about, zlib.decompress(rest))
    except BadModel:
        raise
    except (ValueError, KeyError, TypeError, zlib.error):
        raise BadModel("this file holds no model of ours: make one with checkin triage train") from None


def _read(about: Mapping[str, Any], body: bytes) -> Model:
    weights = bytearray(BUCKETS)
    numbers, (packed,) = _spread(body[: about["of_needs"]], about["kept"], 1)
    for number, byte in zip(numbers, packed, strict=True):
        weights[number] = byte
    heads = (about["alert"], about["crisis"])
    alert, crisis = (Head(head["step"], head["bias"], head["slope"], head["offset"]) for head in heads)
    return Model(about, bytes(weights), alert, crisis, _asks(about["asks"], body[about["of_needs"] :]))


def _asks(about: Mapping[str, Any], body: bytes) -> Asks:
    numbers, planes = _spread(body, about["kept"], _PLANES)
    steps = about["steps"]
    weights = {
        number: tuple(
            step * weight
            for step, weight in zip(steps, (weight for byte in packed for weight in PAIRS[byte]), strict=False)
        )
        for number, *packed in zip(numbers, *planes, strict=True)
    }
    return Asks(weights, tuple(about["biases"]), tuple(about["surely"]), tuple(about["probably"]))


def closed(
    about: Mapping[str, Any],
    needs: tuple[Sequence[int], Sequence[bytes]],
    asks: tuple[Sequence[int], Sequence[bytes]],
) -> bytes:
    """The bytes of a model's file. Of each part: its buckets in rising order, and lists with a byte for each."""
    of_needs = _gathered(*needs)
    told = {**about, "format": FORMAT, "buckets": BUCKETS, "kept": len(needs[0]), "of_needs": len(of_needs)}
    told["asks"] = {**about["asks"], "kept": len(asks[0])}
    head = json.dumps(told, sort_keys=True)
    return head.encode() + b"\n" + zlib.compress(of_needs + _gathered(*asks), 9)


def _gathered(kept: Sequence[int], planes: Sequence[bytes]) -> bytes:
    gaps, last = bytearray(), -1
    for number in kept:
        gap, last = number - last - 1, number
        while gap > 127:
            gaps.append(128 | gap & 127)
            gap >>= 7
        gaps.append(gap)
    return bytes(gaps) + b"".join(planes)


def _spread(body: bytes, kept: int, planes: int) -> tuple[list[int], list[bytes]]:
    """The buckets that are kept, and so many lists with a byte for each. Raises BadModel where the file is damaged."""
    numbers, number, shift, gap = list[int](), -1, 0, 0
    end = len(body) - planes * kept
    for byte in body[: max(end, 0)]:
        gap |= (byte & 127) << shift
        shift += 7
        if byte < 128:
            number += gap + 1
            numbers.append(number)
            shift = gap = 0
    if len(numbers) != kept or number >= BUCKETS or shift:
        raise BadModel("this file is damaged: take it anew, or make one with checkin triage train")
    return numbers, [body[end + kept * plane : end + kept * (plane + 1)] for plane in range(planes)]


@lru_cache(maxsize=1)
def model() -> Model:
    """The model of the package, read once."""
    return opened(files("checkin.domain.reading").joinpath(FILE).read_bytes())
