"""What the outside world sees: the promises checked from the carrier's side, with nothing but its own memory.

The database is asked only which delivery a callback address names, and whether what was acknowledged is there.
"""

import hashlib
import re
from collections import Counter, deque
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from typing import NoReturn
from zoneinfo import ZoneInfo

from checkin.carrier.twiml_judge import flaw_of
from checkin.domain.escalation.values import State
from checkin.domain.terms import Cause
from checkin.promises import Broken
from checkin.simulation.due import Due
from checkin.simulator.calls import Call
from checkin.simulator.texts import Message
from checkin.simulator.world import World

P1_BOUND = timedelta(seconds=2)
_NUMBER = re.compile(r"\+?\d(?:[ ().-]{0,2}\d){9,14}")
_KEPT = 4000
_MISSED = Cause.MISSED.value
"""Whoever is asked to look after a silent member is asked by a text that may wait: no phone has rung for a cry."""
_WITH_VOLUNTEER = (State.HANDING_OFF.value, State.IN_TOUCH.value)
_TRIED = """SELECT escalation.cause, escalation.id, delivery.offer_number, delivery.subject
    FROM delivery JOIN escalation ON escalation.id = delivery.escalation_id WHERE delivery.id = ?"""
_OPENED = """SELECT (SELECT count(*) FROM offer WHERE escalation_id = escalation.id), state
    FROM escalation WHERE id = ?"""
_OPENS, _CLOSES = time(8), time(20)


class PromiseBroken(Exception):
    """The simulation has found what it looks for."""

    def __init__(self, found: list[Broken], at: datetime) -> None:
        super().__init__(found, at)
        self.found, self.at = found, at

    def __str__(self) -> str:
        return "; ".join(f"{each.promise}: {each.what} ({each.row})" for each in self.found)


