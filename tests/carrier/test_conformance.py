"""Every request of our client and every answer of the simulator is valid by the carrier's own OpenAPI document."""

import json
import os
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import pytest
import requests
from openapi_core import Config, OpenAPI
from openapi_core.contrib.requests import RequestsOpenAPIRequest, RequestsOpenAPIResponse
from openapi_core.exceptions import OpenAPIError

from checkin.carrier.port import CarrierRefused, OutgoingCall, OutgoingText
from checkin.carrier.twilio import TwilioCarrier
from checkin.domain.terms import Phone
from checkin.settings import ROOT
from checkin.simulator.recordings import Recording
from checkin.simulator.server import Simulator
from tests.carrier.conftest import ACCOUNT, utc_now

SAM, ANA = Phone("+12025550101"), Phone("+12025550102")
DOCUMENT = Path(os.environ.get("CHECKIN_TWILIO_OPENAPI", ROOT.parent / "shared" / "twilio" / "twilio_api_v2010.json"))
TEXT = OutgoingText(SAM, "Hi Sam ☕ how are you?", "https://checkin.test/twilio/sms/status/1", timedelta(hours=2))
CALL = OutgoingCall(
    ANA,
    "https://checkin.test/twilio/call/2/answered",
    "https://checkin.test/twilio/call/2/status",
    timedelta(seconds=25),
    "https://checkin.test/twilio/call/2/fallback",
    "https://checkin.test/twilio/call/2/machine",
)


@pytest.fixture(scope="module")
def api() -> OpenAPI:
    if not DOCUMENT.is_file():
        pytest.skip(f"the carrier's OpenAPI document is not at {DOCUMENT}: set CHECKIN_TWILIO_OPENAPI to its path")
    return OpenAPI.from_dict(json.loads(DOCUMENT.read_text()), config=Config(spec_validator_cls=None))


Exchange = tuple[requests.PreparedRequest, requests.Response]


@pytest.fixture
def exchanges(monkeypatch: pytest.MonkeyPatch) -> list[Exchange]:
    """What goes over the wire, as it is really sent and answered."""
    seen: list[Exchange] = []
    send = requests.Session.send

    def recorded(self: requests.Session, request: requests.PreparedRequest, **more: object) -> requests.Response:
        answer = send(self, request, **more)
        seen.append((request, answer))
        return answer

    monkeypatch.setattr(requests.Session, "send", recorded)
    return seen


def judge(api: OpenAPI, exchanges: list[Exchange], count: int) -> None:
    assert len(exchanges) == count
    for sent, answer in exchanges:
        request = sent.copy()
        request.url = urlunsplit(("https", "api.twilio.com", *urlsplit(request.url or "")[2:]))
        api.validate_request(RequestsOpenAPIRequest(request))
        if answer.status_code < 400:
            api.validate_response(RequestsOpenAPIRequest(request), RequestsOpenAPIResponse(answer))
        else:
            # The document describes no errors; this is their form in the carrier's documentation.
            assert set(answer.json()) == {"code", "message", "more_info", "status"}


def test_texts_and_calls(
    api: OpenAPI, exchanges: list[Exchange], simulator: Simulator, over_http: TwilioCarrier
) -> None:
    since = utc_now()
    over_http.check()
    over_http.send_text(TEXT)
    sid = over_http.place_call(CALL).sid
    assert over_http.find_text(TEXT, since)
    assert over_http.find_call(CALL, since)
    with simulator.lock:
        simulator.world.run_until(utc_now() + timedelta(seconds=1))
        simulator.world.phone(ANA).answers()
        simulator.world.run_until(utc_now() + timedelta(seconds=6))  # and it is known who picked up
    assert over_http.find_text(TEXT, since)
    assert over_http.find_call(CALL, since)
    with simulator.lock:
        simulator.world.calls[sid].status = "in-progress"
        simulator.world.calls[sid].ended_at = None
    over_http.redirect_call(sid, "https://checkin.test/twilio/call/2/answered")
    over_http.end_call(sid)
    over_http.end_call(sid)
    judge(api, exchanges, 10)


def test_what_is_refused(
    api: OpenAPI, exchanges: list[Exchange], simulator: Simulator, over_http: TwilioCarrier
) -> None:
    simulator.world.blocked.add(SAM)
    for to in (SAM, Phone("+1202555")):
        with pytest.raises(CarrierRefused):
            over_http.send_text(OutgoingText(to, "x", TEXT.callback_url))
    judge(api, exchanges, 2)


