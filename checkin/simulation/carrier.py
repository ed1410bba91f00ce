"""The carrier on the stage: it takes its time, and goes wrong as carriers do.

It is asked over a network: the request travels, it is done or not, the answer travels back or is lost.
"""

import random
from collections.abc import Callable, Container, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeVar

from checkin.carrier.port import (
    Accepted,
    CarrierBusy,
    CarrierUnsure,
    Charge,
    OutgoingCall,
    OutgoingText,
    ReceivedCall,
    ReceivedRecording,
    ReceivedText,
    Told,
)
from checkin.simulation.stage import Stage
from checkin.simulator.carrier import SimulatedCarrier

_T = TypeVar("_T")
_GIVES_UP_AFTER = 10.0


@dataclass
class Weather:
    """How well the carrier is. Each is a chance from 0 to 1 for one request; `down`: nothing is taken."""

    down: bool = False
    busy: float = 0.0
    unheard: float = 0.0
    answer_lost: float = 0.0
    slow: float = 0.0


class StageCarrier(SimulatedCarrier):
    """The simulator's carrier, reached over a network that takes time. `tried` hears of a request before it travels."""

    def __init__(self, simulated: SimulatedCarrier, stage: Stage, weather: Weather, chance: random.Random) -> None:
        self._inner, self._stage, self._weather, self._chance = simulated, stage, weather, chance
        self.tried: Callable[[str, str], None] = lambda kind, url: None

    def send_text(self, text: OutgoingText) -> Accepted:
        """Hand over a text."""
        self.tried("text", text.callback_url)
        return self._over_the_network(lambda: self._inner.send_text(text))

    def place_call(self, call: OutgoingCall) -> Accepted:
        """Ask for a call."""
        self.tried("call", call.callback_url)
        return self._over_the_network(lambda: self._inner.place_call(call))

    def end_call(self, sid: str) -> None:
        """Hang up."""
        self._over_the_network(lambda: self._inner.end_call(sid))

    def redirect_call(self, sid: str, url: str) -> None:
        """Give a call new words."""
        self._over_the_network(lambda: self._inner.redirect_call(sid, url))

    def find_text(self, text: OutgoingText, since: datetime, not_these: Container[str] = ()) -> Accepted | None:
        """The very same text, if it was taken since then."""
        return self._over_the_network(lambda: self._inner.find_text(text, since, not_these))

    def find_call(self, call: OutgoingCall, since: datetime, not_these: Container[str] = ()) -> Accepted | None:
        """A call to the same number, if it was asked for since then."""
        return self._over_the_network(lambda: self._inner.find_call(call, since, not_these))

    def texts_received(self, since: datetime) -> Sequence[ReceivedText]:
        """What people wrote since then."""
        return self._over_the_network(lambda: self._inner.texts_received(since))

    def calls_received(self, since: datetime) -> Sequence[ReceivedCall]:
        """Who rang since then."""
        return self._over_the_network(lambda: self._inner.calls_received(since))

    def recordings_since(self, since: datetime) -> Sequence[ReceivedRecording]:
        """What callers left since then."""
        return self._over_the_network(lambda: self._inner.recordings_since(since))

    def fetch_recording(self, sid: str) -> bytes:
        """Its sound."""
        return self._over_the_network(lambda: self._inner.fetch_recording(sid))

    def delete_recording(self, sid: str) -> None:
        """Forget it."""
        self._over_the_network(lambda: self._inner.delete_recording(sid))

    def charges(self, since: datetime, until: datetime) -> Sequence[Charge]:
        """What was charged for what left in that time."""
        return self._over_the_network(lambda: self._inner.charges(since, until))

    def text_status(self, sid: str) -> Told:
        """What became of a text."""
        return self._over_the_network(lambda: self._inner.text_status(sid))

    def call_status(self, sid: str) -> Told:
        """Where a call stands."""
        return self._over_the_network(lambda: self._inner.call_status(sid))

    def _over_the_network(self, ask: Callable[[], _T]) -> _T:
        self._stage.point("carrier: before")
        weather, chance = self._weather, self._chance
        there = chance.uniform(0.03, 0.15)
        if weather.down or chance.random() < weather.unheard:
            self._stage.sleep(chance.choice((0.1, _GIVES_UP_AFTER)))
            raise CarrierUnsure("no answer")
        self._stage.sleep(there)
        if chance.random() < weather.busy:
            raise CarrierBusy("429", timedelta(seconds=chance.choice((1, 2, 5))))
        answer = ask()
        if chance.random() < weather.answer_lost:
            self._stage.sleep(chance.choice((0.1, _GIVES_UP_AFTER)))
            raise CarrierUnsure("the answer was lost")
        back = chance.uniform(1.0, 8.0) if chance.random() < weather.slow else chance.uniform(0.05, 0.2)
        self._stage.sleep(back)
        self._stage.point("carrier: after")
        return answer
