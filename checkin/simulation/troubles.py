"""What goes wrong, and when: a plan by the seed. Each kind has its own stream of chance and can be left out."""

import random
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from checkin.simulation.carrier import Weather
from checkin.simulation.processes import House
from checkin.simulation.stage import Actor, Crash
from checkin.simulator.world import World

KINDS = (
    "kill", "power", "pause", "redis_away", "redis_wiped", "carrier_down", "carrier_busy", "carrier_unsure",
    "carrier_slow", "webhooks", "database_away", "clock_jump", "suspend",
)  # fmt: skip
"""kill: processes end between any two steps. power: a whole machine ends. pause: a process stands still and wakes up.
webhooks: doubled, late, out of order. clock_jump: all machines' clocks step. suspend: a machine stands still."""

_A_YEAR = {"power": 12, "redis_away": 20, "redis_wiped": 40, "carrier_down": 12, "carrier_busy": 30,
           "carrier_unsure": 40, "carrier_slow": 30, "webhooks": 60, "database_away": 15, "clock_jump": 15,
           "suspend": 12, "kill": 60, "pause": 60}  # fmt: skip
"""How many windows of each kind there are in a year."""

JUMP = timedelta(seconds=40)
"""How far all clocks step at most."""

APART = timedelta(seconds=3)
"""How far two machines' clocks are apart at most: what any time service keeps."""

_WEEK = 7 * 86_400
_RECOVERS = timedelta(seconds=90)


class Troubles:
    """The plan. `over` ends them all."""

    def __init__(self, house: House, world: World, weather: Weather, seed: str, kinds: frozenset[str]) -> None:
        self.house, self.world, self.weather, self.kinds = house, world, weather, kinds
        self._seed = seed
        self._fate = random.Random(f"{seed}:fate")  # noqa: S311 - a plan, not a secret
        self._on: dict[str, int] = {}
        self._last: datetime | None = None
        self.note: Callable[[str], None] = lambda what: None
        self.kills = self.pauses = 0
        self.stopped = False
        house.stage.fate = self.fate

    def plan(self, days: int, busy: Sequence[float]) -> None:
        """Put windows of trouble into so many days; most begin with a check-in, when there is something to disturb.

        `busy`: when check-ins fall due in the first week, in seconds from the start; most come again each week.
        """
        for kind in KINDS:
            if kind not in self.kinds:
                continue
            chance = random.Random(f"{self._seed}:{kind}")  # noqa: S311 - as above
            windows = max(1, round(_A_YEAR[kind] * days / 365))
            for _ in range(windows):
                at = chance.uniform(0, days * 86_400)
                if chance.random() < 0.75:
                    week = chance.randrange(max(days // 7, 1))
                    at = chance.choice(busy) + week * _WEEK + chance.uniform(-5, 1)
                lasts = chance.choice((20, 120, 600, 3_600)) * chance.uniform(0.5, 1.0)
                draw = random.Random(f"{self._seed}:{kind}:{at}")  # noqa: S311 - as above
                self.house.stage.after(at, lambda k=kind, d=draw, s=lasts: self._begins(k, d, s))  # type: ignore[misc]

    def over(self) -> None:
        """Nothing goes wrong any more."""
        self.stopped = True
        for kind in list(self._on):
            self._on[kind] = 0
            self._set(kind, False, self._fate)
        self.house.skew = [timedelta(0)] * len(self.house.skew)

    def slack(self) -> timedelta:
        """How wrong our clocks may be."""
        return timedelta(seconds=1) + (JUMP + APART if "clock_jump" in self.kinds else timedelta(0))

    def troubled(self, since: datetime) -> bool:
        """Whether something was wrong at any time from shortly before `since` until now."""
        on = any(count for kind, count in self._on.items() if kind != "webhooks")
        return on or (self._last is not None and self._last > since - _RECOVERS)

    # --- windows --------------------------------------------------------------------------------------------------

    def _begins(self, kind: str, chance: random.Random, seconds: float) -> None:
        if self.stopped:
            return
        self.note(f"trouble: {kind} for {seconds:.0f} s")
        self._on[kind] = self._on.get(kind, 0) + 1
        self._set(kind, True, chance)
        self.house.stage.after(seconds, lambda: self._ends(kind, chance))

    def _ends(self, kind: str, chance: random.Random) -> None:
        if self.stopped:
            return
        self._on[kind] -= 1
        self._happened()
        if not self._on[kind]:
            self.note(f"trouble over: {kind}")
            self._set(kind, False, chance)

    def _set(self, kind: str, on: bool, chance: random.Random) -> None:
        match kind:
            case "redis_away":
                self.house.queue.turns(on)
            case "redis_wiped":
                self.house.queue.wipe()
            case "carrier_down":
                self.weather.down = on
            case "carrier_busy":
                self.weather.busy = chance.uniform(0.1, 0.9) if on else 0.0
            case "carrier_unsure":
                self.weather.unheard = chance.uniform(0.0, 0.4) if on else 0.0
                self.weather.answer_lost = chance.uniform(0.1, 0.7) if on else 0.0
            case "carrier_slow":
                self.weather.slow = 0.5 if on else 0.0
            case "webhooks":
                for fault in ("double_webhook", "late_webhook"):
                    self.world.faults[fault] = chance.randrange(1, 30) if on else 0
            case "database_away":
                self.house.database_away = on
            case "power" if on:
                machine = chance.randrange(len(self.house.skew))
                for process in self.house.processes:
                    if process.machine == machine and process.alive:
                        self.house.kill(process)
            case "suspend":
                self._suspended = chance.randrange(len(self.house.skew)) if on else None
            case "clock_jump":
                self._jumps(chance, JUMP if on else timedelta(0))
            case _:
                pass

    _suspended: int | None = None

    def _jumps(self, chance: random.Random, far: timedelta) -> None:
        together = far * chance.uniform(-1, 1)
        self.house.skew = [together + APART * chance.random() for _ in self.house.skew]

    # --- points ---------------------------------------------------------------------------------------------------

    def fate(self, actor: Actor, where: str) -> float | None:
        """What happens to an actor at a point (see `Stage.point`)."""
        if self.stopped:
            return None
        chance, process = self._fate, actor.process
        drawn = chance.random()
        if "kill" in self.kinds and drawn < (0.02 if self._on.get("kill") else 0.0002) and process.alive:
            self.kills += 1
            self._happened()
            self.note(f"kill {process.name} at {where}")
            self.house.kill(process)
            raise Crash(process.name)
        if not where.startswith("carrier"):
            # Between the last look at the clock and the request no rule of ours can help: not even a fence, because
            # carriers know none. That window is microseconds long, and is left out.
            if "pause" in self.kinds and drawn > 1 - (0.02 if self._on.get("pause") else 0.0001):
                self.pauses += 1
                return self._stands_still(actor, where, chance.choice((1.0, 8.0, 14.0, 40.0)))
            if self._suspended == process.machine:
                return self._stands_still(actor, where, chance.uniform(5, 60))
        return 0.0 if self.house.stage.ready and chance.random() < 0.3 else None

    def _stands_still(self, actor: Actor, where: str, seconds: float) -> float:
        self._happened(timedelta(seconds=seconds))
        self.note(f"pause {actor.process.name} for {seconds:.0f} s at {where}")
        return seconds

    def _happened(self, lasts: timedelta = timedelta(0)) -> None:
        until = self.house.stage.now + lasts
        self._last = until if self._last is None else max(self._last, until)