def test_a_messaging_service(api: OpenAPI, exchanges: list[Exchange], simulator: Simulator) -> None:
    carrier = TwilioCarrier(
        ACCOUNT.sid,
        ACCOUNT.token,
        from_numbers=ACCOUNT.numbers,
        messaging_service_sid=ACCOUNT.messaging_service,
        base_url=simulator.url,
    )
    assert carrier.send_text(TEXT).status == "accepted"
    assert carrier.find_text(TEXT, utc_now())
    carrier.close()
    judge(api, exchanges, 2)


def test_what_people_did_is_listed_too(api: OpenAPI, exchanges: list[Exchange], simulator: Simulator) -> None:
    """Incoming texts and calls, a picture, a text that expired, pages of a list: all by the document."""
    world = simulator.world
    with simulator.lock:
        world.phone(SAM).sends("4")
        world.text_from(SAM, "", media=1)
        world.phone(ANA).becomes("unreachable")
        world.send(ANA, "x", "")
        world.phone(SAM).rings_the_service()
        world.run_until(utc_now() + timedelta(seconds=2))
        text, call = next(iter(world.messages)), next(iter(world.calls))
    root = f"{simulator.url}/2010-04-01/Accounts/{ACCOUNT.sid}"
    for path in (
        "Messages.json?PageSize=1",
        "Messages.json?PageSize=1&Page=1",
        f"Messages.json?DateSent%3E={utc_now():%Y-%m-%dT%H:%M:%SZ}",
        f"Messages/{text}.json",
        "Calls.json?Status=completed",
        f"Calls/{call}.json",
    ):
        requests.get(f"{root}/{path}", auth=(ACCOUNT.sid, ACCOUNT.token), timeout=5)
    judge(api, exchanges, 6)
    assert "messages" in exchanges[0][1].json()
    assert exchanges[0][1].json()["next_page_uri"]


def test_the_log_and_the_last_words(
    api: OpenAPI,
    exchanges: list[Exchange],
    simulator: Simulator,
    over_http: TwilioCarrier,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """What is asked to catch up, over two pages of each log."""
    monkeypatch.setattr("checkin.carrier.twilio._PAGE", 1)
    since = utc_now() - timedelta(seconds=2)
    with simulator.lock:
        for phone in (simulator.world.phone(SAM), simulator.world.phone(ANA)):
            phone.sends("4")
            phone.rings_the_service()
            phone.hangs_up()
    assert len(over_http.texts_received(since)) == 2
    assert len(over_http.calls_received(since)) == 2
    text, call = over_http.send_text(TEXT).sid, over_http.place_call(CALL).sid
    over_http.text_status(text)
    over_http.call_status(call)
    judge(api, exchanges, 2 + 2 + 2 + 2)


def test_recordings(api: OpenAPI, exchanges: list[Exchange], simulator: Simulator, over_http: TwilioCarrier) -> None:
    """The list and the deletion; the sound itself is no part of the document."""
    since = utc_now() - timedelta(seconds=2)
    with simulator.lock:
        simulator.world.recordings["RE" + "1" * 32] = Recording("RE" + "1" * 32, "CA" + "2" * 32, "hi", 3, utc_now())
    [kept] = over_http.recordings_since(since)
    over_http.delete_recording(kept.sid)
    over_http.delete_recording(kept.sid)
    judge(api, exchanges, 3)


@pytest.mark.parametrize(
    ("wrong", "instead"), [("ValidityPeriod=7200", "ValidityPeriod=soon"), ("To=%2B12025550101", "Tu=%2B12025550101")]
)
def test_the_document_judges_what_we_send(
    api: OpenAPI, exchanges: list[Exchange], over_http: TwilioCarrier, wrong: str, instead: str
) -> None:
    over_http.send_text(TEXT)
    [(sent, _)] = exchanges
    assert isinstance(sent.body, str)
    assert wrong in sent.body
    sent.body = sent.body.replace(wrong, instead)
    with pytest.raises(OpenAPIError):
        judge(api, exchanges, 1)


def test_the_document_judges_what_is_answered(
    api: OpenAPI, exchanges: list[Exchange], over_http: TwilioCarrier
) -> None:
    over_http.send_text(TEXT)
    [(_, answer)] = exchanges
    answer._content = answer.content.replace(b'"SM', b'"XX')
    with pytest.raises(OpenAPIError):
        judge(api, exchanges, 1)
