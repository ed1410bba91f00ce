"""One run: a town lives for so many days, goes wrong as planned, and must come to rest when trouble is over."""

import logging
import random
import shutil
import tempfile
from collections import Counter
from collections.abc import Callable, MutableMapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import structlog
from sqlalchemy import event, select
from sqlalchemy.orm import Session

from checkin.domain.consent import Consent
from checkin.domain.escalation.events import Closed
from checkin.domain.phone import zones_of
from checkin.domain.terms import EscalationId, PersonId, Phone
from checkin.handlers.case_moved import move_case
from checkin.handlers.check_in_moved import plan_next
from checkin.promises import broken
from checkin.sealed_keys import load_keys
from checkin.settings import SIMULATED_NUMBER, load
from checkin.simulation.carrier import StageCarrier, Weather
from checkin.simulation.due import Due
from checkin.simulation.outcome import see_that_all_rests, without_a_hand
from checkin.simulation.people import STOPS, Contact, Coordinator, Member, Town, Volunteer
from checkin.simulation.processes import TOKEN, House
from checkin.simulation.queue import StageQueue
from checkin.simulation.stage import Stage
from checkin.simulation.troubles import KINDS, Troubles
from checkin.simulation.watch import PromiseBroken, Watch
from checkin.simulator.carrier import SimulatedCarrier
from checkin.simulator.world import World
from checkin.store import consent, people
from checkin.store.migrate import upgrade
from checkin.store.session import make_engine, transaction
from checkin.store.tables import ContactRow, CoordinatorRow, EscalationRow, MemberRow, ScheduleRow, VolunteerRow
from checkin.wiring import Services, build

START = datetime(2026, 1, 5, 0, 0, tzinfo=UTC)
_SETTLES_WITHIN = timedelta(days=4)
_AREAS = (202, 303, 404, 415, 503, 602, 617, 702, 808, 907, 206, 212, 312, 512, 614, 713, 816, 901, 919, 954)
_ZONES = ("America/New_York", "America/Chicago", "America/Los_Angeles", "America/Phoenix", "Europe/London",
          "Asia/Kolkata", "Australia/Sydney", "America/Sao_Paulo")  # fmt: skip
_DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_ASK_EVERY = 50
_LOOK_BACK = timedelta(hours=1)


@dataclass(frozen=True)
class Plan:
    """What one run is made of."""

    seed: int
    members: int = 30
    days: int = 60
    kinds: frozenset[str] = frozenset(KINDS)
    machines: int = 2

    def command(self) -> str:
        """How to play it again."""
        left_out = sorted(set(KINDS) - self.kinds)
        without = "".join(f" --without {kind}" for kind in left_out) if self.kinds else " --no-faults"
        return f"checkin simulate --members {self.members} --days {self.days} --seed {self.seed}{without}"


@dataclass
class Report:
    """What came of a run."""

    plan: Plan
    digest: str = ""
    counts: Counter[str] = field(default_factory=Counter)
    rings_after: list[float] = field(default_factory=list)
    broken: PromiseBroken | None = None
    trace: list[tuple[datetime, str]] = field(default_factory=list)
    ended_at: datetime = START


def play(plan: Plan, progress: Callable[[float], None] = lambda share: None) -> Report:
    """Play one run to its end, or to the first promise that breaks."""
    memory = Path("/dev/shm")  # noqa: S108 - a folder in memory, where there is one
    folder = Path(tempfile.mkdtemp(prefix="simulation-", dir=memory if memory.is_dir() else None))
    try:
        run = Run(plan, folder)
        try:
            return run.plays(progress)
        finally:
            run.close()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


