"""A short run of `make crashes` on each database; the full one is 200 kills."""

from pathlib import Path

import pytest

from tests.crashes.run import Plan, crash
from tests.postgres import why_not

SHORT = Plan(kills=6, wipes=1, restarts=1, fills=1, every=0.6, settles=90.0)


@pytest.mark.parametrize("database", ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def test_nothing_is_lost_nothing_routine_is_doubled_and_every_cry_rings(tmp_path: Path, database: str) -> None:
    if database == "postgresql" and (reason := why_not()) is not None:
        pytest.skip(reason)
    steps = list[str]()
    outcome = crash(tmp_path, database, 7, SHORT, steps.append)
    story = "\n".join([*steps, outcome.report(), (tmp_path / "log.txt").read_text(errors="replace")[-4000:]])
    assert outcome.count.is_clean, story
    assert outcome.done["kill -9"] == SHORT.kills, story
    assert outcome.cries > 0, story
    assert outcome.count.sent > 0, story
