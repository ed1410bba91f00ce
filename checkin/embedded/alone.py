"""One at a time on a data folder: the service, a restore, a move."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from checkin.embedded.valkey import CannotStart


@contextmanager
def alone(folder: Path) -> Iterator[None]:
    """Hold the data folder. The lock's file names the process that holds it. Raises CannotStart where one does."""
    with (folder / "up.lock").open("a+") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise CannotStart(
                f"The service already runs on the data folder {folder}: stop it first, or set "
                "CHECKIN_DATA_DIR and PORT to run a second one."
            ) from None
        lock.truncate(0)
        lock.write(f"{os.getpid()}\n")
        lock.flush()
        yield


def holder(folder: Path) -> int | None:
    """The process that holds a data folder; None where none does."""
    try:
        with (folder / "up.lock").open("r") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
            except BlockingIOError:
                return int(lock.read().strip() or 0) or None
    except FileNotFoundError:
        return None
    return None
