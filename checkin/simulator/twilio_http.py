"""Twilio's REST API in front of a world, and the page of phones. Loopback only."""

import json
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from email.utils import format_datetime
from pathlib import Path
from typing import Any

import requests
from flask import Flask, Response, jsonify, render_template, request

from checkin.carrier.signature import sign
from checkin.simulator.phones import Habit, Shown
from checkin.simulator.world import Call, Message, Then, World

API = "/2010-04-01/Accounts"
_TRIES_OF_A_TEXT = 4


class Webhooks:
    """Posts to the service, signed, outside the world's lock; the answer comes back under it."""

    def __init__(self, token: str, lock: threading.RLock) -> None:
        self._token, self._lock = token, lock
        self._pool = ThreadPoolExecutor(8, thread_name_prefix="webhook")
        self._session = requests.Session()
        self._session.trust_env = False
        # One after another for each call, as a carrier sends them.
        self._chains: dict[str, threading.Lock] = {}

    def __call__(self, url: str, params: dict[str, str], then: Then) -> None:
        """Post one webhook."""
        self._pool.submit(self._post, url, params, then)

    def _post(self, url: str, params: dict[str, str], then: Then) -> None:
        tries = _TRIES_OF_A_TEXT if url.endswith("/twilio/sms") else 2
        status, body = 0, ""
        for attempt in range(tries):
            headers = {"X-Twilio-Signature": sign(url, params.items(), self._token)}
            try:
                answer = self._session.post(url, data=params, headers=headers, timeout=15)
                status, body = answer.status_code, answer.text
            except requests.RequestException:
                status, body = 0, ""
            if 0 < status < 500:
                break
            time.sleep(0.5 * 2**attempt)  # noqa: TID251 - a real carrier's pause
        with self._lock:
            then(status, body)


