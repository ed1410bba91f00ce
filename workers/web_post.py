"""Post to somebody else's address, which an admin typed in: nowhere but the open internet, and not for long.

The name is resolved once, every address that it has is judged, and the connection goes to an address that was judged: a
name that means something else a moment later (DNS rebinding) changes nothing. No redirect is followed, no proxy asked.
"""

import http.client
import socket
import ssl
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from ipaddress import ip_address
from urllib.parse import urlsplit

from checkin.domain.webhooks import is_public

SECONDS = 5.0
"""For all of it once the name is resolved: connecting, sending, and the head of the answer."""

Resolve = Callable[[str, int], Sequence[str]]
"""From a host's name and port to its addresses, as text. Raises OSError."""


@dataclass(frozen=True)
class Posted:
    """What came of it: the status (0 where there was no answer), and why in one word."""

    status: int
    why: str = ""

    @property
    def was_taken(self) -> bool:
        """Whether the other side has it."""
        return 200 <= self.status < 300


Post = Callable[[str, Mapping[str, str], bytes], Posted]
"""Takes an address, headers and a body."""


def addresses_of(host: str, port: int) -> Sequence[str]:
    """Ask the system's resolver."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(each[4][0]) for each in found))


@dataclass(frozen=True)
class WebPost:
    """Posts. `plain`: http will do; `private`: addresses of a private network too."""

    plain: bool
    private: bool
    resolve: Resolve = addresses_of
    seconds: float = SECONDS

    def __call__(self, url: str, headers: Mapping[str, str], body: bytes) -> Posted:
        """Post once. Never raises for what the other side does."""
        parts = urlsplit(url)
        host, secure = parts.hostname or "", parts.scheme == "https"
        if not secure and not self.plain:
            return Posted(0, "not_https")
        port = parts.port or (443 if secure else 80)
        try:
            found = self.resolve(host, port)
        except (OSError, UnicodeError):
            return Posted(0, "no_such_host")
        allowed = [each for each in found if self.private or is_public(ip_address(each.partition("%")[0]))]
        if len(allowed) < len(found) or not allowed:
            return Posted(0, "private_address")  # a name with one private address is no address on the open internet
        target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        connection = _Straight(host, port, allowed, secure=secure, seconds=self.seconds)
        try:
            return connection.posted(target, headers, body)
        except ssl.SSLError:
            return Posted(0, "no_tls")
        except TimeoutError:
            return Posted(0, "too_slow")
        except (OSError, http.client.HTTPException):
            return Posted(0, "too_slow" if connection.is_over else "no_answer")
        finally:
            connection.finish()


class _Straight(http.client.HTTPConnection):
    """A connection to one of these addresses, whatever the name in the request; ended when its time is over."""

    def __init__(self, host: str, port: int, addresses: Sequence[str], *, secure: bool, seconds: float) -> None:
        super().__init__(host, port, timeout=seconds)
        self._addresses, self._secure = addresses, secure
        self.is_over = False
        self._alarm = threading.Timer(seconds, self._end)
        self._alarm.daemon = True
        # What http.client would say of the port: none where it is the usual one of the scheme.
        usual = 443 if secure else 80
        name = f"[{host}]" if ":" in host else host
        self._named = name if port == usual else f"{name}:{port}"

    def connect(self) -> None:
        """To the first that answers of the addresses that were judged."""
        for address in self._addresses:
            try:
                self.sock = socket.create_connection((address, self.port), self.timeout)
                break
            except OSError:
                if self.is_over or address == self._addresses[-1]:
                    raise
        if self._secure:
            self.sock = _tls().wrap_socket(self.sock, server_hostname=self.host)

    def posted(self, target: str, headers: Mapping[str, str], body: bytes) -> Posted:
        """Post, and read no more than the head of the answer."""
        self._alarm.start()
        self.request("POST", target, body, {"Host": self._named, "Connection": "close", **headers})
        status = self.getresponse().status
        if 300 <= status < 400:
            return Posted(status, "redirects")
        return Posted(status, "" if 200 <= status < 300 else f"answered_{status}")

    def _end(self) -> None:
        """One that sends a sign a second would go on for ever: each of them starts the socket's own clock anew."""
        self.is_over = True
        if self.sock is not None:
            try:
                self.sock.shutdown(socket.SHUT_RDWR)
            except OSError:
                return  # it has ended by itself

    def finish(self) -> None:
        """Let go of everything."""
        self._alarm.cancel()
        self.close()


@cache
def _tls() -> ssl.SSLContext:
    return ssl.create_default_context()
