"""Several machines as one service: each with processes, a folder and a port of its own; one database, one Redis.

A balancer stands before them, as a carrier's webhooks meet it in production. Where the kernel lets us, each machine
would be a network namespace; processes with folders of their own share no more than those would.
"""

import base64
import os
import secrets
import socket
import subprocess
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from itertools import count
from pathlib import Path
from typing import Any

from redis import Redis as Client
from redis.exceptions import RedisError

from checkin.embedded.connection import connect
from checkin.embedded.valkey import find_server
from tests.integration.live_town import LiveTown
from tests.live import PROCESSES, Live, free_port, until

PARTS = tuple(name for name in PROCESSES if name != "worker_bulk")
PACE = "[pacing]\ntexts_per_second = 100.0\ncalls_per_second = 100.0\n"


def shared_keys() -> dict[str, str]:
    """What all machines must be given alike."""
    return {
        "CHECKIN_ENCRYPTION_KEYS": base64.urlsafe_b64encode(os.urandom(32)).decode(),
        "CHECKIN_SECRET_KEY": secrets.token_hex(32),
    }


class Machines:
    """Two machines under one town. `town.live` is the first; the carrier speaks to the balancer."""

    def __init__(self, folder: Path, database_url: str, redis_url: str, balancer: "Balancer") -> None:
        shared = {
            **shared_keys(),
            "REDIS_URL": redis_url,
            "PUBLIC_BASE_URL": f"http://127.0.0.1:{balancer.port}",
            "WEB_CONCURRENCY": "1",
        }
        folders = [folder / "one", folder / "two"]
        for each in folders:
            each.mkdir()
        self.town = LiveTown(folders[0], database_url, PACE, more=shared)
        same_account = {"TWILIO_AUTH_TOKEN": self.town.live.token}
        other = Live(folders[1], self.town.carrier_url, database_url=database_url, policy=PACE,
                     more=shared | same_account)  # fmt: skip
        self.all: Sequence[Live] = (self.town.live, other)
        balancer.ports = [machine.port for machine in self.all]

    def start(self) -> None:
        """Start all parts of all machines."""
        for machine in self.all:
            machine.start(*PARTS)

    def power_off(self, machine: Live) -> None:
        """Kill all that runs on a machine, at once."""
        for name in [name for name in machine.running if name in PARTS]:
            machine.kill(name)

    def close(self) -> None:
        """End all."""
        for machine in self.all:
            machine.close()


class Balancer:
    """Takes connections and hands each to the next machine that answers."""

    def __init__(self) -> None:
        self.ports: list[int] = []
        self._door = socket.create_server(("127.0.0.1", 0), backlog=512)
        self.port = int(self._door.getsockname()[1])
        self._turn = count()

    def run(self) -> None:
        """Until the door is closed."""
        while True:
            try:
                caller, _ = self._door.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(caller,), daemon=True).start()

    def _serve(self, caller: socket.socket) -> None:
        turn = next(self._turn)
        with caller:
            for place in range(len(self.ports)):
                port = self.ports[(turn + place) % len(self.ports)]
                with suppress(ConnectionRefusedError), socket.create_connection(("127.0.0.1", port)) as machine:
                    back = threading.Thread(target=_pump, args=(machine, caller), daemon=True)
                    back.start()
                    _pump(caller, machine)
                    back.join()
                    return

    def close(self) -> None:
        """Take no more."""
        self._door.shutdown(socket.SHUT_RDWR)
        self._door.close()


def _pump(source: socket.socket, target: socket.socket) -> None:
    with suppress(OSError):
        while data := source.recv(65536):
            target.sendall(data)
    with suppress(OSError):
        target.shutdown(socket.SHUT_WR)


@contextmanager
def balanced() -> Iterator[Balancer]:
    """A balancer at work."""
    balancer = Balancer()
    thread = threading.Thread(target=balancer.run)
    thread.start()
    try:
        yield balancer
    finally:
        balancer.close()
        thread.join(timeout=10)


class Redis:
    """A server of its own on a port, as on a third machine; a primary, or a replica of one; or a sentinel of it."""

    def __init__(self, folder: Path, *, replica_of: "Redis | None" = None, watches: "Redis | None" = None) -> None:
        self.port = free_port()
        self.url = f"redis://127.0.0.1:{self.port}/0"
        lines = [
            f"port {self.port}",
            "bind 127.0.0.1",
            f"dir {folder}",
            "loglevel warning",
            "repl-diskless-sync-delay 0",
        ]
        if replica_of is not None:
            lines.append(f"replicaof 127.0.0.1 {replica_of.port}")
        if watches is not None:
            lines += [
                f"sentinel monitor here 127.0.0.1 {watches.port} 2",
                "sentinel down-after-milliseconds here 1000",
                "sentinel failover-timeout here 5000",
            ]
        else:
            lines.append('save ""')
        path = folder / f"{self.port}.conf"
        path.write_text("\n".join(lines) + "\n")
        self._command = [str(find_server().program), str(path), *(["--sentinel"] if watches is not None else [])]
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> "Redis":
        self._process = subprocess.Popen(self._command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        with connect(self.url, timeout=1) as client:
            assert until(lambda: _answers(client), 10)
        return self

    def __exit__(self, *_: object) -> None:
        self.kill()

    def has_done(self, command: str) -> bool:
        """Whether somebody has said a command to it, this way and not through another server."""
        with connect(self.url, timeout=1) as client:
            return f"cmdstat_{command}" in client.info("commandstats")

    def has_a_replica(self) -> bool:
        """Whether one follows it."""
        return bool(self._info("replication").get("connected_slaves"))

    def is_primary(self) -> bool:
        """Whether it takes writes."""
        return self._info("replication").get("role") == "master"

    def knows_others(self) -> bool:
        """Of a sentinel: whether it knows the two others and the replica."""
        state = self._info("sentinel").get("master0", {})
        return (state.get("sentinels"), state.get("slaves")) == (3, 1)

    def _info(self, section: str) -> dict[str, Any]:
        """What it says of itself; nothing while it does not answer, or is changing sides and hangs up."""
        try:
            with connect(self.url, timeout=1) as client:
                return dict(client.info(section))
        except RedisError:
            return {}

    def kill(self) -> None:
        """As a power cut."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None


def _answers(client: Client) -> bool:
    try:
        return bool(client.ping())
    except RedisError:
        return False
