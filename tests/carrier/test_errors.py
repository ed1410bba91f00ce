"""Twilio's errors in our words, and what is never written down."""

import logging
import threading
from collections.abc import Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from checkin.carrier.port import (
    ACCOUNT_ILL,
    CarrierBusy,
    CarrierError,
    CarrierRefused,
    CarrierUnsure,
    OutgoingText,
    Refusal,
)
from checkin.carrier.twilio import TwilioCarrier, refusal_of
from checkin.domain.terms import Phone
from checkin.simulator.server import Simulator
from tests.carrier.conftest import ACCOUNT, asks_for_fault, utc_now

TEXT = OutgoingText(Phone("+12025550101"), "How are you?", "http://service.test/s")


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        ("21211", Refusal.BAD_NUMBER),
        ("30005", Refusal.BAD_NUMBER),
        ("21610", Refusal.OPTED_OUT),
        ("21614", Refusal.LANDLINE),
        ("30006", Refusal.LANDLINE),
        ("30003", Refusal.UNREACHABLE),
        ("30036", Refusal.EXPIRED),
        ("30004", Refusal.FILTERED),
        ("30007", Refusal.FILTERED),
        ("30034", Refusal.ACCOUNT),
        ("20404", Refusal.ACCOUNT),
        ("21220", Refusal.GONE),
        ("30008", Refusal.OTHER),
        ("", Refusal.OTHER),
        ("12x", Refusal.OTHER),
        ("²", Refusal.OTHER),
    ],
)
def test_our_word_for_a_number_of_theirs(code: str, reason: Refusal) -> None:
    assert refusal_of(code) is reason


@pytest.mark.parametrize(
    ("status", "code", "kind"),
    [
        (400, 21211, CarrierRefused),
        (400, 21611, CarrierBusy),
        (401, 20003, CarrierBusy),
        (403, 20005, CarrierBusy),
        (429, 20429, CarrierBusy),
        (429, 0, CarrierBusy),
        (408, 0, CarrierUnsure),
        (500, 20500, CarrierUnsure),
        (502, 0, CarrierUnsure),
        (503, 20503, CarrierUnsure),
    ],
)
def test_whether_trying_again_can_help(
    simulator: Simulator, over_http: TwilioCarrier, status: int, code: int, kind: type[CarrierError]
) -> None:
    asks_for_fault(simulator, kind="status", status=status, code=code)
    with pytest.raises(kind):
        over_http.send_text(TEXT)


def test_a_lost_connection_leaves_it_open(simulator: Simulator, over_http: TwilioCarrier) -> None:
    asks_for_fault(simulator, kind="drop")
    with pytest.raises(CarrierUnsure):
        over_http.send_text(TEXT)
    assert over_http.find_text(TEXT, utc_now())


@pytest.mark.parametrize("status", [400, 401, 404, 500, 503])
def test_asking_may_fail_too(simulator: Simulator, over_http: TwilioCarrier, status: int) -> None:
    """A list that cannot be fetched must not be taken for an empty one: then it would be sent twice."""
    asks_for_fault(simulator, kind="status", status=status, methods=["GET"])
    with pytest.raises(CarrierUnsure):
        over_http.find_text(TEXT, utc_now())


def test_a_check_may_fail_too(simulator: Simulator, over_http: TwilioCarrier) -> None:
    asks_for_fault(simulator, kind="status", status=500, methods=["GET"])
    with pytest.raises(CarrierUnsure):
        over_http.check()


def test_wrong_credentials(simulator: Simulator) -> None:
    carrier = TwilioCarrier(ACCOUNT.sid, "wrong", from_numbers=ACCOUNT.numbers, base_url=simulator.url)
    with pytest.raises(CarrierBusy) as busy:
        carrier.check()
    carrier.close()
    assert busy.value.code == ACCOUNT_ILL


class Proxy(BaseHTTPRequestHandler):
    """Something on the way that answers instead of Twilio."""

    answer = (200, b"<html>hello</html>")

    def do_POST(self) -> None:
        status, body = self.answer
        self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Nothing."""


@pytest.fixture
def proxy() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Proxy)
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        ((200, b"<html>hello</html>"), CarrierUnsure),
        ((302, b""), CarrierUnsure),
        ((403, b"<html>blocked</html>"), CarrierBusy),
        ((404, b"nginx"), CarrierBusy),
        ((404, b'{"detail": "no such page"}'), CarrierBusy),
        ((400, b"[1, 2]"), CarrierBusy),
    ],
)
def test_what_a_proxy_says_is_not_twilios_last_word(
    proxy: str, answer: tuple[int, bytes], kind: type[CarrierError], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Proxy, "answer", answer)
    carrier = TwilioCarrier(ACCOUNT.sid, ACCOUNT.token, from_numbers=ACCOUNT.numbers, base_url=proxy)
    with pytest.raises(kind):
        carrier.send_text(TEXT)
    carrier.close()


def test_workers_side_by_side_get_their_own_retry_after(simulator: Simulator, over_http: TwilioCarrier) -> None:
    for seconds in range(1, 17):
        asks_for_fault(simulator, kind="status", status=429, retry_after=seconds)
    waits: list[timedelta | None] = []

    def sends() -> None:
        try:
            over_http.send_text(TEXT)
        except CarrierBusy as busy:
            waits.append(busy.retry_after)

    threads = [threading.Thread(target=sends) for _ in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(wait.total_seconds() for wait in waits if wait) == list(range(1, 17))


@pytest.mark.usefixtures("log_lines")
def test_no_log_line_holds_a_number(simulator: Simulator, over_http: TwilioCarrier) -> None:
    over_http.send_text(TEXT)
    over_http.find_text(TEXT, utc_now())
    asks_for_fault(simulator, kind="status", status=500)
    with pytest.raises(CarrierUnsure):
        over_http.send_text(TEXT)


def test_twilios_own_logger_is_not_used(over_http: TwilioCarrier, caplog: pytest.LogCaptureFixture) -> None:
    for name in ("", "twilio", "twilio.http_client"):
        caplog.set_level(logging.INFO, logger=name)
    over_http.send_text(TEXT)
    over_http.find_text(TEXT, utc_now())
    assert "2025550101" not in caplog.text


def test_the_same_person_always_hears_from_the_same_number(simulator: Simulator) -> None:
    numbers = ("+12025550100", "+12025550110", "+12025550120")
    simulator.world.numbers = numbers
    carrier = TwilioCarrier(ACCOUNT.sid, ACCOUNT.token, from_numbers=numbers, base_url=simulator.url)
    for last in range(10, 30):
        for _ in range(2):
            carrier.send_text(OutgoingText(Phone(f"+12025550{last + 100}"), "x", TEXT.callback_url))
    carrier.close()
    senders: dict[str, set[str]] = {}
    for message in simulator.world.messages.values():
        senders.setdefault(message.to, set()).add(message.sender)
    assert all(len(used) == 1 for used in senders.values())
    assert set().union(*senders.values()) == set(numbers)
