"""The simulator over HTTP: as strict as Twilio, unmoved by odd requests, keeping its state, a process of its own."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests
from click.testing import CliRunner
from twilio.request_validator import RequestValidator

from checkin.carrier.port import OutgoingText
from checkin.carrier.twilio import TwilioCarrier
from checkin.domain.terms import Phone
from checkin.settings import ROOT
from checkin.simulator.__main__ import main
from checkin.simulator.server import Account, PortInUse, Simulator
from checkin.simulator.state import BadState
from tests.carrier.conftest import ACCOUNT, utc_now
from tests.carrier.service import Service, until

SAM, FROM = "+12025550101", ACCOUNT.numbers[0]
AUTH = (ACCOUNT.sid, ACCOUNT.token)
TEXT = {"To": SAM, "From": FROM, "Body": "x"}
CALL = {"To": SAM, "From": FROM, "Url": "http://service.test/a"}


def api(simulator: Simulator, path: str, form: dict[str, str]) -> requests.Response:
    url = f"{simulator.url}/2010-04-01/Accounts/{ACCOUNT.sid}/{path}"
    return requests.post(url, data=form, auth=AUTH, timeout=5)


@pytest.mark.parametrize(
    ("path", "form", "code"),
    [
        ("Messages.json", TEXT | {"To": ""}, 21604),
        ("Messages.json", TEXT | {"To": "+1555"}, 21211),
        ("Messages.json", TEXT | {"To": "2025550101"}, 21211),
        ("Messages.json", TEXT | {"From": ""}, 21603),
        ("Messages.json", TEXT | {"From": SAM}, 21606),
        ("Messages.json", TEXT | {"MessagingServiceSid": "MG" + "c" * 32}, 21705),
        ("Messages.json", TEXT | {"Body": ""}, 21602),
        ("Messages.json", TEXT | {"Body": "x" * 1601}, 21617),
        ("Messages.json", TEXT | {"StatusCallback": "nowhere"}, 21609),
        ("Messages.json", TEXT | {"ValidityPeriod": "0"}, 90007),
        ("Messages.json", TEXT | {"ValidityPeriod": "36001"}, 90007),
        ("Messages.json", TEXT | {"ValidityPeriod": "²"}, 90007),
        ("Calls.json", CALL | {"To": ""}, 21201),
        ("Calls.json", CALL | {"To": "+0"}, 21211),
        ("Calls.json", CALL | {"From": ""}, 21213),
        ("Calls.json", CALL | {"From": SAM}, 21210),
        ("Calls.json", CALL | {"Url": ""}, 21205),
        ("Calls.json", CALL | {"Url": "http://[x"}, 21205),
        ("Calls.json", CALL | {"Timeout": "0"}, 20001),
        ("Calls.json", CALL | {"Timeout": "601"}, 20001),
        ("Calls.json", CALL | {"FallbackUrl": "x"}, 21609),
        ("Calls.json", CALL | {"MachineDetection": "Perhaps", "AsyncAmd": "true"}, 20001),
        ("Calls.json", CALL | {"MachineDetection": "Enable"}, 20001),
        ("Calls.json", CALL | {"AsyncAmdStatusCallback": "x"}, 21609),
    ],
)
def test_it_refuses_what_twilio_refuses(simulator: Simulator, path: str, form: dict[str, str], code: int) -> None:
    answer = api(simulator, path, form)
    assert (answer.status_code, answer.json()["code"]) == (400, code)
    assert not simulator.world.messages
    assert not simulator.world.calls


def test_it_takes_what_twilio_takes(simulator: Simulator) -> None:
    for form in (
        TEXT,
        TEXT | {"ValidityPeriod": "1"},
        {"To": SAM, "Body": "x", "MessagingServiceSid": "MG" + "b" * 32},
    ):
        assert api(simulator, "Messages.json", form).status_code == 201
    assert api(simulator, "Calls.json", CALL | {"Timeout": "600"}).status_code == 201


def test_only_the_account_gets_in(simulator: Simulator) -> None:
    url = f"{simulator.url}/2010-04-01/Accounts/{ACCOUNT.sid}"
    for auth in (None, (ACCOUNT.sid, "x"), ("x", ACCOUNT.token)):
        for path in (".json", "/Messages.json", "/Calls/CA1.json", "/Nothing.json"):
            answer = requests.get(url + path, auth=auth, timeout=5)
            assert answer.status_code in (401, 404)
    assert requests.get(f"{url}/Messages/SM1.json", auth=AUTH, timeout=5).json()["code"] == 20404
    assert requests.delete(f"{url}/Messages.json", auth=AUTH, timeout=5).json()["code"] == 20004
    for asked in ("DateSent%3E=yesterday", "PageSize=many", "Page=-1"):
        assert requests.get(f"{url}/Messages.json?{asked}", auth=AUTH, timeout=5).json()["code"] == 20001
    assert api(simulator, "Calls/CA1.json", {"Status": "exploded"}).json()["code"] == 21218


JSON = {"Content-Type": "application/json"}


@pytest.mark.parametrize(
    ("method", "path", "body", "headers", "status"),
    [
        ("POST", f"/phones/{SAM}/send", b'{"value": ', JSON, 400),
        ("POST", f"/phones/{SAM}/send", b"[]", JSON, 400),
        ("POST", f"/phones/{SAM}/send", b'{"value": 1}', JSON, 400),
        ("POST", f"/phones/{SAM}/send", b'{"value": " "}', JSON, 400),
        ("POST", f"/phones/{SAM}/send", json.dumps({"value": "x" * 1601}).encode(), JSON, 400),
        ("POST", f"/phones/{SAM}/send", b"x" * 5_000_000, JSON, 413),
        ("POST", f"/phones/{SAM}/send", b"value=hello", {"Content-Type": "text/plain"}, 415),
        ("POST", f"/phones/{SAM}/keys", b'{"value": "call"}', JSON, 400),
        ("POST", f"/phones/{SAM}/habit", b'{"value": "explodes"}', JSON, 400),
        ("POST", f"/phones/{SAM}/explode", b"{}", JSON, 404),
        ("POST", "/phones/+12025550999/send", b'{"value": "x"}', JSON, 404),
        ("POST", "/phones/%00/%ff", b"{}", JSON, 404),
        ("POST", "/phones", b'{"number": "five"}', JSON, 400),
        ("POST", "/phones", b'{"number": "+12025550100"}', JSON, 400),
        ("POST", "/faults", b'{"kind": "explode"}', JSON, 400),
        ("POST", "/faults", b'{"times": "often"}', JSON, 400),
        ("POST", "/faults", b'{"status": 200}', JSON, 400),
        ("POST", "/faults", b'{"colour": "red"}', JSON, 400),
        ("POST", "/faults", b'{"methods": "POST"}', JSON, 400),
        ("POST", "/faults", b"\xff", JSON, 400),
        ("PUT", "/phones.json", b"", {}, 405),
        ("GET", "/nothing", b"", {}, 404),
        ("GET", "/phones.json", b"", {"Host": "evil.test"}, 403),
        ("GET", "/", b"", {"Host": "evil.test:80"}, 403),
    ],
)
def test_odd_requests_get_one_sentence(
    simulator: Simulator, method: str, path: str, body: bytes, headers: dict[str, str], status: int
) -> None:
    simulator.add_phones([{"number": SAM, "label": "Sam"}])
    answer = requests.request(method, simulator.url + path, data=body, headers=headers, timeout=5)
    assert answer.status_code == status
    assert answer.text.count("\n") == 1
    assert "Traceback" not in answer.text
    assert not simulator.world.phone(SAM).texts


def test_a_phone_is_added_by_its_number(simulator: Simulator) -> None:
    answer = requests.post(f"{simulator.url}/phones", json={"number": "+1 202 555 0142", "label": "Eve"}, timeout=5)
    assert answer.json()["number"] == "+12025550142"
    shown = requests.get(f"{simulator.url}/phones.json", timeout=5)
    assert [phone["label"] for phone in shown.json()] == ["Eve"]
    again = requests.get(f"{simulator.url}/phones.json", headers={"If-None-Match": shown.headers["ETag"]}, timeout=5)
    assert again.status_code == 304


def test_the_page_runs_nothing_that_is_written_into_it(simulator: Simulator) -> None:
    page = requests.get(simulator.url, timeout=5)
    assert page.headers["Content-Security-Policy"].startswith("default-src 'self'")
    assert "style=" not in page.text
    assert "onclick" not in page.text
    assert FROM in page.text


def test_faults_can_be_taken_back(simulator: Simulator) -> None:
    requests.post(f"{simulator.url}/faults", json={"times": 9}, timeout=5)
    requests.post(f"{simulator.url}/faults", json={"kind": "refuse", "number": SAM, "code": 21614}, timeout=5)
    assert api(simulator, "Messages.json", TEXT).status_code == 500
    requests.delete(f"{simulator.url}/faults", timeout=5)
    assert api(simulator, "Messages.json", TEXT).status_code == 201


# --- webhooks over a real socket ------------------------------------------------------------------------------------


@pytest.fixture
def service() -> Iterator[Service]:
    running = Service()
    yield running
    running.close()


def running_for(url: str, state: Path | None = None) -> Simulator:
    simulator = Simulator(Account(ACCOUNT.sid, ACCOUNT.token, url, ACCOUNT.numbers), utc_now, state=state)
    simulator.add_phones([{"number": SAM, "label": "Sam"}])
    return simulator


def presses(simulator: Simulator, button: str, value: str = "") -> None:
    answer = requests.post(f"{simulator.url}/phones/{SAM}/{button}", json={"value": value}, timeout=5)
    assert answer.status_code == 204, answer.text


def test_webhooks_are_signed_as_twilio_signs(service: Service) -> None:
    simulator = running_for(service.url)
    simulator.start()
    presses(simulator, "send", "¿qué? ☕ & more")
    until(lambda: service.posted)
    simulator.stop()
    [(path, form, signature)] = service.posted
    assert path == "/twilio/sms"
    assert form["Body"] == "¿qué? ☕ & more"
    assert RequestValidator(ACCOUNT.token).validate(service.url + path, form, signature)


def test_texts_are_tried_until_the_service_takes_them_and_stay_in_order(service: Service) -> None:
    service.answers = [(500, ""), (200, "<Response/>")]
    simulator = running_for(service.url)
    simulator.start()
    presses(simulator, "send", "one")
    presses(simulator, "send", "two")
    until(lambda: len(service.posted) >= 3)
    simulator.stop()
    assert [form["Body"] for _, form, _ in service.posted] == ["one", "one", "two"]
    assert service.posted[0][1]["MessageSid"] == service.posted[1][1]["MessageSid"]


def test_what_the_service_refuses_is_not_repeated(service: Service) -> None:
    service.answers = [(403, "no")]
    simulator = running_for(service.url)
    simulator.start()
    presses(simulator, "send", "one")
    until(lambda: service.posted)
    time.sleep(0.8)
    simulator.stop()
    assert len(service.posted) == 1


def test_a_restart_of_the_simulator_loses_nothing(service: Service, tmp_path: Path) -> None:
    file = tmp_path / "simulator.json"
    service.answers = [(503, "")]
    before = running_for(service.url, file)
    before.start()
    presses(before, "send", "are you there?")
    with before.lock:
        before.world.send(SAM, "Hello", "")
        call = before.world.place(SAM, f"{service.url}/a", f"{service.url}/call/1/status", 60)
    until(lambda: before.world.phone(SAM).line == "ringing")
    until(lambda: before.world.phone(SAM).received)
    before.stop()
    assert file.stat().st_mode & 0o777 == 0o600

    service.answers = [(200, "<Response/>")]
    service.posted.clear()
    after = running_for(service.url, file)
    after.restore()
    after.start()
    until(lambda: {"are you there?"} <= {form.get("Body") for _, form, _ in service.posted})
    until(lambda: any(form.get("CallStatus") == "no-answer" for _, form, _ in service.posted))
    phone = after.world.phone(SAM)
    assert (phone.received, phone.line) == (["Hello"], "idle")
    assert after.world.calls[call.sid].status == "no-answer"
    carrier = TwilioCarrier(ACCOUNT.sid, ACCOUNT.token, from_numbers=ACCOUNT.numbers, base_url=after.url)
    assert carrier.find_text(OutgoingText(Phone(SAM), "Hello", ""), call.created_at)
    carrier.close()
    after.stop()


@pytest.mark.parametrize("content", ["", "{}", "[]", '{"blocked": [], "phones": [{}]}'])
def test_a_broken_state_is_named(tmp_path: Path, content: str) -> None:
    file = tmp_path / "simulator.json"
    file.write_text(content)
    simulator = running_for("http://127.0.0.1:9", file)
    with pytest.raises(BadState, match="remove it"):
        simulator.restore()
    simulator.stop()
    assert file.read_text() == content


def test_a_port_in_use_is_named(simulator: Simulator) -> None:
    with pytest.raises(PortInUse, match=f"Port {simulator.port} cannot be used"):
        Simulator(ACCOUNT, utc_now, port=simulator.port)


# --- a process of its own -------------------------------------------------------------------------------------------


def command(folder: Path, **more: str) -> list[str]:
    (folder / "token").write_text(ACCOUNT.token + "\n")
    options = {
        "port": "0",
        "account-sid": ACCOUNT.sid,
        "auth-token-file": str(folder / "token"),
        "webhook-base": "http://127.0.0.1:9",
        "number": FROM,
    } | {name.replace("_", "-"): value for name, value in more.items()}
    words = [word for name, value in options.items() for word in (f"--{name}", value)]
    return [sys.executable, "-m", "checkin.simulator", *words]


ENVIRONMENT = {name: value for name, value in os.environ.items() if not name.startswith("TWILIO_")}


def test_it_stands_alone_as_a_process(tmp_path: Path) -> None:
    """The service is pointed to it by TWILIO_API_BASE_URL, with an account of its own."""
    process = subprocess.Popen(
        command(tmp_path, state=str(tmp_path / "state.json")),
        cwd=ROOT,
        env=ENVIRONMENT | {"CHECKIN_LOG_JSON": "true"},
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    line = json.loads(process.stdout.readline())
    carrier = TwilioCarrier(ACCOUNT.sid, ACCOUNT.token, from_numbers=(FROM,), base_url=line["url"])
    carrier.check()
    assert carrier.send_text(OutgoingText(Phone(SAM), "x", "http://127.0.0.1:9/s")).status == "queued"
    carrier.close()
    process.terminate()
    assert process.wait(10) == 0
    assert "Traceback" not in process.stdout.read()
    process.stdout.close()
    assert json.loads((tmp_path / "state.json").read_text())["messages"][0]["to"] == SAM


@pytest.mark.parametrize(
    ("more", "environment", "sentence"),
    [
        ({}, {"TWILIO_ACCOUNT_SID": ACCOUNT.sid}, "Twilio is configured here, so the simulator does not start."),
        ({"auth_token_file": "/nowhere/token"}, {}, "The token file /nowhere/token cannot be read"),
        ({"account_sid": "AC1"}, {}, "--account-sid is not AC and 32 hexadecimal digits."),
        ({"number": "555"}, {}, "--number is not a number"),
        ({"webhook_base": "here"}, {}, "--webhook-base is not an address"),
        ({"phones": "/nowhere/phones"}, {}, "is no list of phones"),
        ({"port": "IN USE"}, {}, "cannot be used"),
    ],
)
def test_it_says_in_one_sentence_why_it_does_not_start(
    simulator: Simulator, tmp_path: Path, more: dict[str, str], environment: dict[str, str], sentence: str
) -> None:
    more = {name: str(simulator.port) if value == "IN USE" else value for name, value in more.items()}
    done = CliRunner().invoke(main, command(tmp_path, **more)[3:], env={"TWILIO_ACCOUNT_SID": ""} | environment)
    assert done.exit_code == 2
    assert sentence in done.stderr
    assert done.stderr.count("\n") == 1
