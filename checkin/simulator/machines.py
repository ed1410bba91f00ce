"""Voicemail, and how the carrier finds out who picked up: it listens while the call goes on, and tells it by callback.

Source: Twilio's answering machine detection with AsyncAmd. With DetectMessageEnd a person is told of at once, a machine
when its greeting is over and it records; with Enable a machine is told of while it still greets.
"""

from functools import partial
from typing import TYPE_CHECKING

from checkin.simulator.calls import Call

if TYPE_CHECKING:
    from checkin.simulator.world import World

_A_PERSON_IS_HEARD_AFTER = 3.0
_A_MACHINE_IS_HEARD_AFTER = 3.5
_GREETS_FOR = 4.0
"""How long each part of a greeting takes; speech recognition has its words when it is over."""
_BEEPS_AFTER = 0.5
_JUDGED_AFTER_BEEP = 0.4


class Machines:
    """All voicemails of one world, and the carrier's ear for them."""

    def __init__(self, world: "World") -> None:
        self._world = world

    def listen(self, call: Call) -> None:
        """A call was picked up. `judged_as` and `judged_after` of the phone: the carrier errs, or is slow."""
        if not call.machine_callback:
            return
        phone = self._world.phone(call.phone)
        verdict, after = "human", _A_PERSON_IS_HEARD_AFTER
        if call.is_machine and call.detection == "DetectMessageEnd":
            verdict, after = "machine_end_beep", self._greeting_lasts(call) + _BEEPS_AFTER + _JUDGED_AFTER_BEEP
        elif call.is_machine:
            verdict, after = "machine_start", _A_MACHINE_IS_HEARD_AFTER
        after = phone.judged_after if phone.judged_after is not None else after
        verdict = phone.judged_as or verdict
        self._world.after(after, lambda: self._tell(call, verdict, after))

    def _tell(self, call: Call, verdict: str, after: float) -> None:
        """Of a call that is over it has found out nothing, unless it was only slow to say."""
        slow = self._world.phone(call.phone).judged_after is not None
        if call.ended_at is not None and not slow:
            verdict = "unknown"
        call.answered_by = verdict
        params = {
            "CallSid": call.sid,
            "AccountSid": self._world.account,
            "AnsweredBy": verdict,
            "MachineDetectionDuration": str(int(after * 1000)),
        }
        self._world.notify(call.machine_callback, params)

    def greets(self, call: Call) -> None:
        """The voicemail speaks its greeting, part by part (`...` parts it), and beeps."""
        parts = self._parts(call)
        for place, words in enumerate(parts, start=1):
            self._world.after(place * _GREETS_FOR, partial(self._world.talk.speaks, call.phone, words))
        self._world.after(self._greeting_lasts(call) + _BEEPS_AFTER, lambda: self._beeps(call))

    def _beeps(self, call: Call) -> None:
        if call.ended_at is None:
            call.beeped = True
            self._world.talk.goes_on_record(call)

    def _greeting_lasts(self, call: Call) -> float:
        return len(self._parts(call)) * _GREETS_FOR

    def _parts(self, call: Call) -> list[str]:
        return [part.strip() for part in self._world.phone(call.phone).greeting.split("...") if part.strip()]
