"""Conferences: legs that hear each other, and what the service is told of them."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from checkin.carrier.twiml_judge import flaw_of
from checkin.simulator.calls import Call
from checkin.simulator.script import Verb, parse
from checkin.simulator.talk import PLAY_SECONDS, SPEECH_SECONDS

if TYPE_CHECKING:
    from checkin.simulator.world import World

_MENTIONED_AS = {
    "participant-join": "join",
    "participant-leave": "leave",
    "conference-start": "start",
    "conference-end": "end",
}
_ASKS_AGAIN_AFTER = 0.1


@dataclass
class Conference:
    """Legs in order of arrival."""

    sid: str
    legs: list[str] = field(default_factory=list)
    started: bool = False
    sequence: int = 0


class Conferences:
    """All conferences of one world."""

    def __init__(self, world: "World") -> None:
        self._world = world

    def join(self, call: Call, dial: Verb) -> None:
        """A leg enters the room that its script names; with the second one it starts."""
        world = self._world
        room = _room(dial)
        if room is None:
            world.errors.append("Dial without Conference")
            world.talk.goes_on(call)
            return
        conference = world.conferences.setdefault(room.words, Conference(world.sid("CF")))
        call.conference, call.dial = room.words, dial
        conference.legs.append(call.sid)
        self._shows(call, "waiting")
        self._tell(call, room.words, "participant-join", room)
        if len(conference.legs) >= 2:
            if not conference.started:
                conference.started = True
                self._tell(call, room.words, "conference-start", room)
            for leg in conference.legs:
                if self._shows(world.calls[leg], "in conference"):
                    world.phone(world.calls[leg].phone).noticed("joined", "")
        elif room.get("waitUrl"):
            self._wait_words(call, room.get("waitUrl"))

    def _shows(self, call: Call, line: str) -> bool:
        """The phone shows where its call is. False where it shows so already, or has lost the line."""
        phone = self._world.phone(call.phone)
        if phone.call != call.sid or phone.line == line:
            return False
        phone.line = line
        return True

    def _wait_words(self, call: Call, url: str) -> None:
        """Ask what a leg hears that waits alone. Only Say, Play, Pause and Redirect may stand there."""
        turn = call.turn

        def then(status: int, body: str) -> None:
            if not self._waits(call, turn):
                return
            flaw = f"answered {status}" if status != 200 else flaw_of(body)
            if flaw is not None:
                self._world.errors.append(f"the waiting words of {url}: {flaw}")
                return
            self._wait_on(call, turn, parse(body))

        self._world.post(url, self._world.lines.about(call), then)

    def _wait_on(self, call: Call, turn: int, verbs: list[Verb]) -> None:
        """Do the next verb of the waiting words, while the leg waits; a redirect asks for more."""
        world, phone = self._world, self._world.phone(call.phone)
        if not self._waits(call, turn) or not verbs:
            return
        verb, rest, seconds = verbs[0], verbs[1:], 0.0
        match verb.name:
            case "Say":
                phone.heard.append(verb.words)
                seconds = len(verb.words) * SPEECH_SECONDS
            case "Play":
                world.talk.play(call, verb.words)
                seconds = PLAY_SECONDS
            case "Pause":
                seconds = float(verb.get("length", "1"))
            case "Redirect":
                world.after(_ASKS_AGAIN_AFTER, lambda: self._asks_again(call, turn, verb.words))
                return
            case _:
                world.errors.append(f"{verb.name} among waiting words")
        world.after(seconds, lambda: self._wait_on(call, turn, rest))

    def _asks_again(self, call: Call, turn: int, url: str) -> None:
        if self._waits(call, turn):
            self._wait_words(call, url)

    def _waits(self, call: Call, turn: int) -> bool:
        conference = self._world.conferences.get(call.conference or "")
        return call.turn == turn and call.ended_at is None and conference is not None and not conference.started

    def leave(self, call: Call, *, then_after: bool) -> None:
        """A leg leaves its conference; where its leaving ends it, the others are let go too."""
        world, name, dial = self._world, call.conference, call.dial
        if name is None or dial is None:
            return
        conference, room = world.conferences[name], _room(dial)
        conference.legs.remove(call.sid)
        self._tell(call, name, "participant-leave", room)
        call.conference, call.dial = None, None
        if room is not None and room.get("endConferenceOnExit") == "true":
            for leg in list(conference.legs):
                self.leave(world.calls[leg], then_after=True)
        if not conference.legs and conference.started:
            conference.started = False
            self._tell(call, name, "conference-end", room)
        if call.ended_at is None:
            self._shows(call, "in call")
        if then_after and dial.get("action"):
            world.talk.ask(call, dial.get("action", ""), {"DialCallStatus": "answered"})
        elif then_after:
            world.talk.goes_on(call)

    def _tell(self, call: Call, name: str, event: str, room: Verb | None) -> None:
        if room is None or not room.get("statusCallback"):
            return
        if _MENTIONED_AS[event] not in room.get("statusCallbackEvent").split():
            return
        conference = self._world.conferences[name]
        conference.sequence += 1
        params = {
            "ConferenceSid": conference.sid,
            "FriendlyName": name,
            "AccountSid": self._world.account,
            "SequenceNumber": str(conference.sequence),
            "StatusCallbackEvent": event,
        }
        if event.startswith("participant"):
            params["CallSid"] = call.sid
        self._world.notify(room.get("statusCallback", ""), params)


def _room(dial: Verb) -> Verb | None:
    return next((child for child in dial.children if child.name == "Conference"), None)
