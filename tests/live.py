"""The service as real processes: our own Redis, web server, workers and clock, on SQLite or PostgreSQL."""

import os
import secrets
import shlex
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from urllib.parse import urlencode

from honcho.environ import parse_procfile

from checkin.carrier.signature import sign
from checkin.embedded.valkey import answers, find_server, prepare
from checkin.redis_queue import RedisQueue
from checkin.sealed_keys import load_keys
from checkin.settings import ROOT, load
from checkin.store.migrate import upgrade
from checkin.store.session import make_engine
from checkin.wiring import Services, build

PROCESSES = ("web", "worker_urgent", "worker_reply", "worker", "worker_bulk", "clock")
ACCOUNT = "AC" + "a" * 32
NUMBER = "+12025550100"
PATIENCE = 3
"""How many times its seconds `until` waits: a machine with other work is no fault of the service."""


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def until(what: Callable[[], object], seconds: float = 20, every: float = 0.02) -> bool:
    """Wait until something holds, `PATIENCE` times these seconds. False when it never did."""
    end = time.monotonic() + seconds * PATIENCE
    while time.monotonic() < end:
        if what():
            return True
        time.sleep(every)
    return bool(what())


class Live:
    """One installation in a folder of its own, its processes started and killed by name."""

    def __init__(
        self,
        folder: Path,
        carrier_url: str,
        *,
        database_url: str = "",
        policy: str = "",
        more: Mapping[str, str] | None = None,
    ) -> None:
        self.port = free_port()
        self.token = secrets.token_hex(16)
        self.environment = {
            "PATH": os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", os.defpath)]),
            "PYTHONUNBUFFERED": "1",
            "CHECKIN_DATA_DIR": str(folder / "data"),
            "PORT": str(self.port),
            "TWILIO_ACCOUNT_SID": ACCOUNT,
            "TWILIO_AUTH_TOKEN": self.token,
            "TWILIO_FROM_NUMBER": NUMBER,
            "TWILIO_API_BASE_URL": carrier_url,
        }
        if database_url:
            self.environment["DATABASE_URL"] = database_url
        if policy:
            (folder / "policy.toml").write_text(policy)
            self.environment["CHECKIN_POLICY_FILE"] = str(folder / "policy.toml")
        self.environment.update(more or {})
        self.token = self.environment["TWILIO_AUTH_TOKEN"]
        self.settings = load(self.environment, None)
        load_keys(self.settings)
        engine = make_engine(self.settings.database_url)
        upgrade(engine)
        engine.dispose()
        self.log = folder / "log.txt"
        self._log = self.log.open("ab")
        self.running: dict[str, subprocess.Popen[bytes]] = {}
        self.services: Services = build(self.settings, RedisQueue(self.settings.redis_url))
        self._lines = parse_procfile((ROOT / "Procfile").read_text()).processes

    def start(self, *names: str, more: Mapping[str, str] | None = None) -> None:
        """Start processes of the Procfile by name, and `redis`; wait until those that are asked answer."""
        for name in names:
            self.launch(name, more)
        if "redis" in names:
            assert answers(self.settings.redis_url, lambda: True, time.sleep)
        if "web" in names:
            assert until(self.answers), self.log.read_text()[-2000:]

    def command(self, name: str) -> list[str]:
        """What the Procfile says."""
        return shlex.split(self._lines[name])

    def launch(self, name: str, more: Mapping[str, str] | None = None) -> None:
        """Start one process of the Procfile, or `redis`, and do not wait for it."""
        if name == "redis":
            command = [str(find_server().program), str(prepare(self.settings))]
        else:
            command = self.command(name)
        self.spawn(name, command, more)

    def spawn(
        self,
        name: str,
        command: list[str],
        more: Mapping[str, str] | None = None,
        without: Sequence[str] = (),
        code: Path = ROOT,
    ) -> None:
        """Start one process under a name, with more variables or without some, from this code or another."""
        environment = {key: value for key, value in self.environment.items() if key not in without}
        self.running[name] = subprocess.Popen(
            command,
            cwd=code,
            env={**environment, **(more or {})},
            stdin=subprocess.DEVNULL,
            stdout=self._log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )

    def answers(self) -> bool:
        """Whether the web server answers."""
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/healthz", timeout=1) as answer:
                return answer.status == 200
        except (urllib.error.URLError, OSError):
            return False

    def post(self, path: str, fields: Mapping[str, str], port: int | None = None) -> int | str:
        """Post one webhook, signed as the carrier does; the status, or what went wrong."""
        signature = sign(f"{self.settings.public_base_url}{path}", fields.items(), self.token)
        request = urllib.request.Request(
            f"http://127.0.0.1:{port or self.port}{path}",
            urlencode(fields).encode(),
            {"X-Twilio-Signature": signature},
        )
        try:
            with urllib.request.urlopen(request, timeout=15) as answer:
                return int(answer.status)
        except urllib.error.HTTPError as error:
            return error.code
        except OSError as error:
            return repr(error)

    def kill(self, name: str) -> None:
        """SIGKILL a process and what it started."""
        process = self.running.pop(name)
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()

    def close(self) -> None:
        """Kill what runs."""
        for name in list(self.running):
            self.kill(name)
        self.services.engine.dispose()
        self._log.close()
