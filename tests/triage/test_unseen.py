"""Texts that were written before the rules and the model, by writers who saw neither: what is found of them.

They train nothing (`test_model.py` sees to it). The floors lie a little below what was measured; README and the model's
card tell the figures. `plain` and `newest` are how members mostly write; `hard` is written to be missed, or to alarm
falsely. Of `newest` the commands were looked at after they had been measured, and one cry that a command had eaten.
"""

from pathlib import Path
from time import process_time_ns

import pytest

from checkin.domain.reading import read
from checkin.triage.evaluation import Share, figures, judge
from checkin.triage.rows import OWN, rows_of

UNSEEN = Path(__file__).parent / "unseen"
FLOORS = {
    ("plain", "crisis read as crisis"): 0.88,
    ("plain", "crisis raised as any alert"): 0.94,
    ("plain", "crisis or distress raised"): 0.96,
    ("plain", "commands understood"): 0.88,
    ("newest", "crisis read as crisis"): 0.87,
    ("newest", "crisis raised as any alert"): 0.945,
    ("newest", "crisis or distress raised"): 0.95,
    ("newest", "commands understood"): 0.92,
    ("hard", "crisis read as crisis"): 0.75,
    ("hard", "crisis raised as any alert"): 0.88,
    ("hard", "crisis or distress raised"): 0.91,
    ("hard", "commands understood"): 0.86,
}
CEILINGS = {
    ("plain", "false alarms on harmless texts"): 0.025,
    ("plain", "false crisis"): 0.015,
    ("plain", "alert texts eaten by a command"): 0.0,
    ("newest", "false alarms on harmless texts"): 0.065,
    ("newest", "false crisis"): 0.035,
    ("newest", "alert texts eaten by a command"): 0.0,
    ("hard", "false alarms on harmless texts"): 0.14,
    ("hard", "false crisis"): 0.075,
    ("hard", "alert texts eaten by a command"): 0.0,
}


@pytest.fixture(scope="module")
def found() -> dict[tuple[str, str], Share]:
    sets = {"plain": ["c.csv"], "newest": ["d.csv"], "hard": ["a.csv", "b.csv"]}
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
