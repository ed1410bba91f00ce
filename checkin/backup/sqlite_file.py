"""An SQLite database as one file: a copy of it while others write, and whether a copy is whole."""

import os
import sqlite3
from contextlib import closing
from pathlib import Path

from checkin.backup.problem import BackupProblem

_SIDES = ("", "-wal", "-shm")


def copy(source: Path, target: Path) -> None:
    """Copy a database that is in use by the online backup API.

    In one step: in WAL mode that is one reader, which holds up no writer. In several steps, each commit of another
    process would make the copy begin again. Raises BackupProblem.
    """
    os.close(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    try:
        with (
            closing(sqlite3.connect(f"file:{source}?mode=ro", uri=True)) as here,
            closing(sqlite3.connect(target)) as there,
        ):
            here.execute("PRAGMA busy_timeout=20000")
            here.backup(there)
            there.execute("PRAGMA journal_mode=DELETE")  # all in the one file
    except sqlite3.Error as error:
        raise BackupProblem(f"The database could not be copied ({error}): see whether the disk is full.") from None


def settle(file: Path) -> None:
    """Bring all of a database that nobody uses into its one file, and onto the disk."""
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("PRAGMA journal_mode=DELETE")
    with file.open("rb+") as content:
        os.fsync(content.fileno())


def counts(file: Path) -> dict[str, int]:
    """How many rows each table holds. Raises BackupProblem where the file is no whole database."""
    try:
        with closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as connection:
            found = [row[0] for row in connection.execute("PRAGMA integrity_check")]
            if found != ["ok"]:
                raise BackupProblem("The copy of the database is damaged (integrity_check): see the disk's health.")
            names = [row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
            return {
                name: connection.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0]  # noqa: S608 - its own names
                for name in sorted(names)
            }
    except sqlite3.Error as error:
        raise BackupProblem(f"The copy of the database cannot be read ({error}).") from None


def move_aside(file: Path, mark: str) -> Path:
    """Give a database and what belongs to it another name; nothing is deleted. Returns the new name."""
    aside = file.with_name(f"{file.name}.{mark}")
    for side in _SIDES:
        part = Path(f"{file}{side}")
        if part.exists():
            part.rename(f"{aside}{side}")
    return aside
