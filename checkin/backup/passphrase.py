"""Encryption keys, wrapped under a passphrase that a person keeps: scrypt, then AES-256-GCM.

The cost is that of OWASP's password storage sheet (2024) for 64 MiB of memory, so that it works on a small server.
"""

import base64
import json
import secrets
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from checkin.backup.problem import BackupProblem

SHORTEST = 16
_N, _R, _P = 2**16, 8, 2


def check_passphrase(passphrase: str) -> None:
    """Refuse what can be guessed. Raises BackupProblem."""
    if len(passphrase) < SHORTEST:
        raise BackupProblem(
            f"The passphrase is shorter than {SHORTEST} characters: take five words that do not belong together."
        )


def wrap(keys: tuple[bytes, ...], passphrase: str) -> dict[str, str]:
    """Seal keys under a passphrase. Raises BackupProblem where it is too short."""
    check_passphrase(passphrase)
    salt, nonce = secrets.token_bytes(16), secrets.token_bytes(12)
    plain = json.dumps([base64.b64encode(key).decode() for key in keys]).encode()
    return {"salt": salt.hex(), "sealed": (nonce + _cipher(passphrase, salt).encrypt(nonce, plain, None)).hex()}


def unwrap(wrapped: dict[str, Any], passphrase: str) -> tuple[bytes, ...]:
    """The keys again. Raises BackupProblem where the passphrase is another."""
    try:
        sealed = bytes.fromhex(wrapped["sealed"])
        plain = _cipher(passphrase, bytes.fromhex(wrapped["salt"])).decrypt(sealed[:12], sealed[12:], None)
    except (InvalidTag, KeyError, TypeError, ValueError):
        raise BackupProblem("This is not the passphrase of this backup: give the one it was made with.") from None
    return tuple(base64.b64decode(key) for key in json.loads(plain))


def _cipher(passphrase: str, salt: bytes) -> AESGCM:
    return AESGCM(Scrypt(salt, 32, _N, _R, _P).derive(passphrase.encode()))
