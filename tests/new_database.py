"""A new database for a test: the migrations run once, and each test gets a copy of the file that they made."""

import shutil
import tempfile
from functools import cache
from pathlib import Path

from sqlalchemy import Engine, event
from sqlalchemy.engine.interfaces import DBAPIConnection

from checkin.store.migrate import upgrade
from checkin.store.session import make_engine


def make_tables(engine: Engine) -> None:
    """What `upgrade` leaves in an empty database; on SQLite as a copy, on PostgreSQL by the migrations."""
    url = engine.url
    if url.get_backend_name() != "sqlite" or url.database is None or Path(url.database).exists():
        upgrade(engine)
        return
    shutil.copyfile(Path(_migrated().name) / "new.sqlite3", url.database)


def spare_the_disk(engine: Engine) -> None:
    """No commit waits for the disk: a test whose machine does not lose its power need not. Nothing on PostgreSQL."""
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _unsynced)
        engine.dispose()


def _unsynced(connection: DBAPIConnection, _record: object) -> None:
    cursor = connection.cursor()
    cursor.execute("PRAGMA synchronous=OFF")
    cursor.close()


@cache
def _migrated() -> "tempfile.TemporaryDirectory[str]":
    """The folder with the file; it goes with this process."""
    folder = tempfile.TemporaryDirectory(prefix="migrated-")
    engine = make_engine(f"sqlite:///{folder.name}/new.sqlite3")
    upgrade(engine)
    engine.dispose()
    return folder
