"""Webhooks beside their floor, by turns on the same server; and how long one takes at 70 % of what we can do."""

import statistics

from tests.bench.ground import Ground, settle, texts
from tests.bench.load import Load, post_texts
from tests.live import Live, until

MEMBERS = 10_000
FLOOR_TEXTS, OUR_TEXTS, ROUNDS = 3000, 2000, 3
SHARE = 0.7


def webhook(ground: Ground) -> None:
    """Print throughput beside the floor, and the 99th percentile at 70 % load."""
    url = "http://127.0.0.1:9"  # nobody is asked to send
    ours = Live(ground.place("webhook_ours"), url, database_url=ground.database())
    floor = Live(ground.place("webhook_floor"), url, database_url=ground.database())
    settle(ours.services, MEMBERS, volunteers=20)
    try:
        ours.start("web")
        floor.spawn("web", ["gunicorn", "--config", "python:checkin.web_server", "tests.bench.floor:app"])
        assert until(floor.answers)
        runs_ours, runs_floor, ratios = [], [], []
        for turn in range(ROUNDS + 1):  # the first one warms up
            one = post_texts(floor.port, floor.token, texts(FLOOR_TEXTS, MEMBERS, 1000 + turn))
            other = post_texts(ours.port, ours.token, texts(OUR_TEXTS, MEMBERS, turn))
            if turn:
                runs_floor.append(one)
                runs_ours.append(other)
                ratios.append(other.per_second / one.per_second)
        mine, its = middle(runs_ours), middle(runs_floor)
        rate = mine.per_second * SHARE
        paced = [post_texts(ours.port, ours.token, texts(int(rate * 6), MEMBERS, 50 + n), per_second=rate)
                 for n in range(ROUNDS)]  # fmt: skip
    finally:
        ours.close()
        floor.close()
    ground.row("webhook, requests/s (p99)", f"{mine.per_second:,.0f} ({mine.p99:.0f} ms)",
               f"**{statistics.median(ratios):.2f}** of the floor")  # fmt: skip
    ground.row("floor: signature + one durable insert", f"{its.per_second:,.0f} ({its.p99:.0f} ms)")
    ground.row(f"webhook at {SHARE:.0%} load ({rate:,.0f}/s)", f"p50 {middle(paced).p50:.0f} ms",
               f"p99 **{middle(paced).p99:.0f} ms**")  # fmt: skip


def middle(runs: list[Load]) -> Load:
    """The median of each figure."""
    return Load(*(statistics.median(getattr(run, name) for run in runs) for name in ("per_second", "p50", "p99")))
