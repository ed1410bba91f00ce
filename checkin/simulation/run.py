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

import structlog
from sqlalchemy import event, select

from checkin.promises import broken
from checkin.sealed_keys import load_keys
from checkin.settings import SIMULATED_NUMBER, load
from checkin.simulation.carrier import StageCarrier, Weather
from checkin.simulation.due import Due
from checkin.simulation.outcome import see_that_all_rests, without_a_hand
from checkin.simulation.outside import Outside, see_that_all_was_told
from checkin.simulation.pages import Pages
from checkin.simulation.people import (
    STOPS,
    Town,
)
from checkin.simulation.processes import TOKEN, House
from checkin.simulation.queue import StageQueue
from checkin.simulation.settlement import Settlement
from checkin.simulation.stage import NeverRests, Stage
from checkin.simulation.troubles import KINDS, Troubles
from checkin.simulation.watch import PromiseBroken, Watch
from checkin.simulator.carrier import SimulatedCarrier
from checkin.simulator.world import World
from checkin.store import catch_up
from checkin.store.migrate import upgrade
from checkin.store.session import make_engine, transaction
from checkin.store.tables import (
    ScheduleRow,
)
from checkin.wiring import Services, build

START = datetime(2026, 1, 5, 0, 0, tzinfo=UTC)
_SETTLES_WITHIN = timedelta(days=4)
_ASK_EVERY = 50
_LOOK_BACK = timedelta(hours=1)
_STANDS_STILL = 10_000
"""So many looks at one instant: something is due that nobody does."""


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


_WAITS_FOR_CALM = ("not tried", "looked at again", "asked again")
"""What nobody can keep while, say, the database is away; it is asked for again as soon as all is calm."""


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
        self.town = Town(self.world, self.watch, Pages(self.house, self.watch, lambda: self.stage.now))
        settled = Settlement(plan, self.services, self.town, START)
        settled.settles()
        chance = random.Random(f"{plan.seed}:outside")  # noqa: S311 - as above
        self.outside = self.house.outside = Outside(self.stage, chance, kind=not plan.kinds)
        with transaction(self.aside) as session:
            self.outside.settles(session)
            catch_up.claim(session, timedelta(0), START)  # as a clock does in its first second
        self.people, self.numbers = settled.people, settled.numbers
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
        report.counts["told outside"] = len(self.outside.got)
        report.counts["turns"] = self.stage.turns
        return report

    def _busy(self) -> list[float]:
        """When check-ins fall due in the first week, in seconds from the start."""
        with transaction(self.aside) as session:
            first = session.scalars(select(ScheduleRow.next_action_at).order_by(ScheduleRow.id)).all()
        return [(at - START).total_seconds() for at in first if at is not None]

    def _until(self, end: datetime, progress: Callable[[float], None] = lambda share: None) -> None:
        instants = stood_still = 0
        while True:
            while self.stage.play():
                pass
            if self.watch.fallen is not None:
                raise self.watch.fallen
            instants += 1
            if instants % (_ASK_EVERY * max(1, self.plan.members // 100)) == 0:
                self._asks(self._asked_at - _LOOK_BACK)
                progress((self.stage.now - START).total_seconds() / (end - START).total_seconds())
            house = self.house
            own = (house.clocks_due(), house.asks_at(), house.fetches_at(), house.tells_at())
            asked = (self.world.next_at(), self.stage.next_at(), *own)
            at = min((at for at in asked if at is not None), default=end)
            if at >= end:
                break
            stood_still = stood_still + 1 if at <= self.stage.now else 0
            if stood_still > _STANDS_STILL:
                raise NeverRests(f"nobody acts on what is due, and time stands still at {self.stage.now}")
            self.stage.now = max(self.stage.now, at)
            self.world.run_until(self.stage.now)
            self.stage.come(self.stage.now)
            self.house.tick()
            self.house.ask_after()
            self.house.fetch()
            self.house.tell()
        self.stage.now = max(end, self.stage.now)
        self.world.run_until(self.stage.now)
        self._asks(self._asked_at - _LOOK_BACK)

    def _rests(self, end: datetime) -> None:
        """Trouble is over, nobody is asked any more, everybody is kind: now all must come to an end."""
        self.troubles.over()
        self.town.kind = self.outside.kind = True
        with transaction(self.aside) as session:
            for schedule in session.scalars(select(ScheduleRow)):
                schedule.next_action_at = None
        for person in self.world.phones.values():
            if person.habit.value == "off":
                person.becomes("rings")
        self._until(end + _SETTLES_WITHIN)
        self._asks(None)
        see_that_all_rests(self.due, self.watch)
        see_that_all_was_told(self.due, self.watch, self.outside)

    def _asks(self, since: datetime | None) -> None:
        self._asked_at = self.stage.now
        with transaction(self.aside) as session:
            found = broken(session, self.stage.now, self._in_hours, since, self.troubles.slack())
        found += without_a_hand(self.due, self.watch, self.numbers, since or self.stage.now - _LOOK_BACK)
        if self.troubles.troubled(self.stage.now):
            found = [each for each in found if not any(words in each.what for words in _WAITS_FOR_CALM)]
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
