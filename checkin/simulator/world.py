"""The network: texts, calls and conferences between phones and the service, on a clock that is told what time it is.

It knows nothing of the service but its webhooks, and speaks to them as Twilio does. Everything that takes time is an
entry on one heap, so that the same world runs in real time and in virtual time.
"""

import heapq
import itertools
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from checkin.simulator.phones import Habit, Phone, Shown
from checkin.simulator.script import Verb, parse

Then = Callable[[int, str], None]
Post = Callable[[str, dict[str, str], Then], None]

STOP_WORDS = frozenset("STOP STOPALL UNSUBSCRIBE CANCEL END QUIT REVOKE OPTOUT".split())
START_WORDS = frozenset("START YES UNSTOP".split())
_SPEECH_SECONDS = 0.03
_VOICEMAIL_AFTER = 12.0
_VOICEMAIL_LISTENS = 20.0


@dataclass
class Message:
    """One text in the network."""

    sid: str
    to: str
    sender: str
    body: str
    created_at: datetime
    callback: str = ""
    status: str = "queued"
    error: int | None = None
    direction: str = "outbound-api"


@dataclass
class Call:
    """One call. `turn` counts what it was told to do, so that what was planned before a change does not happen."""

    sid: str
    to: str
    sender: str
    phone: str
    url: str
    callback: str
    ring_for: float
    created_at: datetime
    direction: str = "outbound-api"
    status: str = "queued"
    turn: int = 0
    sequence: int = 0
    answered_at: datetime | None = None
    ended_at: datetime | None = None
    verbs: list[Verb] = field(default_factory=list)
    gather: Verb | None = None
    digits: str = ""
    early: str = ""
    conference: str | None = None
    dial: Verb | None = None


@dataclass
class Conference:
    """Legs in order of arrival."""

    sid: str
    legs: list[str] = field(default_factory=list)
    started: bool = False
    sequence: int = 0


