"""The memory of each process, at rest and under load."""

import time
from pathlib import Path

from tests.bench.ground import PACES, Ground, fill, settle, texts
from tests.bench.load import post_texts
from tests.bench.ring import EVERYTHING
from tests.bench.stub import StubCarrier
from tests.live import Live, until

MEMBERS, TEXTS, CHECK_INS = 5000, 3000, 5000


def memory(ground: Ground) -> None:
    """Print the megabytes of each process (of all processes of the web server together)."""
    stub = StubCarrier()
    live = Live(ground.place("memory"), stub.url, database_url=ground.database(), policy=PACES)
    settle(live.services, MEMBERS, volunteers=50)
    try:
        live.start(*EVERYTHING)
        time.sleep(4)
        rest = _all(live)
        fill(live.services, CHECK_INS)
        post_texts(live.port, live.token, texts(TEXTS, MEMBERS, 1))
        post_texts(live.port, live.token, texts(20, MEMBERS, 2, ("i cant do this any more",)))
        assert until(lambda: stub.texted >= CHECK_INS, 60)
        load = _all(live)
    finally:
        live.close()
        stub.close()
    for name in EVERYTHING:
        each = ", ".join(f"{megabytes:.0f}" for megabytes in load[name])
        ground.row(f"memory of {name}, MB", f"{sum(rest[name]):.0f} at rest, {sum(load[name]):.0f} under load",
                   f"each process: {each}" if len(load[name]) > 1 else "")  # fmt: skip


def _all(live: Live) -> dict[str, list[float]]:
    return {name: [_megabytes(pid) for pid in _family(process.pid)] for name, process in live.running.items()}


def _family(pid: int) -> list[int]:
    """A process and its children."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [pid, *(int(child) for child in children)]


def _megabytes(pid: int) -> float:
    """What only this process holds, and its share of what it holds with others."""
    for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
        if line.startswith("Pss:"):
            return int(line.split()[1]) / 1024
    raise RuntimeError(f"the memory of process {pid} cannot be read")
