"""The processes: web, workers by lane, clocks. Each is the application's own code with services of its own."""

import io
import random
import sqlite3
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from urllib.parse import urlencode, urlsplit

from sqlalchemy.exc import OperationalError

from checkin.app import create_app
from checkin.carrier.signature import sign
from checkin.domain.terms import DeliveryId, Lane
from checkin.lanes import LANES
from checkin.simulation.queue import StageQueue
from checkin.simulation.stage import Process, Stage
from checkin.simulator.world import Then
from checkin.store import outbox
from checkin.store.session import transaction
from checkin.wiring import Services, nudge
from workers import clock
from workers.delivery import deliver

TOKEN = "token"  # noqa: S105 - the simulated carrier's
_POLL = 0.5
_RETRIES_OF_NEWS = (0.5, 1.0, 2.0, 4.0, 8.0, 15.0, *(30.0,) * 200)
_RETRIES_OF_AN_ASK = (0.3,)
_NEWS = ("Body", "MessageStatus", "CallbackSource", "StatusCallbackEvent")
_LANES = tuple(lane.value for lane in Lane)
_NEXT_DUE = "SELECT min(at) FROM (" + " UNION ALL ".join(
    [f"SELECT min(next_action_at) AS at FROM {table}" for table in ("schedule", "check_in", "escalation", "handoff")]  # noqa: S608
    + [
        f"SELECT min(next_action_at) FROM delivery WHERE lane = '{lane}' AND state = '{state}'"  # noqa: S608
        for lane in _LANES
        for state in ("queued", "sending", "unsure")
    ]
) + ")"  # fmt: skip
_LANE_DUE = "SELECT min(at) FROM (" + " UNION ALL ".join(
    f"SELECT min(next_action_at) AS at FROM delivery WHERE lane = :lane AND state = '{state}'"  # noqa: S608
    for state in ("queued", "sending", "unsure")
) + ")"  # fmt: skip


class Due:
    """When the database next has something to do: looked up at most once after each change."""

    def __init__(self, path: str) -> None:
        self._rows = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        self._known: dict[str, datetime | None] = {}

    def changed(self) -> None:
        """Something was committed."""
        self._known.clear()

    def at(self) -> datetime | None:
        """The earliest time of any row."""
        return self._ask("", _NEXT_DUE, {})

    def in_lane(self, lane: Lane) -> datetime | None:
        """The earliest time of a lane's deliveries."""
        return self._ask(lane.value, _LANE_DUE, {"lane": lane.value})

    def row(self, question: str, *values: object) -> tuple[object, ...] | None:
        """One row of what is committed."""
        found: tuple[object, ...] | None = self._rows.execute(question, values).fetchone()
        return found

    def _ask(self, key: str, question: str, values: dict[str, str]) -> datetime | None:
        if key not in self._known:
            found = self._rows.execute(question, values).fetchone()[0]
            self._known[key] = when(found) if found is not None else None
        return self._known[key]

    def close(self) -> None:
        """Ask no more."""
        self._rows.close()


def when(stored: object) -> datetime:
    """A time as SQLite keeps it."""
    from datetime import UTC

    return datetime.fromisoformat(str(stored)).replace(tzinfo=UTC)


