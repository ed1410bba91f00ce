"""Indexes on PostgreSQL are built while everybody writes; what was cut off is built anew, and only that."""

import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from alembic import command
from sqlalchemy import Engine, text

from checkin.sealed_keys import load_keys
from checkin.settings import load
from checkin.store import indexes
from checkin.store.indexes import build_missing
from checkin.store.migrate import Slow, _config, require, upgrade, upgrade_on
from checkin.store.session import make_engine, transaction
from checkin.store.tables import Row, TaskRow
from tests.postgres import NEEDS_POSTGRES, Postgres

pytestmark = NEEDS_POSTGRES
LATE = {
    "ix_consent_record_at",
    "ix_delivery_created_at",
    "ix_escalation_opened_at",
    "ix_handoff_started_at",
    "ix_member_erased",
    "ix_offer_offered_at",
    "ix_shift_change_swap_id",
}


@pytest.fixture(scope="module")
def server() -> Iterator[Postgres]:
    with Postgres() as one:
        yield one


@pytest.fixture
def engine(server: Postgres, tmp_path: object) -> Iterator[Engine]:
    load_keys(load({"CHECKIN_DATA_DIR": str(tmp_path)}, None))
    one = make_engine(server.new_database())
    yield one
    one.dispose()


def there(engine: Engine) -> dict[str, bool]:
    """The indexes of the database, and whether each may be used."""
    with engine.connect() as connection:
        return {row.name: row.whole for row in connection.execute(text(indexes._KNOWN))}


def test_an_old_database_gets_the_indexes_of_large_tables_only_after_its_migration(engine: Engine) -> None:
    with engine.begin() as connection:
        command.upgrade(_config(connection), "0016")
    with engine.begin() as connection:
        upgrade_on(connection, indexes_later=True)
    assert not LATE & set(there(engine)), "in the migration's transaction nobody could write meanwhile"
    require(engine)
    upgrade(engine)
    whole = there(engine)
    assert {str(index.name) for table in Row.metadata.tables.values() for index in table.indexes} <= set(whole)
    assert all(whole.values())
    assert build_missing(engine) == 0, "a second time there is nothing to do"


def test_writing_goes_on_while_an_index_is_built_and_what_was_cut_off_is_built_anew(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    upgrade(engine)
    with engine.begin() as connection:
        connection.execute(text("DROP INDEX ix_task_undone"))
    monkeypatch.setitem(indexes._PATIENTLY, "lock_timeout", "'2s'")
    failed: list[BaseException] = []

    def migrates() -> None:
        try:
            upgrade(engine)
        except Slow as error:
            failed.append(error)

    with engine.connect() as writer:
        writer.execute(text("UPDATE task SET done_by = ''"))  # holds the table as every writer does, until its end
        builds = threading.Thread(target=migrates)
        builds.start()
        while "ix_task_undone" not in there(engine):
            assert builds.is_alive()
            time.sleep(0.02)
        with transaction(engine) as session:
            session.add(TaskRow(key="a", what="unread", created_at=datetime(2026, 11, 26, tzinfo=UTC)))
        assert builds.is_alive(), "it waits, and nobody for it"
        builds.join()
    assert len(failed) == 1
    assert "run `checkin migrate` again" in str(failed[0])
    assert there(engine)["ix_task_undone"] is False
    require(engine)
    upgrade(engine)
    assert there(engine)["ix_task_undone"] is True


def test_while_one_machine_builds_another_leaves_it_to_it(engine: Engine) -> None:
    upgrade(engine)
    with engine.begin() as connection:
        connection.execute(text("DROP INDEX ix_task_undone"))
    with engine.connect() as other:
        other.execute(text(f"SELECT pg_advisory_lock({indexes._LOCK})"))
        assert build_missing(engine) == 0
        other.invalidate()
    assert build_missing(engine) == 1
