"""`checkin simulate`: the whole service under a virtual clock, with everything going wrong that can."""

import gc
import time
from collections.abc import Iterator
from dataclasses import replace
from itertools import count, islice

import click

from checkin.simulation.run import Plan, Report, play
from checkin.simulation.shrink import shrunk
from checkin.simulation.soak import line, soak, summary
from checkin.simulation.troubles import KINDS

_LAST_LINES = 40


@click.command()
@click.option("--members", default=30, show_default=True, type=click.IntRange(1, 1_500))
@click.option("--days", default=60, show_default=True, type=click.IntRange(1, 3_660))
@click.option("--seed", default=1, show_default=True, type=int, help="the first seed")
@click.option("--seeds", default=1, show_default=True, type=click.IntRange(1), help="how many seeds, one after another")
@click.option("--minutes", type=click.IntRange(1), help="go on with new seeds for so long, instead of --seeds")
@click.option("--jobs", default=1, show_default=True, type=click.IntRange(1), help="runs side by side")
@click.option("--faults/--no-faults", default=True, show_default=True, help="whether anything goes wrong")
@click.option("--without", multiple=True, type=click.Choice(KINDS), help="a kind of trouble to leave out")
@click.option("--shrink", default=12, show_default=True, type=click.IntRange(0), help="tries to make a failure smaller")
def command(
    members: int,
    days: int,
    seed: int,
    seeds: int,
    minutes: int | None,
    jobs: int,
    faults: bool,
    without: tuple[str, ...],
    shrink: int,
) -> None:
    """Play the service for so many days by a seed, and check its promises. Exit code 1 when one breaks.

    Nothing of this installation is touched: each run has a database of its own.
    """
    # What is here now stays to the end, and what a run makes is soon let go of: looking for what could be given back
    # each 700 things would take a twentieth of a long run.
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)
    kinds = frozenset(KINDS) - frozenset(without) if faults else frozenset[str]()
    first = Plan(seed, members, days, kinds)
    if minutes is None and seeds == 1:
        with click.progressbar(length=1_000, label=f"seed {seed}") as bar:
            report = play(first, lambda share: bar.update(max(0, int(share * 1_000) - bar.pos)))
        reports = [report]
        click.echo(line(report))
    else:
        reports = list(_many(first, seeds, minutes, jobs))
    for words in summary(reports):
        click.echo(words)
    fallen = [report for report in reports if report.broken is not None]
    if fallen:
        _tell(fallen[0], shrink)
        raise click.exceptions.Exit(1)


def _many(first: Plan, seeds: int, minutes: int | None, jobs: int) -> Iterator[Report]:
    ends = time.monotonic() + minutes * 60 if minutes is not None else None
    plans = (replace(first, seed=seed) for seed in count(first.seed))
    some = plans if minutes is not None else islice(plans, seeds)

    def goes_on() -> bool:
        return ends is None or time.monotonic() < ends

    with click.progressbar(length=seeds if minutes is None else minutes * 60, label="runs") as bar:
        began = time.monotonic()
        for report in soak(some, jobs, goes_on):
            bar.update(1 if minutes is None else int(time.monotonic() - began) - bar.pos)
            click.echo(f"\n{line(report)}")
            yield report


def _tell(report: Report, tries: int) -> None:
    """The shortest trace that is found, and how to play it again."""
    if tries:
        click.echo(f"Making it smaller (at most {tries} more runs) …", err=True)
        report = shrunk(report, tries)
    click.echo("\nThe end of its trace:")
    for at, what in report.trace[-_LAST_LINES:]:
        click.echo(f"  {at:%Y-%m-%d %H:%M:%S.%f} {what}")
    click.echo(f"\n{report.broken}")
    click.echo(f"Play it again: {report.plan.command()}")
