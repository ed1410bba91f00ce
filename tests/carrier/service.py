"""Something that stands in for the service, over HTTP."""

import threading
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl

from tests.live import PATIENCE


def until(holds: Callable[[], object], seconds: float = 10) -> None:
    end = time.monotonic() + seconds * PATIENCE
    while not holds():
        assert time.monotonic() < end, "it never came true"
        time.sleep(0.02)


class Service:
    """Stands in for the service, over HTTP. `answers` are given one after another; the last one stays."""

    def __init__(self) -> None:
        service = self
        self.posted: list[tuple[str, dict[str, str], str]] = []
        self.answers: list[tuple[int, str]] = [(200, "<Response/>")]

        class Door(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                form = dict(parse_qsl(self.rfile.read(int(self.headers["Content-Length"])).decode(), True))
                service.posted.append((self.path, form, self.headers["X-Twilio-Signature"]))
                status, body = service.answers.pop(0) if len(service.answers) > 1 else service.answers[0]
                self.send_response(status)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body.encode())

            def log_message(self, *_: object) -> None:
                """Nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Door)
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
