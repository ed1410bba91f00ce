"""The data folder and the keys of an installation: from the environment, else made once and kept in the folder.

Several processes start at once. A key file is written whole under another name and then linked to its own, so that
the first one wins and nobody reads half a key.
"""

import base64
import binascii
import os
import secrets
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from checkin.settings import BadSettings, Settings

_KEY_BYTES = 32
_SHORTEST_SECRET = 32


@dataclass(frozen=True)
class Keys:
    """What must stay secret. `encryption`: newest first, 32 bytes each; nothing of it is ever printed."""

    secret: bytes = field(repr=False)
    encryption: tuple[bytes, ...] = field(repr=False)
    simulator_token: str = field(repr=False)
    simulator_account: str


def load_keys(settings: Settings) -> Keys:
    """Read the keys; make the missing ones. Raises BadSettings."""
    folder = data_folder(settings)
    return Keys(
        secret=_secret(settings, folder),
        encryption=_encryption(settings, folder),
        simulator_token=_kept(simulator_token_file(settings), lambda: secrets.token_hex(16)),
        simulator_account=_kept(folder / "simulator.account", lambda: "AC" + secrets.token_hex(16)),
    )


def existing_encryption_keys(settings: Settings) -> tuple[bytes, ...]:
    """The encryption keys that are there, newest first; none are made. Raises BadSettings where one cannot be read."""
    path = keys_file(settings)
    if settings.encryption_keys:
        return tuple(_decode(key, "CHECKIN_ENCRYPTION_KEYS") for key in settings.encryption_keys)
    if not path.exists():
        return ()
    return tuple(_decode(line.strip(), str(path)) for line in path.read_text().splitlines() if line.strip())


def keep_encryption_keys(settings: Settings, keys: tuple[bytes, ...]) -> None:
    """Write keys that came with a backup into the data folder, where there are none."""
    lines = (base64.urlsafe_b64encode(key).decode() for key in keys)
    _kept(keys_file(settings), lambda: "\n".join(lines))


def keys_file(settings: Settings) -> Path:
    """The file that holds the encryption keys, where they are not in the environment."""
    return settings.data_dir.absolute() / "encryption.keys"


def simulator_token_file(settings: Settings) -> Path:
    """The file that holds the token by which the simulator and the service know each other."""
    return settings.data_dir.absolute() / "simulator.token"


def data_folder(settings: Settings) -> Path:
    """The data folder, made readable for its owner alone. Raises BadSettings where it cannot be written."""
    folder = settings.data_dir.absolute()
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if _is_ours(folder):
            folder.chmod(0o700)
    except OSError as error:
        raise _unwritable(folder, error) from error
    return folder


def _is_ours(folder: Path) -> bool:
    """Whether permissions may be tightened: a folder that holds only other things (a home, /srv) is left as it is."""
    return folder.stat().st_uid == os.geteuid() and ((folder / "encryption.keys").exists() or not any(folder.iterdir()))


def _secret(settings: Settings, folder: Path) -> bytes:
    if settings.secret_key is None:
        return _kept(folder / "secret.key", _new_key).encode()
    if len(settings.secret_key) < _SHORTEST_SECRET:
        raise BadSettings(
            f"CHECKIN_SECRET_KEY is shorter than {_SHORTEST_SECRET} characters: use a long random one, or remove it "
            "and one is made in the data folder."
        )
    return settings.secret_key.encode()


def _encryption(settings: Settings, folder: Path) -> tuple[bytes, ...]:
    if settings.encryption_keys:
        return tuple(_decode(key, "CHECKIN_ENCRYPTION_KEYS") for key in settings.encryption_keys)
    path = folder / "encryption.keys"
    if not path.exists() and settings.uses_sqlite and (folder / "checkin.sqlite3").exists():
        raise BadSettings(
            f"The file {path} is missing, and without it the database beside it cannot be read: "
            "put it back from a backup, or set CHECKIN_ENCRYPTION_KEYS."
        )
    lines = [line for line in _kept(path, _new_key).splitlines() if line.strip()]
    if not lines:
        raise BadSettings(f"The file {path} is empty: put it back from a backup.")
    return tuple(_decode(line.strip(), str(path)) for line in lines)


def _decode(text: str, source: str) -> bytes:
    try:
        key = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        key = b""
    if len(key) != _KEY_BYTES:
        raise BadSettings(
            f"{source} holds a key that is not {_KEY_BYTES} bytes in base64url: newest first, put each as it was made."
        )
    return key


def _new_key() -> str:
    return base64.urlsafe_b64encode(secrets.token_bytes(_KEY_BYTES)).decode()


def _kept(path: Path, make: Callable[[], str]) -> str:
    """Read the file, or make it: whole, durable, and by one process only."""
    try:
        if not path.exists():
            _write_once(path, make())
        return path.read_text().strip()
    except OSError as error:
        raise _unwritable(path, error) from error


def _write_once(path: Path, text: str) -> None:
    draft = path.with_name(f".{path.name}.{uuid.uuid4().hex}")
    try:
        handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w") as file:
            file.write(text + "\n")
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(draft, path)
        except FileExistsError:
            return  # another process was faster: its key is the key
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
    finally:
        draft.unlink(missing_ok=True)


def _unwritable(path: Path, error: OSError) -> BadSettings:
    reason = (error.strerror or "input/output error").lower()
    return BadSettings(
        f"{path} cannot be used ({reason}): let CHECKIN_DATA_DIR name a folder that this user may write."
    )
