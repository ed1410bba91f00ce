"""Texts that were written before the rules and the model, by writers who saw neither: what is found of them.

They train nothing (`test_model.py` sees to it). The floors lie a little below what was measured; README and the model's
card tell the figures. `plain` and `newest` are how members mostly write; `hard` is written to be missed, or to alarm
falsely; `dialects` is the hardest, in the speech of many places; of `inbox` half is plain and half easily misread;
`month` is what a coordinator sees in a month, with twice as many commands, and `weeks` in some weeks, of members of
many kinds. All were looked at after they had been measured: the card tells what was measured before.
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
    ("plain", "crisis raised as any alert"): 0.955,
    ("plain", "crisis or distress raised"): 0.97,
    ("plain", "commands understood"): 0.92,
    ("newest", "crisis read as crisis"): 0.925,
    ("newest", "crisis raised as any alert"): 0.965,
    ("newest", "crisis or distress raised"): 0.965,
    ("newest", "commands understood"): 0.96,
    ("hard", "crisis read as crisis"): 0.83,
    ("hard", "crisis raised as any alert"): 0.94,
    ("hard", "crisis or distress raised"): 0.955,
    ("hard", "commands understood"): 0.9,
    ("dialects", "crisis read as crisis"): 0.82,
    ("dialects", "crisis raised as any alert"): 0.91,
    ("dialects", "crisis or distress raised"): 0.925,
    ("dialects", "commands understood"): 0.86,
    ("inbox", "crisis read as crisis"): 0.82,
    ("inbox", "crisis raised as any alert"): 0.89,
    ("inbox", "crisis or distress raised"): 0.9,
    ("inbox", "commands understood"): 0.86,
    ("month", "crisis read as crisis"): 0.92,
    ("month", "crisis raised as any alert"): 0.95,
    ("month", "crisis or distress raised"): 0.95,
    ("month", "commands understood"): 0.72,
    ("weeks", "crisis read as crisis"): 0.89,
    ("weeks", "crisis raised as any alert"): 0.95,
    ("weeks", "crisis or distress raised"): 0.95,
    ("weeks", "commands understood"): 0.72,
}
CEILINGS = {
    ("plain", "false alarms on harmless texts"): 0.025,
    ("plain", "false crisis"): 0.012,
    ("plain", "alert texts eaten by a command"): 0.0,
    ("newest", "false alarms on harmless texts"): 0.05,
    ("newest", "false crisis"): 0.03,
    ("newest", "alert texts eaten by a command"): 0.0,
    ("hard", "false alarms on harmless texts"): 0.08,
    ("hard", "false crisis"): 0.035,
    ("hard", "alert texts eaten by a command"): 0.0,
    ("dialects", "false alarms on harmless texts"): 0.095,
    ("dialects", "false crisis"): 0.045,
    ("dialects", "alert texts eaten by a command"): 0.006,
    ("inbox", "false alarms on harmless texts"): 0.07,
    ("inbox", "false crisis"): 0.03,
    ("inbox", "alert texts eaten by a command"): 0.0,
    ("month", "false alarms on harmless texts"): 0.095,
    ("month", "false crisis"): 0.02,
    ("month", "alert texts eaten by a command"): 0.005,
    ("weeks", "false alarms on harmless texts"): 0.115,
    ("weeks", "false crisis"): 0.038,
    ("weeks", "alert texts eaten by a command"): 0.004,
}


@pytest.fixture(scope="module")
def found() -> dict[tuple[str, str], Share]:
    sets = {
        "plain": ["c.csv"],
        "newest": ["d.csv"],
        "hard": ["a.csv", "b.csv"],
        "dialects": ["e.csv"],
        "inbox": ["f.csv"],
        "month": ["g.csv"],
        "weeks": ["h.csv"],
    }
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