def create_simulator(
    world: World,
    lock: threading.RLock,
    account: str,
    token: str,
    templates: Path,
    changed: Callable[[], None],
) -> Flask:
    """The HTTP face of a world."""
    app = Flask(
        "simulator", template_folder=str(templates / "phones"), static_folder=str(templates / "phones")
    )
    faults: list[dict[str, Any]] = []

    @app.before_request
    def known() -> Response | None:
        if not request.path.startswith("/2010-04-01/"):
            return None
        given = request.authorization
        if given is None or given.username != account or given.password != token:
            return _error(401, 20003, "Authenticate")
        fault = next((f for f in faults if f["times"] > 0 and f.get("path", "") in request.path), None)
        if fault is None or request.method not in fault.get("methods", ["POST"]):
            return None
        fault["times"] -= 1
        return _faulty(fault)

    def _faulty(fault: dict[str, Any]) -> Response | None:
        if fault["kind"] == "timeout":
            time.sleep(float(fault.get("seconds", 12)))  # noqa: TID251 - the fault itself
            return _error(504, 20504, "Too late")
        if fault["kind"] == "lose_answer":
            request.environ["lose_answer"] = True
            return None
        answer = _error(int(fault.get("status", 500)), int(fault.get("code", 20500)), "A fault was asked for")
        if fault.get("retry_after"):
            answer.headers["Retry-After"] = str(fault["retry_after"])
        return answer

    @app.after_request
    def maybe_lost(response: Response) -> Response:
        if request.environ.get("lose_answer"):
            return _error(500, 20500, "The answer was lost")
        if request.method == "POST":
            changed()
        return response

    @app.post("/faults")
    def set_fault() -> Response:
        fault = request.get_json(force=True)
        faults.append({"times": 1, **fault})
        return jsonify(faults)

    @app.get(f"{API}/{account}.json")
    def fetch_account() -> Response:
        return jsonify(_account(account, token))

    @app.post(f"{API}/{account}/Messages.json")
    def create_message() -> tuple[Response, int] | Response:
        to, body = request.form.get("To", ""), request.form.get("Body", "")
        if not to.startswith("+"):
            return _error(400, 21211, "The 'To' number is not a valid phone number.")
        if not body:
            return _error(400, 21602, "Message body is required.")
        with lock:
            if to in world.blocked:
                return _error(400, 21610, "Attempt to send to unsubscribed recipient")
            refused = world.faults.get(f"refuse:{to}")
            if refused:
                return _error(400, refused, "Refused")
            message = world.send(to, body, request.form.get("StatusCallback", ""))
            return jsonify(_message(message, account)), 201

    @app.get(f"{API}/{account}/Messages.json")
    def list_messages() -> Response:
        with lock:
            found = [m for m in reversed(world.messages.values()) if request.args.get("To", m.to) == m.to]
            return jsonify(_page("messages", [_message(m, account) for m in found[:50]]))

    @app.get(f"{API}/{account}/Messages/<sid>.json")
    def fetch_message(sid: str) -> Response:
        with lock:
            message = world.messages.get(sid)
            return jsonify(_message(message, account)) if message else _error(404, 20404, "Not found")

    @app.post(f"{API}/{account}/Calls.json")
    def create_call() -> tuple[Response, int] | Response:
        to = request.form.get("To", "")
        if not to.startswith("+"):
            return _error(400, 21211, "The 'To' number is not a valid phone number.")
        with lock:
            refused = world.faults.get(f"refuse:{to}")
            if refused:
                return _error(400, refused, "Refused")
            ring_for = float(request.form.get("Timeout", "60"))
            call = world.place(
                to, request.form.get("Url", ""), request.form.get("StatusCallback", ""), ring_for
            )
            return jsonify(_call(call, account)), 201

    @app.get(f"{API}/{account}/Calls.json")
    def list_calls() -> Response:
        with lock:
            found = [c for c in reversed(world.calls.values()) if request.args.get("To", c.to) == c.to]
            return jsonify(_page("calls", [_call(c, account) for c in found[:50]]))

    @app.get(f"{API}/{account}/Calls/<sid>.json")
    def fetch_call(sid: str) -> Response:
        with lock:
            call = world.calls.get(sid)
            return jsonify(_call(call, account)) if call else _error(404, 20404, "Not found")

    @app.post(f"{API}/{account}/Calls/<sid>.json")
    def update_call(sid: str) -> Response:
        with lock:
            if sid not in world.calls:
                return _error(404, 20404, "Not found")
            url = request.form.get("Url")
            done = world.redirect(sid, url) if url else world.end(sid)
            if not done:
                return _error(400, 21220, "Call is not in-progress. Cannot redirect.")
            return jsonify(_call(world.calls[sid], account))

    @app.get("/")
    def page() -> str:
        return render_template("phones.html", number=world.number)

    @app.get("/phones.json")
    def phones() -> Response:
        with lock:
            return jsonify([_phone(p) for p in world.phones.values()])

    @app.post("/phones/<number>/<button>")
    def press(number: str, button: str) -> tuple[str, int]:
        with lock:
            phone = world.phone(number)
            value = request.get_json(silent=True) or {}
            if button == "habit" and value.get("value") in list(Habit):
                phone.habit = Habit(value["value"])
            elif button in phone.buttons:
                phone.buttons[button](str(value.get("value", ""))[:1600])
            else:
                return "There is no such button.\n", 404
        return "", 204

    return app


def run_world(
    world: World, lock: threading.RLock, now: Callable[[], datetime], stopped: threading.Event
) -> None:
    """Let the world follow the real clock."""
    while not stopped.wait(0.05):
        with lock:
            world.run_until(now())


def snapshot(world: World) -> str:
    """What survives a restart: threads of texts, blocked numbers, texts by sid. Calls end with the process."""
    return json.dumps(
        {
            "blocked": sorted(world.blocked),
            "phones": [
                {
                    "number": phone.number,
                    "label": phone.label,
                    "habit": phone.habit.value,
                    "texts": [[text.at.isoformat(), text.body, text.mine] for text in phone.texts[-200:]],
                }
                for phone in world.phones.values()
            ],
        }
    )


