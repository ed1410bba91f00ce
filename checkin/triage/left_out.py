"""Judge the reader on the texts that its model was not trained on: a part is left out, in turn, and read by the rest.

Rows of one kind stay together (a phrase family, or all that one writer or corpus gave), for of a text whose sister was
trained on nothing is learnt. The rules are the same throughout: they were written beside some of these texts.
"""

import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from checkin.domain.reading import Context, Reading, read
from checkin.domain.reading.model import Model, opened
from checkin.triage.evaluation import Clock, Judged, judge
from checkin.triage.rows import Row
from checkin.triage.training import train

PARTS = 5

Say = Callable[[str], None]


@dataclass(frozen=True)
class _With:
    """The reader with one model, as a set of texts needs it."""

    model: Model
    as_set: Callable[[Context], Context]

    def __call__(self, text: str, context: Context) -> Reading:
        return read(text, self.as_set(context), self.model)


def parts_of(rows: Sequence[Row], kind: str) -> dict[str, list[int]]:
    """Which rows are left out together: each source for itself, or a fifth of the categories at a time."""
    parts: dict[str, list[int]] = {}
    for at, row in enumerate(rows):
        name = row.source or "(none)"
        if kind == "category":
            name = f"part {1 + zlib.crc32(row.category.encode()) % PARTS} of {PARTS}"
        parts.setdefault(name, []).append(at)
    return dict(sorted(parts.items()))


def judged_left_out(
    rows: Sequence[Row], kind: str, seed: int, as_set: Callable[[Context], Context], clock: Clock, say: Say
) -> list[Judged]:
    """Every row, read with a model that was trained without its part. Takes a training for each part."""
    judged: list[Judged] = []
    for name, part in parts_of(rows, kind).items():
        left_out = set(part)
        say(f"trained without {name}: {len(part)} texts")
        model = opened(train([row for at, row in enumerate(rows) if at not in left_out], seed, lambda what: None))
        judged += judge([rows[at] for at in part], _With(model, as_set), clock)
    return judged
