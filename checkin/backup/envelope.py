"""The form of a backup file: a stream in chunks, each sealed with AES-256-GCM.

    magic │ length │ header (JSON, in the clear) │ chunk │ chunk │ … │ last chunk

The STREAM construction (Hoang, Reyhanitabar, Rogaway, Vizár 2015; `age` and Tink do the same): a chunk's nonce is its
number and whether it is the last, so that chunks can be neither moved nor left out, nor the file be cut off. The file's
own key is drawn by HKDF from an encryption key of the installation, a fresh salt and the header, so that a changed
header opens nothing. Memory stays at one chunk, whatever the size.
"""

import json
import secrets
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import IO, Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256, Hash
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from checkin.backup.problem import BackupProblem
from checkin.store.sealed import key_id

_MAGIC = b"checkin backup 1\n"
_CHUNK = 1 << 20
_TAG = 16
_LONGEST_HEADER = 64 * 1024

NOT_OURS = "This file is no backup of this service: name a file that `checkin backup` made."
DAMAGED = "This backup is cut off or was changed, and nothing of it was used: take another one."
OTHER_KEY = (
    "This backup was made with an encryption key that is not here: put the encryption.keys of its installation into "
    "the data folder, or set CHECKIN_ENCRYPTION_KEYS, or give the passphrase of a backup that was made --with-keys."
)


@dataclass(frozen=True)
class Header:
    """What stands on the outside. `raw` is what was written, `fields` what it says."""

    raw: bytes
    fields: dict[str, Any]


def new_header(key: bytes, fields: dict[str, Any]) -> Header:
    """A header for a file that will be sealed with `key`."""
    all_fields = {**fields, "key": key_id(key).hex(), "salt": secrets.token_hex(32)}
    return Header(json.dumps(all_fields, sort_keys=True).encode(), all_fields)


def read_header(file: IO[bytes]) -> Header:
    """Read the outside of a backup. Raises BackupProblem where the file is none."""
    if file.read(len(_MAGIC)) != _MAGIC:
        raise BackupProblem(NOT_OURS)
    length = int.from_bytes(file.read(4), "big")
    raw = file.read(length) if length <= _LONGEST_HEADER else b""
    try:
        fields = json.loads(raw)
        bytes.fromhex(fields["key"] + fields["salt"])
    except (ValueError, TypeError, KeyError):
        raise BackupProblem(DAMAGED) from None
    return Header(raw, fields)


class SealedWriter:
    """Seals what is written to it. Without `close` the file is no whole backup, and opening it says so."""

    def __init__(self, file: IO[bytes], key: bytes, header: Header) -> None:
        self._file, self._cipher = file, _cipher(key, header)
        self._waiting, self._number = bytearray(), 0
        file.write(_MAGIC + len(header.raw).to_bytes(4, "big") + header.raw)

    def write(self, data: bytes) -> None:
        """Seal and write; the newest piece is kept back until it is known whether it is the last."""
        self._waiting += data
        while len(self._waiting) > _CHUNK:
            self._put(bytes(self._waiting[:_CHUNK]), last=False)
            del self._waiting[:_CHUNK]

    def close(self) -> None:
        """Write the last chunk."""
        self._put(bytes(self._waiting), last=True)
        self._waiting.clear()

    def _put(self, chunk: bytes, *, last: bool) -> None:
        self._file.write(self._cipher.encrypt(_nonce(self._number, last=last), chunk, None))
        self._number += 1


def opened(file: IO[bytes], keys: Sequence[bytes], header: Header) -> Iterator[bytes]:
    """What was sealed, chunk by chunk. Raises BackupProblem at the first chunk that is not right, or not the last."""
    key = next((key for key in keys if key_id(key).hex() == header.fields["key"]), None)
    if key is None:
        raise BackupProblem(OTHER_KEY)
    cipher, number = _cipher(key, header), 0
    chunk = file.read(_CHUNK + _TAG)
    while True:
        following = file.read(_CHUNK + _TAG)
        try:
            yield cipher.decrypt(_nonce(number, last=not following), chunk, None)
        except (InvalidTag, ValueError):
            raise BackupProblem(DAMAGED) from None
        if not following:
            return
        chunk, number = following, number + 1


def _nonce(number: int, *, last: bool) -> bytes:
    return number.to_bytes(11, "big") + (b"\x01" if last else b"\x00")


def _cipher(key: bytes, header: Header) -> AESGCM:
    digest = Hash(SHA256())
    digest.update(header.raw)
    salt = bytes.fromhex(header.fields["salt"])
    return AESGCM(HKDF(SHA256(), 32, salt, b"checkin backup 1" + digest.finalize()).derive(key))