class Run:
    """The parts of one run."""

    def __init__(self, plan: Plan, folder: Path) -> None:
        self.plan = plan
        self.stage = Stage(START, random.Random(f"{plan.seed}:turns"))  # noqa: S311 - chance, not secrets
        self.queue = StageQueue(self.stage)
        self.services = self._services(folder)
        self.due = Due(str(self.services.engine.url.database))
        self.aside = self.services.engine.execution_options(between=lambda where: None)
        self.house = House(
            self.stage, self.services, self.queue, self.due,
            random.Random(f"{plan.seed}:house"), plan.machines,  # noqa: S311 - as above
        )  # fmt: skip
        self.troubles = Troubles(self.house, self.world, self.weather, str(plan.seed), plan.kinds)
        self.watch = Watch(
            self.world, self.due, lambda: self.stage.now, {}, {}, self.troubles.slack, self.troubles.troubled
        )
        self.watch.attach()
        self.troubles.note = self.watch.note
        self.carrier.tried = self.watch.tried
        self.house.answered = self._answered
        self.stage.wrong = self._wrong
        self.town = Town(self.world, self.watch, self._close_case)
        self.members: list[Member] = []
        self.numbers: dict[int, str] = {}
        self._settle_people()
        self._asked_at = START
        self._logging = _listen_to_logs(self._logged)

    def _services(self, folder: Path) -> Services:
        settings = load({"CHECKIN_DATA_DIR": str(folder), "CHECKIN_DEFAULT_TIMEZONE": "America/New_York"}, None)
        load_keys(settings)
        upgrade(make_engine(settings.database_url))
        base = build(settings, self.queue)
        event.listen(base.engine, "connect", _fast)
        base.engine.dispose()
        self.world = World(
            START, lambda *told: self.house.post(*told), account="AC" + "0" * 32, number=SIMULATED_NUMBER,
            base=settings.public_base_url, chance=random.Random(f"{self.plan.seed}:sids"),  # noqa: S311 - as above
        )  # fmt: skip
        self.weather = Weather()
        chance = random.Random(f"{self.plan.seed}:carrier")  # noqa: S311 - as above
        self.carrier = StageCarrier(SimulatedCarrier(self.world), self.stage, self.weather, chance)
        return replace(
            base,
            carrier=self.carrier,
            random=random.Random(f"{self.plan.seed}:jitter"),  # noqa: S311 - as above
            tokens=(TOKEN,),
            now=lambda: self.stage.now,
        )

    # --- people ---------------------------------------------------------------------------------------------------

    def _settle_people(self) -> None:
        chance = random.Random(f"{self.plan.seed}:town")  # noqa: S311 - as above
        volunteers = max(4, self.plan.members // 8)
        numbers = [f"+1{_AREAS[i % len(_AREAS)]}55501{i // len(_AREAS):02d}" for i in range(2_000)]
        with transaction(self.services.engine) as session:
            circles = [
                people.ensure_circle(session, f"circle {n}", "Oak" if n % 2 else "Elm", "Hello", START)
                for n in range(1 + self.plan.members // 60)
            ]
            for place in range(self.plan.members):
                number = numbers[place]
                person = people.ensure(session, Phone(number), START, name=f"Member {place}")
                person.timezone = chance.choice(_ZONES) if chance.random() < 0.7 else None
                consent.record(session, PersonId(person.id), Consent.IN, "simulated", START)
                voice = chance.random() < 0.08
                circle = circles[place % len(circles)]
                member = MemberRow(
                    person_id=person.id, circle_id=circle.id, discreet=chance.random() < 0.5, topics=["grief"],
                    channel="voice" if voice else "sms", created_at=START,
                )  # fmt: skip
                session.add(member)
                session.flush()
                schedule = ScheduleRow(member_id=member.id, rule=_rule(chance), skip=[])
                session.add(schedule)
                plan_next(self.services.handbook, schedule, person, START)
                self._knows(person.id, number, person.timezone)
                if member.discreet:
                    self.watch.discreet[number] = circle.programme
                self.members.append(
                    Member(self.town, number, f"member {place}", f"{self.plan.seed}:{number}", numbers[-1 - place])
                )
                self._name_contacts(session, place, member, numbers[1_000 + 2 * place :], circle.programme)
            for place in range(volunteers + 2 * len(circles)):
                number, circle = numbers[self.plan.members + place], circles[place % len(circles)]
                person = people.ensure(session, Phone(number), START, name=f"Peer {place}")
                person.timezone = "America/New_York"
                consent.record(session, PersonId(person.id), Consent.IN, "simulated", START)
                self._knows(person.id, number, person.timezone)
                if place < volunteers:
                    shifts = "always" if place < 2 * len(circles) else chance.choice(("MO-SU 08:00-20:00", "always"))
                    session.add(VolunteerRow(
                        person_id=person.id, circle_id=circle.id, languages=["en"], shifts=shifts,
                        reach=chance.choice(("both", "both", "call", "sms")), max_per_day=5, created_at=START,
                    ))  # fmt: skip
                    Volunteer(self.town, number, f"peer {place}", f"{self.plan.seed}:{number}")
                else:
                    session.add(CoordinatorRow(person_id=person.id, circle_id=circle.id, created_at=START))
                    Coordinator(self.town, number, f"coordinator {place}", f"{self.plan.seed}:{number}")
        for somebody in self.members:
            somebody.lives(self.plan.days)

    def _name_contacts(
        self, session: Session, place: int, member: MemberRow, numbers: list[str], programme: str
    ) -> None:
        """Some members named one or two people, and mostly let them hear who they are."""
        chance = random.Random(f"{self.plan.seed}:contacts:{place}")  # noqa: S311 - as above
        if place >= 400:
            return  # the numbers end
        for nth in range(chance.choices((0, 1, 2), (80, 12, 8))[0]):
            person = people.ensure(session, Phone(numbers[nth]), START, name=f"Contact {place}-{nth}")
            person.timezone = "America/New_York"
            consent.record(session, PersonId(person.id), Consent.IN, "simulated", START)
            session.add(ContactRow(
                member_id=member.id, person_id=person.id, place=nth, hears_name=chance.random() < 0.7, created_at=START
            ))  # fmt: skip
            self._knows(person.id, numbers[nth], person.timezone)
            if member.discreet:
                self.watch.discreet[numbers[nth]] = programme
            Contact(self.town, numbers[nth], f"contact {place}-{nth}", f"{self.plan.seed}:{numbers[nth]}")

    def _knows(self, person: int, number: str, timezone: str | None) -> None:
        self.numbers[person] = number
        zones = [timezone] if timezone else [*zones_of(Phone(number))] or ["America/New_York"]
        self.watch.zones[number] = tuple(ZoneInfo(zone) for zone in zones)

    def _close_case(self, number: int, by: str) -> None:
        """A coordinator closes a case, as in a browser: by one of the web processes."""
        webs = [web for web in self.house.webs if web.alive]
        if not webs:
            return
        services = self.house.services_of(webs[0])

        def work(session: Any) -> None:
            row, person = session.get(EscalationRow, number), people.by_phone(session, Phone(by))
            if row is not None and person is not None and row.state != "closed":
                closed = Closed(f"coordinator:{person.id}", "spoke with them")
                move_case(session, services.handbook, EscalationId(number), closed, services.now())

        self.watch.ended.setdefault(by, []).append(self.stage.now)
        self.watch.note(f"{self.watch.name(by)} closes case {number}")
        webs[0].act(lambda: services.act(work), lambda error: None)

    # --- the loop -------------------------------------------------------------------------------------------------

    def plays(self, progress: Callable[[float], None]) -> Report:
        """Live, then come to rest."""
        report = Report(self.plan)
        end = START + timedelta(days=self.plan.days)
        try:
            self.troubles.plan(self.plan.days, self._busy())
            self._until(end, progress)
            self._rests(end)
        except PromiseBroken as fallen:
            report.broken = fallen
        report.digest, report.trace, report.ended_at = self.watch.digest(), list(self.watch.trace), self.stage.now
        report.counts, report.rings_after = self.watch.counts, self.watch.rings_after
        report.counts["killed"], report.counts["paused"] = self.troubles.kills, self.troubles.pauses
        report.counts["turns"] = self.stage.turns
        return report

    def _busy(self) -> list[float]:
        """When check-ins fall due in the first week, in seconds from the start."""
        with transaction(self.aside) as session:
            first = session.scalars(select(ScheduleRow.next_action_at).order_by(ScheduleRow.id)).all()
        return [(at - START).total_seconds() for at in first if at is not None]

    def _until(self, end: datetime, progress: Callable[[float], None] = lambda share: None) -> None:
        instants = 0
        while True:
            while self.stage.play():
                pass
            if self.watch.fallen is not None:
                raise self.watch.fallen
            instants += 1
            if instants % _ASK_EVERY == 0:
                self._asks(self._asked_at - _LOOK_BACK)
                progress((self.stage.now - START).total_seconds() / (end - START).total_seconds())
            asked = (self.world.next_at(), self.stage.next_at(), self.house.clocks_due(), self.house.asks_at())
            at = min((at for at in asked if at is not None), default=end)
            if at >= end:
                break
            self.stage.now = max(self.stage.now, at)
            self.world.run_until(self.stage.now)
            self.stage.come(self.stage.now)
            self.house.tick()
            self.house.ask_after()
        self.stage.now = max(end, self.stage.now)
        self.world.run_until(self.stage.now)
        self._asks(self._asked_at - _LOOK_BACK)

    def _rests(self, end: datetime) -> None:
        """Trouble is over, nobody is asked any more, everybody is kind: now all must come to an end."""
        self.troubles.over()
        self.town.kind = True
        with transaction(self.aside) as session:
            for schedule in session.scalars(select(ScheduleRow)):
                schedule.next_action_at = None
        for person in self.world.phones.values():
            if person.habit.value == "off":
                person.becomes("rings")
        self._until(end + _SETTLES_WITHIN)
        self._asks(None)
        see_that_all_rests(self.due, self.watch)

    def _asks(self, since: datetime | None) -> None:
        self._asked_at = self.stage.now
        with transaction(self.aside) as session:
            found = broken(session, self.stage.now, self._in_hours, since)
        found += without_a_hand(self.due, self.watch, self.numbers, since or self.stage.now - _LOOK_BACK)
        if self.troubles.troubled(self.stage.now):
            found = [each for each in found if "not tried" not in each.what and "looked at again" not in each.what]
        if found:
            raise PromiseBroken(found, self.stage.now)

    def _in_hours(self, session: Any, person: Any, at: datetime) -> bool:
        slack = self.troubles.slack()
        asked = self.services.handbook.in_hours
        return any(asked(session, person, at + shift) for shift in (timedelta(0), slack, -slack))

    def _answered(self, url: str, params: dict[str, str], status: int, body: str) -> None:
        self.watch.answered(url, params, status, body)
        if url.endswith("/twilio/sms") and 200 <= status < 300:
            words = params["Body"]
            if words in STOPS:
                self.watch.said_stop(params["From"])
            elif words == "START":
                self.watch.said_start(params["From"])

    def _wrong(self, sentence: str, error: BaseException | None) -> None:
        if isinstance(error, PromiseBroken):
            raise error
        self.watch.fails("P7", f"an error that nothing expects: {sentence}", "")

    def _logged(self, entry: str) -> None:
        if not self.house.database_away:
            self.watch.fails("P7", f"an error that nothing expects: {entry}", "")

    def close(self) -> None:
        """Give back what was taken."""
        self.due.close()
        self.services.engine.dispose()
        structlog.configure(**self._logging)


def _rule(chance: random.Random) -> str:
    """Mostly by day; some coordinators set hours in which nobody may be disturbed, and the text must wait."""
    hour = chance.randrange(8, 20) if chance.random() < 0.85 else chance.choice((5, 6, 7, 20, 21, 22))
    at, kind = f"{hour:02d}:{chance.choice((0, 15, 30, 45)):02d}", chance.random()
    if kind < 0.05:
        return f"MO,TU,WE,TH,FR,SA,SU {at}"
    if kind < 0.12:
        return f"{','.join(sorted(chance.sample(_DAYS, 2), key=_DAYS.index))} {at}"
    return f"{chance.choice(_DAYS)} {at}"


def _fast(connection: Any, _record: Any) -> None:
    cursor = connection.cursor()
    cursor.execute("PRAGMA synchronous=OFF")
    cursor.close()


def _listen_to_logs(heard: Callable[[str], None]) -> dict[str, Any]:
    """Errors that the code caught and wrote down are findings here. Returns how it was logged before."""
    before = structlog.get_config()

    def hear(_logger: Any, _name: str, entry: MutableMapping[str, Any]) -> Any:
        error = entry.get("exc_info")
        heard(f"{entry.get('event')}: {error!r}")
        raise structlog.DropEvent

    structlog.configure(
        processors=[hear],
        wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR),
        cache_logger_on_first_use=False,
    )
    return before
