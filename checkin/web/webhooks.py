"""The carrier's door. Every request is signed; its effect is committed before it is answered; no network I/O.

Where a voice webhook fails, the carrier asks `…/fallback`, which needs no database: the person hears to hold on,
and the same question is put again; after some rounds they hear a goodbye, never the carrier's own error words.
A 2xx is never given for what was not committed (promise P7).
"""

import re
from collections.abc import Callable
from typing import TypeVar

import structlog
from flask import Blueprint, Response, g, request
from sqlalchemy import select
from sqlalchemy.orm import Session

from checkin.carrier.signature import is_genuine
from checkin.carrier.twilio import refusal_of, verdict_of
from checkin.carrier.twiml import Links, empty_twiml, fallback_twiml, to_twiml, wait_twiml
from checkin.domain.call_script import CallScript
from checkin.domain.delivery import Kind
from checkin.domain.phone import parse_sender
from checkin.domain.terms import DeliveryId
from checkin.handlers import call_answered, call_ended, keys_pressed, machine_told
from checkin.handlers.delivery_reported import delivery_reported
from checkin.handlers.text_received import IncomingText, text_received, words_of
from checkin.messages import UnknownTemplate
from checkin.store.tables import DeliveryRow
from checkin.web.asked import field as _field
from checkin.web.asked import refuse as _refuse
from checkin.web.asked import said as _said
from checkin.web.asked import sid as _sid
from checkin.web.incoming import incoming_calls
from checkin.web.line import Line, not_now
from checkin.wiring import Services

log = structlog.get_logger()
_T = TypeVar("_T")

_ROUNDS = 6
"""How often somebody is asked to hold on, some seconds each, before we say goodbye."""

HOLD_MUSIC = "/static/hold.wav"

_CALL = "/call/<int(max=2147483647):call>"


def webhooks(services: Services) -> Blueprint:
    """The routes below /twilio/."""
    door = Blueprint("webhooks", __name__, url_prefix="/twilio")
    base = services.settings.public_base_url

    line = Line()

    @door.before_request
    def only_the_carrier() -> Response | None:
        if not line.enter():
            log.warning("webhook_not_now")
            return not_now()
        g.in_line = True
        path = request.full_path if request.query_string else request.path
        signature = request.headers.get("X-Twilio-Signature", "")
        if not is_genuine(base + path, request.form.items(multi=True), signature, services.tokens):
            log.warning("forged_webhook", path=request.path)
            return Response("This request is not signed by the carrier.\n", 403, mimetype="text/plain")
        return None

    @door.teardown_request
    def leave(_error: BaseException | None) -> None:
        if g.pop("in_line", False):
            line.leave()

    @door.post("/sms")
    def sms() -> Response:
        sid, sender = _sid("MessageSid"), parse_sender(_field("From"), services.settings.default_region)
        text = IncomingText(sid, sender, _body(), _opt_out_type(), _has_media())
        services.act(lambda session: text_received(session, services.handbook, text, services.now()))
        return _twiml(empty_twiml())

    @door.post("/sms/status/<int(max=2147483647):delivery>")
    def sms_status(delivery: int) -> Response:
        _report(services, delivery, _field("MessageStatus"), _sid("MessageSid"))
        return Response(status=204)

    @door.post(f"{_CALL}/answered")
    def answered(call: int) -> Response:
        sid = _sid("CallSid")

        def work(session: Session, row: DeliveryRow) -> CallScript:
            row.sid = row.sid or sid
            return call_answered.call_answered(session, services.handbook, DeliveryId(call), services.now())

        return _script(services, call, _on_call(services, call, work))

    @door.post(f"{_CALL}/keys/<step>")
    def keys(call: int, step: str) -> Response:
        said = _said()

        def work(session: Session, _row: DeliveryRow) -> CallScript:
            return keys_pressed.keys_pressed(session, services.handbook, DeliveryId(call), step, said, services.now())

        return _script(services, call, _on_call(services, call, work))

    @door.post(f"{_CALL}/after")
    def after(call: int) -> Response:
        def work(session: Session, _row: DeliveryRow) -> CallScript:
            return call_ended.leg_released(session, services.handbook, DeliveryId(call), services.now())

        return _script(services, call, _on_call(services, call, work))

    @door.post(f"{_CALL}/wait")
    def wait(call: int) -> Response:
        def work(session: Session, row: DeliveryRow) -> tuple[str, str]:
            return call_ended.alone_in_conference(session, services.handbook, row, services.now())

        words, language = _on_call(services, call, work)
        again = f"{base}/twilio/call/{call}/wait"
        return _twiml(wait_twiml(words, services.handbook.messages.voice(language), base + HOLD_MUSIC, again))

    @door.post(f"{_CALL}/fallback")
    def fallback(call: int) -> Response:
        return _hold_on(services, f"{base}/twilio/call/{call}/answered", "error_goodbye")

    @door.post(f"{_CALL}/status")
    def call_status(call: int) -> Response:
        _report(services, call, _field("CallStatus"), _sid("CallSid"))
        return Response(status=204)

    @door.post(f"{_CALL}/machine")
    def machine(call: int) -> Response:
        """Who picked up, as the carrier hears it; told while the call goes on, or after it."""
        verdict = verdict_of(_field("AnsweredBy"))

        def work(session: Session, row: DeliveryRow) -> bool:
            machine_told.machine_told(session, services.handbook, row, verdict, services.now())
            return True

        _on_call(services, call, work)
        return Response(status=204)

    @door.post(f"{_CALL}/conference")
    def conference(call: int) -> Response:
        """The callback of the whole conference comes by whichever leg was first; the sid says whose leg moved."""
        event = _field("StatusCallbackEvent")
        if event in ("participant-join", "participant-leave"):
            sid = _sid("CallSid")

            def work(session: Session) -> None:
                leg = _leg(session, sid)
                if leg is not None:
                    entered = event == "participant-join"
                    call_ended.leg_moved(session, services.handbook, leg, entered, services.now())

            services.act(work)
        return Response(status=204)

    incoming_calls(door, services, _script, _hold_on)
    return door


