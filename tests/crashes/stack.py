"""The whole stack: Valkey, gunicorn, a worker a lane, the clock, a database; the carrier is a simulator in here."""

import os
import signal
import subprocess
import time
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from types import TracebackType

from redis.exceptions import RedisError

from checkin.embedded.connection import connect
from checkin.simulator.server import Account, Simulator
from tests.crashes.disk import SmallDisk
from tests.live import ACCOUNT, NUMBER, PROCESSES, Live, free_port, until
from tests.postgres import Postgres

ALL = ("redis", *PROCESSES)
POLICY = """
[pacing]
texts_per_second = 50.0
calls_per_second = 50.0

[catch_up]
every = 5
settles = 3
ask_after = 10
"""
"""What the carrier's log is asked, it is asked sooner than in production: the run is short."""

_DATA_MEGABYTES, _POSTGRES_MEGABYTES = 64, 192
_BACK_AFTER = (0.2, 1.0)


class Stack:
    """Everything that runs, and what can be done to it. `chance` says what is hit; a context manager."""

    def __init__(self, folder: Path, database: str, chance: Random) -> None:
        self.database, self._folder, self._chance = database, folder, chance
        self._ends = ExitStack()
        self._back: list[tuple[float, str]] = []
        self.fell: list[str] = []
        self.postgres: Postgres | None = None
        self._disks: list[SmallDisk] = []

    def __enter__(self) -> "Stack":
        try:
            self._set_up()
        except BaseException:
            self._ends.close()
            raise
        return self

    def _set_up(self) -> None:
        self._disks = [self._ends.enter_context(SmallDisk(self._folder / "data", _DATA_MEGABYTES))]
        url = ""
        if self.database == "postgresql":
            server = Postgres()
            disk = SmallDisk(server.folder / "data", _POSTGRES_MEGABYTES, server.owner)
            self._disks.append(self._ends.enter_context(disk))
            self.postgres = self._ends.enter_context(server)
            url = self.postgres.new_database()
        port = free_port()
        self.live = Live(self._folder, f"http://127.0.0.1:{port}", database_url=url, policy=POLICY)
        self._ends.callback(self.live.close)
        base = f"http://127.0.0.1:{self.live.port}"
        account = Account(ACCOUNT, self.live.token, base, (NUMBER,), patience="carrier")
        self.carrier = Simulator(account, lambda: datetime.now(UTC), port=port)
        self._ends.callback(self.carrier.stop)
        self.carrier.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._ends.close()

    # --- what happens to it ---------------------------------------------------------------------------------------

    def kill_one(self) -> str:
        """kill -9 a random process: of the web server sometimes all of it, sometimes the process that answers."""
        name = self._chance.choice(sorted(self.live.running))
        if name == "web" and self._chance.random() < 0.5:
            answering = _children(self.live.running[name].pid)
            if answering:
                os.kill(answering[0], signal.SIGKILL)
                return "web (the process that answers)"
        self.live.kill(name)
        self._comes_back(name)
        return name

    def kill_all(self) -> None:
        """As when the machine loses power."""
        for name in list(self.live.running):
            self.live.kill(name)
        self._back = [(time.monotonic(), name) for name in ALL]

    def wipe_redis(self) -> bool:
        """FLUSHALL. False where Redis is just dead."""
        client = connect(self.live.settings.redis_url, timeout=2)
        try:
            client.flushall()
        except (RedisError, OSError):
            return False
        finally:
            client.close()
        return True

    def restart_database(self) -> str:
        """A crash of the database server; SQLite has none: all processes at once."""
        if self.postgres is None:
            self.kill_all()
            return "everything at once (SQLite has no server)"
        self.postgres.stop(signal.SIGQUIT)
        time.sleep(1)
        self.postgres.start()
        return "PostgreSQL (as in a crash)"

    def fill_disk(self) -> bool:
        """Nothing more can be written. False where the machine lets us have no disk of our own to fill."""
        return all([disk.fill() for disk in self._disks])

    def free_disk(self) -> None:
        """It can be written again; a server that has fallen is started again, as its supervisor would."""
        for disk in self._disks:
            disk.free()
        if self.postgres is not None and not self.postgres.is_up():
            self.fell.append("postgresql")
            self.postgres.start()

    def look_after(self) -> None:
        """Start again what was killed, and what fell by itself."""
        now = time.monotonic()
        for name, process in list(self.live.running.items()):
            if process.poll() is not None:
                self.fell.append(name)
                self.live.kill(name) if _group_lives(process.pid) else self.live.running.pop(name)
                self._comes_back(name)
        for at, name in list(self._back):
            if at <= now:
                self._back.remove((at, name))
                self.live.launch(name)

    def all_back(self) -> bool:
        """Whether everything runs and answers."""
        self.look_after()
        return not self._back and until(self.live.answers, 1)

    def _comes_back(self, name: str) -> None:
        self._back.append((time.monotonic() + self._chance.uniform(*_BACK_AFTER), name))


def _children(pid: int) -> list[int]:
    asked = subprocess.run(["ps", "-o", "pid=", "--ppid", str(pid)], capture_output=True, text=True, check=False)
    return [int(word) for word in asked.stdout.split()]


def _group_lives(pid: int) -> bool:
    try:
        os.killpg(pid, 0)
    except ProcessLookupError:
        return False
    return True
