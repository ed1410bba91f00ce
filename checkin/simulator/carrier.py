"""The carrier port on a world, in this process: for virtual time."""

from datetime import datetime, timedelta

from checkin.carrier.port import (
    Accepted,
    CarrierBusy,
    CarrierRefused,
    CarrierUnsure,
    OutgoingCall,
    OutgoingText,
    Refusal,
)
from checkin.simulator.world import World


class SimulatedCarrier:
    """Hands texts and calls to a world. Faults: `lose_answer`, `busy`, counted down in `world.faults`."""

    def __init__(self, world: World) -> None:
        self._world = world

    def _fault(self, name: str) -> bool:
        left = self._world.faults.get(name, 0)
        self._world.faults[name] = max(0, left - 1)
        return left > 0

    def _before(self) -> None:
        if self._fault("busy"):
            raise CarrierBusy("429", timedelta(seconds=2))

    def _after(self) -> None:
        if self._fault("lose_answer"):
            raise CarrierUnsure("the answer was lost")

    def send_text(self, text: OutgoingText) -> Accepted:
        """Hand over a text."""
        self._before()
        if text.to in self._world.blocked:
            raise CarrierRefused(Refusal.OPTED_OUT, "21610")
        message = self._world.send(text.to, text.body, text.callback_url)
        self._after()
        return Accepted(message.sid, message.status)

    def place_call(self, call: OutgoingCall) -> Accepted:
        """Ask for a call."""
        self._before()
        placed = self._world.place(call.to, call.answer_url, call.callback_url, call.ring_for.total_seconds())
        self._after()
        return Accepted(placed.sid, placed.status)

    def end_call(self, sid: str) -> None:
        """Hang up."""
        self._world.end(sid)

    def redirect_call(self, sid: str, url: str) -> None:
        """Give a call new words."""
        self._world.redirect(sid, url)

    def find_text(self, text: OutgoingText, since: datetime) -> Accepted | None:
        """The very same text, if it was taken since then."""
        for message in reversed(self._world.messages.values()):
            same = message.to == text.to and message.body == text.body
            if same and message.created_at >= since - timedelta(seconds=5):
                return Accepted(message.sid, message.status)
        return None

    def find_call(self, call: OutgoingCall, since: datetime) -> Accepted | None:
        """A call to the same number, if it was asked for since then."""
        for placed in reversed(self._world.calls.values()):
            outbound = placed.direction == "outbound-api" and placed.to == call.to
            if outbound and placed.created_at >= since - timedelta(seconds=5):
                return Accepted(placed.sid, placed.status)
        return None

    def check(self) -> None:
        """Always well."""
