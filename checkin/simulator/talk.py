"""What a call says and asks: TwiML, done verb by verb as Twilio does it."""

from typing import TYPE_CHECKING

from checkin.carrier.twiml_judge import flaw_of
from checkin.simulator.calls import Call
from checkin.simulator.script import Verb, parse

if TYPE_CHECKING:
    from checkin.simulator.world import World

SPEECH_SECONDS = 0.03
"""How long one letter takes to say; faster than speech, so that nobody waits in front of the page."""
PLAY_SECONDS = 10.0
"""How long a file plays: as long as our own holding music."""

APPLICATION_ERROR = "We are sorry, an application error has occurred. Goodbye."
"""What Twilio says where neither the URL nor the fallback URL answers with words."""


class Talk:
    """What is said on all calls of one world."""

    def __init__(self, world: "World") -> None:
        self._world = world

    def ask(self, call: Call, url: str, more: dict[str, str], *, is_fallback: bool = False) -> None:
        """Ask the service what comes next; where it fails, ask the call's fallback URL once."""
        call.turn += 1
        call.gather, turn = None, call.turn

        def then(status: int, body: str) -> None:
            if call.turn != turn or call.ended_at is not None:
                return
            verbs = _verbs(status, body)
            if verbs is not None:
                call.verbs = verbs
                self.goes_on(call)
                return
            self._world.errors.append(f"{url} answered {status}" + (f": {flaw_of(body)}" if status == 200 else ""))
            if call.fallback and not is_fallback:
                wrong = {"ErrorCode": "11200" if status != 200 else "12100", "ErrorUrl": url}
                self.ask(call, call.fallback, wrong, is_fallback=True)
                return
            self._say(call, APPLICATION_ERROR)
            self._world.lines.finish(call, "completed")

        self._world.post(url, self._world.lines.about(call) | more, then)

    def goes_on(self, call: Call) -> None:
        """Do the next verb of a call."""
        if call.ended_at is not None:
            return
        if not call.verbs:
            self._world.lines.finish(call, "completed")
            return
        verb, turn = call.verbs.pop(0), call.turn
        match verb.name:
            case "Say":
                self._say(call, verb.words)
                self._later(call, turn, len(verb.words) * SPEECH_SECONDS)
            case "Play":
                self.play(call, verb.words)
                self._later(call, turn, PLAY_SECONDS)
            case "Pause":
                self._later(call, turn, float(verb.get("length", "1")))
            case "Gather":
                self._gather(call, verb)
            case "Record":
                self._world.tapes.begin(call, verb)
            case "Dial":
                self._world.rooms.join(call, verb)
            case "Redirect":
                self.ask(call, verb.words or call.url, {})
            case "Hangup" | "Reject":
                self._world.lines.finish(call, "completed")
            case _:
                self._world.errors.append(f"unknown verb {verb.name}")
                self.goes_on(call)

    def play(self, call: Call, url: str) -> None:
        """A file is played. What it sounds like is not kept."""
        phone = self._world.phone(call.phone)
        phone.played += 1
        phone.noticed("plays", url)

    def _say(self, call: Call, words: str) -> None:
        phone = self._world.phone(call.phone)
        phone.heard.append(words)
        call.saying = (self._world.now, words)
        if call.beeped:
            phone.recorded.append(words)
        phone.noticed("hears", words)

    def goes_on_record(self, call: Call) -> None:
        """A machine beeped: what is left of the words that are being said is the first that it records."""
        began_at, words = call.saying or (self._world.now, "")
        left = words[int((self._world.now - began_at).total_seconds() / SPEECH_SECONDS) :].strip()
        if left:
            self._world.phone(call.phone).recorded.append(left)

    def _later(self, call: Call, turn: int, seconds: float) -> None:
        self._world.after(seconds, lambda: self.goes_on(call) if call.turn == turn else None)

    def keys(self, number: str, keys: str) -> None:
        """A person presses keys. What is pressed before it is asked for counts for the next question."""
        call = self._world.calls.get(self._world.phone(number).call or "")
        if call is None or call.status != "in-progress":
            return
        if self._world.tapes.keys(call, keys):
            return
        if call.conference is not None:
            self._leaves_by_star(call, keys)
            return
        if call.gather is None:
            call.early += keys
            return
        call.digits += keys
        if _is_whole(call.digits, call.gather):
            self._gathered(call)

    def _leaves_by_star(self, call: Call, keys: str) -> None:
        """In a conference no key is heard but the star, where the script lets it end the Dial."""
        if "*" in keys and call.dial is not None and call.dial.get("hangupOnStar") == "true":
            self._world.rooms.leave(call, then_after=True)

    def speaks(self, number: str, words: str) -> None:
        """A person, or a machine, says something. It counts where a question listens; otherwise nobody hears it."""
        call = self._world.calls.get(self._world.phone(number).call or "")
        if call is None or call.status != "in-progress" or not words.strip() or self._world.tapes.speaks(call, words):
            return
        if call.gather is None:
            return
        if "speech" in call.gather.get("input").split():
            sure = "0.91" if len(words.split()) > 1 else "0.83"
            self.ask(call, call.gather.get("action"), {"SpeechResult": words.strip(), "Confidence": sure})

    def _gather(self, call: Call, verb: Verb) -> None:
        call.gather, call.digits, turn = verb, call.early, call.turn
        call.early = ""
        words = " ".join(child.words for child in verb.children if child.name == "Say")
        plays = [child.words for child in verb.children if child.name == "Play"]
        if words:
            self._say(call, words)
        for url in plays:
            self.play(call, url)
        if call.digits and _is_whole(call.digits, verb):
            self._gathered(call)
            return
        seconds = len(words) * SPEECH_SECONDS + len(plays) * PLAY_SECONDS + float(verb.get("timeout", "5"))
        self._world.after(seconds, lambda: self._gathered(call) if call.turn == turn and call.gather is verb else None)

    def _gathered(self, call: Call) -> None:
        verb = call.gather
        if verb is None:
            return
        if not call.digits and verb.get("actionOnEmptyResult", "false") != "true":
            call.gather = None
            self.goes_on(call)
            return
        digits, call.digits = _without_end(call.digits, verb), ""
        self.ask(call, verb.get("action", ""), {"Digits": digits})


def _is_whole(digits: str, gather: Verb) -> bool:
    """Whether the last key is pressed: there are enough, or one that ends the input."""
    ends_on = gather.get("finishOnKey", "#")
    return len(digits) >= int(gather.get("numDigits", "99")) or bool(ends_on and ends_on in digits)


def _without_end(digits: str, gather: Verb) -> str:
    ends_on = gather.get("finishOnKey", "#")
    return digits.partition(ends_on)[0] if ends_on else digits


def _verbs(status: int, body: str) -> list[Verb] | None:
    """What an answer tells to do; None where it is none, or has a flaw. An empty 204 is an empty script."""
    if status == 204:
        return []
    return parse(body) if status == 200 and flaw_of(body) is None else None
