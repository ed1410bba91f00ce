"""The simulator at work: a world in real time, its webhooks, and its HTTP faces on a loopback port."""

import json
import random
import socket
import threading
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from flask import Flask, Response, request
from werkzeug.exceptions import HTTPException
from werkzeug.serving import WSGIRequestHandler, make_server

from checkin.simulator.answers import error
from checkin.simulator.page import page_of_phones
from checkin.simulator.posting import Webhooks
from checkin.simulator.state import restore, snapshot
from checkin.simulator.twilio_http import DROPPED, rest_api
from checkin.simulator.world import World

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

TEMPLATES = Path(__file__).resolve().parent.parent.parent / "templates" / "web" / "phones"
_LARGEST_REQUEST = 64 * 1024
_TICK_SECONDS = 0.05
_KEEP_EVERY_SECONDS = 1.0


class PortInUse(Exception):
    """Somebody listens there already. The text is one sentence."""


@dataclass(frozen=True)
class Account:
    """Whom the simulator stands in for: the account and where its webhooks go.

    `answers_opt_outs` and `tells_opt_out_type`: see World. `numbers` has at least one. `patience`: see posting.py.
    """

    sid: str
    token: str = field(repr=False)
    webhook_base: str
    numbers: tuple[str, ...]
    messaging_service: str | None = None
    answers_opt_outs: bool = False
    tells_opt_out_type: bool = True
    patience: str = "developer"


class Simulator:
    """One simulated carrier. It listens on 127.0.0.1 and nowhere else; port 0 takes any free one."""

    def __init__(
        self, account: Account, now: Callable[[], datetime], *, port: int = 0, state: Path | None = None
    ) -> None:
        self.lock = threading.RLock()
        self._now, self._state, self._started = now, state, False
        self._stopped, self._changed = threading.Event(), threading.Event()
        self._webhooks = Webhooks(
            account.token, self.lock, lambda seconds, act: self.world.after(seconds, act), account.patience
        )
        self.world = World(
            now(),
            self._webhooks,
            account=account.sid,
            number=account.numbers[0],
            more_numbers=account.numbers[1:],
            messaging_service=account.messaging_service,
            base=account.webhook_base.rstrip("/"),
            chance=random.SystemRandom(),
            answers_opt_outs=account.answers_opt_outs,
            tells_opt_out_type=account.tells_opt_out_type,
        )
        self.app = _application(self.world, self.lock, account, self._changed.set)
        self._socket = _listen(port)
        self.port = int(self._socket.getsockname()[1])
        self.url = f"http://127.0.0.1:{self.port}"
        self._server = make_server(
            "127.0.0.1", self.port, self.app, threaded=True, request_handler=_Quiet, fd=self._socket.fileno()
        )
        self._threads = [
            threading.Thread(target=work, daemon=True) for work in (self._follow_the_clock, self._keep, self._serve)
        ]

    def add_phones(self, phones: Sequence[dict[str, str]]) -> None:
        """Put phones on the page: `number` and `label`."""
        with self.lock:
            for phone in phones:
                self.world.phone(phone["number"], phone["label"])

    def restore(self) -> None:
        """Go on where the file of state stopped. Raises BadState."""
        if self._state is not None and self._state.exists():
            with self.lock:
                restore(self.world, self._state)

    def start(self) -> None:
        """Begin; returns at once."""
        self._started = True
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """End, and keep the state. One that was never started lets go of its port, and keeps nothing."""
        self._stopped.set()
        if self._started:
            self._server.shutdown()
        self._webhooks.close()
        for thread in self._threads if self._started else ():
            thread.join(timeout=5)
        self._server.server_close()
        self._socket.close()
        if self._started:
            self._write()

    def wait(self) -> None:
        """Until stopped."""
        self._stopped.wait()

    def ask_to_stop(self) -> None:
        """Let `wait` return; for signal handlers."""
        self._stopped.set()

    def _serve(self) -> None:
        self._server.serve_forever(poll_interval=_TICK_SECONDS)

    def _follow_the_clock(self) -> None:
        while not self._stopped.wait(_TICK_SECONDS):
            with self.lock:
                if self.world.run_until(self._now()):
                    self._changed.set()

    def _keep(self) -> None:
        while not self._stopped.wait(_KEEP_EVERY_SECONDS):
            if self._changed.is_set():
                self._changed.clear()
                self._write()

    def _write(self) -> None:
        if self._state is None:
            return
        with self.lock:
            text = snapshot(self.world, self._webhooks.waiting())
        draft = self._state.with_suffix(".new")
        draft.write_text(text)
        draft.chmod(0o600)
        draft.replace(self._state)


def read_phones(file: Path) -> list[dict[str, str]]:
    """The phones of a JSON file: a list of objects with number and label. Raises ValueError with one sentence."""
    try:
        phones = json.loads(file.read_text())
        return [{"number": str(phone["number"]), "label": str(phone["label"])} for phone in phones]
    except (OSError, ValueError, TypeError, KeyError) as wrong:
        raise ValueError(f"The file {file} is no list of phones, each with a number and a label.") from wrong


def _listen(port: int) -> socket.socket:
    listening = socket.socket()
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind(("127.0.0.1", port))
        listening.listen(128)
    except OSError as wrong:
        listening.close()
        raise PortInUse(f"Port {port} cannot be used ({wrong.strerror}): give the simulator another one.") from wrong
    return listening


class _Quiet(WSGIRequestHandler):
    """Says nothing of requests: their paths hold numbers."""

    def log(self, type: str, message: str, *args: Any) -> None:
        """Nothing."""

    def connection_dropped(self, error: BaseException, environ: Any = None) -> None:
        """Close it without a word."""
        self.close_connection = True


def _may_drop(inner: "WSGIApplication") -> "WSGIApplication":
    """The application, but where a fault asks for it no answer leaves."""

    def outer(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        answer = inner(environ, start_response)
        if environ.get(DROPPED):
            raise ConnectionResetError
        return answer

    return outer


def _application(world: World, lock: threading.RLock, account: Account, changed: Callable[[], None]) -> Flask:
    app = Flask("simulator", template_folder=str(TEMPLATES), static_folder=str(TEMPLATES), static_url_path="/static")
    app.config["MAX_CONTENT_LENGTH"] = app.config["MAX_FORM_MEMORY_SIZE"] = _LARGEST_REQUEST
    app.register_blueprint(rest_api(world, lock, account.sid, account.token))
    app.register_blueprint(page_of_phones(world, lock, changed))

    @app.errorhandler(HTTPException)
    def refused(wrong: HTTPException) -> Response:
        status = wrong.code or 500
        if request.path.startswith("/2010-04-01/"):
            return error(status, {404: 20404, 405: 20004}.get(status, 20001), f"{wrong.name}.")
        return Response(f"{wrong.name}.\n", status, mimetype="text/plain")

    @app.after_request
    def guarded(response: Response) -> Response:
        response.headers["Content-Security-Policy"] = "default-src 'self'; frame-ancestors 'none'; base-uri 'none'"
        response.headers["X-Content-Type-Options"] = "nosniff"
        response.headers["Referrer-Policy"] = "no-referrer"
        response.headers.setdefault("Cache-Control", "no-cache")
        return response

    app.wsgi_app = _may_drop(app.wsgi_app)  # type: ignore[method-assign,assignment]
    return app
