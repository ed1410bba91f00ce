"""Move an installation from its SQLite file to PostgreSQL: copied in order, gone on with after a cut, compared.

    target empty ──► "copying": tables filled batch by batch ──► compared row for row ──► target at this version
                                                                                    └──► source "moved"

While it is copied nobody can write to the source (its write lock is held) and no process starts on the target (its
version says that it is being filled). Values are copied as they are stored: what is sealed stays sealed.
"""

import hashlib
import json
from collections.abc import Callable, Iterator
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Engine, Integer, MetaData, Table, delete, func, insert, select, text, tuple_
from sqlalchemy.exc import OperationalError, ProgrammingError

from checkin.backup.problem import BackupProblem
from checkin.backup.restore import is_alive
from checkin.store import migrate
from checkin.store.sealed import BlindIndex, Sealed, SealedBytes
from checkin.store.session import without_limits
from checkin.store.tables import Row

_BATCH = 1000
_PASSING = frozenset({"heartbeat"})
"""Says which processes are alive, which none is."""
_FIRST = "installation"
"""Whose rows these are: copied first, so that a second attempt knows its own."""


def move(source: Engine, target: Engine, now: datetime, say: Callable[[str], None]) -> int:
    """Copy everything and return how many rows. Run again after a cut, it goes on where it was.

    Raises BackupProblem where the target holds other rows, the service still runs, or the two differ at the end.
    """
    if is_alive(source, now):
        raise BackupProblem("The service still runs on this database: stop it on this data folder first.")
    with source.connect() as here:  # holds the write lock of SQLite until the end
        _check_source(here)
        _prepare(here, target, now)
        tables = _as_stored()
        for table in tables:
            copied = _copy(here, target, table)
            say(f"{table.name}: {copied} rows")
        rows = _compare(here, target, tables)
        with target.begin() as there:
            for table in tables:
                _go_on_after(there, table)
            migrate.put_version(there)
        migrate.put_version(here, migrate.MOVED)
        _seal(here)
        here.commit()
    return rows


def _seal(here: Connection) -> None:
    """A web process that was not stopped writes no more: what it acknowledged here would be lost (promise P7)."""
    for table in Row.metadata.sorted_tables:
        for doing in ("INSERT", "UPDATE", "DELETE"):
            here.execute(
                text(
                    f"CREATE TRIGGER moved_{table.name}_{doing} BEFORE {doing} ON {table.name} "
                    "BEGIN SELECT RAISE(ABORT, 'this database has been moved'); END"
                )
            )


def _check_source(here: Connection) -> None:
    if here.dialect.name != "sqlite":
        raise BackupProblem("DATABASE_URL names a PostgreSQL database already: there is nothing to move.")
    if not migrate.check_on(here):
        raise BackupProblem("The database is not at this version: run `checkin migrate` first.")


def _prepare(here: Connection, target: Engine, now: datetime) -> None:
    """Make the target's tables, or know them again. Raises BackupProblem where they are not ours to fill."""
    try:
        with target.connect() as there:
            version = migrate.version_of(there)
            if version is None:
                _check_empty(there)
                migrate.upgrade_on(there)
                migrate.put_version(there, migrate.COPYING)
                there.commit()
                return
        _check_ours(here, target, version, now)
    except OperationalError as error:
        raise BackupProblem(
            "The new database cannot be reached: correct its address, make it (createdb), and see that it runs."
        ) from error


def _check_empty(there: Connection) -> None:
    tables = text("SELECT count(*) FROM pg_catalog.pg_tables WHERE schemaname = 'public'")
    if there.scalar(tables):
        raise BackupProblem("The new database holds tables of something else: make an empty one for the service.")


