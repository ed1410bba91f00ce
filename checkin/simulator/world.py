"""The network: phones, and what is between them and the service, on a clock that is told what time it is.

It knows nothing of the service but its webhooks, and speaks to them as Twilio does. Everything that takes time is an
entry on one heap, so that the same world runs in real time and in virtual time.
"""

import heapq
import itertools
import random
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from checkin.simulator.calls import Call, Calls
from checkin.simulator.conferences import Conference, Conferences
from checkin.simulator.machines import Machines
from checkin.simulator.phones import Habit, Phone
from checkin.simulator.recordings import Recording, Recordings
from checkin.simulator.talk import Talk
from checkin.simulator.texts import Message, Texts

Then = Callable[[int, str], None]
Post = Callable[[str, dict[str, str], Then], None]

LATE_SECONDS = 3.0
"""How late a webhook comes that `faults` delays: later than what follows it."""


class World:
    """All phones and what is between them and the service.

    `answers_opt_outs`: the carrier itself blocks, unblocks and answers on STOP, START and HELP words. Then
    `tells_opt_out_type` says whether the webhook carries `OptOutType`: Twilio does so with Advanced Opt-Out of a
    messaging service, and does not with the default handling of a plain number (see texts.py for the sources).
    `faults` counts down: `busy`, `unsure` and `lose_answer` (for SimulatedCarrier), `double_webhook`, `late_webhook`,
    `lose_webhook`, `mumble` (a recording that the carrier cannot transcribe);
    `refuse:+1202…` holds the error number that a number is refused with, for good. `balance`: what the account holds,
    None for a subaccount.
    """

    def __init__(
        self,
        now: datetime,
        post: Post,
        *,
        account: str,
        number: str,
        base: str,
        chance: random.Random,
        more_numbers: Sequence[str] = (),
        messaging_service: str | None = None,
        answers_opt_outs: bool = False,
        tells_opt_out_type: bool = True,
    ) -> None:
        self.now = now
        self.post = post
        self.account, self.number, self.base = account, number, base
        self.numbers = (number, *more_numbers)
        self.messaging_service = messaging_service
        self.answers_opt_outs, self.tells_opt_out_type = answers_opt_outs, tells_opt_out_type
        self.phones: dict[str, Phone] = {}
        self.messages: dict[str, Message] = {}
        self.calls: dict[str, Call] = {}
        self.conferences: dict[str, Conference] = {}
        self.recordings: dict[str, Recording] = {}
        self.blocked: set[str] = set()
        self.faults: dict[str, int] = {}
        self.balance: float | None = 100.0
        self.errors: list[str] = []
        self.arrived: Callable[[Message], None] = lambda message: None
        self._chance = chance
        self._heap: list[tuple[datetime, int, Callable[[], None]]] = []
        self._count = itertools.count()
        self.texts, self.lines, self.talk, self.rooms = Texts(self), Calls(self), Talk(self), Conferences(self)
        self.machines = Machines(self)
        self.tapes = Recordings(self)

    # --- time -----------------------------------------------------------------------------------------------------

    def after(self, seconds: float, act: Callable[[], None]) -> None:
        """Do something later."""
        heapq.heappush(self._heap, (self.now + timedelta(seconds=seconds), next(self._count), act))

    def next_at(self) -> datetime | None:
        """When something is to happen next."""
        return self._heap[0][0] if self._heap else None

    def run_until(self, now: datetime) -> bool:
        """Let everything happen that is due by `now`. False when nothing was."""
        happened = False
        while self._heap and self._heap[0][0] <= now:
            at, _, act = heapq.heappop(self._heap)
            self.now = max(self.now, at)
            act()
            happened = True
        self.now = max(self.now, now)
        return happened

    # --- phones and webhooks --------------------------------------------------------------------------------------

    def phone(self, number: str, label: str = "") -> Phone:
        """The phone with this number; it appears when it is first named."""
        if number not in self.phones:
            phone = Phone(number, label, talks_to=self.number)
            phone.buttons = {
                "send": lambda body: self.text_from(number, body),
                "dial": lambda _: self.call_from(number),
                "answer": lambda _: self.lines.pick_up(number),
                "keys": lambda keys: self.talk.keys(number, keys),
                "speak": lambda words: self.talk.speaks(number, words),
                "hang_up": lambda _: self.lines.put_down(number),
                "drop": lambda _: self.lines.drop(number),
                "habit": lambda habit: self._change_habit(number, Habit(habit)),
            }
            self.phones[number] = phone
        return self.phones[number]

    def _change_habit(self, number: str, habit: Habit) -> None:
        self.phone(number).habit = habit
        if habit is not Habit.OFF:
            self.texts.deliver_held(number)

    def sid(self, kind: str) -> str:
        """A new name in the carrier's form."""
        return f"{kind}{self._chance.getrandbits(128):032x}"

    def fault(self, name: str) -> bool:
        """Whether this fault strikes now; it is counted down."""
        left = self.faults.get(name, 0)
        self.faults[name] = max(0, left - 1)
        return left > 0

    def notify(self, url: str, params: dict[str, str]) -> None:
        """Tell the service something to which its answer changes nothing; doubled, late or lost by faults."""
        if self.fault("lose_webhook"):
            return
        copies = 2 if self.fault("double_webhook") else 1
        for _ in range(copies):
            if self.fault("late_webhook"):
                self.after(LATE_SECONDS, lambda: self.post(url, params, _ignore))
            else:
                self.post(url, params, _ignore)

    # --- what the service and the people do -----------------------------------------------------------------------

    def send(
        self,
        to: str,
        body: str,
        callback: str,
        *,
        sender: str | None = None,
        valid_for: float | None = None,
        service: str | None = None,
    ) -> Message:
        """The service hands over a text."""
        return self.texts.send(to, body, callback, sender or self.number, valid_for, service)

    def text_from(self, number: str, body: str, media: int = 0) -> None:
        """A person texts the service."""
        self.texts.text_from(number, body, media)

    def place(
        self,
        to: str,
        url: str,
        callback: str,
        ring_for: float,
        *,
        sender: str | None = None,
        fallback: str = "",
        events: Sequence[str] = ("initiated", "ringing", "answered", "completed"),
        detection: str = "",
        machine_callback: str = "",
    ) -> Call:
        """The service asks for a call."""
        call = Call(self.sid("CA"), to, sender or self.number, to, url, callback, ring_for, self.now, fallback=fallback)
        call.events = frozenset(events)
        call.detection, call.machine_callback = detection, machine_callback
        return self.lines.place(call)

    def call_from(self, number: str) -> None:
        """A person calls the service."""
        self.lines.call_from(number)

    def end(self, sid: str) -> bool:
        """The service ends a call. False when it has ended already."""
        return self.lines.end(self.calls[sid])

    def redirect(self, sid: str, url: str) -> bool:
        """The service gives an answered call new words. False when it has ended."""
        call = self.calls[sid]
        if call.status != "in-progress":
            return False
        self.rooms.leave(call, then_after=False)
        self.talk.ask(call, url, {})
        return True


def _ignore(_status: int, _body: str) -> None:
    """The answer to a status callback changes nothing."""
