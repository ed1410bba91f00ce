"""A carrier that says yes to everything at once and remembers when it was asked to ring whom.

It reads no more of a request than it must: it shares the machine with what is measured.
"""

import itertools
import json
import socketserver
import threading
import time
from urllib.parse import parse_qs


class StubCarrier:
    """Twilio's two creating calls on loopback, as fast as a thread can answer."""

    def __init__(self) -> None:
        self.rung: list[tuple[float, str]] = []
        self.texted = 0
        self.texted_at: list[float] = []
        self.rang = threading.Condition()
        stub, numbers = self, itertools.count(1)

        class Answers(socketserver.StreamRequestHandler):
            disable_nagle_algorithm = True

            def handle(self) -> None:
                try:
                    self.serve()
                except ConnectionError:
                    return  # the other side was killed, as the bench does at its end

            def serve(self) -> None:
                while first := self.rfile.readline():
                    at, length = time.perf_counter(), 0
                    while (line := self.rfile.readline()) not in (b"\r\n", b""):
                        if line[:15].lower() == b"content-length:":
                            length = int(line[15:])
                    body = self.rfile.read(length).decode()
                    to = stub.asked(at, parse_qs(body)["To"][0], b"/Calls.json" in first)
                    sid = f"{'CA' if b'/Calls.json' in first else 'SM'}{next(numbers):032x}"
                    said = json.dumps({"sid": sid, "status": "queued", "to": to}).encode()
                    head = (
                        f"HTTP/1.1 201 Created\r\nContent-Type: application/json\r\nContent-Length: {len(said)}\r\n\r\n"
                    )
                    self.wfile.write(head.encode() + said)

        class Server(socketserver.ThreadingTCPServer):
            daemon_threads = True
            request_queue_size = 128

        self._server = Server(("127.0.0.1", 0), Answers)
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def asked(self, at: float, to: str, call: bool) -> str:
        """Write down one request; the number it was for."""
        with self.rang:
            if call:
                self.rung.append((at, to))
                self.rang.notify_all()
            else:
                self.texted += 1
                self.texted_at.append(at)
        return to

    def wait_for_ring(self, after: int, timeout: float) -> float | None:
        """When the first call after the `after`-th was asked for; None when none came in time."""
        with self.rang:
            self.rang.wait_for(lambda: len(self.rung) > after, timeout)
            return self.rung[after][0] if len(self.rung) > after else None

    def close(self) -> None:
        """Stop."""
        self._server.shutdown()
        self._server.server_close()