@dataclass
class Watch:
    """Memory of what went over the wire, and the trace of a run."""

    world: World
    due: Due
    now: Callable[[], datetime]
    zones: dict[str, tuple[ZoneInfo, ...]]
    discreet: dict[str, str]
    slack: Callable[[], timedelta]
    troubled: Callable[[datetime], bool]
    trace: deque[tuple[datetime, str]] = field(default_factory=lambda: deque(maxlen=_KEPT))
    counts: Counter[str] = field(default_factory=Counter)
    rings_after: list[float] = field(default_factory=list)
    stopped: dict[str, datetime] = field(default_factory=dict)
    pressed: dict[str, list[datetime]] = field(default_factory=dict)
    ended: dict[str, list[datetime]] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)
    fallen: PromiseBroken | None = None
    _tried: dict[int, datetime] = field(default_factory=dict)
    _taken: Counter[int] = field(default_factory=Counter)
    _silent: set[int] = field(default_factory=set)
    _cries: dict[int, datetime] = field(default_factory=dict)
    _first_tries: dict[int, datetime] = field(default_factory=dict)
    _written: list[tuple[str, str, datetime]] = field(default_factory=list)
    _erased: dict[str, datetime] = field(default_factory=dict)
    _digest: "hashlib._Hash" = field(default_factory=hashlib.sha256)

    def attach(self) -> None:
        """Stand between the service and the world."""
        send, place = self.world.send, self.world.place

        def sent(to: str, body: str, callback: str, **more: object) -> Message:
            message = send(to, body, callback, **more)  # type: ignore[arg-type]
            self._text(message)
            return message

        def placed(to: str, url: str, callback: str, ring_for: float, **more: object) -> Call:
            call = place(to, url, callback, ring_for, **more)  # type: ignore[arg-type]
            self._call(call)
            return call

        self.world.arrived = self._arrived
        self.world.send, self.world.place = sent, placed  # type: ignore[method-assign]

    def note(self, what: str) -> None:
        """One line of the trace."""
        at = self.now()
        self.trace.append((at, what))
        self._digest.update(f"{at.isoformat()} {what}\n".encode())

    def name(self, number: str) -> str:
        """Who has this number."""
        return self.names.get(number, "a stranger")

    def digest(self) -> str:
        """A fingerprint of everything that happened: equal for equal runs."""
        return self._digest.hexdigest()[:16]

    def fails(self, promise: str, what: str, row: str) -> NoReturn:
        """A promise does not hold. It is kept too: the code under test may catch what is raised in it."""
        fallen = PromiseBroken([Broken(promise, what, row)], self.now())
        self.fallen = self.fallen or fallen
        raise fallen

    # --- what the service does ------------------------------------------------------------------------------------

    def tried(self, kind: str, url: str) -> None:
        """A worker is about to ask the carrier (promise P1). A peer who takes texts only is asked by text."""
        delivery = _delivery(url)
        self._tried[delivery] = self.now()
        row = self.due.row(_TRIED, delivery)
        if row is None:
            return
        case = int(str(row[1]))
        if row[0] == _MISSED:
            self._silent.add(case)
            return
        if case not in self._first_tries and (row[2] is not None or row[3] == "coordinator"):
            self._first_tries[case] = self.now()
            if case in self._cries:
                self._rung(case, url)

    def _rung(self, case: int, row: str) -> None:
        """The first phone but the member's is to ring; it may be so before the webhook's answer is out."""
        heard = self._cries[case]
        waited = self._first_tries[case] - heard
        self.rings_after.append(max(waited.total_seconds(), 0.0))
        if waited > P1_BOUND and not self.troubled(heard):
            self.fails("P1", f"the first phone was to ring {waited.total_seconds():.1f} s after the words", row)

    def _text(self, message: Message) -> None:
        delivery, routine, lane = self._intake(message.callback, message.to, message.sender)
        self.note(f"text {delivery} to {self.name(message.to)} ({'routine' if routine else lane}): {message.body[:60]}")
        self._numbers_in(message.body, message.to, f"delivery {delivery}")
        programme = self.discreet.get(message.to)
        if programme is not None and re.search(rf"\b{programme}\b", message.body):
            self.fails("P9", "a text to a discreet member names the programme", f"delivery {delivery}")

    def _call(self, call: Call) -> None:
        delivery, routine, lane = self._intake(call.callback, call.to, call.sender)
        self.note(f"call {delivery} to {self.name(call.to)} ({'routine' if routine else lane})")

    def _intake(self, url: str, to: str, sender: str) -> tuple[int, bool, str]:
        delivery = _delivery(url)
        row = self.due.row("SELECT routine, lane FROM delivery WHERE id = ?", delivery)
        if row is None:
            self.fails("P7", "the carrier was handed what no row knows", f"delivery {delivery}")
        routine, lane = bool(row[0]), str(row[1])
        tried = self._tried.get(delivery, self.now())
        if sender not in self.world.numbers:
            self.fails("P8", "a phone shows a number that is not the service's", f"delivery {delivery}")
        if routine and to in self.stopped and tried > self.stopped[to]:
            self.fails("P4", "routine was sent to a number that had said stop", f"delivery {delivery}")
        if routine and not self._in_hours(to, tried):
            self.fails("P5", "routine was sent outside contact hours", f"delivery {delivery}")
        self._taken[delivery] += 1
        if self._taken[delivery] > 1:
            self.counts["doubles for urgency"] += lane == "urgent"
            if lane != "urgent":
                self.fails("P6", "the carrier was handed the same message twice", f"delivery {delivery}")
        self.counts[f"{'routine' if routine else lane} handed over"] += 1
        return delivery, routine, lane

    def _in_hours(self, to: str, at: datetime) -> bool:
        slack = self.slack()
        return any(
            all(_OPENS <= (at + shift).astimezone(zone).time() < _CLOSES for zone in self.zones.get(to, ()))
            for shift in (timedelta(0), slack, -slack)
        )

    def _numbers_in(self, words: str, to: str, row: str) -> None:
        for found in _NUMBER.finditer(words):
            digits = re.sub(r"\D", "", found.group())[-10:]
            number = f"+1{digits}"
            if number in self.zones and number != to and number not in self.world.numbers:
                self.fails("P8", "the number of one person reaches another", row)

    def answered(self, url: str, params: dict[str, str], status: int, body: str) -> None:
        """The service answered a webhook."""
        if not 200 <= status < 300:
            self.counts["webhooks that failed"] += 1
            return
        self._numbers_in(body, params.get("To", ""), url)
        flaw = flaw_of(body) if body else None
        if flaw is not None:
            self.fails("TwiML", flaw, url)
        if not url.endswith("/twilio/sms"):
            return
        row = self.due.row("SELECT id, level, escalation_id FROM inbound WHERE sid = ?", params["MessageSid"])
        if row is None and params["From"] in self._erased:
            return
        if row is None:
            self.fails("P7", "a text was acknowledged that is not in the database", params["MessageSid"])
        self.counts["texts read"] += 1
        if str(row[1]) in ("crisis", "distress") and row[2] is not None:
            self._cried(int(str(row[2])))

    def _cried(self, case: int) -> None:
        if case in self._cries:
            return
        self.counts["cases of distress by words"] += 1
        self.counts["cries of who had been silent"] += case in self._silent
        opened = self.due.row(_OPENED, case)
        if opened is not None and opened[0] and (case in self._first_tries or opened[1] not in _WITH_VOLUNTEER):
            self._cries[case] = self.now()
            if case in self._first_tries:
                self._rung(case, f"escalation {case}")

    def did(self, number: str, start: datetime, end: datetime) -> bool:
        """Whether this person pressed a key, wrote a command or closed a case in that time."""
        return any(start <= at <= end for book in (self.pressed, self.ended) for at in book.get(number, ()))

    # --- what people do -------------------------------------------------------------------------------------------

    def said_stop(self, number: str) -> None:
        """Their STOP was acknowledged."""
        self.stopped.setdefault(number, self.now())

    def said_start(self, number: str) -> None:
        """They opted in again: their START is with the carrier, whose log has it where the webhook is lost."""
        self.stopped.pop(number, None)

    def _arrived(self, message: Message) -> None:
        self.written(message.sid, message.sender)
        if message.body == "START":
            self.said_start(message.sender)

    def was_erased(self, number: str) -> None:
        """A member was erased: what they wrote is gone, and they are as one who said STOP."""
        self.note(f"{self.name(number)} is erased")
        self.counts["erased"] += 1
        self._erased[number] = self.now()
        self.stopped[number] = self.now()

    def written(self, sid: str, sender: str) -> None:
        """A person's text is with the carrier: from now on it must not be lost."""
        self._written.append((sid, sender, self.now()))

    def lost(self) -> str | None:
        """A text that the carrier has and the database has not; of who was erased since, none must be."""
        for sid, sender, at in self._written:
            if at <= self._erased.get(sender, at - timedelta(1)):
                continue
            if self.due.row("SELECT id FROM inbound WHERE sid = ?", sid) is None:
                return sid
        return None

    def unrung(self) -> int:
        """How many cries have rung no phone yet."""
        return len(self._cries.keys() - self._first_tries.keys())


def _delivery(url: str) -> int:
    found = re.search(r"/(?:status|call)/(\d+)", url)
    return int(found.group(1)) if found else 0
