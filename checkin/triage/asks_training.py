"""Train what hears what a text asks of the service: five questions, each for itself, over the features of the model.

A third of the families is left out once: from what the others make of them come the sums that hardly any text reaches
which asks for nothing (WANTED). What is kept is trained on all.
"""

import zlib
from collections.abc import Sequence
from dataclasses import dataclass

from checkin.domain.reading.asks import NAMES
from checkin.domain.reading.features import Features
from checkin.domain.reading.model import pack
from checkin.triage.linear import Task, fit, in_steps, reached_by, telling
from checkin.triage.rows import COMMANDS, Row

KEPT = 20_000
"""So many features are kept, the most telling of any question."""
PARTS = 3
WANTED = {"surely": 0.0008, "probably": 0.004}
"""The share of texts that ask for nothing, most of them hard, that may sound like each question so much."""
_ONE_IN = 3
"""Of the texts that stand beside no command one in three is trained on, for three."""
_NEAR = ("command", "cry_beside", "eaten")


@dataclass(frozen=True)
class SmallAsks:
    """The five questions, made small: buckets' numbers, and for each two questions a list with a byte for each."""

    about: dict[str, object]
    kept: list[int]
    planes: list[bytes]


def train_asks(rows: Sequence[Row], examples: Sequence[Features], seen_in: Sequence[int], seed: int) -> SmallAsks:
    """Train on all rows; with limits from rows that were left out."""
    folds = [zlib.crc32(f"{row.family}/{row.text if row.level == 'OK' else ''}".encode()) % PARTS for row in rows]
    used = [at for at, row in enumerate(rows) if _is_near(row) or zlib.crc32(row.text.encode()) % _ONE_IN == 0]
    tasks = [_task(rows, name) for name in NAMES]
    limits: dict[str, list[float]] = {how: [] for how in WANTED}
    for task in tasks:
        trained = fit(examples, task, [at for at in used if folds[at]], seed, len(seen_in))
        _, trained = in_steps(trained, telling([trained], seen_in, KEPT))
        unheard = [
            trained.total(examples[at]) for at, row in enumerate(rows) if not folds[at] and row.level not in COMMANDS
        ]
        for how, share in WANTED.items():
            limits[how].append(reached_by(unheard, share))
    whole = [fit(examples, task, used, seed, len(seen_in)) for task in tasks]
    kept = telling(whole, seen_in, KEPT)
    small = [in_steps(trained, kept) for trained in whole]
    weights = [[round(trained.weights[number] / step) for number in kept] for step, trained in small]
    weights += [[0] * len(kept)] * (len(weights) % 2)
    planes = [bytes(map(pack, *weights[at : at + 2])) for at in range(0, len(weights), 2)]
    steps, biases = [step for step, _ in small], [trained.bias for _, trained in small]
    return SmallAsks({"steps": steps, "biases": biases, **limits}, kept, planes)


def _is_near(row: Row) -> bool:
    return row.level in COMMANDS or any(word in row.category for word in _NEAR)


def _task(rows: Sequence[Row], name: str) -> Task:
    return Task(
        [1.0 if row.level.lower() == name else 0.0 for row in rows],
        [1.0 if _is_near(row) else float(_ONE_IN) for row in rows],
    )
