"""Conferences: legs that hear each other, and what the service is told of them."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from xml.etree.ElementTree import ParseError

from checkin.simulator.calls import Call
from checkin.simulator.script import Verb, parse

if TYPE_CHECKING:
    from checkin.simulator.world import World

_MENTIONED_AS = {
    "participant-join": "join",
    "participant-leave": "leave",
    "conference-start": "start",
    "conference-end": "end",
}


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
        world.phone(call.phone).line = "waiting"
        self._tell(call, room.words, "participant-join", room)
        if len(conference.legs) >= 2:
            if not conference.started:
                conference.started = True
                self._tell(call, room.words, "conference-start", room)
            for leg in conference.legs:
                phone = world.phone(world.calls[leg].phone)
                if phone.line != "in conference":
                    phone.line = "in conference"
                    phone.noticed("joined", "")
        elif room.get("waitUrl"):
            self._wait_words(call, room)

    def _wait_words(self, call: Call, room: Verb) -> None:
        """What a leg hears that waits alone. Said once here; a real carrier plays it again and again."""
        turn = call.turn

        def then(status: int, body: str) -> None:
            if status != 200 or call.turn != turn or call.conference is None:
                return
            try:
                said = [verb.words for verb in parse(body) if verb.name == "Say"]
            except ParseError:
                self._world.errors.append("the waiting words are no TwiML")
                return
            self._world.phone(call.phone).heard.extend(said)

        self._world.post(room.get("waitUrl", ""), self._world.lines.about(call), then)

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
        if then_after and dial.get("action"):
            world.phone(call.phone).line = "in call"
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