class World:
    """All phones and what is between them and the service."""

    def __init__(
        self, now: datetime, post: Post, *, account: str, number: str, base: str, chance: random.Random
    ) -> None:
        self.now = now
        self.post = post
        self.account, self.number, self.base = account, number, base
        self.phones: dict[str, Phone] = {}
        self.messages: dict[str, Message] = {}
        self.calls: dict[str, Call] = {}
        self.conferences: dict[str, Conference] = {}
        self.blocked: set[str] = set()
        self.faults: dict[str, int] = {}
        self.errors: list[str] = []
        self._chance = chance
        self._heap: list[tuple[datetime, int, Callable[[], None]]] = []
        self._count = itertools.count()

    # --- time -----------------------------------------------------------------------------------------------------

    def after(self, seconds: float, act: Callable[[], None]) -> None:
        """Do something later."""
        heapq.heappush(self._heap, (self.now + timedelta(seconds=seconds), next(self._count), act))

    def next_at(self) -> datetime | None:
        """When something is to happen next."""
        return self._heap[0][0] if self._heap else None

    def run_until(self, now: datetime) -> None:
        """Let everything happen that is due by `now`."""
        while self._heap and self._heap[0][0] <= now:
            at, _, act = heapq.heappop(self._heap)
            self.now = max(self.now, at)
            act()
        self.now = max(self.now, now)

    # --- phones ---------------------------------------------------------------------------------------------------

    def phone(self, number: str, label: str = "") -> Phone:
        """The phone with this number; it appears when it is first named."""
        if number not in self.phones:
            phone = Phone(number, label)
            phone.buttons = {
                "send": lambda body: self.text_from(number, body),
                "dial": lambda _: self.call_from(number),
                "answer": lambda _: self._pick_up(number),
                "keys": lambda keys: self._keys(number, keys),
                "hang_up": lambda _: self._put_down(number),
            }
            self.phones[number] = phone
        return self.phones[number]

    def sid(self, kind: str) -> str:
        """A new name in the carrier's form."""
        return f"{kind}{self._chance.getrandbits(128):032x}"

    # --- texts ----------------------------------------------------------------------------------------------------

    def send(self, to: str, body: str, callback: str) -> Message:
        """The service hands over a text."""
        message = Message(self.sid("SM"), to, self.number, body, self.now, callback)
        self.messages[message.sid] = message
        self.after(0.1, lambda: self._message_status(message, "sent"))
        self.after(0.4, lambda: self._arrive(message))
        return message

    def _arrive(self, message: Message) -> None:
        phone = self.phone(message.to)
        if phone.habit is Habit.UNREACHABLE:
            message.error = 30003
            self._message_status(message, "undelivered")
            return
        phone.texts.append(Shown(self.now, message.body, mine=False))
        self._message_status(message, "delivered")

    def _message_status(self, message: Message, status: str) -> None:
        message.status = status
        if message.callback:
            params = self._about_message(message) | {"MessageStatus": status, "SmsStatus": status}
            if message.error is not None:
                params["ErrorCode"] = str(message.error)
            self.post(message.callback, params, _ignore)

    def text_from(self, number: str, body: str) -> None:
        """A person texts the service. The carrier blocks and unblocks by the reserved words itself."""
        word = body.strip().upper()
        if word in STOP_WORDS:
            self.blocked.add(number)
        elif word in START_WORDS:
            self.blocked.discard(number)
        message = Message(
            self.sid("SM"), self.number, number, body, self.now, direction="inbound", status="received"
        )
        self.messages[message.sid] = message
        self.phone(number).texts.append(Shown(self.now, body, mine=True))
        params = self._about_message(message) | {"Body": body, "NumMedia": "0", "NumSegments": "1"}
        self.post(f"{self.base}/twilio/sms", params, _ignore)

    def _about_message(self, message: Message) -> dict[str, str]:
        return {
            "MessageSid": message.sid,
            "SmsSid": message.sid,
            "SmsMessageSid": message.sid,
            "AccountSid": self.account,
            "From": message.sender,
            "To": message.to,
            "ApiVersion": "2010-04-01",
        }

    # --- calls ----------------------------------------------------------------------------------------------------

    def place(self, to: str, url: str, callback: str, ring_for: float) -> Call:
        """The service asks for a call."""
        call = Call(self.sid("CA"), to, self.number, to, url, callback, ring_for, self.now)
        self.calls[call.sid] = call
        self.after(0.1, lambda: self._ring(call))
        return call

    def call_from(self, number: str) -> None:
        """A person calls the service."""
        phone = self.phone(number)
        if phone.line != "idle":
            return
        call = Call(
            self.sid("CA"), self.number, number, number, f"{self.base}/twilio/voice", "", 60, self.now
        )
        call.direction, call.status, call.answered_at = "inbound", "in-progress", self.now
        self.calls[call.sid] = call
        phone.line, phone.call, phone.heard = "in call", call.sid, []
        self._ask(call, call.url, {})

    def _ring(self, call: Call) -> None:
        if call.status != "queued":
            return
        self._call_status(call, "initiated")
        phone = self.phone(call.to)
        if phone.habit is Habit.UNREACHABLE:
            self._finish(call, "failed")
        elif phone.habit is Habit.BUSY or phone.line != "idle":
            self._finish(call, "busy")
        else:
            phone.line, phone.call, phone.caller_id, phone.heard = "ringing", call.sid, call.sender, []
            self._call_status(call, "ringing")
            self.after(call.ring_for, lambda: self._stop_ringing(call))
            if phone.habit is Habit.VOICEMAIL:
                self.after(_VOICEMAIL_AFTER, lambda: self._voicemail(call))
            elif phone.habit is Habit.ANSWERS:
                self.after(2.0, lambda: self._pick_up(call.to))

    def _stop_ringing(self, call: Call) -> None:
        if call.status == "ringing":
            self._finish(call, "no-answer")

    def _voicemail(self, call: Call) -> None:
        if call.status == "ringing":
            self._pick_up(call.to)
            self.after(_VOICEMAIL_LISTENS, lambda: self._finish(call, "completed"))

    def _pick_up(self, number: str) -> None:
        phone = self.phone(number)
        call = self.calls.get(phone.call or "")
        if call is None or call.status != "ringing":
            return
        phone.line, call.answered_at = "in call", self.now
        self._call_status(call, "in-progress")
        self._ask(call, call.url, {})

    def _keys(self, number: str, keys: str) -> None:
        call = self.calls.get(self.phone(number).call or "")
        if call is None or call.status != "in-progress":
            return
        if call.gather is None:
            call.early += keys
            return
        call.digits += keys
        if len(call.digits) >= int(call.gather.get("numDigits", "1")):
            self._gathered(call)

    def _put_down(self, number: str) -> None:
        call = self.calls.get(self.phone(number).call or "")
        if call is not None:
            self._finish(call, "completed" if call.status == "in-progress" else "busy")

    def end(self, sid: str) -> bool:
        """The service ends a call. False when it has ended already."""
        call = self.calls[sid]
        if call.ended_at is not None:
            return False
        self._finish(call, "completed" if call.status == "in-progress" else "canceled")
        return True

    def redirect(self, sid: str, url: str) -> bool:
        """The service gives an answered call new words. False when it has ended."""
        call = self.calls[sid]
        if call.status != "in-progress":
            return False
        self._leave(call, then_after=False)
        self._ask(call, url, {})
        return True

    def _call_status(self, call: Call, status: str) -> None:
        call.status = status
        if call.callback:
            call.sequence += 1
            self.post(
                call.callback, self._about_call(call) | {"SequenceNumber": str(call.sequence - 1)}, _ignore
            )

    def _finish(self, call: Call, status: str) -> None:
        if call.ended_at is not None:
            return
        call.ended_at = self.now
        call.turn += 1
        call.gather = None
        phone = self.phone(call.phone)
        if phone.call == call.sid:
            phone.line, phone.call = "idle", None
        self._leave(call, then_after=False)
        self._call_status(call, status)

    def _about_call(self, call: Call) -> dict[str, str]:
        return {
            "CallSid": call.sid,
            "AccountSid": self.account,
            "From": call.sender,
            "To": call.to,
            "CallStatus": call.status,
            "Direction": call.direction,
            "ApiVersion": "2010-04-01",
        }

    # --- what a call says ------------------------------------------------------------------------------------------

    def _ask(self, call: Call, url: str, more: dict[str, str]) -> None:
        """Ask the service what comes next."""
        call.turn += 1
        call.gather, turn = None, call.turn

        def then(status: int, body: str) -> None:
            if call.turn != turn or call.ended_at is not None:
                return
            if status != 200:
                self.errors.append(f"{url} answered {status}")
                self.phone(call.phone).heard.append("An application error has occurred. Goodbye.")
                self._finish(call, "completed")
                return
            call.verbs = parse(body)
            self._step(call)

        self.post(url, self._about_call(call) | more, then)

    def _step(self, call: Call) -> None:
        """Do the next verb of a call."""
        if call.ended_at is not None:
            return
        if not call.verbs:
            self._finish(call, "completed")
            return
        verb, turn = call.verbs.pop(0), call.turn
        match verb.name:
            case "Say":
                self.phone(call.phone).heard.append(verb.words)
                self._later(call, turn, len(verb.words) * _SPEECH_SECONDS)
            case "Pause":
                self._later(call, turn, float(verb.get("length", "1")))
            case "Gather":
                self._gather(call, verb)
            case "Dial":
                self._join(call, verb)
            case "Redirect":
                self._ask(call, verb.words, {})
            case "Hangup" | "Reject":
                self._finish(call, "completed")
            case _:
                self.errors.append(f"unknown verb {verb.name}")
                self._step(call)

    def _later(self, call: Call, turn: int, seconds: float) -> None:
        self.after(seconds, lambda: self._step(call) if call.turn == turn else None)

    def _gather(self, call: Call, verb: Verb) -> None:
        call.gather, call.digits, turn = verb, call.early, call.turn
        call.early = ""
        words = " ".join(child.words for child in verb.children if child.name == "Say")
        self.phone(call.phone).heard.append(words)
        if call.digits:
            self._gathered(call)
            return
        seconds = len(words) * _SPEECH_SECONDS + float(verb.get("timeout", "5"))
        self.after(
            seconds, lambda: self._gathered(call) if call.turn == turn and call.gather is verb else None
        )

    def _gathered(self, call: Call) -> None:
        verb = call.gather
        if verb is None:
            return
        if not call.digits and verb.get("actionOnEmptyResult", "false") != "true":
            call.gather = None
            self._step(call)
            return
        digits, call.digits = call.digits, ""
        self._ask(call, verb.get("action", ""), {"Digits": digits})

    # --- conferences ------------------------------------------------------------------------------------------------

    def _join(self, call: Call, dial: Verb) -> None:
        room = next((child for child in dial.children if child.name == "Conference"), None)
        if room is None:
            self.errors.append("Dial without Conference")
            self._step(call)
            return
        conference = self.conferences.setdefault(room.words, Conference(self.sid("CF")))
        call.conference, call.dial = room.words, dial
        conference.legs.append(call.sid)
        phone = self.phone(call.phone)
        phone.line = "waiting"
        self._conference_event(call, room.words, "participant-join")
        if len(conference.legs) >= 2:
            if not conference.started:
                conference.started = True
                self._conference_event(call, room.words, "conference-start")
            for leg in conference.legs:
                self.phone(self.calls[leg].phone).line = "in conference"
        elif room.get("waitUrl"):
            self._wait_words(call, room)

    def _wait_words(self, call: Call, room: Verb) -> None:
        turn = call.turn

        def then(status: int, body: str) -> None:
            if status == 200 and call.turn == turn and call.conference is not None:
                self.phone(call.phone).heard.extend(verb.words for verb in parse(body) if verb.name == "Say")

        self.post(room.get("waitUrl", ""), self._about_call(call), then)

    def _leave(self, call: Call, *, then_after: bool) -> None:
        """A leg leaves its conference; where its leaving ends it, the others are let go too."""
        name = call.conference
        if name is None:
            return
        conference, dial = self.conferences[name], call.dial
        conference.legs.remove(call.sid)
        self._conference_event(call, name, "participant-leave")
        call.conference, call.dial = None, None
        room = (
            next(child for child in dial.children if child.name == "Conference") if dial is not None else None
        )
        if room is not None and room.get("endConferenceOnExit") == "true":
            for leg in list(conference.legs):
                self._leave(self.calls[leg], then_after=True)
        if not conference.legs and conference.started:
            conference.started = False
            self._conference_event(call, name, "conference-end", room)
        if then_after and dial is not None and dial.get("action"):
            self.phone(call.phone).line = "in call"
            self._ask(call, dial.get("action", ""), {"DialCallStatus": "answered"})

    def _conference_event(self, call: Call, name: str, event: str, room: Verb | None = None) -> None:
        if room is None and call.dial is not None:
            room = next(child for child in call.dial.children if child.name == "Conference")
        if room is None or not room.get("statusCallback"):
            return
        conference = self.conferences[name]
        conference.sequence += 1
        params = {
            "ConferenceSid": conference.sid,
            "FriendlyName": name,
            "AccountSid": self.account,
            "SequenceNumber": str(conference.sequence),
            "StatusCallbackEvent": event,
        }
        if event.startswith("participant"):
            params["CallSid"] = call.sid
        self.post(room.get("statusCallback", ""), params, _ignore)


def _ignore(_status: int, _body: str) -> None:
    """The answer to a status callback changes nothing."""