def _body() -> str:
    """All of a text, whatever its length: it may hold a cry. What is too large for a request was refused before."""
    body = request.form.get("Body", "").replace("\x00", "")
    return words_of(body, _has_media())


def _has_media() -> bool:
    return request.form.get("NumMedia", "0") not in ("", "0")


def _opt_out_type() -> str | None:
    kind = request.form.get("OptOutType", "").upper()
    return kind if kind in ("STOP", "START", "HELP") else None


def _report(services: Services, delivery: int, status: str, sid: str) -> None:
    code = request.form.get("ErrorCode", "")
    refusal = f"{refusal_of(code).value}:{code[:8] if code.isdecimal() else ''}" if code else None
    services.act(
        lambda session: delivery_reported(
            session, services.handbook, DeliveryId(delivery), status, refusal, sid, services.now()
        )
    )


def _on_call(services: Services, call: int, work: Callable[[Session, DeliveryRow], _T]) -> _T:
    """Do something about one of our calls; 404 where there is no such call."""

    def found(session: Session) -> _T | None:
        row = session.get(DeliveryRow, call)
        return work(session, row) if row is not None and row.kind == Kind.CALL else None

    done = services.act(found)
    if done is None:
        _refuse("There is no such call.", 404)
    return done


def _leg(session: Session, sid: str) -> DeliveryId | None:
    found = session.scalar(select(DeliveryRow.id).where(DeliveryRow.sid == sid, DeliveryRow.kind == Kind.CALL))
    return DeliveryId(found) if found is not None else None


def _hold_on(services: Services, again: str, goodbye: str) -> Response:
    """Words that need no database, and the same question again; after some rounds a goodbye. Without words: a pause.

    The rounds are counted in the address that is asked again: the carrier names it when it fails once more.
    """
    failed = re.search(r"[?&]again=(\d{1,3})$", request.form.get("ErrorUrl", ""))
    rounds = int(failed[1]) if failed is not None else 0
    try:
        said = services.handbook.messages.say(goodbye if rounds >= _ROUNDS else "hold_on", "en", _nameless(services))
    except UnknownTemplate:
        return _twiml(fallback_twiml("", services.handbook.messages.voice("en"), f"{again}?again={rounds + 1}"))
    onward = f"{again}?again={rounds + 1}" if rounds < _ROUNDS else None
    return _twiml(fallback_twiml(said.body, services.handbook.messages.voice(said.language), onward))


def _nameless(services: Services) -> dict[str, str]:
    """What may be said to anybody, from the rule book alone."""
    handbook = services.handbook
    return {
        "programme": handbook.policy(None).discreet_name,
        "line": handbook.lines.phrase(handbook.region, "en"),
    }


def _script(services: Services, call: int | None, script: CallScript) -> Response:
    base = services.settings.public_base_url
    own = f"{base}/twilio/call/{call}" if call is not None else f"{base}/twilio/voice"
    links = Links(
        keys=lambda step: f"{own}/keys/{step}",
        after=f"{own}/after",
        conference=f"{own}/conference",
        wait=f"{own}/wait",
        recording=f"{base}/twilio/voice/recording",
        transcript=f"{base}/twilio/voice/transcript",
        music=base + HOLD_MUSIC,
    )
    return _twiml(to_twiml(script, links, services.handbook.messages.voice(script.language)))


def _twiml(text: str) -> Response:
    return Response(text, mimetype="text/xml")
