"""A small disk that can be filled: a tmpfs of its own, where the machine lets us mount one."""

import subprocess
from pathlib import Path
from types import TracebackType

_CHUNK = b"\0" * 65536


class SmallDisk:
    """A tmpfs of so many megabytes at a folder, owned by a user. A context manager."""

    def __init__(self, folder: Path, megabytes: int, owner: tuple[int, int] = (0, 0)) -> None:
        self._folder = folder
        self._options = f"size={megabytes}m,mode=0700,uid={owner[0]},gid={owner[1]}"
        self._ballast = folder / "ballast"
        self.mounted = False

    def __enter__(self) -> "SmallDisk":
        self._folder.mkdir(parents=True, exist_ok=True)
        command = ["mount", "-t", "tmpfs", "-o", self._options, "tmpfs", str(self._folder)]
        try:
            self.mounted = subprocess.run(command, capture_output=True, check=False).returncode == 0
        except OSError:
            self.mounted = False
        return self

    def fill(self) -> bool:
        """Write until nothing more fits. False where there is no small disk to fill."""
        if not self.mounted:
            return False
        with self._ballast.open("ab", buffering=0) as ballast:
            try:
                while True:
                    ballast.write(_CHUNK)
            except OSError:
                return True

    def free(self) -> None:
        """Take away what filled it."""
        self._ballast.unlink(missing_ok=True)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self.mounted:
            subprocess.run(["umount", "--lazy", str(self._folder)], capture_output=True, check=False)
            self.mounted = False