def restore(world: World, text: str) -> None:
    """Read back what `snapshot` wrote."""
    data = json.loads(text)
    world.blocked.update(data["blocked"])
    for kept in data["phones"]:
        phone = world.phone(kept["number"], kept["label"])
        phone.habit = Habit(kept["habit"])
        phone.texts = [Shown(datetime.fromisoformat(at), body, mine) for at, body, mine in kept["texts"]]


def _phone(phone: Any) -> dict[str, Any]:
    return {
        "number": phone.number,
        "label": phone.label or phone.number,
        "habit": phone.habit.value,
        "line": phone.line,
        "caller_id": phone.caller_id,
        "heard": phone.heard[-6:],
        "texts": [{"at": f"{t.at:%H:%M}", "body": t.body, "mine": t.mine} for t in phone.texts[-30:]],
    }


def _error(status: int, code: int, message: str) -> Response:
    more = f"https://www.twilio.com/docs/errors/{code}"
    answer = jsonify({"code": code, "message": message, "more_info": more, "status": status})
    answer.status_code = status
    return answer


def _time(at: datetime | None) -> str | None:
    return format_datetime(at.astimezone(UTC)) if at is not None else None


def _page(name: str, rows: list[dict[str, Any]]) -> dict[str, Any]:
    uri = request.path
    return {
        name: rows,
        "page": 0,
        "page_size": 50,
        "start": 0,
        "end": max(len(rows) - 1, 0),
        "first_page_uri": uri,
        "next_page_uri": None,
        "previous_page_uri": None,
        "uri": uri,
    }


def _account(account: str, token: str) -> dict[str, Any]:
    return {
        "auth_token": token,
        "date_created": _time(datetime(2026, 1, 1, tzinfo=UTC)),
        "date_updated": _time(datetime(2026, 1, 1, tzinfo=UTC)),
        "friendly_name": "Simulator",
        "owner_account_sid": account,
        "sid": account,
        "status": "active",
        "subresource_uris": {},
        "type": "Full",
        "uri": f"{API}/{account}.json",
    }


def _message(message: Message, account: str) -> dict[str, Any]:
    uri = f"{API}/{account}/Messages/{message.sid}"
    return {
        "account_sid": account,
        "api_version": "2010-04-01",
        "body": message.body,
        "date_created": _time(message.created_at),
        "date_sent": _time(message.created_at) if message.status != "queued" else None,
        "date_updated": _time(message.created_at),
        "direction": message.direction,
        "error_code": message.error,
        "error_message": None,
        "from": message.sender,
        "messaging_service_sid": None,
        "num_media": "0",
        "num_segments": "1",
        "price": None,
        "price_unit": "USD",
        "sid": message.sid,
        "status": message.status,
        "subresource_uris": {"media": f"{uri}/Media.json"},
        "to": message.to,
        "uri": f"{uri}.json",
    }


def _call(call: Call, account: str) -> dict[str, Any]:
    uri = f"{API}/{account}/Calls/{call.sid}"
    ended = call.ended_at is not None and call.answered_at is not None
    seconds = int((call.ended_at - call.answered_at).total_seconds()) if ended else None  # type: ignore[operator]
    return {
        "account_sid": account,
        "annotation": None,
        "answered_by": None,
        "api_version": "2010-04-01",
        "caller_name": None,
        "date_created": _time(call.created_at),
        "date_updated": _time(call.ended_at or call.answered_at or call.created_at),
        "direction": call.direction,
        "duration": str(seconds) if seconds is not None else None,
        "end_time": _time(call.ended_at),
        "forwarded_from": None,
        "from": call.sender,
        "from_formatted": call.sender,
        "group_sid": None,
        "parent_call_sid": None,
        "phone_number_sid": None,
        "price": None,
        "price_unit": "USD",
        "queue_time": "0",
        "sid": call.sid,
        "start_time": _time(call.answered_at),
        "status": "queued" if call.status == "initiated" else call.status,
        "subresource_uris": {"notifications": f"{uri}/Notifications.json"},
        "to": call.to,
        "to_formatted": call.to,
        "trunk_sid": None,
        "uri": f"{uri}.json",
    }
