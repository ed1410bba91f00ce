"""Linear questions over numbered features: fitted by adaptive gradient steps, and made small. No dependency."""

import random
from array import array
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from math import exp, sqrt

from checkin.domain.reading.features import Features
from checkin.domain.reading.model import HEAVIEST

EPOCHS = 8
SEEN_IN = 2
"""A feature of one text alone teaches nothing."""
CLIPPED = 0.9995
"""The heaviest of the weights, a few in ten thousand, are made lighter, so that four bits tell the others apart."""
RATE = 0.3
NEARLY_RIGHT = 0.02
"""A text whose answer is so nearly right teaches no more, and is passed over: the later rounds are short."""
SHRINK = 1e-5


@dataclass(frozen=True)
class Task:
    """One question, for each row: the answer (0 to 1), and how much the row counts."""

    answers: Sequence[float]
    weights: Sequence[float]


@dataclass(frozen=True)
class Trained:
    """Weights by feature, and what stands before any word."""

    weights: Sequence[float]
    bias: float

    def total(self, features: Features) -> float:
        """The sum over a text."""
        weights = self.weights
        return self.bias + sum(weights[number] * value for number, value in features)


def numbered(texts: Sequence[Features]) -> tuple[list[Features], list[int], list[int]]:
    """Texts with their features numbered from 0 in the order of their buckets, without those of one text alone; the
    bucket of each number; and in how many texts each stands."""
    seen_in = Counter(number for features in texts for number, _ in features)
    buckets = sorted(number for number, count in seen_in.items() if count >= SEEN_IN)
    numbers = {bucket: number for number, bucket in enumerate(buckets)}
    examples = [[(numbers[bucket], value) for bucket, value in features if bucket in numbers] for features in texts]
    return examples, buckets, [seen_in[bucket] for bucket in buckets]


def telling(trained: Sequence[Trained], seen_in: Sequence[int], most: int) -> list[int]:
    """The features to keep, so many at most: those that weigh heavily in any of these questions, and stand in many
    texts."""
    heaviest = [max(map(abs, weights)) for weights in zip(*(each.weights for each in trained), strict=True)]
    tell = [weight * sqrt(count) for weight, count in zip(heaviest, seen_in, strict=True)]
    return sorted(sorted(range(len(tell)), key=lambda number: (-tell[number], number))[:most])


def in_steps(trained: Trained, kept: Sequence[int]) -> tuple[float, Trained]:
    """The weights that are kept, rounded to HEAVIEST steps up and down; all others are nothing."""
    sizes = sorted(abs(trained.weights[number]) for number in kept)
    step = (sizes[min(int(CLIPPED * len(sizes)), len(sizes) - 1)] if sizes else 0.0) / HEAVIEST or 1.0
    weights = array("d", bytes(8 * len(trained.weights)))
    for number in kept:
        weights[number] = step * max(-HEAVIEST, min(HEAVIEST, round(trained.weights[number] / step)))
    return step, Trained(weights, trained.bias)


def fit(examples: Sequence[Features], task: Task, rows: Sequence[int], seed: int, features: int) -> Trained:
    """Adaptive gradient steps (Duchi, Hazan, Singer 2011) in an order that the seed gives."""
    weights, seen = [0.0] * features, [1e-6] * features
    bias, bias_seen = 0.0, 1.0
    order, chance = list(rows), random.Random(seed)  # noqa: S311 - an order, no secret
    for _ in range(EPOCHS):
        chance.shuffle(order)
        for at in order:
            total = bias + sum(weights[number] * value for number, value in examples[at])
            wrong = (1.0 / (1.0 + exp(-max(-30.0, min(30.0, total)))) - task.answers[at]) * task.weights[at]
            if abs(wrong) < NEARLY_RIGHT:
                continue
            bias_seen += wrong * wrong
            bias -= RATE * wrong / sqrt(bias_seen)
            for number, value in examples[at]:
                slope = wrong * value + SHRINK * weights[number]
                seen[number] += slope * slope
                weights[number] -= RATE * slope / sqrt(seen[number])
    return Trained(weights, bias)


def reached_by(totals: Sequence[float], share: float) -> float:
    """The sum that only this share of them reaches."""
    highest = sorted(totals, reverse=True)
    return highest[min(int(share * len(highest)), len(highest) - 1)] + 1e-9 if highest else 1e9
