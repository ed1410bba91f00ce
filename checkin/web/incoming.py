"""The carrier's door for calls to our number: their questions, what is left after the beep, and their end."""

from collections.abc import Callable

from flask import Blueprint, Response, request
from sqlalchemy.orm import Session

from checkin.domain.call_script import CallScript
from checkin.domain.terms import DeliveryId
from checkin.handlers.call_missed import call_over
from checkin.handlers.call_received import Spoken, call_received, incoming_keys
from checkin.handlers.voicemail_left import recording_left, transcript_came
from checkin.web.asked import caller, field, is_forged, recording, said, sid
from checkin.wiring import Services

_OVER = frozenset({"completed", "busy", "failed", "no-answer", "canceled"})


def incoming_calls(
    door: Blueprint,
    services: Services,
    script: Callable[[Services, DeliveryId | None, CallScript], Response],
    hold_on: Callable[[Services, str, str], Response],
) -> None:
    """Add the routes below /twilio/voice. `script` writes TwiML; `hold_on` does where nothing else can be said."""
    region = services.settings.default_region

    @door.post("/voice")
    def voice() -> Response:
        call, sender, lie = sid("CallSid"), caller(region), is_forged()

        def work(session: Session) -> Spoken:
            return call_received(session, services.handbook, call, sender, services.now(), lie)

        spoken = services.act(work)
        return script(services, spoken.call, spoken.script)

    @door.post("/voice/keys/<step>")
    def voice_keys(step: str) -> Response:
        call, sender, answer, left = sid("CallSid"), caller(region), said(), recording()

        def work(session: Session) -> Spoken:
            return incoming_keys(session, services.handbook, call, sender, step, answer, left, services.now())

        spoken = services.act(work)
        return script(services, spoken.call, spoken.script)

    @door.post("/voice/recording")
    def voice_recording() -> Response:
        """Told of a recording: no From is in it, the call's own row says who rang."""
        left = recording()
        if left is not None and request.form.get("RecordingStatus", "completed") == "completed":
            services.act(lambda session: recording_left(session, services.handbook, left, services.now()))
        return Response(status=204)

    @door.post("/voice/transcript")
    def voice_transcript() -> Response:
        left = recording()
        done = request.form.get("TranscriptionStatus") == "completed"
        words = request.form.get("TranscriptionText", "").replace("\x00", "").strip() if done else ""
        if left is not None:
            services.act(lambda session: transcript_came(session, services.handbook, left, words, services.now()))
        return Response(status=204)

    @door.post("/voice/status")
    def voice_status() -> Response:
        call, status = sid("CallSid"), field("CallStatus")
        if status in _OVER:
            services.act(lambda session: call_over(session, services.handbook, call, status, services.now()))
        return Response(status=204)

    @door.post("/voice/fallback")
    def voice_fallback() -> Response:
        return hold_on(services, f"{services.settings.public_base_url}/twilio/voice", "incoming_not_now")
