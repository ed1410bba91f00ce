"""The page of phones: what is on each of them, and their buttons. For people on this machine only."""

import threading
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from flask import Blueprint, Response, jsonify, render_template, request

from checkin.simulator.phones import Phone
from checkin.simulator.rules import is_number
from checkin.simulator.world import World

_TEXTS_SHOWN, _WORDS_SHOWN, _LONGEST_TEXT, _MOST_PHONES = 60, 12, 1_600, 40
_LOOPBACK = ("127.0.0.1", "localhost", "::1")


def page_of_phones(world: World, lock: threading.RLock, changed: Callable[[], None]) -> Blueprint:
    """The page at / and what it asks for."""
    page = Blueprint("page_of_phones", __name__)

    @page.before_request
    def only_this_machine() -> Response | None:
        """A page from elsewhere must not press our buttons: neither by its own name for us, nor by a form."""
        if urlsplit(f"//{request.host}").hostname not in _LOOPBACK:
            return _refused(403, "The phones are for this machine only: open http://127.0.0.1.")
        if request.method == "POST" and not request.is_json:
            return _refused(415, "A button is pressed with JSON.")
        return None

    @page.get("/")
    def phones_page() -> str:
        return render_template("phones.html", number=world.number)

    @page.get("/phones.json")
    def phones() -> Response:
        with lock:
            answer = jsonify([_shown(phone) for phone in world.phones.values()])
        answer.add_etag()
        answer.make_conditional(request)
        return answer

    @page.post("/phones")
    def add() -> Response:
        number, label = _text("number"), _text("label")
        if number is None or label is None or not is_number(number.replace(" ", "")):
            return _refused(400, "Write the number with + and the country code, such as +1 202 555 0142.")
        number = number.replace(" ", "")
        with lock:
            if number in world.numbers:
                return _refused(400, "That is the service's own number.")
            if len(world.phones) >= _MOST_PHONES and number not in world.phones:
                return _refused(400, f"There are {_MOST_PHONES} phones already.")
            phone = world.phone(number, label[:40])
            changed()
            return jsonify(_shown(phone))

    @page.post("/phones/<number>/<button>")
    def press(number: str, button: str) -> Response:
        value = _text("value")
        if value is None:
            return _refused(400, 'A button takes one JSON object, such as {"value": "1"}.')
        if len(value) > _LONGEST_TEXT:
            return _refused(400, f"A text has at most {_LONGEST_TEXT} characters.")
        with lock:
            phone = world.phones.get(number)
            if phone is None:
                return _refused(404, "There is no phone with that number.")
            if button not in phone.buttons:
                return _refused(404, "There is no such button.")
            if button == "keys" and not (value and set(value) <= set("0123456789*#")):
                return _refused(400, "Keys are 0 to 9, * and #.")
            if button == "send" and not value.strip():
                return _refused(400, "The text is empty.")
            try:
                phone.buttons[button](value)
            except ValueError:
                return _refused(400, "A phone rings, answers, lets its voicemail answer, is busy, off or unreachable.")
            changed()
        return Response(status=204)

    return page


def _refused(status: int, sentence: str) -> Response:
    return Response(f"{sentence}\n", status, mimetype="text/plain")


def _text(name: str) -> str | None:
    """A text of the posted object; empty where it is absent, None where this is no such object."""
    asked = request.get_json(silent=True)
    value = asked.get(name, "") if isinstance(asked, dict) else None
    return value if isinstance(value, str) else None


def _shown(phone: Phone) -> dict[str, Any]:
    return {
        "number": phone.number,
        "label": phone.label or phone.number,
        "habit": phone.habit.value,
        "line": phone.line,
        "caller_id": phone.caller_id,
        "recorded": phone.recorded[-_WORDS_SHOWN:],
        "heard": phone.heard[-_WORDS_SHOWN:],
        "heard_before": max(len(phone.heard) - _WORDS_SHOWN, 0),
        "texts": [
            {"at": text.at.isoformat(timespec="seconds"), "body": text.body, "mine": text.mine}
            for text in phone.texts[-_TEXTS_SHOWN:]
        ],
        "texts_before": max(len(phone.texts) - _TEXTS_SHOWN, 0),
    }
