"""The way out to addresses that somebody typed in: nowhere but the open internet, and not for long."""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from tests.live import PATIENCE
from workers.web_post import WebPost

HEADERS = {"Content-Type": "application/json", "webhook-id": "evt_1"}


@contextmanager
def server(*answers: bytes, drip: float = 0.0) -> Iterator[tuple[int, list[bytes]]]:
    """A server on this machine that answers with these bytes, one connection each; `drip`: seconds between signs."""
    listening = socket.create_server(("127.0.0.1", 0))
    got: list[bytes] = []

    def serve() -> None:
        for answer in answers:
            try:
                connection, _ = listening.accept()
            except OSError:
                return
            with connection:
                connection.settimeout(5)
                data = b""
                while b"\r\n\r\n" not in data or not data.endswith(b"}"):
                    data += connection.recv(65536)
                got.append(data)
                try:
                    for sign in [answer] if not drip else [answer[i : i + 1] for i in range(len(answer))]:
                        connection.sendall(sign)
                        time.sleep(drip)
                except OSError:
                    pass

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    yield listening.getsockname()[1], got
    listening.close()


def test_it_posts_to_the_address_that_was_judged_under_the_name_that_was_typed() -> None:
    with server(b"HTTP/1.1 204 No Content\r\n\r\n") as (port, got):
        post = WebPost(plain=True, private=True, resolve=lambda host, port: ["127.0.0.1"])
        posted = post(f"http://hooks.example.org:{port}/a/b?c=d", HEADERS, b'{"a":1}')
    assert posted.was_taken
    (request,) = got
    assert request.startswith(b"POST /a/b?c=d HTTP/1.1\r\n")
    assert f"Host: hooks.example.org:{port}".encode() in request
    assert b"webhook-id: evt_1" in request
    assert request.endswith(b'{"a":1}')


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "127.8.8.8",
        "::1",
        "0.0.0.0",
        "::",
        "10.0.0.7",
        "172.16.0.1",
        "192.168.1.1",
        "100.64.0.1",
        "169.254.169.254",
        "fe80::1",
        "fc00::1",
        "fec0::1",
        "224.0.0.1",
        "ff02::1",
        "255.255.255.255",
        "192.0.2.1",
        "::ffff:127.0.0.1",
        "::ffff:10.0.0.1",
        "::ffff:169.254.169.254",
        "::127.0.0.1",
        "64:ff9b::10.0.0.1",
        "2002:0a00:0001::1",
        "fe80::1%eth0",
    ],
)
@pytest.mark.parametrize("name", ["hooks.example.org", "literal"])
def test_no_private_address_is_ever_asked(address: str, name: str) -> None:
    host = address.partition("%")[0] if name == "literal" else name
    host = f"[{host}]" if ":" in host else host
    post = WebPost(plain=True, private=False, resolve=lambda host, port: [address])
    assert post(f"http://{host}/", HEADERS, b"{}").why == "private_address"


def test_a_name_with_one_private_address_among_its_own_is_refused() -> None:
    post = WebPost(plain=True, private=False, resolve=lambda host, port: ["93.184.215.14", "127.0.0.1"])
    assert post("http://hooks.example.org/", HEADERS, b"{}").why == "private_address"


def test_a_name_that_means_something_else_a_moment_later_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """DNS rebinding: it is resolved once, and the connection goes to what was judged."""
    asked, connected = list[str](), list[object]()

    def rebinds(host: str, port: int) -> list[str]:
        asked.append(host)
        return ["93.184.215.14"] if len(asked) == 1 else ["127.0.0.1"]

    def connects(address: object, timeout: object = None) -> socket.socket:
        connected.append(address)
        raise ConnectionRefusedError

    monkeypatch.setattr(socket, "create_connection", connects)
    post = WebPost(plain=True, private=False, resolve=rebinds)
    assert post("http://hooks.example.org/", HEADERS, b"{}").why == "no_answer"
    assert (asked, connected) == (["hooks.example.org"], [("93.184.215.14", 80)])
    assert post("http://hooks.example.org/", HEADERS, b"{}").why == "private_address", "the next time it is judged anew"


def test_the_system_resolver_is_judged_too() -> None:
    """`localhost` by the resolver of this machine."""
    assert WebPost(plain=True, private=False)("http://localhost:9/", HEADERS, b"{}").why == "private_address"
    assert WebPost(plain=True, private=False)("http://2130706433/", HEADERS, b"{}").why == "private_address"


def test_a_redirect_is_not_followed() -> None:
    with server(b"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\n\r\n") as (port, got):
        posted = WebPost(plain=True, private=True)(f"http://127.0.0.1:{port}/", HEADERS, b"{}")
    assert (posted.status, posted.why, posted.was_taken) == (302, "redirects", False)
    assert len(got) == 1


def test_http_is_refused_beside_a_real_carrier() -> None:
    assert WebPost(plain=False, private=True)("http://127.0.0.1:1/", HEADERS, b"{}").why == "not_https"


def test_one_that_never_ends_is_left() -> None:
    """A sign now and then keeps each read alive; the whole has its own time."""
    began = time.monotonic()
    with server(b"HTTP/1.1 200 OK\r\n" + b"X" * 60_000, drip=0.05) as (port, _):
        posted = WebPost(plain=True, private=True, seconds=0.5)(f"http://127.0.0.1:{port}/", HEADERS, b"{}")
    assert (posted.status, posted.why) == (0, "too_slow")
    assert time.monotonic() - began < 3 * PATIENCE  # the whole would take more than an hour


def test_nobody_there_and_no_such_name() -> None:
    assert WebPost(plain=True, private=True)("http://127.0.0.1:9/", HEADERS, b"{}").why == "no_answer"

    def fails(host: str, port: int) -> list[str]:
        raise socket.gaierror

    assert WebPost(plain=True, private=True, resolve=fails)("http://a.example/", HEADERS, b"{}").why == "no_such_host"


def test_a_certificate_that_is_not_the_names_is_refused() -> None:
    with server(b"HTTP/1.1 200 OK\r\n\r\n") as (port, _):
        posted = WebPost(plain=False, private=True, seconds=1.0)(f"https://127.0.0.1:{port}/", HEADERS, b"{}")
    assert not posted.was_taken
    assert posted.why in ("no_tls", "too_slow")
