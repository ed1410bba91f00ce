"""A morning: 100,000 check-ins due at once are planned, and handed to the carrier by one worker and by two."""

import time
from datetime import timedelta

from tests.bench.ground import PACES, Ground, crowd, past
from tests.bench.load import timed
from tests.bench.stub import StubCarrier
from tests.live import Live
from workers import clock

CHECK_INS = 100_000
WARM, MEASURED = 3.0, 12.0


def wave(ground: Ground) -> None:
    """Print how fast they are planned, and how fast they leave."""
    stub = StubCarrier()
    live = Live(ground.place("wave"), stub.url, database_url=ground.database(), policy=PACES)
    try:
        crowd(live.services, 1, CHECK_INS, live.services.now() - timedelta(seconds=1))
        past(live.services, live.services.now() - timedelta(days=7))
        planned, slowest = 0, 0.0

        def plan() -> None:
            nonlocal planned, slowest
            while True:
                began = time.perf_counter()
                done = clock.plan(live.services)
                slowest = max(slowest, time.perf_counter() - began)
                planned += done
                if not done:
                    return

        took = timed(plan)
        assert planned == CHECK_INS
        ground.row(f"{CHECK_INS:,} check-ins planned", f"**{took:.0f} s** ({planned / took:,.0f}/s)",
                   f"longest transaction {slowest * 1000:.0f} ms")  # fmt: skip
        live.start("redis", "clock", "worker")
        one = _rate(stub)
        live.spawn("second_worker", ["python", "-m", "workers.run", "checkin"])
        two = _rate(stub)
        ground.row("texts handed over, one worker", f"**{one:,.0f}/s**")
        ground.row("texts handed over, two workers", f"{two:,.0f}/s", f"{two / one:.2f} of one")
    finally:
        live.close()
        stub.close()


def _rate(stub: StubCarrier) -> float:
    """Texts a second, once it goes on steadily."""
    before, end = stub.texted, time.monotonic() + 30
    while stub.texted == before and time.monotonic() < end:
        time.sleep(0.05)
    time.sleep(WARM)
    already, began = stub.texted, time.perf_counter()
    time.sleep(MEASURED)
    return (stub.texted - already) / (time.perf_counter() - began)
