"""Virtual time for a service that one process plays: phones, workers at once, the clock where something is due."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Protocol

from checkin.simulator.world import World
from checkin.wiring import Services
from workers import clock


class Played(Protocol):
    """Who plays: the services look at its `time`."""

    time: datetime
    world: World
    services: Services

    def works(self) -> None:
        """Work what is in the queue."""

    def next_due(self) -> datetime | None:
        """When the database next has something to do."""


def passes(played: Played, until: datetime, stops: Callable[[], bool] = lambda: False) -> None:
    """Let time pass until then, or until `stops`; the clock ticks in each second in which something is due."""
    ticked_at = played.time - timedelta(seconds=1)
    while not stops():
        due = played.next_due()
        tick_at = max(due, ticked_at + timedelta(seconds=1)) if due is not None else until
        played.time = max(played.time, min(tick_at, played.world.next_at() or until, until))
        played.world.run_until(played.time)
        if played.time >= tick_at:
            clock.tick(played.services)
            ticked_at = played.time
        played.works()
        if played.time >= until:
            return
