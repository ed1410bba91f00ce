"""Train the model: two logistic regressions over hashed features, by adaptive gradient steps. Seeded; no dependency.

Rows of a family stay together when it is judged on what it has not seen: from that come the thresholds (so many false
alarms among a thousand harmless texts, see WANTED) and the calibration. The model that is kept is then trained on all.
"""

import random
import zlib
from array import array
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import exp, sqrt

from checkin.domain.reading.features import Features, features_of
from checkin.domain.reading.model import HEAVIEST, closed, pack
from checkin.domain.reading.normalise import clauses
from checkin.domain.reading.values import Calls
from checkin.triage.rows import ALERTS, COMMANDS, Row

FOLDS = 3
EPOCHS = 4
SEEN_IN = 2
"""A feature of one text alone teaches nothing."""
KEPT = 180_000
"""So many features a model keeps, the most telling: its file stays below 300 KB."""
CLIPPED = 0.9995
"""The heaviest of the weights, a few in ten thousand, are made lighter, so that four bits tell the others apart."""
RATE = 0.3
SHRINK = 1e-5
WANTED = {
    Calls.MORE: {"crisis": 0.05, "distress": 0.14, "concern": 0.27, "hinted_crisis": 0.25, "hinted_distress": 0.5},
    Calls.BALANCED: {"crisis": 0.03, "distress": 0.09, "concern": 0.18, "hinted_crisis": 0.15, "hinted_distress": 0.3},
    Calls.LESS: {"crisis": 0.01, "distress": 0.03, "concern": 0.1, "hinted_crisis": 0.08, "hinted_distress": 0.15},
}
"""The share of harmless texts of the training rows, most of them hard, that may reach each level by the model alone,
and that may reach what a hint of the rules needs to be heard."""

Say = Callable[[str], None]


@dataclass(frozen=True)
class Task:
    """One of the two questions, for each row: the answer (0 to 1), and how much the row counts."""

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


@dataclass(frozen=True)
class Small:
    """The most telling weights of both questions, in steps, as a model's file keeps them."""

    kept: Sequence[int]
    steps: tuple[float, float]
    alert: Trained
    crisis: Trained


def train(rows: Sequence[Row], seed: int, say: Say) -> bytes:
    """The bytes of a model's file. The same rows and seed make the same bytes."""
    examples, buckets, seen_in = _numbered([features_of(clauses(row.text)) for row in rows])
    alert, crisis = _alert(rows), _crisis(rows)
    folds = [zlib.crc32(f"{row.family}/{row.text if _is_mixed(row) else ''}".encode()) % FOLDS for row in rows]
    unseen_alert, unseen_crisis = [0.0] * len(rows), [0.0] * len(rows)
    for fold in range(FOLDS):
        say(f"part {fold + 1} of {FOLDS} is left out, to be judged on")
        small = _small(examples, (alert, crisis), [at for at, mine in enumerate(folds) if mine != fold], seen_in, seed)
        for at, mine in enumerate(folds):
            if mine == fold:
                unseen_alert[at] = small.alert.total(examples[at])
                unseen_crisis[at] = small.crisis.total(examples[at])
    say("trained on all rows")
    small = _small(examples, (alert, crisis), range(len(rows)), seen_in, seed)
    about: dict[str, object] = {
        "seed": seed,
        "rows": len(rows),
        "sources": sorted({row.source for row in rows if row.source}),
        "thresholds": {
            calls.value: _thresholds(rows, unseen_alert, unseen_crisis, wanted) for calls, wanted in WANTED.items()
        },
    }
    parts = (("alert", small.alert, alert, unseen_alert), ("crisis", small.crisis, crisis, unseen_crisis))
    for (name, head, task, unseen), step in zip(parts, small.steps, strict=True):
        slope, offset = _calibrated(unseen, task)
        about[name] = {"step": step, "bias": head.bias, "slope": slope, "offset": offset}
    one, other = small.steps
    packed = bytes(
        pack(round(small.alert.weights[number] / one), round(small.crisis.weights[number] / other))
        for number in small.kept
    )
    return closed(about, [buckets[number] for number in small.kept], packed)


def _numbered(texts: Sequence[Features]) -> tuple[list[Features], list[int], list[int]]:
    """Texts with their features numbered from 0 in the order of their buckets, without those of one text alone; the
    bucket of each number; and in how many texts each stands."""
    seen_in = Counter(number for features in texts for number, _ in features)
    buckets = sorted(number for number, count in seen_in.items() if count >= SEEN_IN)
    numbers = {bucket: number for number, bucket in enumerate(buckets)}
    examples = [[(numbers[bucket], value) for bucket, value in features if bucket in numbers] for features in texts]
    return examples, buckets, [seen_in[bucket] for bucket in buckets]


