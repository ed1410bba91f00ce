"""One run: a plan of blows drawn from the seed, then peace, then the count."""

import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from random import Random

from tests.crashes.ledger import Count, count
from tests.crashes.people import Crowd, make_cast
from tests.crashes.stack import ALL, Stack

_FULL_SECONDS = 5.0
_WARM_UP = 3.0


@dataclass(frozen=True)
class Plan:
    """How much is done to the stack. `every`: seconds between two blows; `settles`: how long peace may take."""

    kills: int
    wipes: int
    restarts: int
    fills: int
    every: float
    settles: float
    per_second: float = 3.0

    def blows(self, chance: Random) -> list[str]:
        """What is done, in order."""
        blows = ["kill"] * self.kills + ["wipe"] * self.wipes + ["restart"] * self.restarts + ["fill"] * self.fills
        chance.shuffle(blows)
        return blows


@dataclass(frozen=True)
class Outcome:
    """What was done, what was counted, and how long it took until everything was settled, in seconds."""

    database: str
    seed: int
    done: Counter[str]
    killed: Counter[str]
    fell: Counter[str]
    count: Count
    cries: int
    stops: int
    settled_after: float
    seconds: float

    def report(self) -> str:
        """The counts, for a person."""
        found = self.count
        lines = [
            f"{self.database}, seed {self.seed}, {self.seconds:.0f} s (settled {self.settled_after:.0f} s after the "
            "last blow)",
            "  done:    " + ", ".join(f"{what} {times}" for what, times in sorted(self.done.items())),
            "  killed:  " + ", ".join(f"{name} {times}" for name, times in sorted(self.killed.items())),
            "  fell by itself: " + (", ".join(f"{n} {times}" for n, times in sorted(self.fell.items())) or "nothing"),
            f"  carrier: {found.received} texts to us ({self.cries} cries, {self.stops} STOP), {found.sent} texts and "
            f"{found.rang} calls from us",
            f"  lost events {found.lost_events}",
            *(f"    {what}: {len(which)} ({', '.join(which[:5])})" for what, which in sorted(found.lost.items())),
            f"  routine duplicates {len(found.routine_doubles)}",
            *(f"    {which}" for which in found.routine_doubles[:10]),
            f"  distress texts without a rung phone {len(found.unrung)}",
            *(f"    {which}" for which in found.unrung[:10]),
            f"  (urgent doubles, allowed where the carrier could not be asked: {len(found.urgent_doubles)})",
            *(f"    {which}" for which in found.urgent_doubles[:10]),
        ]
        return "\n".join(lines)


def crash(folder: Path, database: str, seed: int, plan: Plan, say: Callable[[str], None]) -> Outcome:
    """Run the whole stack on `sqlite` or `postgresql`, do to it what is planned, and count."""
    chance, began = Random(seed), time.monotonic()
    blows = plan.blows(chance)
    lasts = len(blows) * plan.every
    with Stack(folder, database, chance) as stack:
        stack.live.start(*ALL)
        cast = make_cast(
            stack.live.services,
            cries=int(lasts * plan.per_second * 0.12) + 20,
            stops=int(lasts * plan.per_second * 0.1) + 10,
            asked=int(lasts / 3),
            within=_WARM_UP + lasts,
        )
        crowd = Crowd(stack.carrier, cast, Random(seed + 1), plan.per_second)
        crowd.start()
        _waits(stack, _WARM_UP)
        done, killed = Counter[str](), Counter[str]()
        for number, blow in enumerate(blows):
            what = _strike(stack, blow)
            if blow == "kill":
                killed[what.split(" ")[0]] += 1
            done[f"{blow}: {what}" if blow != "kill" else "kill -9"] += 1
            say(f"{number + 1}/{len(blows)} {blow} {what}")
            _waits(stack, plan.every)
        crowd.write_no_more()
        found, settled_after = _settled(stack, crowd, plan.settles, say)
        crowd.stop()
        return Outcome(
            database, seed, done, killed, Counter(stack.fell), found, len(cast.cried), len(cast.stopped),
            settled_after, time.monotonic() - began,
        )  # fmt: skip


def _strike(stack: Stack, blow: str) -> str:
    match blow:
        case "kill":
            return stack.kill_one()
        case "wipe":
            return "FLUSHALL" if _tried(stack, stack.wipe_redis, 10) else "Redis did not answer"
        case "restart":
            return stack.restart_database()
        case _:
            if not stack.fill_disk():
                return "not possible on this machine"
            _waits(stack, _FULL_SECONDS)
            stack.free_disk()
            return f"tmpfs full for {_FULL_SECONDS:g} s"


def _tried(stack: Stack, attempt: Callable[[], bool], seconds: float) -> bool:
    """Again until it succeeds: what is to be struck may be down just now."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if attempt():
            return True
        _waits(stack, 0.2)
    return False


def _waits(stack: Stack, seconds: float) -> None:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        stack.look_after()
        time.sleep(0.05)


def _settled(stack: Stack, crowd: Crowd, within: float, say: Callable[[str], None]) -> tuple[Count, float]:
    """Peace: nothing is struck any more, until the count is clean or the time is over."""
    began = time.monotonic()
    while True:
        _waits(stack, 1.0)
        took = time.monotonic() - began
        found = count(stack.live.services, stack.carrier, crowd.cast)
        if (found.is_clean and stack.all_back()) or took > within:
            return found, took
        say(f"settling: {found.lost_events} events, {len(found.unrung)} cries to go")
