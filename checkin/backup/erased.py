"""A list beside the backups of who was erased since: a backup may still hold them, a restore must not bring them back.

One line an erasure, sealed, in a file that only its owner reads. It is written from the database, whose rows are the
truth, within a minute of an erasure by each machine that makes backups into its own folder; a restore reads it beside
the backup, in the folder for backups, and in the database that it moves aside, and erases again.
"""

import base64
import binascii
import fcntl
import json
import os
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

from sqlalchemy import Engine
from sqlalchemy.exc import DatabaseError, OperationalError, ProgrammingError

from checkin.backup.problem import BackupProblem
from checkin.store import erasures
from checkin.store.erasures import Tombstone
from checkin.store.sealed import CannotUnseal, seal, unseal
from checkin.store.session import reading

NAME = "erased.list"


def written(engine: Engine, folder: Path) -> int:
    """Add to the folder's list whoever is in the database and not yet on it. How many were added. Raises OSError."""
    with reading(engine) as session:
        stones = [stone for _number, stone in erasures.tombstones(session)]
    if not stones:
        return 0
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    handle = os.open(folder / NAME, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
    with os.fdopen(handle, "r+b") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        raw = file.read()
        known = {_identity(stone) for stone in _read(raw, folder / NAME)}
        file.truncate(_whole(raw))
        new = [stone for stone in stones if _identity(stone) not in known]
        for stone in new:
            file.write(_line(stone))
        file.flush()
        os.fsync(file.fileno())
    return len(new)


def listed(folders: Iterable[Path]) -> list[Tombstone]:
    """Whoever is on the lists of these folders. Raises BackupProblem where a list cannot be read."""
    found: dict[tuple[int, datetime], Tombstone] = {}
    for folder in folders:
        file = folder / NAME
        if file.exists():
            found |= {_identity(stone): stone for stone in _read(file.read_bytes(), file)}
    return sorted(found.values(), key=lambda stone: stone.at)


def known_to(engine: Engine) -> list[Tombstone] | None:
    """Whoever was erased by a database; nobody where it is none of ours or older than erasures. None: it is damaged."""
    try:
        with reading(engine) as session:
            return [stone for _number, stone in erasures.tombstones(session)]
    except (OperationalError, ProgrammingError):
        return []
    except DatabaseError:
        return None


def _identity(stone: Tombstone) -> tuple[int, datetime]:
    return stone.person, stone.born_at


def _line(stone: Tombstone) -> bytes:
    values = {
        "person": stone.person,
        "born_at": stone.born_at.isoformat(),
        "number_mark": stone.number_mark,
        "stays_out": stone.stays_out,
        "at": stone.at.isoformat(),
        "by": stone.by,
    }
    return base64.b64encode(seal(json.dumps(values))) + b"\n"


def _read(raw: bytes, file: Path) -> list[Tombstone]:
    try:
        return [_stone(line) for line in raw[: _whole(raw)].splitlines()]
    except (CannotUnseal, binascii.Error, ValueError, KeyError) as error:
        raise BackupProblem(
            f"{file}, the list of who was erased, cannot be read with these keys: put the keys of its installation "
            "into the folder, or ask whoever keeps it."
        ) from error


def _whole(raw: bytes) -> int:
    """Up to where it consists of whole lines: the last one may have been cut off with its writer."""
    return raw.rfind(b"\n") + 1


def _stone(line: bytes) -> Tombstone:
    values = json.loads(unseal(base64.b64decode(line, validate=True)))
    return Tombstone(
        person=values["person"],
        born_at=datetime.fromisoformat(values["born_at"]),
        number_mark=values["number_mark"],
        stays_out=values["stays_out"],
        at=datetime.fromisoformat(values["at"]),
        by=values["by"],
    )
