"""The carrier port on a world, in this process: for virtual time. The rules are those of the HTTP face."""

from datetime import datetime, timedelta

from checkin.carrier.port import (
    ACCOUNT_ILL,
    Accepted,
    Balance,
    CarrierBusy,
    CarrierRefused,
    CarrierUnsure,
    OutgoingCall,
    OutgoingText,
)
from checkin.carrier.twilio import refusal_of, ring_seconds, validity_seconds
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

    def find_text(self, text: OutgoingText, since: datetime) -> Accepted | None:
        """The very same text, if it was taken since then."""
        for message in reversed(self._world.messages.values()):
            same = (message.to, message.body) == (text.to, text.body) and message.direction != "inbound"
            if same and message.created_at >= (since - _SLACK).replace(microsecond=0):
                return Accepted(message.sid, message.status)
        return None

    def find_call(self, call: OutgoingCall, since: datetime) -> Accepted | None:
        """A call to the same number, if it was asked for since then."""
        for placed in reversed(self._world.calls.values()):
            outbound = placed.direction == "outbound-api" and placed.to == call.to
            if outbound and placed.created_at >= (since - _SLACK).replace(microsecond=0):
                return Accepted(placed.sid, placed.status)
        return None

    def check(self) -> None:
        """Always well."""

    def balance(self) -> Balance | None:
        """What the world's account holds."""
        self._before(None)
        return None if self._world.balance is None else Balance(self._world.balance, "USD")
