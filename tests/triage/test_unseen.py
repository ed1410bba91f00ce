"""Texts that were written before the rules and the model, by writers who saw neither: what is found of them.

They train nothing (`test_model.py` sees to it). The floors lie a little below what was measured; README and the model's
card tell the figures. `plain` is how members mostly write; `hard` is written to be missed, or to alarm falsely.
"""

from pathlib import Path
from time import process_time_ns

import pytest

from checkin.domain.reading import read
from checkin.triage.evaluation import Share, figures, judge
from checkin.triage.rows import OWN, rows_of

UNSEEN = Path(__file__).parent / "unseen"
FLOORS = {
    ("plain", "crisis read as crisis"): 0.87,
    ("plain", "crisis raised as any alert"): 0.93,
    ("plain", "crisis or distress raised"): 0.95,
    ("plain", "commands understood"): 0.88,
    ("hard", "crisis read as crisis"): 0.67,
    ("hard", "crisis raised as any alert"): 0.84,
    ("hard", "crisis or distress raised"): 0.87,
    ("hard", "commands understood"): 0.83,
}
CEILINGS = {
    ("plain", "false alarms on harmless texts"): 0.065,
    ("plain", "false crisis"): 0.045,
    ("plain", "alert texts eaten by a command"): 0.0,
    ("hard", "false alarms on harmless texts"): 0.155,
    ("hard", "false crisis"): 0.09,
    ("hard", "alert texts eaten by a command"): 0.0,
}


@pytest.fixture(scope="module")
def found() -> dict[tuple[str, str], Share]:
    sets = {"plain": ["c.csv"], "hard": ["a.csv", "b.csv"]}
    return {
        (name, what): share
        for name, files in sets.items()
        for what, share in figures(judge(rows_of(UNSEEN / file for file in files), read, process_time_ns))
    }


@pytest.mark.parametrize(("name", "what"), FLOORS)
def test_so_many_are_found(found, name, what):
    assert found[name, what].share >= FLOORS[name, what], found[name, what]


@pytest.mark.parametrize(("name", "what"), CEILINGS)
def test_no_more_are_alarmed_falsely(found, name, what):
    assert found[name, what].share <= CEILINGS[name, what], found[name, what]


def test_no_text_of_them_is_one_that_trains():
    training = {row.text.casefold() for row in rows_of(OWN)}
    long = [row for row in rows_of(UNSEEN.glob("*.csv")) if len(row.text.split()) > 3]
    assert not [row.text for row in long if row.text.casefold() in training]
