"""Put a backup back, on this machine or another, so that nothing which has left already is sent again.

    opened into a draft ──► brought to this version ──► marked as restored ──► takes the database's place

Whatever goes wrong before the last step leaves what was there as it was. See `store/restored.py` for the marks.
"""

import os
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import Connection, Engine
from sqlalchemy.engine import make_url
from sqlalchemy.exc import OperationalError, ProgrammingError
from sqlalchemy.orm import Session

from checkin.backup import envelope, passphrase, postgresql, sqlite_file
from checkin.backup.make import counts_of, open_into
from checkin.backup.problem import BackupProblem, of_disk
from checkin.sealed_keys import data_folder, existing_encryption_keys, keep_encryption_keys
from checkin.settings import Settings
from checkin.store import restored, system
from checkin.store.migrate import upgrade_on
from checkin.store.sealed import install_keys
from checkin.store.session import make_engine, transaction

_STILL_ALIVE = timedelta(seconds=30)
_MARK = "%Y%m%dt%H%M%Sz"


@dataclass(frozen=True)
class Restored:
    """What was put back: from when it is, how many rows, and where the earlier database lies now, if there was one."""

    taken_at: datetime
    rows: int
    aside: str | None


def restore(settings: Settings, file: Path, now: datetime, *, force: bool, keys_under: str | None) -> Restored:
    """Restore into the database that the settings name. Nobody else may use the data folder meanwhile.

    `force`: a database that is there is moved aside, never deleted. `keys_under`: the passphrase of a backup that
    brings its keys along. Raises BackupProblem.
    """
    folder = _database_file(settings).parent if settings.uses_sqlite else data_folder(settings)
    draft = folder / ".restoring"
    try:
        with file.open("rb") as sealed:
            header = envelope.read_header(sealed)
        keys = _keys(settings, header, keys_under)
        _check_kind(settings, header)
        draft.unlink(missing_ok=True)
        _, manifest = open_into(file, keys, draft)
        if counts_of(header.fields["kind"], draft) != manifest.counts:
            raise BackupProblem(envelope.DAMAGED)
        install_keys(keys)
        taken_at = datetime.fromisoformat(header.fields["taken_at"])
        aside = (_into_sqlite if settings.uses_sqlite else _into_postgresql)(settings, draft, taken_at, now, force)
        if not settings.encryption_keys:
            keep_encryption_keys(settings, keys)
        return Restored(taken_at, sum(manifest.counts.values()), aside)
    except OSError as error:
        raise of_disk(error, error.filename or folder) from error
    finally:
        for side in ("", "-wal", "-shm", "-journal"):
            Path(f"{draft}{side}").unlink(missing_ok=True)


def _database_file(settings: Settings) -> Path:
    data_folder(settings)
    return Path(str(make_url(settings.database_url).database))


def _keys(settings: Settings, header: envelope.Header, keys_under: str | None) -> tuple[bytes, ...]:
    if keys_under is None:
        keys = existing_encryption_keys(settings)
        if not keys:
            raise BackupProblem(envelope.OTHER_KEY)
        return keys
    if "keys" not in header.fields:
        raise BackupProblem("This backup brings no keys along: put its installation's encryption.keys into the folder.")
    keys = passphrase.unwrap(header.fields["keys"], keys_under)
    present = existing_encryption_keys(settings)
    if present and not set(keys) <= set(present):
        raise BackupProblem(
            "The keys of this backup are not the ones that are set here: "
            "move encryption.keys out of the data folder, or take CHECKIN_ENCRYPTION_KEYS away."
        )
    return present or keys


def _check_kind(settings: Settings, header: envelope.Header) -> None:
    kind = header.fields["kind"]
    if kind == "sqlite" and not settings.uses_sqlite:
        raise BackupProblem(
            "This backup is of an SQLite database: restore it without DATABASE_URL, and then run `checkin migrate-to`."
        )
    if kind == "postgresql" and settings.uses_sqlite:
        raise BackupProblem("This backup is of a PostgreSQL database: set DATABASE_URL to an empty one.")


def _into_sqlite(settings: Settings, draft: Path, taken_at: datetime, now: datetime, force: bool) -> str | None:
    target = _database_file(settings)
    if target.exists():
        engine = make_engine(settings.database_url)
        try:
            _refuse(engine, force, now, f"{target} holds a database already")
        finally:
            engine.dispose()
    engine = make_engine(f"sqlite:///{draft}")
    try:
        with engine.connect() as connection:
            _finish(connection, taken_at, now)
    finally:
        engine.dispose()
    sqlite_file.settle(draft)
    sqlite_file.counts(draft)
    aside = sqlite_file.move_aside(target, f"before-restore-{now:{_MARK}}") if target.exists() else None
    draft.rename(target)
    handle = os.open(target.parent, os.O_RDONLY)
    os.fsync(handle)
    os.close(handle)
    return str(aside) if aside is not None else None


def _into_postgresql(settings: Settings, draft: Path, taken_at: datetime, now: datetime, force: bool) -> str | None:
    engine = make_engine(settings.database_url)
    aside = None
    try:
        with engine.connect() as connection:
            if not postgresql.is_empty(connection):
                _refuse(engine, force, now, "The database of DATABASE_URL is not empty")
                aside = postgresql.move_aside(connection, f"{now:{_MARK}}")
            postgresql.load(connection, draft)
            _finish(connection, taken_at, now)
    finally:
        engine.dispose()
    return f"the schema {aside}" if aside is not None else None


def _refuse(engine: Engine, force: bool, now: datetime, what: str) -> None:
    if not force:
        raise BackupProblem(f"{what}: restore into an empty place, or move it aside with --force.")
    if is_alive(engine, now):
        raise BackupProblem("The service still works on this database: stop it on every machine first.")


def is_alive(engine: Engine, now: datetime) -> bool:
    """Whether a process of the service was seen on a database a moment ago."""
    try:
        with transaction(engine) as session:
            return any(now - at < _STILL_ALIVE for at in system.heartbeats(session).values())
    except (OperationalError, ProgrammingError):
        return False  # no such table: nothing of ours works there


def _finish(connection: Connection, taken_at: datetime, now: datetime) -> None:
    """Bring it to this version and mark it, all in the connection's one transaction."""
    upgrade_on(connection)
    with Session(connection) as session:
        system.index_key(session, now)  # raises CannotUnseal where these are not the keys of its rows
        restored.mark(session, taken_at, now)
        session.commit()
    connection.commit()
