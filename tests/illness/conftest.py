"""A town with an auditor, and somebody outside who listens: real HTTP, real Apprise."""

import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from checkin.illness.alerts import Alerts
from checkin.illness.broken import PROMISES, Watch
from checkin.illness.look import PROCESSES
from checkin.illness.outside import Switch
from checkin.store import system
from checkin.store.session import transaction
from checkin.wiring import Services
from tests.town import Town
from workers.auditor import Auditor


@dataclass
class Listener:
    """Takes alerts (`json://…/alert`) and pings (`…/ping`). `refuses`: answers 500."""

    port: int = 0
    alerts: list[tuple[str, str]] = field(default_factory=list)
    pings: int = 0
    refuses: bool = False

    @property
    def alert_url(self) -> str:
        return f"json://127.0.0.1:{self.port}/alert"

    @property
    def ping_url(self) -> str:
        return f"http://127.0.0.1:{self.port}/ping"

    def titles(self) -> list[str]:
        return [title for title, _ in self.alerts]


@pytest.fixture
def listener() -> Iterator[Listener]:
    heard = Listener()

    class Door(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            said = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            if not heard.refuses:
                heard.alerts.append((said["title"], said["message"]))
            self._answer()

        def do_GET(self) -> None:
            is_ping = self.path == "/ping"
            heard.pings += is_ping and not heard.refuses
            self._answer(200 if is_ping else 404)

        def _answer(self, status: int = 200) -> None:
            self.send_response(500 if heard.refuses else status)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Door)
    heard.port = server.server_address[1]
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    yield heard
    server.shutdown()
    server.server_close()


class Watched:
    """The town, watched by an auditor. All that have a heartbeat are alive but those in `silent`."""

    def __init__(self, town: Town, listener: Listener) -> None:
        self.town, self.listener = town, listener
        self.silent: set[str] = set()
        self.auditor = self.another()
        self.passes(40)  # the time that processes have to start

    def another(self, services: Services | None = None) -> Auditor:
        """One more auditor on the same database."""
        services = services or self.town.services
        alerts, switch = Alerts([self.listener.alert_url]), Switch(self.listener.ping_url, self._monotonic)
        return Auditor(services, alerts, switch, Watch(services, self._monotonic), self._monotonic)

    def _monotonic(self) -> float:
        return self.town.time.timestamp()

    def beats(self) -> None:
        """Every process but the silent ones was seen just now, and the promises were asked."""
        with transaction(self.town.services.engine) as session:
            for process in {*PROCESSES, PROMISES} - self.silent - {"auditor"}:
                system.beat(session, process, self.town.time)

    def passes(self, seconds: int, *, hears: bool = True) -> None:
        """Let time pass, with a round of the auditor every ten seconds."""
        for _ in range(0, seconds, 10):
            if hears:
                self.beats()
            self.auditor.round()
            self.town.passes(seconds=10)

    def told(self) -> list[str]:
        """What Dora, who answers for the service, was texted of it."""
        return [text for text in self.town.dora.received if "system" in text]


@pytest.fixture
def watched(town: Town, listener: Listener) -> Watched:
    return Watched(town, listener)
