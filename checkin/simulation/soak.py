"""Many runs side by side, one process each at a time, and what came of them all."""

import statistics
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from multiprocessing import get_context

from checkin.simulation.run import Plan, Report, play


def soak(plans: Iterator[Plan], jobs: int, goes_on: Callable[[], bool]) -> Iterator[Report]:
    """Play plan after plan in so many processes, while `goes_on`; each report as it comes."""
    with ProcessPoolExecutor(jobs, mp_context=get_context("spawn")) as pool:
        waiting: set[Future[Report]] = set()
        more = True
        while more or waiting:
            while more and len(waiting) < jobs:
                plan = next(plans, None) if goes_on() else None
                more = plan is not None
                if plan is not None:
                    waiting.add(pool.submit(play, plan))
            if waiting:
                done, waiting = wait(waiting, return_when=FIRST_COMPLETED)
                for future in done:
                    yield future.result()


def line(report: Report) -> str:
    """One run in one line."""
    counts = report.counts
    said = "kept" if report.broken is None else f"BROKEN {report.broken}"
    return (
        f"seed {report.plan.seed}: {report.plan.members} members, {report.plan.days} days, "
        f"{counts['routine handed over']} routine, {counts['texts read']} texts read, "
        f"{counts['cases of distress by words']} cries, {counts['killed']} kills, {counts['paused']} pauses: {said}"
    )


def summary(reports: Sequence[Report]) -> list[str]:
    """All runs together."""
    total: Counter[str] = Counter()
    rings: list[float] = []
    for report in reports:
        total += report.counts
        rings += report.rings_after
    broken = [report.plan.seed for report in reports if report.broken is not None]
    lines = [
        f"{len(reports)} runs, {sum(r.plan.members * r.plan.days for r in reports)} member-days: "
        + ("no promise broke" if not broken else f"promises broke with the seeds {', '.join(map(str, broken))}"),
        *(f"  {name}: {count}" for name, count in sorted(total.items())),
    ]
    if rings:
        within = sum(waited <= 2 for waited in rings) / len(rings)
        lines.append(
            f"  from words of distress to the first phone asked to ring, all troubles on, virtual seconds: "
            f"median {statistics.median(rings):.2f}, {within:.1%} within 2, most {max(rings):.0f}"
        )
    return lines
