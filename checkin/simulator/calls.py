"""The life of a call: it is asked for, rings, is picked up or not, and ends. What is said on it: talk.py.

queued ──► initiated ──► ringing ──► in-progress ──► completed
               │            └──► no-answer | busy | canceled
               └──► busy | failed
"""

from dataclasses import dataclass, field
from datetime import datetime
from email.utils import format_datetime
from typing import TYPE_CHECKING

from checkin.simulator.phones import Habit
from checkin.simulator.script import Verb

if TYPE_CHECKING:
    from checkin.simulator.world import World

_LONGEST = 4 * 3600.0
"""The carrier ends a call after it."""
_RINGS_AFTER = 0.1
_PICKS_UP_AFTER = 2.0
_VOICEMAIL_AFTER = 12.0
_VOICEMAIL_LISTENS = 20.0
_LOSS_NOTICED_AFTER = 2.0
_EVENT_OF = {"initiated": "initiated", "ringing": "ringing", "in-progress": "answered"}


@dataclass
class Call:
    """One call. `turn` counts what it was told to do, so that what was planned before a change does not happen.

    `detection`: how far the carrier listens for who picked up (Enable, DetectMessageEnd, or not), `machine_callback`:
    where it tells it. `beeped`: a machine records what is said from now on. `saying`: what was last begun to be said.
    """

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
    fallback: str = ""
    events: frozenset[str] = frozenset({"completed"})
    detection: str = ""
    machine_callback: str = ""
    answered_by: str | None = None
    is_machine: bool = False
    beeped: bool = False
    saying: tuple[datetime, str] | None = None

    @property
    def seconds(self) -> int | None:
        """How long it was talked on, once it is over."""
        if self.ended_at is None:
            return None
        return int((self.ended_at - (self.answered_at or self.ended_at)).total_seconds())


class Calls:
    """All calls of one world."""

    def __init__(self, world: "World") -> None:
        self._world = world

    def place(self, call: Call) -> Call:
        """The service asks for a call."""
        self._world.calls[call.sid] = call
        self._world.after(_RINGS_AFTER, lambda: self._ring(call))
        return call

    def call_from(self, number: str, verstat: str = "") -> None:
        """A person calls the service, which always picks up. `verstat`: how the carrier judges the shown number."""
        world = self._world
        phone = world.phone(number)
        if phone.line != "idle":
            return
        url = f"{world.base}/twilio/voice"
        call = Call(world.sid("CA"), phone.talks_to, number, number, url, "", 60, world.now)
        call.direction, call.status, call.answered_at = "inbound", "in-progress", world.now
        call.fallback, call.callback = f"{world.base}/twilio/voice/fallback", f"{world.base}/twilio/voice/status"
        world.calls[call.sid] = call
        phone.line, phone.call, phone.heard = "in call", call.sid, []
        world.after(_LONGEST, lambda: self.finish(call, "completed"))
        world.talk.ask(call, call.url, {"StirVerstat": verstat} if verstat else {})

    def _ring(self, call: Call) -> None:
        if call.status != "queued":
            return
        self._becomes(call, "initiated")
        phone = self._world.phone(call.to)
        if phone.habit is Habit.UNREACHABLE:
            self.finish(call, "failed")
        elif phone.habit is Habit.OFF:
            self.finish(call, "no-answer")
        elif phone.habit is Habit.BUSY or phone.line != "idle":
            self.finish(call, "busy")
        else:
            phone.line, phone.call, phone.caller_id, phone.heard = "ringing", call.sid, call.sender, []
            phone.talks_to = call.sender
            phone.noticed("rings", "")
            self._becomes(call, "ringing")
            self._world.after(call.ring_for, lambda: self._stop_ringing(call))
            if phone.habit is Habit.VOICEMAIL:
                self._world.after(_VOICEMAIL_AFTER, lambda: self._voicemail(call))
            elif phone.habit is Habit.ANSWERS:
                self._world.after(_PICKS_UP_AFTER, lambda: self._picked_up(call))

    def _stop_ringing(self, call: Call) -> None:
        if call.status == "ringing":
            self.finish(call, "no-answer")

    def _voicemail(self, call: Call) -> None:
        """To the carrier's signalling a voicemail is like a person: the call is answered."""
        if call.status == "ringing":
            call.is_machine = True
            self._picked_up(call)
            self._world.machines.greets(call)
            self._world.after(_VOICEMAIL_LISTENS, lambda: self.finish(call, "completed"))

    def pick_up(self, number: str) -> None:
        """A person picks up."""
        call = self._world.calls.get(self._world.phone(number).call or "")
        if call is not None:
            self._picked_up(call)

    def _picked_up(self, call: Call) -> None:
        if call.status != "ringing":
            return
        self._world.phone(call.phone).line, call.answered_at = "in call", self._world.now
        self._becomes(call, "in-progress")
        self._world.after(_LONGEST, lambda: self.finish(call, "completed"))
        self._world.machines.listen(call)
        self._world.talk.ask(call, call.url, {})

    def put_down(self, number: str) -> None:
        """A person hangs up, or declines."""
        call = self._world.calls.get(self._world.phone(number).call or "")
        if call is not None:
            self.finish(call, "completed" if call.status == "in-progress" else "busy")

    def drop(self, number: str) -> None:
        """The line of an answered call is lost. The phone is free at once; the carrier notices when nothing comes."""
        phone = self._world.phone(number)
        call = self._world.calls.get(phone.call or "")
        if call is None or call.status != "in-progress":
            return
        phone.line, phone.call = "idle", None
        phone.noticed("over", "")
        self._world.after(_LOSS_NOTICED_AFTER, lambda: self.finish(call, "completed"))

    def end(self, call: Call) -> bool:
        """The service ends a call. False when it has ended already."""
        if call.ended_at is not None:
            return False
        self.finish(call, "completed" if call.status == "in-progress" else "canceled")
        return True

    def finish(self, call: Call, status: str) -> None:
        """The call is over, once."""
        if call.ended_at is not None:
            return
        self._world.tapes.hung_up(call)
        call.ended_at = self._world.now
        call.turn += 1
        call.gather = None
        phone = self._world.phone(call.phone)
        if phone.call == call.sid:
            phone.line, phone.call = "idle", None
            phone.noticed("over", "")
        self._world.rooms.leave(call, then_after=False)
        self._becomes(call, status)

    def _becomes(self, call: Call, status: str) -> None:
        call.status = status
        if not call.callback or _EVENT_OF.get(status, "completed") not in call.events:
            return
        params = self.about(call) | {
            "SequenceNumber": str(call.sequence),
            "CallbackSource": "call-progress-events",
            "Timestamp": format_datetime(self._world.now),
        }
        if call.seconds is not None:
            params["CallDuration"] = str(call.seconds)
        call.sequence += 1
        self._world.notify(call.callback, params)

    def about(self, call: Call) -> dict[str, str]:
        """What every webhook of a call says of it."""
        return {
            "CallSid": call.sid,
            "AccountSid": self._world.account,
            "From": call.sender,
            "To": call.to,
            "Caller": call.sender,
            "Called": call.to,
            "CallStatus": call.status,
            "Direction": call.direction,
            "ApiVersion": "2010-04-01",
        }
