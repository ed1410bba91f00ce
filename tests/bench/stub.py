"""A carrier that says yes to everything at once and remembers when it was asked to ring whom."""

import itertools
import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs


class StubCarrier:
    """Twilio's two creating calls on loopback, as fast as a thread can answer."""

    def __init__(self) -> None:
        self.rung: list[tuple[float, str]] = []
        self.texted = 0
        self.rang = threading.Condition()
        stub, numbers = self, itertools.count(1)

        class Answers(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                at = time.perf_counter()
                length = int(self.headers.get("Content-Length", "0"))
                fields = parse_qs(self.rfile.read(length).decode())
                call = self.path.endswith("/Calls.json")
                with stub.rang:
                    if call:
                        stub.rung.append((at, fields["To"][0]))
                        stub.rang.notify_all()
                    else:
                        stub.texted += 1
                sid = f"{'CA' if call else 'SM'}{next(numbers):032x}"
                body = json.dumps({"sid": sid, "status": "queued", "to": fields["To"][0]}).encode()
                self.send_response(201)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_args: object) -> None:
                """Says nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Answers)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def wait_for_ring(self, after: int, timeout: float) -> float | None:
        """When the first call after the `after`-th was asked for; None when none came in time."""
        with self.rang:
            self.rang.wait_for(lambda: len(self.rung) > after, timeout)
            return self.rung[after][0] if len(self.rung) > after else None

    def close(self) -> None:
        """Stop."""
        self._server.shutdown()
        self._server.server_close()
