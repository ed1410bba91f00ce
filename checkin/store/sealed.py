"""Encrypted column types. A column declared `Sealed` cannot be stored in plain; a `BlindIndex` finds it.

Numbers, names, e-mail addresses and message bodies are sealed with AES-256-GCM. The first byte of a sealed value
names the format, the next four the key, so that keys can be rotated: new values take the newest key, old ones are
read with whichever of the installed keys sealed them.
"""

import hashlib
import hmac
import os
from collections.abc import Sequence

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import LargeBinary, String
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator

_FORMAT = b"\x01"


class CannotUnseal(Exception):
    """A sealed value was made with a key that is not installed, or was changed."""


class _Keys:
    """The keys of this process. Several sets may be installed (tests do); reading finds the right one."""

    def __init__(self) -> None:
        self.by_id: dict[bytes, AESGCM] = {}
        self.newest: bytes | None = None
        self.index: bytes | None = None


_keys = _Keys()


def install_keys(encryption: Sequence[bytes], index: bytes | None = None) -> None:
    """Make these keys (32 bytes each, newest first) the ones of this process; `index` makes blind indexes."""
    for key in encryption:
        _keys.by_id[key_id(key)] = AESGCM(key)
    _keys.newest = key_id(encryption[0])
    if index is not None:
        _keys.index = index


def key_id(key: bytes) -> bytes:
    """The four bytes by which a sealed value names its key."""
    return hashlib.sha256(b"key id" + key).digest()[:4]


def seal(text: str) -> bytes:
    """Encrypt a text with the newest key."""
    return seal_bytes(text.encode())


def unseal(sealed: bytes) -> str:
    """Decrypt a text. Raises CannotUnseal."""
    return unseal_bytes(sealed).decode()


def seal_bytes(plain: bytes) -> bytes:
    """Encrypt bytes with the newest key."""
    if _keys.newest is None:
        raise CannotUnseal("no encryption key is installed")
    nonce = os.urandom(12)
    return _FORMAT + _keys.newest + nonce + _keys.by_id[_keys.newest].encrypt(nonce, plain, None)


def unseal_bytes(sealed: bytes) -> bytes:
    """Decrypt bytes. Raises CannotUnseal."""
    key = _keys.by_id.get(sealed[1:5])
    if key is None or sealed[:1] != _FORMAT:
        raise CannotUnseal("a value was sealed with a key that is not in CHECKIN_ENCRYPTION_KEYS")
    try:
        return key.decrypt(sealed[5:17], sealed[17:], None)
    except InvalidTag as error:
        raise CannotUnseal("a sealed value was changed or is damaged") from error


def blind(text: str) -> str:
    """A keyed fingerprint, equal for equal texts, by which a sealed value can be looked up."""
    if _keys.index is None:
        raise CannotUnseal("no index key is installed")
    return hmac.new(_keys.index, text.encode(), hashlib.sha256).hexdigest()


class Sealed(TypeDecorator[str]):
    """A text that is encrypted in the database and plain in Python."""

    impl = LargeBinary
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> bytes | None:
        """Encrypt on the way in."""
        return None if value is None else seal(value)

    def process_result_value(self, value: bytes | None, dialect: Dialect) -> str | None:
        """Decrypt on the way out."""
        return None if value is None else unseal(bytes(value))


class SealedBytes(TypeDecorator[bytes]):
    """Bytes (a sound) that are encrypted in the database and plain in Python."""

    impl = LargeBinary
    cache_ok = True

    def process_bind_param(self, value: bytes | None, dialect: Dialect) -> bytes | None:
        """Encrypt on the way in."""
        return None if value is None else seal_bytes(value)

    def process_result_value(self, value: bytes | None, dialect: Dialect) -> bytes | None:
        """Decrypt on the way out."""
        return None if value is None else unseal_bytes(bytes(value))


class BlindIndex(TypeDecorator[str]):
    """A text that is stored as its keyed fingerprint. Comparing with the plain text finds it."""

    impl = String(64)
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        """Fingerprint on the way in, in values and in comparisons."""
        return None if value is None else blind(value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> str | None:
        """The fingerprint; the text itself cannot be had from it."""
        return value
