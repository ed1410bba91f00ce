"""The carrier port on a world, in this process: for virtual time. The rules are those of the HTTP face."""

from collections.abc import Container, Sequence
from datetime import datetime, timedelta

from checkin.carrier.port import (
    ACCOUNT_ILL,
    Accepted,
    Balance,
    CarrierBusy,
    CarrierRefused,
    CarrierUnsure,
    Charge,
    OutgoingCall,
    OutgoingText,
    ReceivedCall,
    ReceivedRecording,
    ReceivedText,
    Told,
)
from checkin.carrier.twilio import refusal_of, ring_seconds, validity_seconds
from checkin.simulator.answers import said_status
from checkin.simulator.prices import call_price, text_price
from checkin.simulator.rules import Refused, refuses_call, refuses_text
from checkin.simulator.world import World

_SLACK = timedelta(seconds=5)


class SimulatedCarrier:
    """Hands texts and calls to a world.

    Faults, counted down in `world.faults`: `busy` (not taken), `unsure` (not taken, and no answer says so),
    `lose_answer` (taken, and the answer lost).
    """

    def __init__(self, world: World) -> None:
        self._world = world

    def _before(self, refused: Refused | None) -> None:
        if self._world.fault("account_ill"):
            raise CarrierBusy(ACCOUNT_ILL)
        if self._world.fault("busy"):
            raise CarrierBusy("429", timedelta(seconds=2))
        if self._world.fault("unsure"):
            raise CarrierUnsure("no answer")
        if refused is not None:
            raise CarrierRefused(refusal_of(str(refused.code)), str(refused.code))

    def _after(self) -> None:
        if self._world.fault("lose_answer"):
            raise CarrierUnsure("the answer was lost")

    def send_text(self, text: OutgoingText) -> Accepted:
        """Hand over a text."""
        valid_for = None if text.valid_for is None else validity_seconds(text.valid_for)
        form = {"To": text.to, "From": self._world.number, "Body": text.body, "StatusCallback": text.callback_url}
        self._before(refuses_text(self._world, form))
        message = self._world.send(text.to, text.body, text.callback_url, valid_for=valid_for)
        self._after()
        return Accepted(message.sid, message.status)

    def place_call(self, call: OutgoingCall) -> Accepted:
        """Ask for a call."""
        form = {"To": call.to, "From": self._world.number, "Url": call.answer_url, "StatusCallback": call.callback_url}
        self._before(refuses_call(self._world, form))
        placed = self._world.place(
            call.to,
            call.answer_url,
            call.callback_url,
            ring_seconds(call.ring_for),
            fallback=call.fallback_url or "",
            detection="DetectMessageEnd" if call.machine_url else "",
            machine_callback=call.machine_url or "",
        )
        self._after()
        return Accepted(placed.sid, placed.status)

    def end_call(self, sid: str) -> None:
        """Hang up. A call that nobody knows has ended."""
        if sid in self._world.calls:
            self._world.end(sid)

    def redirect_call(self, sid: str, url: str) -> None:
        """Give a call new words. A call that nobody knows has ended."""
        if sid in self._world.calls:
            self._world.redirect(sid, url)

    def find_text(self, text: OutgoingText, since: datetime, not_these: Container[str] = ()) -> Accepted | None:
        """The very same text, if it was taken since then."""
        for message in reversed(self._world.messages.values()):
            same = (message.to, message.body) == (text.to, text.body) and message.direction != "inbound"
            if same and message.sid not in not_these and message.created_at >= _whole(since - _SLACK):
                return Accepted(message.sid, message.status)
        return None

    def find_call(self, call: OutgoingCall, since: datetime, not_these: Container[str] = ()) -> Accepted | None:
        """A call to the same number, if it was asked for since then."""
        for placed in reversed(self._world.calls.values()):
            outbound = placed.direction == "outbound-api" and placed.to == call.to
            if outbound and placed.sid not in not_these and placed.created_at >= _whole(since - _SLACK):
                return Accepted(placed.sid, placed.status)
        return None

    def texts_received(self, since: datetime) -> Sequence[ReceivedText]:
        """What people wrote since then, oldest first."""
        self._before(None)
        return [
            ReceivedText(m.sid, m.sender, m.body, _whole(m.created_at), m.media)
            for m in self._world.messages.values()
            if m.direction == "inbound" and m.created_at >= _whole(since)
        ]

    def calls_received(self, since: datetime) -> Sequence[ReceivedCall]:
        """Who rang since then and is off the line, oldest first."""
        self._before(None)
        return [
            ReceivedCall(call.sid, call.sender, _whole(call.created_at))
            for call in self._world.calls.values()
            if call.direction == "inbound" and call.ended_at is not None and call.created_at >= _whole(since)
        ]

    def recordings_since(self, since: datetime) -> Sequence[ReceivedRecording]:
        """What callers left since then, oldest first."""
        self._before(None)
        return [
            ReceivedRecording(kept.sid, kept.call, kept.seconds, _whole(kept.made_at))
            for kept in self._world.recordings.values()
            if kept.made_at >= _whole(since)
        ]

    def fetch_recording(self, sid: str) -> bytes:
        """Its sound."""
        self._before(None)
        if sid not in self._world.recordings:
            raise CarrierRefused(refusal_of("20404"), "20404")
        return self._world.recordings[sid].wav()

    def delete_recording(self, sid: str) -> None:
        """Forget it. One that nobody knows is gone."""
        self._before(None)
        self._world.recordings.pop(sid, None)
        self._after()

    def charges(self, since: datetime, until: datetime) -> Sequence[Charge]:
        """What the network charged for what left in that time."""
        self._before(None)
        world, since, until = self._world, _whole(since), _whole(until)
        texts = [
            Charge(message.sid, price, "USD", 1)
            for message in world.messages.values()
            if message.sent_at and since <= message.sent_at <= until and (price := text_price(message)) is not None
        ]
        calls = [
            Charge(call.sid, price, "USD")
            for call in world.calls.values()
            if call.answered_at and since <= call.answered_at <= until and (price := call_price(call)) is not None
        ]
        return texts + calls

    def text_status(self, sid: str) -> Told:
        """What became of a text."""
        self._before(None)
        message = self._world.messages.get(sid)
        if message is None:
            raise CarrierRefused(refusal_of("20404"), "20404")
        return Told(message.status, refusal_of(str(message.error)) if message.error else None)

    def call_status(self, sid: str) -> Told:
        """Where a call stands."""
        self._before(None)
        if sid not in self._world.calls:
            raise CarrierRefused(refusal_of("20404"), "20404")
        return Told(said_status(self._world.calls[sid]))

    def check(self) -> None:
        """Always well."""

    def balance(self) -> Balance | None:
        """What the world's account holds."""
        self._before(None)
        return None if self._world.balance is None else Balance(self._world.balance, "USD")


def _whole(at: datetime) -> datetime:
    """The carrier's log counts in whole seconds."""
    return at.replace(microsecond=0)
