"""The carrier's door. Every request is signed; its effect is committed before it is answered; no network I/O."""

from collections.abc import Callable
from typing import TypeVar

import structlog
from flask import Blueprint, Response, abort, request
from sqlalchemy import select
from sqlalchemy.orm import Session

from checkin.carrier.signature import is_genuine
from checkin.carrier.twilio import refusal_of
from checkin.carrier.twiml import Links, empty_twiml, to_twiml, wait_twiml
from checkin.domain.call_script import CallScript
from checkin.domain.phone import BadPhone, parse_phone
from checkin.domain.terms import DeliveryId, Phone
from checkin.handlers import call_answered, call_ended, call_received, keys_pressed
from checkin.handlers.call_words import listener
from checkin.handlers.delivery_reported import delivery_reported
from checkin.handlers.text_received import IncomingText, text_received
from checkin.store.tables import DeliveryRow
from checkin.wiring import Services

log = structlog.get_logger()
_T = TypeVar("_T")

_LONGEST_TEXT = 5_000


def webhooks(services: Services) -> Blueprint:
    """The routes below /twilio/."""
    door = Blueprint("webhooks", __name__, url_prefix="/twilio")
    base = services.settings.public_base_url

    @door.before_request
    def only_the_carrier() -> Response | None:
        path = request.full_path if request.query_string else request.path
        signature = request.headers.get("X-Twilio-Signature", "")
        if not is_genuine(base + path, request.form.items(multi=True), signature, services.tokens):
            log.warning("forged_webhook", path=request.path)
            return Response("This request is not signed by the carrier.\n", 403, mimetype="text/plain")
        return None

    @door.post("/sms")
    def sms() -> Response:
        body = _field("Body", "")[:_LONGEST_TEXT].replace("\x00", "")
        text = IncomingText(
            _field("MessageSid"), _sender(services, _field("From")), body, request.form.get("OptOutType")
        )
        services.act(lambda session: text_received(session, services.handbook, text, services.now()))
        return _twiml(empty_twiml())

    @door.post("/sms/status/<int:delivery>")
    def sms_status(delivery: int) -> Response:
        _report(services, delivery, _field("MessageStatus"), request.form.get("MessageSid"))
        return Response(status=204)

    @door.post("/call/<int:call>/answered")
    def answered(call: int) -> Response:
        sid = request.form.get("CallSid")

        def work(session: Session) -> CallScript:
            _learn_sid(session, call, sid)
            return call_answered.call_answered(session, services.handbook, DeliveryId(call), services.now())

        return _script(base, call, _found(services, work))

    @door.post("/call/<int:call>/keys/<step>")
    def keys(call: int, step: str) -> Response:
        pressed = request.form.get("Digits", "")[:8]

        def work(session: Session) -> CallScript:
            return keys_pressed.keys_pressed(
                session, services.handbook, DeliveryId(call), step, pressed, services.now()
            )

        return _script(base, call, _found(services, work))

    @door.post("/call/<int:call>/after")
    def after(call: int) -> Response:
        def work(session: Session) -> CallScript:
            return call_ended.leg_released(session, services.handbook, DeliveryId(call), services.now())

        return _script(base, call, _found(services, work))

    @door.post("/call/<int:call>/wait")
    def wait(call: int) -> Response:
        def work(session: Session) -> tuple[str, str]:
            row = session.get(DeliveryRow, call)
            if row is None:
                raise KeyError(call)
            return _waiting_words(services, session, row)

        words, language = _found(services, work)
        return _twiml(wait_twiml(words, language))

    @door.post("/call/<int:call>/status")
    def call_status(call: int) -> Response:
        _report(services, call, _field("CallStatus"), request.form.get("CallSid"))
        return Response(status=204)

    @door.post("/call/<int:call>/conference")
    def conference(call: int) -> Response:
        """The callback of the whole conference comes by whichever leg was first; the sid says whose leg moved."""
        event, sid = _field("StatusCallbackEvent"), request.form.get("CallSid", "")
        if event in ("participant-join", "participant-leave"):

            def work(session: Session) -> None:
                leg = _leg(session, sid)
                if leg is not None:
                    entered = event == "participant-join"
                    call_ended.leg_moved(session, services.handbook, leg, entered, services.now())

            services.act(work)
        return Response(status=204)

    @door.post("/voice")
    def voice() -> Response:
        sid, sender = _field("CallSid"), _caller(services)

        def work(session: Session) -> CallScript:
            return call_received.call_received(session, services.handbook, sid, sender, services.now())

        return _script(base, None, services.act(work))

    @door.post("/voice/keys/<step>")
    def voice_keys(step: str) -> Response:
        sid, sender, pressed = _field("CallSid"), _caller(services), request.form.get("Digits", "")[:8]

        def work(session: Session) -> CallScript:
            return call_received.incoming_keys(session, services.handbook, sid, sender, pressed, services.now())

        return _script(base, None, services.act(work))

    return door


def _field(name: str, default: str | None = None) -> str:
    value = request.form.get(name, default)
    if value is None or (value == "" and default is None):
        abort(Response(f"The request lacks {name}.\n", 400, mimetype="text/plain"))
    return value


def _sender(services: Services, raw: str) -> Phone:
    """A number in E.164; a short code stays as it is."""
    try:
        return parse_phone(raw, services.settings.default_region)
    except BadPhone:
        plain = "".join(sign for sign in raw if sign.isdigit() or sign == "+")[:20]
        if not plain:
            abort(Response("The request's From is no number.\n", 400, mimetype="text/plain"))
        return Phone(plain)


def _caller(services: Services) -> Phone | None:
    try:
        return parse_phone(_field("From", "anonymous"), services.settings.default_region)
    except BadPhone:
        return None  # withheld or forged beyond use: an unknown caller


def _report(services: Services, delivery: int, status: str, sid: str | None) -> None:
    code = request.form.get("ErrorCode", "")
    refusal = refusal_of(code).value if code else None
    services.act(
        lambda session: delivery_reported(
            session, services.handbook, DeliveryId(delivery), status, refusal, sid, services.now()
        )
    )


def _found(services: Services, work: Callable[[Session], _T]) -> _T:
    try:
        return services.act(work)
    except KeyError:
        abort(Response("There is no such call.\n", 404, mimetype="text/plain"))


def _learn_sid(session: Session, call: int, sid: str | None) -> None:
    row = session.get(DeliveryRow, call)
    if row is not None and row.sid is None and sid:
        row.sid = sid


def _leg(session: Session, sid: str) -> DeliveryId | None:
    found = session.scalar(select(DeliveryRow.id).where(DeliveryRow.sid == sid, DeliveryRow.kind == "call"))
    return DeliveryId(found) if found is not None else None


def _waiting_words(services: Services, session: Session, row: DeliveryRow) -> tuple[str, str]:
    to = listener(session, services.handbook, row)
    member = row.subject == "member_leg"
    return to.say("member_joining" if member else "volunteer_wait"), to.language


def _script(base: str, call: int | None, script: CallScript) -> Response:
    own = f"{base}/twilio/call/{call}" if call is not None else f"{base}/twilio/voice"
    links = Links(
        keys=lambda step: f"{own}/keys/{step}",
        after=f"{own}/after",
        conference=f"{own}/conference",
        wait=f"{own}/wait",
    )
    return _twiml(to_twiml(script, links))


def _twiml(text: str) -> Response:
    return Response(text, mimetype="text/xml")