class House:
    """All processes of the service, on some machines."""

    def __init__(
        self, stage: Stage, base: Services, queue: StageQueue, due: Due, chance: random.Random, machines: int
    ) -> None:
        self.stage, self.base, self.queue, self.due, self.chance = stage, base, queue, due, chance
        self.database_away = False
        self.skew = [timedelta(0)] * machines
        self.answered: Callable[[str, dict[str, str], int, str], None] = lambda url, params, status, body: None
        self.patience = True
        self.webs: list[Process] = []
        self._apps: dict[str, object] = {}
        self._clocks: dict[Process, datetime] = {}
        self._polls: set[Callable[[], None]] = set()
        base.engine.update_execution_options(between=self._between)
        self.processes: list[Process] = []
        for machine in range(machines):
            self._add(machine, f"web-{machine + 1}", self._nothing)
            self._add(machine, f"clock-{machine + 1}", self._clock)
            for lane in Lane:
                self._add(machine, f"{lane.value}-{machine + 1}", partial(self._worker, lane=lane))
        self.webs = [process for process in self.processes if process.name.startswith("web")]
        for web in self.webs:
            self._apps[web.name] = create_app(self.services_of(web)).wsgi_app
        for process in self.processes:
            process.start()

    def _add(self, machine: int, name: str, starts: Callable[[Process], None]) -> None:
        self.processes.append(Process(self.stage, name, starts, machine))

    def _nothing(self, process: Process) -> None:
        """A web process waits to be asked."""

    def services_of(self, process: Process) -> Services:
        """The services of one process: its own clock."""
        return replace(
            self.base,
            now=lambda: self.stage.now + self.skew[process.machine],
            wake=lambda written: nudge(self.queue, written),
        )

    def _between(self, where: str) -> None:
        if where == "after":
            self.due.changed()
            for poll in sorted(self._polls, key=id):
                poll()
        elif self.database_away:
            raise OperationalError("the database is away", None, Exception("away"))
        self.stage.point(f"transaction: {where}")

    def kill(self, process: Process) -> None:
        """kill -9; the supervisor starts it again."""
        process.kill()
        self._clocks.pop(process, None)
        self.stage.after(self.chance.uniform(0.3, 6.0), process.start)

    # --- clocks ---------------------------------------------------------------------------------------------------

    def _clock(self, process: Process) -> None:
        self._clocks[process] = self.stage.now
        services = self.services_of(process)

        def ticked(error: BaseException | None) -> None:
            if process.alive:
                self._clocks[process] = self.stage.now + timedelta(seconds=1)
                if error is not None and not isinstance(error, OperationalError):
                    self.stage.wrong(f"{process.name}: {type(error).__name__}: {error}", error)

        self._ticks = getattr(self, "_ticks", {})
        self._ticks[process] = lambda: process.act(lambda: clock.tick(services), ticked)

    def clocks_due(self) -> datetime | None:
        """When the next clock ticks: only ticks that find something are worth playing."""
        due = self.due.at()
        if due is None or not self._clocks:
            return None
        return max(min(self._clocks.values()), due)

    def tick(self) -> None:
        """Let the clocks tick whose second has come."""
        for process in list(self._clocks):
            due = self.due.at()
            if due is not None and due <= self.stage.now and self._clocks[process] <= self.stage.now:
                del self._clocks[process]
                self._ticks[process]()

    # --- workers --------------------------------------------------------------------------------------------------

    def _worker(self, process: Process, lane: Lane) -> None:
        services = self.services_of(process)
        process.act(lambda: self._work(process, services, lane))

    def _work(self, process: Process, services: Services, lane: Lane) -> None:
        self._drain(process, services, lane)
        while True:
            if self.queue.away:
                self._without_redis(process, services, lane)
                continue
            ids = self.queue.pop(lane)
            if ids is not None:
                self.stage.point("queue: popped")
                self._hand_over(process, services, lane, ids)
            else:
                self.queue.listening[lane].append(self._me())
                self.stage.wait()

    def _me(self):  # type: ignore[no-untyped-def]
        from greenlet import getcurrent

        return getcurrent()

    def _without_redis(self, process: Process, services: Services, lane: Lane) -> None:
        """Twice a second from the database; here only when something may be due, which comes to the same."""
        if self._drain(process, services, lane):
            return
        me = self._me()
        due = self.due.in_lane(lane)
        wake = partial(self.stage.wake, me)
        soon = lambda: self.stage.after(_POLL, wake)  # noqa: E731
        if due is not None:
            self.stage.after(max((due - self.stage.now).total_seconds(), _POLL), wake)
        self._polls.add(soon)
        self.queue.listening[lane].append(me)
        try:
            self.stage.wait()
        finally:
            self._polls.discard(soon)

    def _drain(self, process: Process, services: Services, lane: Lane) -> int:
        try:
            with transaction(services.engine) as session:
                due = outbox.due_ids(session, lane, services.now(), 50)
        except OperationalError:
            self.stage.sleep(_POLL)
            return 0
        self._hand_over(process, services, lane, due)
        return len(due)

    def _hand_over(self, process: Process, services: Services, lane: Lane, ids: list[DeliveryId]) -> None:
        """As `workers.jobs.hand_over`, with actors for threads."""
        if len(ids) <= 1 or LANES[lane].at_once <= 1:
            for delivery in ids:
                self._deliver(services, delivery)
            return
        me, left = self._me(), [len(ids)]

        def done(error: BaseException | None) -> None:
            left[0] -= 1
            if left[0] == 0 and process.alive:
                self.stage.wake(me)
            if error is not None and process.alive:
                self.stage.wrong(f"{process.name}: {type(error).__name__}: {error}", error)

        for delivery in ids:
            process.act(partial(self._deliver, services, delivery), done)
        while left[0]:
            self.stage.wait()

    def _deliver(self, services: Services, delivery: DeliveryId) -> None:
        try:
            deliver(services, delivery, self.stage.sleep)
        except OperationalError:
            return  # the job fails; its lease ends

    # --- the web --------------------------------------------------------------------------------------------------

    def post(self, url: str, params: dict[str, str], then: Then) -> None:
        """The carrier's webhook, with the carrier's patience."""
        self._post(url, params, then, 0)

    def _post(self, url: str, params: dict[str, str], then: Then, tried: int) -> None:
        alive = [web for web in self.webs if web.alive]
        answer: list[tuple[int, str]] = []

        def ended(error: BaseException | None) -> None:
            status, body = answer[0] if error is None else (0, "")
            self.answered(url, params, status, body)
            news = any(name in params for name in _NEWS)
            waits = _RETRIES_OF_NEWS if news and self.patience else _RETRIES_OF_AN_ASK
            if (status == 0 or (status >= 500 and news and self.patience)) and tried < len(waits):
                self.stage.after(waits[tried], lambda: self._post(url, params, then, tried + 1))
            else:
                then(status, body)

        if not alive:
            ended(ConnectionRefusedError())
            return
        web = alive[self.chance.randrange(len(alive))]
        web.act(lambda: answer.append(self._ask(web, url, params)), ended)

    def _ask(self, web: Process, url: str, params: dict[str, str]) -> tuple[int, str]:
        body = urlencode(params).encode()
        path, _, query = url.removeprefix(self.base.settings.public_base_url).partition("?")
        environ = {
            "REQUEST_METHOD": "POST", "SCRIPT_NAME": "", "PATH_INFO": path, "QUERY_STRING": query,
            "SERVER_NAME": urlsplit(url).hostname or "localhost", "SERVER_PORT": "80", "SERVER_PROTOCOL": "HTTP/1.1",
            "CONTENT_TYPE": "application/x-www-form-urlencoded", "CONTENT_LENGTH": str(len(body)),
            "HTTP_X_TWILIO_SIGNATURE": sign(url, params.items(), TOKEN), "wsgi.version": (1, 0),
            "wsgi.url_scheme": "http", "wsgi.input": io.BytesIO(body), "wsgi.errors": io.StringIO(),
            "wsgi.multithread": True, "wsgi.multiprocess": True, "wsgi.run_once": False,
        }  # fmt: skip
        status: list[int] = []

        def start(line: str, headers: object, exc_info: object = None) -> None:
            status.append(int(line[:3]))

        said = b"".join(self._apps[web.name](environ, start))  # type: ignore[operator]
        return status[-1], said.decode()
