"""Train the model: two logistic regressions over hashed features, by adaptive gradient steps. Seeded; no dependency.

Rows of a family stay together when it is judged on what it has not seen: from that come the thresholds (so many false
alarms among a thousand harmless texts, see WANTED) and the calibration. The model that is kept is then trained on all.
"""

import json
import random
import zlib
from array import array
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import exp, sqrt

from checkin.domain.reading.features import BUCKETS, Features, features_of
from checkin.domain.reading.model import FORMAT
from checkin.domain.reading.normalise import clauses
from checkin.domain.reading.values import Calls
from checkin.triage.rows import ALERTS, COMMANDS, Row

FOLDS = 5
EPOCHS = 8
RATE = 0.3
SHRINK = 1e-5
WANTED = {
    Calls.MORE: {"crisis": 0.04, "distress": 0.12, "concern": 0.25},
    Calls.BALANCED: {"crisis": 0.02, "distress": 0.07, "concern": 0.16},
    Calls.LESS: {"crisis": 0.006, "distress": 0.02, "concern": 0.08},
}
"""The share of harmless texts of the training rows, half of them hard, that may reach each level by the model alone."""

Say = Callable[[str], None]


@dataclass(frozen=True)
class Task:
    """One of the two questions, for each row: the answer (0 to 1), and how much the row counts."""

    answers: Sequence[float]
    weights: Sequence[float]


@dataclass(frozen=True)
class Trained:
    """Weights by bucket, and what stands before any word."""

    weights: "array[float]"
    bias: float

    def total(self, features: Features) -> float:
        """The sum over a text."""
        weights = self.weights
        return self.bias + sum(weights[number] * value for number, value in features)


def train(rows: Sequence[Row], seed: int, say: Say) -> bytes:
    """The bytes of a model's file. The same rows and seed make the same bytes."""
    examples = [features_of(clauses(row.text)) for row in rows]
    alert, crisis = _alert(rows), _crisis(rows)
    folds = [zlib.crc32(f"{row.family}/{row.text if _is_mixed(row) else ''}".encode()) % FOLDS for row in rows]
    unseen_alert, unseen_crisis = [0.0] * len(rows), [0.0] * len(rows)
    for fold in range(FOLDS):
        say(f"part {fold + 1} of {FOLDS} is left out, to be judged on")
        kept = [at for at, mine in enumerate(folds) if mine != fold]
        left_out = [at for at, mine in enumerate(folds) if mine == fold]
        for task, unseen in ((alert, unseen_alert), (crisis, unseen_crisis)):
            trained = _fit(examples, task, kept, seed)
            for at in left_out:
                unseen[at] = trained.total(examples[at])
    say("trained on all rows")
    everything = range(len(rows))
    heads = [_fit(examples, task, everything, seed) for task in (alert, crisis)]
    about: dict[str, object] = {
        "format": FORMAT,
        "buckets": BUCKETS,
        "seed": seed,
        "rows": len(rows),
        "sources": sorted({row.source for row in rows if row.source}),
        "thresholds": {
            calls.value: _thresholds(rows, unseen_alert, unseen_crisis, wanted) for calls, wanted in WANTED.items()
        },
    }
    parts = []
    for name, head, task, unseen in zip(
        ("alert", "crisis"), heads, (alert, crisis), (unseen_alert, unseen_crisis), strict=True
    ):
        step = max(map(abs, head.weights)) / 127 or 1.0
        slope, offset = _calibrated(unseen, task)
        about[name] = {"step": step, "bias": head.bias, "slope": slope, "offset": offset}
        parts.append(array("b", (round(weight / step) for weight in head.weights)).tobytes())
    return json.dumps(about, sort_keys=True).encode() + b"\n" + zlib.compress(b"".join(parts), 9)


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


def _fit(examples: Sequence[Features], task: Task, rows: Sequence[int], seed: int) -> Trained:
    """Adaptive gradient steps (Duchi, Hazan, Singer 2011) in an order that the seed gives."""
    weights, seen = array("d", bytes(8 * BUCKETS)), array("d", [1e-6]) * BUCKETS
    bias, bias_seen = 0.0, 1.0
    order, chance = list(rows), random.Random(seed)  # noqa: S311 - an order, no secret
    for _ in range(EPOCHS):
        chance.shuffle(order)
        for at in order:
            features = examples[at]
            total = bias + sum(weights[number] * value for number, value in features)
            wrong = (1.0 / (1.0 + exp(-max(-30.0, min(30.0, total)))) - task.answers[at]) * task.weights[at]
            if abs(wrong) < 1e-3:
                continue
            bias_seen += wrong * wrong
            bias -= RATE * wrong / sqrt(bias_seen)
            for number, value in features:
                slope = wrong * value + SHRINK * weights[number]
                seen[number] += slope * slope
                weights[number] -= RATE * slope / sqrt(seen[number])
    return Trained(weights, bias)


def _thresholds(
    rows: Sequence[Row], alert: Sequence[float], crisis: Sequence[float], wanted: dict[str, float]
) -> dict[str, float]:
    """The sums that only so many harmless texts reach: of ok for distress, of ok and grey for a crisis."""
    harmless = [at for at, row in enumerate(rows) if row.level == "OK" or row.level in COMMANDS]
    not_crisis = [at for at, row in enumerate(rows) if row.level not in ALERTS]
    return {
        "crisis": _reached_by([crisis[at] for at in not_crisis], wanted["crisis"]),
        "distress": _reached_by([alert[at] for at in harmless], wanted["distress"]),
        "concern": _reached_by([alert[at] for at in harmless], wanted["concern"]),
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
