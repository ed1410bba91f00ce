"""Twilio's REST API in front of a world: the part of it that our client uses, as strict as Twilio is about it."""

import threading
from collections.abc import Callable
from datetime import UTC, datetime

from flask import Blueprint, Response, jsonify, request

from checkin.simulator.answers import API, account_of, balance_of, call_of, error, message_of, page_of, recording_of
from checkin.simulator.faults import WEBHOOK_KINDS, BadFault, Fault, read_fault
from checkin.simulator.rules import refuses_call, refuses_text
from checkin.simulator.world import World

_LARGEST_PAGE, _USUAL_PAGE = 1_000, 50
_PAUSES = threading.Event()
"""Never set: something to wait on."""

DROPPED = "checkin.dropped"
"""Set in a request's environment, the server closes the connection without an answer."""


def rest_api(world: World, lock: threading.RLock, account: str, token: str) -> Blueprint:
    """The routes below /2010-04-01/, and /faults."""
    api = Blueprint("rest_api", __name__)
    faults: list[Fault] = []

    @api.before_request
    def only_the_account() -> Response | None:
        if not request.path.startswith("/2010-04-01/"):
            return None
        given = request.authorization
        if given is None or (given.username, given.password) != (account, token):
            return error(401, 20003, "Authenticate")
        with lock:
            fault = next((each for each in faults if each.strikes(request.method, request.path)), None)
        if fault is None:
            return None
        request.environ["fault"] = fault
        return _before(fault)

    @api.after_request
    def perhaps_lost(response: Response) -> Response:
        fault = request.environ.get("fault")
        return response if fault is None else _after(fault, response)

    @api.post("/faults")
    def set_fault() -> Response:
        try:
            fault = read_fault(request.get_json(silent=True))
        except BadFault as bad:
            return Response(f"{bad}\n", 400, mimetype="text/plain")
        with lock:
            if fault.kind in WEBHOOK_KINDS:
                world.faults[fault.kind] = fault.times
            elif fault.kind == "balance":
                world.balance = fault.amount
            elif fault.kind == "refuse":
                world.faults[f"refuse:{fault.number}"] = fault.code
            else:
                faults.append(fault)
        return Response(status=204)

    @api.delete("/faults")
    def clear_faults() -> Response:
        with lock:
            faults.clear()
            world.faults.clear()
        return Response(status=204)

    @api.get(f"{API}/{account}.json")
    def fetch_account() -> Response:
        return jsonify(account_of(account, token))

    @api.get(f"{API}/{account}/Balance.json")
    def fetch_balance() -> Response:
        return jsonify(balance_of(world.balance, account))

    @api.post(f"{API}/{account}/Messages.json")
    def create_message() -> Response:
        form = request.form
        with lock:
            refused = refuses_text(world, form)
            if refused is not None:
                return error(refused.status, refused.code, refused.message)
            message = world.send(
                form["To"],
                form.get("Body", ""),
                form.get("StatusCallback", ""),
                sender=form.get("From"),
                valid_for=float(form["ValidityPeriod"]) if "ValidityPeriod" in form else None,
                service=form.get("MessagingServiceSid"),
            )
            return _created(message_of(message, account))

    @api.get(f"{API}/{account}/Messages.json")
    def list_messages() -> Response:
        sent = _times("DateSent")
        if sent is None or (paging := _paging()) is None:
            return error(400, 20001, "A date or a page number cannot be read.")
        with lock:
            found = [
                message_of(message, account)
                for message in reversed(world.messages.values())
                if _asked("To", message.to) and _asked("From", message.sender) and sent(message.sent_at)
            ]
        return jsonify(page_of("messages", found, *paging))

    @api.get(f"{API}/{account}/Messages/<sid>.json")
    def fetch_message(sid: str) -> Response:
        with lock:
            message = world.messages.get(sid)
            return _nothing() if message is None else jsonify(message_of(message, account))

    @api.post(f"{API}/{account}/Calls.json")
    def create_call() -> Response:
        form = request.form
        with lock:
            refused = refuses_call(world, form)
            if refused is not None:
                return error(refused.status, refused.code, refused.message)
            call = world.place(
                form["To"],
                form["Url"],
                form.get("StatusCallback", ""),
                float(form.get("Timeout", "60")),
                sender=form["From"],
                fallback=form.get("FallbackUrl", ""),
                events=form.getlist("StatusCallbackEvent") or ("completed",),
                detection=form.get("MachineDetection", ""),
                machine_callback=form.get("AsyncAmdStatusCallback", "") if form.get("AsyncAmd") == "true" else "",
            )
            return _created(call_of(call, account))

    @api.get(f"{API}/{account}/Calls.json")
    def list_calls() -> Response:
        began = _times("StartTime")
        if began is None or (paging := _paging()) is None:
            return error(400, 20001, "A date or a page number cannot be read.")
        with lock:
            found = [
                shown
                for call in reversed(world.calls.values())
                if _asked("To", call.to) and _asked("From", call.sender) and began(call.answered_at)
                if _asked("Status", (shown := call_of(call, account))["status"])
            ]
        return jsonify(page_of("calls", found, *paging))

    @api.get(f"{API}/{account}/Calls/<sid>.json")
    def fetch_call(sid: str) -> Response:
        with lock:
            call = world.calls.get(sid)
            return _nothing() if call is None else jsonify(call_of(call, account))

    @api.post(f"{API}/{account}/Calls/<sid>.json")
    def update_call(sid: str) -> Response:
        url, status = request.form.get("Url"), request.form.get("Status")
        if url is None and status not in ("completed", "canceled"):
            return error(400, 21218, "A call is changed by 'Url', or by 'Status' completed or canceled.")
        with lock:
            call = world.calls.get(sid)
            if call is None:
                return _nothing()
            if not (world.redirect(sid, url) if url is not None else world.end(sid)):
                return error(400, 21220, "Call is not in-progress. Cannot redirect.")
            return jsonify(call_of(call, account))

    @api.get(f"{API}/{account}/Recordings.json")
    def list_recordings() -> Response:
        made = _times("DateCreated")
        if made is None or (paging := _paging()) is None:
            return error(400, 20001, "A date or a page number cannot be read.")
        with lock:
            found = [
                recording_of(recording, account)
                for recording in reversed(world.recordings.values())
                if _asked("CallSid", recording.call) and made(recording.made_at)
            ]
        return jsonify(page_of("recordings", found, *paging))

    @api.get(f"{API}/{account}/Recordings/<sid>.wav")
    def fetch_sound(sid: str) -> Response:
        with lock:
            found = world.recordings.get(sid)
            return _nothing() if found is None else Response(found.wav(), mimetype="audio/x-wav")

    @api.delete(f"{API}/{account}/Recordings/<sid>.json")
    def delete_recording(sid: str) -> Response:
        with lock:
            return _nothing() if world.recordings.pop(sid, None) is None else Response(status=204)

    return api


