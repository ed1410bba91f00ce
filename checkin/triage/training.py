"""Train the model: two logistic regressions over hashed features, and what is asked of the service beside them. Seeded.

Rows of a family stay together when it is judged on what it has not seen: from that come the thresholds (so many false
alarms among a thousand harmless texts, see WANTED) and the calibration. The model that is kept is then trained on all.
"""

import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import exp

from checkin.domain.reading.features import Features, features_of
from checkin.domain.reading.model import closed, pack
from checkin.domain.reading.needs import need_of
from checkin.domain.reading.normalise import clauses
from checkin.domain.reading.values import Calls
from checkin.triage.asks_training import train_asks
from checkin.triage.linear import Task, Trained, fit, in_steps, numbered, reached_by, telling
from checkin.triage.rows import ALERTS, COMMANDS, Row

FOLDS = 3
KEPT = 155_000
"""So many features a model keeps, the most telling: its file stays below 300 KB."""
WANTED = {
    Calls.MORE: {"crisis": 0.05, "distress": 0.14, "concern": 0.27, "hinted_crisis": 0.25, "hinted_distress": 0.5},
    Calls.BALANCED: {"crisis": 0.03, "distress": 0.09, "concern": 0.18, "hinted_crisis": 0.15, "hinted_distress": 0.3},
    Calls.LESS: {"crisis": 0.01, "distress": 0.03, "concern": 0.1, "hinted_crisis": 0.08, "hinted_distress": 0.15},
}
"""The share of harmless texts of the training rows, most of them hard, that may reach each level by the model alone,
and that may reach what a hint of the rules needs to be heard."""

Say = Callable[[str], None]


@dataclass(frozen=True)
class Small:
    """The most telling weights of both questions, in steps, as a model's file keeps them."""

    kept: Sequence[int]
    steps: tuple[float, float]
    alert: Trained
    crisis: Trained


def train(rows: Sequence[Row], seed: int, say: Say) -> bytes:
    """The bytes of a model's file. The same rows and seed make the same bytes."""
    examples, buckets, seen_in = numbered([_as_read(row) for row in rows])
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
    needs = ([buckets[number] for number in small.kept], [packed])
    say("what is asked of the service")
    examples, buckets, seen_in = numbered([features_of(clauses(row.text)) for row in rows])
    asks = train_asks(rows, examples, seen_in, seed)
    about["asks"] = asks.about
    return closed(about, needs, ([buckets[number] for number in asks.kept], asks.planes))


def _as_read(row: Row) -> Features:
    """The features of what the model is shown of a text: all clauses but those that the rules have explained."""
    explained = need_of(row.text, row.lang or "en").explained
    return features_of([clause for clause in clauses(row.text) if clause not in explained])


def _small(
    examples: Sequence[Features], tasks: tuple[Task, Task], rows: Sequence[int], seen_in: Sequence[int], seed: int
) -> Small:
    """Both questions trained on some rows, and made as small as the file keeps them."""
    alert, crisis = (fit(examples, task, rows, seed, len(seen_in)) for task in tasks)
    kept = telling((alert, crisis), seen_in, KEPT)
    (one, alert), (other, crisis) = (in_steps(trained, kept) for trained in (alert, crisis))
    return Small(kept, (one, other), alert, crisis)


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


def _thresholds(
    rows: Sequence[Row], alert: Sequence[float], crisis: Sequence[float], wanted: dict[str, float]
) -> dict[str, float]:
    """The sums that only so many harmless texts reach: of ok for distress, of ok and grey for a crisis."""
    harmless = [alert[at] for at, row in enumerate(rows) if row.level == "OK" or row.level in COMMANDS]
    not_crisis = [crisis[at] for at, row in enumerate(rows) if row.level not in ALERTS]
    return {
        level: reached_by(not_crisis if level.endswith("crisis") else harmless, share)
        for level, share in wanted.items()
    }


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
