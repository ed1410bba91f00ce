"""The auditor as a process of the Procfile, on a real PostgreSQL that goes away."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.illness.conftest import Listener
from tests.live import Live, until
from tests.postgres import Postgres, why_not

QUICK = """
[illness]
look_every = 1
silent_after = 600
serious_told_after = 1
well_told_after = 2
"""


@pytest.fixture
def postgres() -> Iterator[Postgres]:
    """A PostgreSQL that only this test stops."""
    reason = why_not()
    if reason is not None:
        pytest.skip(reason)
    with Postgres() as server:
        yield server


@pytest.mark.postgres
def test_a_database_that_goes_is_told_also_by_an_auditor_that_starts_without_it(
    tmp_path: Path, postgres: Postgres, listener: Listener
) -> None:
    live = Live(tmp_path, f"http://127.0.0.1:{listener.port}", database_url=postgres.new_database(), policy=QUICK)
    live.environment |= {"ALERT_URLS": listener.alert_url, "HEARTBEAT_URL": listener.ping_url}

    def told() -> int:
        return sum("The database cannot be used" in body for _, body in listener.alerts)

    try:
        live.start("auditor")
        assert until(lambda: listener.pings, 60), live.log.read_text()
        postgres.stop()
        assert until(told, 60), live.log.read_text()
        live.kill("auditor")
        live.start("auditor")
        assert until(lambda: told() == 2, 60), live.log.read_text()
        postgres.start()
        assert until(lambda: "well again: database" in listener.alerts[-1][1], 60), live.log.read_text()
        assert told() == 2
        assert listener.alert_url not in live.log.read_text()
    finally:
        live.close()
