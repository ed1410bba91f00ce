"""The processes: web, workers by lane, clocks. Each is the application's own code with services of its own."""

import io
import random
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from urllib.parse import urlencode, urlsplit

from sqlalchemy.exc import OperationalError

from checkin.app import create_app
from checkin.carrier.signature import sign
from checkin.domain.terms import DeliveryId, Lane
from checkin.simulation.due import Due, when
from checkin.simulation.hands import Hands
from checkin.simulation.queue import StageQueue
from checkin.simulation.stage import Crash, Process, Stage
from checkin.simulator.world import Then
from checkin.store import outbox
from checkin.store.session import transaction
from checkin.wiring import Services, nudge
from workers import catch_up, clock, jobs, voicemails
from workers.web_post import Post, Posted
from workers.webhooks import Carrying

TOKEN = "token"  # noqa: S105 - the simulated carrier's
_POLL = 0.5
_DRAINED_AT_ONCE = 50
_ONE_MORE_TRY = 0.3
"""A carrier tries a webhook once more where nobody answered, and never after an error."""
_READS_EVERY = 30.0


class House:
    """All processes of the service, on some machines."""

    def __init__(
        self, stage: Stage, base: Services, queue: StageQueue, due: Due, chance: random.Random, machines: int
    ) -> None:
        self.stage, self.base, self.queue, self.due, self.chance = stage, base, queue, due, chance
        self.database_away = False
        self.skew = [timedelta(0)] * machines
        self.answered: Callable[[str, dict[str, str], int, str], None] = lambda url, params, status, body: None
        self.outside: Post = lambda url, headers, body: Posted(204)
        self._tells_at = stage.now
        self._carrying: dict[Process, Carrying] = {}
        self.lost_at, self._asks_at, self._fetches_at, self._reading = stage.now, stage.now, stage.now, False
        self.webs: list[Process] = []
        self._apps: dict[str, object] = {}
        self._clocks: dict[Process, datetime] = {}
        self._ticks: dict[Process, Callable[[], object]] = {}
        self._polls: list[Callable[[], None]] = []
        base.engine.update_execution_options(between=self._between)
        self.processes: list[Process] = []
        for machine in range(machines):
            self._add(machine, f"web-{machine + 1}", self._nothing)
            self._add(machine, f"clock-{machine + 1}", self._clock)
            for lane in Lane:
                self._add(machine, f"{lane.value}-{machine + 1}", partial(self._worker, lane=lane))
        self.webs = [process for process in self.processes if process.name.startswith("web")]
        for web in self.webs:
            self._apps[web.name] = create_app(self.services_of(web), pages=False).wsgi_app
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
            if self.due.changed():
                for poll in list(self._polls):
                    poll()
        elif self.database_away:
            raise OperationalError("the database is away", None, Exception("away"))
        if where != "reading":
            self.stage.point(f"transaction: {where}")

    def kill(self, process: Process) -> None:
        """kill -9; the supervisor starts it again."""
        process.kill()
        self._clocks.pop(process, None)
        self._carrying.pop(process, None)
        self.stage.after(self.chance.uniform(0.3, 6.0), process.start)

    # --- clocks ---------------------------------------------------------------------------------------------------

    def _clock(self, process: Process) -> None:
        self._clocks[process] = self.stage.now
        services = self.services_of(process)
        self._carrying[process] = Carrying(services, lambda url, headers, body: self.outside(url, headers, body))

        def ticked(error: BaseException | None) -> None:
            if process.alive:
                self._clocks[process] = self.stage.now + timedelta(seconds=1)
                if error is not None and not isinstance(error, OperationalError):
                    self.stage.wrong(f"{process.name}: {type(error).__name__}: {error}", error)

        self._ticks[process] = lambda: process.act(lambda: clock.tick(services), ticked)

    def clocks_due(self) -> datetime | None:
        """When the next clock ticks: only ticks that may find something are worth playing."""
        self.due.changed()
        return min((self._ticks_at(process) for process in self._clocks), default=None) if self.due.at() else None

    def _ticks_at(self, process: Process) -> datetime:
        """A clock ticks in its own second, and sees a row as due by its own machine's time."""
        due = self.due.at() or datetime.max.replace(tzinfo=UTC)
        return max(self._clocks[process], due - self.skew[process.machine])

    def tick(self) -> None:
        """Let the clocks tick whose second has come."""
        for process in list(self._clocks):
            if self.due.at() is not None and self._ticks_at(process) <= self.stage.now:
                del self._clocks[process]
                self._ticks[process]()

    # --- the carrier's log ------------------------------------------------------------------------------------------

    def _something_is_lost(self, params: dict[str, str]) -> None:
        """A webhook did not get through. The log is read every half minute; here only when that finds something."""
        self.lost_at = self.stage.now
        if not self._reading:
            self._reading = True
            self.stage.after(_READS_EVERY, self._reads)

    def _reads(self) -> None:
        read = self.due.row("SELECT read_until FROM catch_up")
        if read is not None and when(read[0]) > self.lost_at + timedelta(seconds=1):
            self._reading = False
            return
        readers = self._readers()
        if readers:
            reader = readers[self.chance.randrange(len(readers))]
            services = self.services_of(reader)
            reader.act(lambda: catch_up.look(services), self._read)
        self.stage.after(_READS_EVERY, self._reads)

    def _read(self, error: BaseException | None) -> None:
        if error is not None and not isinstance(error, Crash | OperationalError):
            self.stage.wrong(f"catch-up: {type(error).__name__}: {error}", error)

    def _readers(self) -> list[Process]:
        """The clocks that are alive: they look at the carrier beside their ticks."""
        return [process for process in self.processes if process.alive and process.name.startswith("clock")]

    def ask_after(self) -> None:
        """Deliveries whose last word did not come are asked after."""
        due = self.due.asked()
        readers = self._readers()
        if due is None or not readers or self.stage.now < max(due, self._asks_at):
            return
        self._asks_at = self.stage.now + timedelta(seconds=1)
        services = self.services_of(readers[0])
        readers[0].act(lambda: catch_up.ask_after(services), self._read)

    def asks_at(self) -> datetime | None:
        """When a delivery is next asked after; while no clock lives, time must go on to where one does again."""
        due = self.due.asked()
        return max(due, self._asks_at) if due is not None and self._readers() else None

    def fetch(self) -> None:
        """What callers left is fetched, and deleted at the carrier."""
        due = self.due.fetched()
        readers = self._readers()
        if due is None or not readers or self.stage.now < max(due, self._fetches_at):
            return
        self._fetches_at = self.stage.now + timedelta(seconds=1)
        services = self.services_of(readers[0])
        readers[0].act(lambda: voicemails.look(services), self._read)

    def fetches_at(self) -> datetime | None:
        """When a message is next to be fetched, or deleted."""
        due = self.due.fetched()
        return max(due, self._fetches_at) if due is not None and self._readers() else None

    # --- other systems ----------------------------------------------------------------------------------------------

    def tell(self) -> None:
        """Another system is told of what happened."""
        readers = [process for process in self._carrying if process.alive]
        at = self.tells_at()
        if at is None or not readers or self.stage.now < at:
            return
        self._tells_at = self.stage.now + timedelta(seconds=1)
        readers[0].act(self._carrying[readers[0]].look, self._read)

    def tells_at(self) -> datetime | None:
        """When there is next something to tell, by the machine that tells it."""
        due = self.due.told()
        readers = [process for process in self._carrying if process.alive]
        return max(due - self.skew[readers[0].machine], self._tells_at) if due is not None and readers else None

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
                self._hand_over(process, services, ids)
            else:
                self.queue.listening[lane].append(self.stage.current())
                self.stage.wait()

    def _without_redis(self, process: Process, services: Services, lane: Lane) -> None:
        """Twice a second from the database; here only when something may be due, which comes to the same."""
        if self._drain(process, services, lane):
            return
        me = self.stage.current()
        due = self.due.in_lane(lane)
        wake = partial(self.stage.wake, me)
        soon = lambda: self.stage.after(_POLL, wake)  # noqa: E731
        if due is not None:
            self.stage.after(max((due - self.stage.now).total_seconds(), _POLL), wake)
        self._polls.append(soon)
        self.queue.listening[lane].append(me)
        try:
            self.stage.wait()
        finally:
            self._polls.remove(soon)

    def _drain(self, process: Process, services: Services, lane: Lane) -> int:
        try:
            with transaction(services.engine) as session:
                due = outbox.due_ids(session, lane, services.now(), _DRAINED_AT_ONCE)
        except OperationalError:
            self.stage.sleep(_POLL)
            return 0
        self._hand_over(process, services, due)
        return len(due)

    def _hand_over(self, process: Process, services: Services, ids: Sequence[DeliveryId]) -> None:
        try:
            jobs.hand_over(services, ids, self.stage.sleep, Hands(process))
        except OperationalError:
            return  # the job fails; its leases end

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
            if status == 0 and not tried:
                self.stage.after(_ONE_MORE_TRY, lambda: self._post(url, params, then, 1))
                return
            if not 200 <= status < 300:
                self._something_is_lost(params)
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
