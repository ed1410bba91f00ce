"""What callers leave after a beep: <Record>, the kept recording, and what the carrier then tells of it.

The words that a phone says while it is recorded are what is kept; their sound is a silence of the same length. Where
nothing is said there is no recording, and the call goes on to its next verb, as at Twilio.
"""

import io
import wave
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from checkin.simulator.calls import Call
from checkin.simulator.script import Verb

if TYPE_CHECKING:
    from checkin.simulator.world import World

_SPOKEN_SECONDS = 0.4
"""How long a word takes."""
_TOLD_AFTER, _WRITTEN_AFTER = 1.0, 6.0
_RATE = 8_000


@dataclass
class Recording:
    """One kept recording. `words` is what its sound would say."""

    sid: str
    call: str
    words: str
    seconds: int
    made_at: datetime
    source: str = "RecordVerb"

    def wav(self) -> bytes:
        """Its sound: a silence of its length."""
        file = io.BytesIO()
        with wave.open(file, "wb") as sound:
            sound.setnchannels(1)
            sound.setsampwidth(1)
            sound.setframerate(_RATE)
            sound.writeframes(b"\x80" * (_RATE * self.seconds))
        return file.getvalue()


class Recordings:
    """All recordings of one world, and the calls that are being recorded."""

    def __init__(self, world: "World") -> None:
        self._world = world
        self._running: dict[str, tuple[Verb, list[str]]] = {}

    def begin(self, call: Call, verb: Verb) -> None:
        """A beep, and the tape runs until a key, silence or its longest."""
        words: list[str] = []
        self._running[call.sid] = verb, words
        self._world.after(float(verb.get("maxLength", "3600")), lambda: self._ends(call, words, ""))
        self._silent_after(call, verb, words, 0)

    def _silent_after(self, call: Call, verb: Verb, words: list[str], said: int) -> None:
        """Silence ends it, counted from the last words."""
        spoken = _length(words[-1]) if words else 0
        seconds = float(verb.get("timeout", "5")) + spoken
        self._world.after(seconds, lambda: self._ends(call, words, "") if len(words) == said else None)

    def speaks(self, call: Call, words: str) -> bool:
        """Somebody says something. False where no tape runs."""
        if call.sid not in self._running:
            return False
        verb, said = self._running[call.sid]
        said.append(words.strip())
        self._silent_after(call, verb, said, len(said))
        return True

    def keys(self, call: Call, keys: str) -> bool:
        """Somebody presses keys. False where no tape runs."""
        if call.sid not in self._running:
            return False
        verb, said = self._running[call.sid]
        ending = [key for key in keys if key in verb.get("finishOnKey", "1234567890*#")]
        if ending:
            self._ends(call, said, ending[0])
        return True

    def hung_up(self, call: Call) -> None:
        """The caller is gone: what was said until then is kept."""
        if call.sid in self._running:
            self._ends(call, self._running[call.sid][1], "hangup")

    def _ends(self, call: Call, words: list[str], digits: str) -> None:
        running = self._running.get(call.sid)
        if running is None or running[1] is not words:
            return  # it ended before
        verb, _ = self._running.pop(call.sid)
        if not words:
            if digits != "hangup":
                self._world.talk.goes_on(call)
            return
        world = self._world
        seconds = min(sum(_length(each) for each in words), int(verb.get("maxLength", "3600")))
        kept = Recording(world.sid("RE"), call.sid, " ".join(words), seconds, world.now)
        world.recordings[kept.sid] = kept
        about = self._about(kept)
        said = {"RecordingUrl": about["RecordingUrl"], "RecordingDuration": str(seconds), "Digits": digits}
        if digits == "hangup":
            params = world.lines.about(call) | said | {"CallStatus": "completed"}
            world.post(verb.get("action"), params, lambda status, body: None)
        else:
            world.talk.ask(call, verb.get("action") or call.url, said)
        if verb.get("recordingStatusCallback"):
            done = about | {"RecordingStatus": "completed", "RecordingDuration": str(seconds)}
            world.after(_TOLD_AFTER, lambda: world.notify(verb.get("recordingStatusCallback"), done))
        if verb.get("transcribe") == "true" and verb.get("transcribeCallback"):
            written = world.lines.about(call) | about | self._transcript(kept)
            world.after(_WRITTEN_AFTER, lambda: world.notify(verb.get("transcribeCallback"), written))

    def _about(self, kept: Recording) -> dict[str, str]:
        """What Twilio's callback says: not who rang."""
        account = self._world.account
        return {
            "AccountSid": account,
            "CallSid": kept.call,
            "RecordingSid": kept.sid,
            "RecordingUrl": f"https://api.twilio.com/2010-04-01/Accounts/{account}/Recordings/{kept.sid}",
            "RecordingSource": kept.source,
            "RecordingChannels": "1",
            "ErrorCode": "0",
        }

    def _transcript(self, kept: Recording) -> dict[str, str]:
        """The words, if the carrier's machine could make them out: where the fault `mumble` strikes it cannot."""
        understood = not self._world.fault("mumble")
        sid = self._world.sid("TR")
        return {
            "TranscriptionSid": sid,
            "TranscriptionText": kept.words if understood else "",
            "TranscriptionStatus": "completed" if understood else "failed",
            "TranscriptionType": "fast",
            "TranscriptionUrl": f"https://api.twilio.com/2010-04-01/Accounts/{self._world.account}/Transcriptions/{sid}",
        }


def _length(words: str) -> int:
    return max(1, round(len(words.split()) * _SPOKEN_SECONDS))
