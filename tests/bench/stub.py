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
    """Twilio's two creating calls on loopback, as fast as a thread can answer; its log is empty."""

    def __init__(self) -> None:
        self.rung: list[tuple[float, str]] = []
        self.doors: dict[str, tuple[str, str]] = {}
        """By number: the address at which its newest call asks for words, and its sid."""
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
                    self.wfile.write(self.answer(first, at, parse_qs(body)))

            def answer(self, first: bytes, at: float, fields: dict[str, list[str]]) -> bytes:
                sid = f"{'CA' if b'/Calls' in first else 'SM'}{next(numbers):032x}"
                if first.startswith(b"GET "):
                    given: dict[str, object] = {"messages": [], "calls": [], "next_page_uri": None, "page_size": 50}
                else:  # what is made has a number that it is for; what is ended has none
                    given = {"sid": sid, "status": "queued"}
                    if "To" in fields:
                        call = b"/Calls.json" in first
                        if call:
                            stub.doors[fields["To"][0]] = fields["Url"][0], sid
                        given["to"] = stub.asked(at, fields["To"][0], call)
                said = json.dumps(given).encode()
                return b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%b" % (
                    len(said),
                    said,
                )

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