def _check_ours(here: Connection, target: Engine, version: str, now: datetime) -> None:
    installation = next(table for table in _as_stored() if table.name == _FIRST)
    whose = select(installation.c.index_key)
    with target.connect() as there:
        try:
            theirs = there.scalar(whose)
        except ProgrammingError:
            theirs = b"something else"
    if theirs is not None and bytes(theirs) != bytes(here.scalar(whose) or b""):
        raise BackupProblem("The new database holds another installation's rows: make an empty one for this.")
    if version == migrate.COPYING:
        return
    if theirs is None or is_alive(target, now) or _was_used(target):
        raise BackupProblem("The service has worked on the new database already: make an empty one for this.")


def _was_used(target: Engine) -> bool:
    with target.connect() as there:
        return bool(there.scalar(text("SELECT count(*) FROM heartbeat")))


def _as_stored() -> list[Table]:
    """The tables in an order in which each row finds those that it names; values as they are stored, not as read."""
    stored, tables = MetaData(), []
    for table in sorted(Row.metadata.sorted_tables, key=lambda table: table.name != _FIRST):
        if table.name in _PASSING:
            continue
        copy = table.to_metadata(stored)
        for column in copy.columns:
            if isinstance(column.type, Sealed | SealedBytes | BlindIndex):
                column.type = column.type.impl_instance
        tables.append(copy)
    return tables


def _copy(here: Connection, target: Engine, table: Table) -> int:
    """Copy what the target does not have yet, in the order of the primary key.

    Names are ordered differently by the two, and such tables are small: they are copied anew.
    """
    key = list(table.primary_key.columns)
    if any(not isinstance(column.type, Integer) for column in key):
        with target.begin() as there:
            there.execute(delete(table))
    with target.connect() as there:
        newest = there.execute(select(*key).order_by(*(column.desc() for column in key)).limit(1)).one_or_none()
        done = there.scalar(select(func.count()).select_from(table)) or 0
    rest = select(table).order_by(*key)
    if newest is not None:
        rest = rest.where(tuple_(*key) > tuple(newest))
    for batch in here.execution_options(yield_per=_BATCH).execute(rest).mappings().partitions():
        with target.begin() as there:
            there.execute(insert(table), [dict(row) for row in batch])
        done += len(batch)
    return done


def _compare(here: Connection, target: Engine, tables: list[Table]) -> int:
    rows = 0
    with target.connect() as there:
        without_limits(there)
        for table in tables:
            ours, theirs = _fingerprint(here, table), _fingerprint(there, table)
            if ours != theirs:
                raise BackupProblem(
                    f"The table {table.name} is not the same in both ({ours[0]} and {theirs[0]} rows): "
                    "make an empty database and move into that."
                )
            rows += ours[0]
    return rows


def _fingerprint(connection: Connection, table: Table) -> tuple[int, str]:
    """How many rows, and the sum of the digests of all: the same in whatever order they come."""
    rows, total = 0, 0
    for digest in _digests(connection, table):
        rows, total = rows + 1, (total + int.from_bytes(digest, "big")) % 2**256
    return rows, f"{total:064x}"


def _digests(connection: Connection, table: Table) -> Iterator[bytes]:
    found = connection.execution_options(yield_per=_BATCH).execute(select(table))
    for row in found:
        plain = json.dumps([_canonical(value) for value in row], sort_keys=True, ensure_ascii=True)
        yield hashlib.sha256(plain.encode()).digest()


def _canonical(value: Any) -> Any:
    if isinstance(value, datetime):
        return {"at": value.isoformat()}
    if isinstance(value, date):
        return {"day": value.isoformat()}
    if isinstance(value, bytes | bytearray | memoryview):
        return {"bytes": bytes(value).hex()}
    return value


def _go_on_after(there: Connection, table: Table) -> None:
    """New rows are numbered after those that came along."""
    sequence = (
        there.scalar(text("SELECT pg_get_serial_sequence(:name, 'id')"), {"name": table.name})
        if "id" in table.c
        else None
    )
    if sequence is not None:
        newest = there.scalar(select(func.max(table.c.id)))
        there.execute(select(func.setval(sequence, newest or 1, newest is not None)))
