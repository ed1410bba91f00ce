"""Put a backup back, on this machine or another, so that nothing which has left already is sent again.

    opened into a draft ──► brought to this version ──► marked as restored ──► takes the database's place
                                                        and whoever was erased since, erased again (`erased.py`)

Whatever goes wrong before the last step leaves what was there as it was. See `store/restored.py` for the marks.
"""

import os
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import Connection, Engine
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DatabaseError
from sqlalchemy.orm import Session

from checkin.backup import envelope, erased, passphrase, postgresql, sqlite_file
from checkin.backup.make import counts_of, open_into
from checkin.backup.problem import BackupProblem, of_disk
from checkin.sealed_keys import data_folder, existing_encryption_keys, keep_encryption_keys
from checkin.settings import Settings
from checkin.store import erasures, restored, system
from checkin.store.erasures import Tombstone
from checkin.store.migrate import upgrade_on
from checkin.store.sealed import install_keys
from checkin.store.session import make_engine, reading

_STILL_ALIVE = timedelta(seconds=30)
_MARK = "%Y%m%dt%H%M%Sz"


@dataclass(frozen=True)
class Restored:
    """What was put back: from when it is, how many rows, and where the earlier database lies now, if there was one.

    `erased_again`: people whom it had brought back. `lists`: where the list of who was erased since was read.
    `was_damaged`: the earlier database could not be asked who was.
    """

    taken_at: datetime
    rows: int
    aside: str | None
    erased_again: int
    lists: tuple[Path, ...]
    was_damaged: bool


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
        folders = dict.fromkeys((file.absolute().parent, settings.backup_dir))
        stones = erased.listed(folders)
        finish = _Finish(keys, taken_at, now, stones)
        aside = (_into_sqlite if settings.uses_sqlite else _into_postgresql)(settings, draft, finish, force)
        if not settings.encryption_keys:
            keep_encryption_keys(settings, keys)
        lists = tuple(folder / erased.NAME for folder in folders if (folder / erased.NAME).exists())
        rows = sum(manifest.counts.values())
        return Restored(taken_at, rows, aside, finish.erased_again, lists, finish.was_damaged)
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


def _into_sqlite(settings: Settings, draft: Path, finish: "_Finish", force: bool) -> str | None:
    target, now = _database_file(settings), finish.now
    if target.exists():
        engine = make_engine(settings.database_url)
        try:
            _refuse(engine, force, now, f"{target} holds a database already")
            finish.ask(engine)
        finally:
            engine.dispose()
    engine = make_engine(f"sqlite:///{draft}")
    try:
        with engine.connect() as connection:
            finish.on(connection)
    finally:
        engine.dispose()
    sqlite_file.settle(draft)
    sqlite_file.counts(draft)
    there = target.exists()
    # Also where the database itself is lost: SQLite would take the log that it left behind for this one's.
    aside = sqlite_file.move_aside(target, f"before-restore-{now:{_MARK}}")
    draft.rename(target)
    handle = os.open(target.parent, os.O_RDONLY)
    os.fsync(handle)
    os.close(handle)
    return str(aside) if there else None


def _into_postgresql(settings: Settings, draft: Path, finish: "_Finish", force: bool) -> str | None:
    # A server that writes for ten seconds, and takes nothing meanwhile, has not vanished.
    patient = make_url(settings.database_url).update_query_dict({"tcp_user_timeout": "0"})
    engine = make_engine(patient.render_as_string(hide_password=False))
    aside, now = None, finish.now
    try:
        with engine.connect() as connection:
            if not postgresql.is_empty(connection):
                _refuse(engine, force, now, "The database of DATABASE_URL is not empty")
                finish.ask(engine)
                aside = postgresql.move_aside(connection, f"{now:{_MARK}}")
            postgresql.load(connection, draft)
            finish.on(connection)
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
        with reading(engine) as session:  # whoever writes for long is not waited for: that is somebody who works there
            return any(now - at < _STILL_ALIVE for at in system.heartbeats(session).values())
    except DatabaseError:
        return False  # no such table, or no database at all: nothing of ours works there


@dataclass
class _Finish:
    """What is done with a database that was put back, before anybody works with it."""

    keys: tuple[bytes, ...]
    taken_at: datetime
    now: datetime
    stones: list[Tombstone]
    erased_again: int = 0
    was_damaged: bool = False

    def ask(self, engine: Engine) -> None:
        """Ask the database that is moved aside who was erased."""
        known = erased.known_to(engine)
        self.stones += known or []
        self.was_damaged = known is None

    def on(self, connection: Connection) -> None:
        """Bring it to this version, erase again who was erased since, mark it: in the connection's one transaction."""
        upgrade_on(connection)
        with Session(connection) as session:
            index = system.index_key(session, self.now)  # raises CannotUnseal where these are not the keys of its rows
            install_keys(self.keys, index)
            restored.mark(session, self.taken_at, self.now)
            self.erased_again = erasures.again(session, self.stones, self.now)
            if self.erased_again:
                system.audit(session, "operator", "erased again", self.now, count=self.erased_again)
            session.commit()
        connection.commit()
