"""Make a backup: copy, seal, and read back what was sealed before it gets its name.

    snapshot ──► sealed draft ──► opened again, checked, counted ──► named ──► the oldest ones pruned

Nothing has a backup's name before it has been read back whole.
"""

import fcntl
import hashlib
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import IO, Any

from sqlalchemy import Engine

from checkin.backup import envelope, passphrase, postgresql, sqlite_file
from checkin.backup.problem import BackupProblem, of_disk
from checkin.store.migrate import version_of

_PIECE = 1 << 20
_NAME = "checkin-{:%Y%m%dT%H%M%SZ}.backup"
_NAMES = "checkin-*Z.backup"
_DRAFTS = ".checkin-*"


@dataclass(frozen=True)
class Made:
    """A backup that was read back: where, how many rows, and which older ones gave way to it."""

    file: Path
    rows: int
    pruned: tuple[Path, ...]


@dataclass(frozen=True)
class Manifest:
    """What a backup says of itself, sealed in front of the data."""

    sha256: str
    counts: dict[str, int]

    def to_bytes(self) -> bytes:
        """With its length in front."""
        plain = json.dumps({"sha256": self.sha256, "counts": self.counts}).encode()
        return len(plain).to_bytes(4, "big") + plain


def make_backup(
    engine: Engine,
    keys: tuple[bytes, ...],
    folder: Path,
    now: datetime,
    *,
    keep: int = 0,
    keys_under: str | None = None,
) -> Made:
    """Write a backup of the running service into `folder`, sealed with the newest of `keys`.

    `keep`: how many may stay, the newest; 0 keeps all. `keys_under`: a passphrase under which the keys travel along.
    Raises BackupProblem, and then leaves nothing behind.
    """
    wrapped = {"keys": passphrase.wrap(keys, keys_under)} if keys_under is not None else {}
    file = folder / _NAME.format(now)
    try:
        with _alone(folder):
            if file.exists():
                raise BackupProblem(f"{file} exists already: wait a second.")
            manifest = _write(engine, keys, folder, file, {"taken_at": now.isoformat(), **wrapped})
            return Made(file, sum(manifest.counts.values()), _pruned(folder, keep))
    except OSError as error:
        raise of_disk(error, folder) from error


def _write(engine: Engine, keys: tuple[bytes, ...], folder: Path, file: Path, fields: dict[str, Any]) -> Manifest:
    snapshot, draft = folder / ".checkin-snapshot", folder / ".checkin-draft"
    kind = engine.dialect.name
    with engine.connect() as connection:
        revision = version_of(connection)
    counts = _take(engine, snapshot)
    manifest = Manifest(_digest(snapshot), counts)
    header = envelope.new_header(keys[0], {**fields, "kind": kind, "revision": revision})
    with open(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as output:
        _seal(snapshot, output, keys[0], header, manifest)
    snapshot.unlink()
    check(draft, keys, folder)
    draft.rename(file)
    _sync(folder)
    return manifest


def _take(engine: Engine, snapshot: Path) -> dict[str, int]:
    if engine.dialect.name == "postgresql":
        return postgresql.dump(engine, snapshot)
    sqlite_file.copy(Path(str(engine.url.database)), snapshot)
    return sqlite_file.counts(snapshot)


def _seal(snapshot: Path, output: IO[bytes], key: bytes, header: envelope.Header, manifest: Manifest) -> None:
    writer = envelope.SealedWriter(output, key, header)
    writer.write(manifest.to_bytes())
    with snapshot.open("rb") as plain:
        while piece := plain.read(_PIECE):
            writer.write(piece)
    writer.close()
    output.flush()
    os.fsync(output.fileno())


def check(file: Path, keys: tuple[bytes, ...], folder: Path) -> Manifest:
    """Open a backup whole, into a draft in `folder`; compare with what it says of itself. Raises BackupProblem."""
    draft = folder / ".checkin-check"
    try:
        header, manifest = open_into(file, keys, draft)
        if counts_of(header.fields["kind"], draft) != manifest.counts:
            raise BackupProblem("The backup does not hold what the database holds, and was not kept: make another.")
        return manifest
    finally:
        draft.unlink(missing_ok=True)


def counts_of(kind: str, plain: Path) -> dict[str, int]:
    """How many rows an opened backup holds, table by table, having read all of it. Raises BackupProblem."""
    return postgresql.counts(plain) if kind == "postgresql" else sqlite_file.counts(plain)


def open_into(file: Path, keys: tuple[bytes, ...], plain: Path) -> tuple[envelope.Header, Manifest]:
    """Open a backup into the new file `plain`. Raises BackupProblem where it is not whole."""
    with file.open("rb") as sealed:
        header = envelope.read_header(sealed)
        chunks = envelope.opened(sealed, keys, header)
        with open(os.open(plain, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as output:
            first = next(chunks)
            length = int.from_bytes(first[:4], "big")
            while len(first) < 4 + length:
                first += next(chunks)
            manifest = Manifest(**json.loads(first[4 : 4 + length]))
            output.write(first[4 + length :])
            for chunk in chunks:
                output.write(chunk)
            output.flush()
            os.fsync(output.fileno())
    if _digest(plain) != manifest.sha256:
        raise BackupProblem(envelope.DAMAGED)
    return header, manifest


def _digest(file: Path) -> str:
    with file.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()


def _pruned(folder: Path, keep: int) -> tuple[Path, ...]:
    old = sorted(folder.glob(_NAMES))[:-keep] if keep else []
    for file in old:
        file.unlink()
    return tuple(old)


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """One backup at a time in a folder; drafts that a killed one left behind are removed, before and after."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with (folder / ".lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise BackupProblem(f"Another backup is being made in {folder}: wait for it.") from None
        _remove_drafts(folder)
        try:
            yield
        finally:
            _remove_drafts(folder)


def _remove_drafts(folder: Path) -> None:
    for draft in folder.glob(_DRAFTS):
        draft.unlink()
