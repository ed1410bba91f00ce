"""Whom the stack serves while it is killed, and what they do: the load."""

import threading
import time
from dataclasses import dataclass, field
from datetime import timedelta
from random import Random

from checkin.domain.consent import Consent
from checkin.domain.terms import PersonId, Phone
from checkin.handlers.check_in_moved import plan_next
from checkin.simulator.server import Simulator
from checkin.store import consent, people
from checkin.store.session import transaction
from checkin.store.tables import CoordinatorRow, MemberRow, PersonRow, ScheduleRow, VolunteerRow
from checkin.wiring import Services

_CRIES = ("i cant do this any more", "i want to die", "please help me i feel hopeless", "i am going to kill myself")
_TALK = ("4", "3", "doing ok today", "5 thanks", "better than yesterday")
_SPARE_VOLUNTEERS, _COORDINATORS, _TALKERS = 12, 2, 30
_LOOKS_EVERY = 0.25


@dataclass
class Cast:
    """Who is there, by number. Who cries and who says stop does so once."""

    volunteers: list[str] = field(default_factory=list)
    coordinators: list[str] = field(default_factory=list)
    talkers: list[str] = field(default_factory=list)
    cry: list[str] = field(default_factory=list)
    stop: list[str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    cried: dict[str, str] = field(default_factory=dict)
    stopped: list[str] = field(default_factory=list)


def make_cast(services: Services, cries: int, stops: int, asked: int, within: float) -> Cast:
    """Write everybody into the database; so many members are due a check-in at some second `within` the run."""
    cast = Cast()
    with transaction(services.engine) as session:
        now = services.now()
        zone = f"Etc/GMT{now.hour - 12:+d}" if now.hour != 12 else "Etc/GMT"  # about noon there: routine may leave
        circle = people.ensure_circle(session, "main", "Oak", "Hello", now)

        def person(number: str) -> PersonRow:
            row = people.ensure(session, Phone(number), now, name="Sam")
            row.timezone = zone
            consent.record(session, PersonId(row.id), Consent.IN, "test", now)
            return row

        members = [cast.talkers] * _TALKERS + [cast.cry] * cries + [cast.stop] * stops + [cast.asked] * asked
        for place, group in enumerate(members):
            group.append(f"+1202555{1000 + place:04d}")
            who = person(group[-1])
            member = MemberRow(person_id=who.id, circle_id=circle.id, discreet=False, created_at=now)
            session.add(member)
            session.flush()
            if group is cast.asked:
                due = now + timedelta(seconds=8 + (within - 8) * len(cast.asked) / asked)
                local = due.astimezone(services.handbook.zone(who))
                rule = f"DTSTART:{local:%Y%m%dT%H%M%S} RRULE:FREQ=DAILY"
                schedule = ScheduleRow(member_id=member.id, rule=rule, skip=[])
                session.add(schedule)
                plan_next(services.handbook, schedule, who, now)
        for place in range(2 * cries + _SPARE_VOLUNTEERS):  # each rests after a crisis, for longer than a run
            cast.volunteers.append(f"+1303555{1000 + place:04d}")
            helper = VolunteerRow(person_id=person(cast.volunteers[-1]).id, circle_id=circle.id, created_at=now)
            helper.languages, helper.max_per_day = ["en"], 999
            session.add(helper)
        for place in range(_COORDINATORS):
            cast.coordinators.append(f"+1303555{9000 + place:04d}")
            who = person(cast.coordinators[-1])
            session.add(CoordinatorRow(person_id=who.id, circle_id=circle.id, created_at=now))
    return cast


class Crowd:
    """Everybody's lives, in a thread of their own until told to stop."""

    def __init__(self, carrier: Simulator, cast: Cast, chance: Random, per_second: float) -> None:
        self._carrier, self._world, self.cast, self._chance = carrier, carrier.world, cast, chance
        self._per_second = per_second
        self._writing, self._living = threading.Event(), threading.Event()
        self._ignored: set[str] = set()
        self._pressed: set[tuple[str, int]] = set()
        self._hangs_up: dict[str, float] = {}
        self._answered: set[str] = set()
        self.errors: list[str] = []
        self._thread = threading.Thread(target=self._run, name="crowd", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._writing.set()
        self._living.set()
        self._thread.start()

    def write_no_more(self) -> None:
        """Nobody begins anything new; who is rung still answers."""
        self._writing.clear()

    def stop(self) -> None:
        """The end."""
        self._living.clear()
        self._thread.join(timeout=10)

    def _run(self) -> None:
        next_word = time.monotonic()
        while self._living.is_set():
            time.sleep(_LOOKS_EVERY)
            with self._carrier.lock:
                self._live()
                while self._writing.is_set() and time.monotonic() > next_word:
                    next_word += self._chance.expovariate(self._per_second)
                    self._say_something()

    def _say_something(self) -> None:
        kind = self._chance.choices(("talk", "cry", "stop", "ring"), (78, 10, 4, 8))[0]
        if kind == "cry" and self.cast.cry:
            number = self.cast.cry.pop()
            self.cast.cried[number] = self._chance.choice(_CRIES)
            self._world.text_from(number, self.cast.cried[number])
        elif kind == "stop" and self.cast.stop:
            number = self.cast.stop.pop()
            self.cast.stopped.append(number)
            self._world.text_from(number, "STOP")
        elif kind == "ring":
            self._world.call_from(self._chance.choice(self.cast.talkers))
        else:
            self._world.text_from(self._chance.choice(self.cast.talkers), self._chance.choice(_TALK))

    def _live(self) -> None:
        """Phones that ring are mostly answered, questions by key are answered with 1, talks end after a while."""
        for phone in list(self._world.phones.values()):
            if phone.number in self.cast.asked and phone.number not in self._answered and phone.received:
                self._answered.add(phone.number)
                if self._chance.random() < 0.5:
                    self._world.text_from(phone.number, "4")
            call = self._world.calls.get(phone.call or "")
            if call is None or call.sid in self._ignored:
                continue
            if phone.line == "ringing":
                if self._chance.random() < 0.25:
                    self._ignored.add(call.sid)
                elif self._chance.random() < 0.4:
                    phone.answers()
            elif phone.line == "in call" and call.gather is not None and (call.sid, call.turn) not in self._pressed:
                self._pressed.add((call.sid, call.turn))
                phone.presses("1")
            elif phone.line == "in conference" or call.direction == "inbound":
                ends = self._hangs_up.setdefault(call.sid, time.monotonic() + self._chance.uniform(3, 26))
                if time.monotonic() > ends:
                    phone.hangs_up()
