"""A failure made small: fewer days, fewer members, fewer kinds of trouble, as long as the same promise still breaks."""

from collections.abc import Callable, Iterator
from dataclasses import replace

from checkin.simulation.run import START, Plan, Report, play


def shrunk(report: Report, tries: int, told: Callable[[Plan], None] = lambda plan: None) -> Report:
    """The smallest run found within so many tries that breaks the same promise; the given one where none does."""
    best = report
    while tries > 0:
        for plan in _smaller(best):
            if tries <= 0:
                return best
            tries -= 1
            told(plan)
            again = play(plan)
            if promise_of(again) == promise_of(report):
                best = again
                break
        else:
            return best
    return best


def promise_of(report: Report) -> str | None:
    """The first promise that broke."""
    return report.broken.found[0].promise if report.broken is not None else None


def _smaller(report: Report) -> Iterator[Plan]:
    plan = report.plan
    days = (report.ended_at - START).days + 1
    if days < plan.days:
        yield replace(plan, days=days)
    if plan.kinds:
        yield replace(plan, kinds=frozenset())
    if plan.members > 3:
        yield replace(plan, members=max(plan.members // 2, 3))
    for kind in sorted(plan.kinds):
        yield replace(plan, kinds=plan.kinds - {kind})
