"""A stage on which processes take turns, on a virtual clock, by a seed.

A process is one or more actors (greenlets: plain code that can stand still anywhere). They change places only at
*points*: before a transaction opens and after it is committed, before and after the queue and the carrier are spoken to.
Between points nothing is shared, so that every way in which real processes can interleave has one here. At a point
an actor may also be killed (as by kill -9: it just ends) or stand still for a while, as a stopped process does.
"""

import heapq
import itertools
import random
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from greenlet import getcurrent, greenlet

_MOST_TURNS = 20_000
"""So many turns in one instant are a loop that does not end."""


class Crash(BaseException):
    """kill -9: nothing in the code under test catches it."""


class NeverRests(Exception):
    """Actors went on without letting time pass."""


class Process:
    """Something that is started, killed and started again. `skew`: how far its machine's clock is off."""

    def __init__(self, stage: "Stage", name: str, starts: "Callable[[Process], None]", machine: int = 0) -> None:
        self.stage, self.name, self.machine = stage, name, machine
        self.alive = False
        self.actors: set[Actor] = set()
        self._starts = starts

    def start(self) -> None:
        """Start it."""
        self.alive = True
        self._starts(self)

    def act(self, work: Callable[[], object], ended: Callable[[BaseException | None], None] | None = None) -> "Actor":
        """Do something as this process; `ended` hears how it ended (None: well)."""
        actor = Actor(self, work, ended)
        self.actors.add(actor)
        self.stage.ready.append(actor)
        return actor

    def kill(self) -> None:
        """All that it was doing ends where it stands."""
        self.alive = False
        current = getcurrent()
        for actor in sorted(self.actors, key=lambda each: each.number):
            if actor is not current:
                actor.end(Crash(self.name))


class Actor(greenlet):
    """One thread of a process."""

    def __init__(
        self, process: Process, work: Callable[[], object], ended: Callable[[BaseException | None], None] | None
    ) -> None:
        super().__init__(self._run, process.stage.hub)
        self.process, self.number = process, next(process.stage.numbers)
        self._work, self._ended = work, ended
        self.asleep_until: datetime | None = None

    def _run(self) -> None:
        error: BaseException | None = None
        try:
            self._work()
        except BaseException as caught:  # noqa: BLE001 - whoever started it hears how it ended
            error = caught
        self._over(error)

    def _over(self, error: BaseException | None) -> None:
        if self in self.process.actors:
            self.process.actors.discard(self)
            if self._ended is not None:
                self._ended(error)
            elif error is not None and not isinstance(error, Crash):
                self.process.stage.wrong(f"{self.process.name}: {type(error).__name__}: {error}", error)

    def end(self, error: BaseException) -> None:
        """End it from outside, where it stands."""
        if self.dead:
            return
        started = bool(self)
        if started:
            self.parent = getcurrent()
            self.throw(error)
        else:
            self._over(error)


class Stage:
    """The virtual clock, the actors that are ready, and those that sleep."""

    def __init__(self, start: datetime, chance: random.Random) -> None:
        self.now, self.chance = start, chance
        self.hub = getcurrent()
        self.numbers = itertools.count()
        self.ready: list[Actor] = []
        self.fate: Callable[[Actor, str], float | None] = lambda actor, where: None
        self.wrong: Callable[[str, BaseException | None], None] = _raise
        self.turns = 0
        self._heap: list[tuple[datetime, int, Callable[[], None]]] = []

    # --- for actors -----------------------------------------------------------------------------------------------

    def point(self, where: str) -> None:
        """A place between two steps: others may come first here, or it may be the last thing that this one did.

        `fate` answers None (go on), 0 (another's turn), seconds to stand still, or raises Crash.
        """
        actor = getcurrent()
        if isinstance(actor, Actor):
            wait = self.fate(actor, where)
            if wait is not None:
                self._leave(actor, wait)

    def sleep(self, seconds: float) -> None:
        """Let time pass."""
        actor = getcurrent()
        assert isinstance(actor, Actor)
        self._leave(actor, max(seconds, 0.0))

    def wait(self) -> None:
        """Stand still until `wake`."""
        self.hub.switch()

    def _leave(self, actor: Actor, seconds: float) -> None:
        if seconds <= 0:
            self.ready.append(actor)
        else:
            self.after(seconds, lambda: self.wake(actor))
        self.hub.switch()

    # --- for the hub ----------------------------------------------------------------------------------------------

    def wake(self, actor: Actor) -> None:
        """It is this actor's turn again, unless it has ended."""
        if not actor.dead and actor in actor.process.actors and actor not in self.ready:
            self.ready.append(actor)

    def after(self, seconds: float, act: Callable[[], None]) -> None:
        """Do something later, between all turns."""
        heapq.heappush(self._heap, (self.now + timedelta(seconds=seconds), next(self.numbers), act))

    def next_at(self) -> datetime | None:
        """When something is to happen next."""
        return self._heap[0][0] if self._heap else None

    def come(self, now: datetime) -> None:
        """Time passes."""
        self.now = max(self.now, now)
        while self._heap and self._heap[0][0] <= self.now:
            heapq.heappop(self._heap)[2]()

    def play(self) -> bool:
        """Let actors take turns until none is ready. False when none was."""
        played = 0
        while self.ready:
            actor = self.ready.pop(self.chance.randrange(len(self.ready)) if len(self.ready) > 1 else 0)
            if not actor.dead:
                actor.parent = self.hub
                actor.switch()
            played += 1
            if played > _MOST_TURNS:
                raise NeverRests(f"{_MOST_TURNS} turns within one instant; last: {actor.process.name}")
        self.turns += played
        return played > 0


def _raise(sentence: str, error: BaseException | None) -> Any:
    raise RuntimeError(sentence) from error