def _before(fault: Fault) -> Response | None:
    """What goes wrong before the request is done."""
    if fault.kind == "timeout" and not fault.accepted:
        _PAUSES.wait(fault.seconds)
        return error(504, 20504, "Too late")
    if fault.kind == "status":
        answer = error(fault.status, fault.code, "A fault was asked for.")
        if fault.retry_after is not None:
            answer.headers["Retry-After"] = str(fault.retry_after)
        return answer
    return None


def _after(fault: Fault, response: Response) -> Response:
    """What goes wrong with the answer."""
    if fault.kind == "timeout" and fault.accepted:
        _PAUSES.wait(fault.seconds)
    if fault.kind == "lose_answer":
        return error(500, 20500, "The answer was lost.")
    if fault.kind == "drop":
        request.environ[DROPPED] = True
    return response


def _created(row: dict[str, object]) -> Response:
    answer = jsonify(row)
    answer.status_code = 201
    return answer


def _nothing() -> Response:
    return error(404, 20404, f"The requested resource {request.path} was not found")


def _asked(name: str, value: str) -> bool:
    return request.args.get(name, value) == value


def _paging() -> tuple[int, int] | None:
    page, size = request.args.get("Page", "0"), request.args.get("PageSize", str(_USUAL_PAGE))
    if not (page.isdecimal() and size.isdecimal()):
        return None
    return int(page), min(max(int(size), 1), _LARGEST_PAGE)


def _times(name: str) -> Callable[[datetime | None], bool] | None:
    """The filter that `Name`, `Name<` and `Name>` ask for; None where a date cannot be read. Bounds count as in."""
    bounds: dict[str, datetime] = {}
    for sign in ("", "<", ">"):
        given = request.args.get(name + sign)
        if given is None:
            continue
        try:
            at = datetime.fromisoformat(given)
        except ValueError:
            return None
        bounds[sign] = at if at.tzinfo else at.replace(tzinfo=UTC)

    def within(at: datetime | None) -> bool:
        if not bounds:
            return True
        if at is None:
            return False
        day = bounds[""].date() if "" in bounds else at.date()
        return day == at.date() and bounds.get(">", at) <= at <= bounds.get("<", at)

    return within