def _small(
    examples: Sequence[Features], tasks: tuple[Task, Task], rows: Sequence[int], seen_in: Sequence[int], seed: int
) -> Small:
    """Both questions trained on some rows, and made as small as the file keeps them."""
    alert, crisis = (_fit(examples, task, rows, seed, len(seen_in)) for task in tasks)
    telling = [
        max(abs(one), abs(other)) * sqrt(count)
        for one, other, count in zip(alert.weights, crisis.weights, seen_in, strict=True)
    ]
    kept = sorted(sorted(range(len(telling)), key=lambda number: (-telling[number], number))[:KEPT])
    (one, alert), (other, crisis) = (_in_steps(trained, kept) for trained in (alert, crisis))
    return Small(kept, (one, other), alert, crisis)


def _in_steps(trained: Trained, kept: Sequence[int]) -> tuple[float, Trained]:
    """The weights that are kept, rounded to HEAVIEST steps up and down; all others are nothing."""
    sizes = sorted(abs(trained.weights[number]) for number in kept)
    step = (sizes[min(int(CLIPPED * len(sizes)), len(sizes) - 1)] if sizes else 0.0) / HEAVIEST or 1.0
    weights = array("d", bytes(8 * len(trained.weights)))
    for number in kept:
        weights[number] = step * max(-HEAVIEST, min(HEAVIEST, round(trained.weights[number] / step)))
    return step, Trained(weights, trained.bias)


def _is_mixed(row: Row) -> bool:
    """Whether a category is no family: ordinary texts have nothing in common."""
    return "ordinary" in row.category or not row.category


def _alert(rows: Sequence[Row]) -> Task:
    answers = {"CRISIS": 1.0, "DISTRESS": 1.0, "GREY": 0.4}
    counts = {"CRISIS": 2.0, "DISTRESS": 1.5, "GREY": 0.4}
    return Task(
        [answers.get(row.level, 0.0) for row in rows],
        [counts.get(row.level, 1.0) * (0.4 if row.is_noisy else 1.0) for row in rows],
    )


def _crisis(rows: Sequence[Row]) -> Task:
    counts = {"CRISIS": 2.5, "DISTRESS": 0.8}
    return Task(
        [1.0 if row.level == "CRISIS" else 0.0 for row in rows],
        [counts.get(row.level, 1.0) * (0.4 if row.is_noisy else 1.0) for row in rows],
    )


def _fit(examples: Sequence[Features], task: Task, rows: Sequence[int], seed: int, features: int) -> Trained:
    """Adaptive gradient steps (Duchi, Hazan, Singer 2011) in an order that the seed gives."""
    weights, seen = [0.0] * features, [1e-6] * features
    bias, bias_seen = 0.0, 1.0
    order, chance = list(rows), random.Random(seed)  # noqa: S311 - an order, no secret
    for _ in range(EPOCHS):
        chance.shuffle(order)
        for at in order:
            total = bias + sum(weights[number] * value for number, value in examples[at])
            wrong = (1.0 / (1.0 + exp(-max(-30.0, min(30.0, total)))) - task.answers[at]) * task.weights[at]
            if abs(wrong) < 1e-3:
                continue
            bias_seen += wrong * wrong
            bias -= RATE * wrong / sqrt(bias_seen)
            for number, value in examples[at]:
                slope = wrong * value + SHRINK * weights[number]
                seen[number] += slope * slope
                weights[number] -= RATE * slope / sqrt(seen[number])
    return Trained(weights, bias)


def _thresholds(
    rows: Sequence[Row], alert: Sequence[float], crisis: Sequence[float], wanted: dict[str, float]
) -> dict[str, float]:
    """The sums that only so many harmless texts reach: of ok for distress, of ok and grey for a crisis."""
    harmless = [alert[at] for at, row in enumerate(rows) if row.level == "OK" or row.level in COMMANDS]
    not_crisis = [crisis[at] for at, row in enumerate(rows) if row.level not in ALERTS]
    return {
        level: _reached_by(not_crisis if level.endswith("crisis") else harmless, share)
        for level, share in wanted.items()
    }


def _reached_by(totals: Sequence[float], share: float) -> float:
    highest = sorted(totals, reverse=True)
    return highest[min(int(share * len(highest)), len(highest) - 1)] + 1e-9 if highest else 1e9


def _calibrated(unseen: Sequence[float], task: Task) -> tuple[float, float]:
    """Slope and offset by which a sum becomes a chance (Platt's scaling, by plain gradient descent)."""
    slope, offset = 1.0, 0.0
    pairs = list(zip(unseen, task.answers, task.weights, strict=True))
    whole = sum(weight for _, _, weight in pairs) or 1.0
    for _ in range(300):
        by_slope = by_offset = 0.0
        for total, answer, weight in pairs:
            wrong = (1.0 / (1.0 + exp(-max(-30.0, min(30.0, slope * total + offset)))) - answer) * weight
            by_slope += wrong * total
            by_offset += wrong
        slope -= 0.1 * by_slope / whole
        offset -= 0.5 * by_offset / whole
    return slope, offset
