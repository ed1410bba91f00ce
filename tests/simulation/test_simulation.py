"""The simulation: some seeds play to their end, a seed is always the same, and a guard that is gone is missed."""

import os
import subprocess
import sys
from pathlib import Path
from random import Random

import pytest
from click.testing import CliRunner

from checkin.cli.main import cli
from checkin.simulation import office
from checkin.simulation.coordinators import Coordinator
from checkin.simulation.run import START, Plan, Run, play
from checkin.simulation.shrink import promise_of, shrunk
from checkin.simulation.stage import Actor, Crash
from checkin.simulation.troubles import KINDS
from checkin.store import outbox
from tests.simulation.mutations import MUTATIONS, without

SMALL = Plan(seed=3, members=8, days=10)


@pytest.mark.parametrize("seed", [11, 12])
def test_thirty_members_for_a_month_with_all_troubles_on(seed: int) -> None:
    """`make soak` plays years."""
    report = play(Plan(seed, members=30, days=30))
    assert report.broken is None, f"{report.broken}; play it again: {report.plan.command()}"
    assert report.counts["texts read"] > 100
    assert report.counts["killed"] > 0


def test_nothing_goes_wrong_without_troubles() -> None:
    report = play(Plan(seed=1, members=10, days=20, kinds=frozenset()))
    assert report.broken is None
    assert (report.counts["killed"], report.counts["webhooks that failed"]) == (0, 0)
    assert max(report.rings_after, default=0) < 2


def test_a_seed_is_the_same_in_every_process() -> None:
    """Also where Python orders its sets otherwise: a failure can be played again on another machine."""
    code = (
        "from checkin.simulation.run import Plan, play\n"
        f"print(play(Plan(seed={SMALL.seed}, members={SMALL.members}, days={SMALL.days})).digest)"
    )
    digests = {
        subprocess.run(
            [sys.executable, "-c", code],
            env={**os.environ, "PYTHONHASHSEED": order},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for order in ("1", "99")
    }
    assert len(digests) == 1


def test_a_failure_is_made_smaller_and_can_be_played_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """The fence of a taken delivery is cut out: two workers hand over the same."""
    monkeypatch.setattr(outbox, "take", _take_what_is_taken(outbox.take))
    played = (play(Plan(seed=seed, members=10, days=8)) for seed in range(1, 9))
    report = next(each for each in played if each.broken is not None)
    smaller = shrunk(report, tries=2)
    assert promise_of(smaller) == promise_of(report)
    assert (smaller.plan.days, smaller.plan.members) < (8, 11)
    assert f"--seed {report.plan.seed}" in smaller.plan.command()
    assert smaller.trace


def _take_what_is_taken(take):  # type: ignore[no-untyped-def]
    def taken(session, deliveries, now):  # type: ignore[no-untyped-def]
        for delivery in deliveries:
            row = session.get(outbox.DeliveryRow, delivery)
            if row is not None and row.state in ("sending", "sent"):
                row.state, row.taken_until = "queued", None
        session.flush()
        return take(session, deliveries, now)

    return taken


def test_every_mutation_still_finds_the_code_that_it_takes_out() -> None:
    for mutation in MUTATIONS:
        for cut in filter(None, (mutation, mutation.also)):
            compile(without(cut), cut.file, "exec")


def test_the_command_says_what_came_of_it() -> None:
    done = CliRunner().invoke(cli, ["simulate", "--members", "4", "--days", "4", "--no-faults"])
    assert done.exit_code == 0, done.output
    assert "no promise broke" in done.output


def test_a_replay_command_leaves_out_what_was_left_out() -> None:
    plan = Plan(seed=5, members=7, days=9, kinds=frozenset(KINDS) - {"kill"})
    assert plan.command() == "checkin simulate --members 7 --days 9 --seed 5 --without kill"


def test_a_start_that_only_the_carriers_log_knows_ends_a_stop(tmp_path: Path) -> None:
    """Its webhook was lost, the log was read, the member was asked again, and a town of a hundred called it a fault."""
    run = Run(Plan(seed=1, members=4, days=1), tmp_path)
    try:
        member = run.people[0]
        run.watch.said_stop(member.number)
        member.writes("START")
        assert member.number not in run.watch.stopped
    finally:
        run.close()


def test_while_no_clock_lives_time_goes_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Both had been killed, a delivery was to be asked after, and a town of a thousand stood still at that instant."""
    run = Run(Plan(seed=1, members=4, days=1), tmp_path)
    try:
        for what in ("asked", "fetched", "told"):
            monkeypatch.setattr(run.due, what, lambda: START)
        house = run.house
        looks = (house.asks_at, house.fetches_at, house.tells_at)
        assert all(look() is not None for look in looks)
        for clock in (process for process in house.processes if process.name.startswith("clock")):
            house.kill(clock)
        assert [look() for look in (*looks, house.clocks_due)] == [None] * 4
    finally:
        run.close()


def test_who_was_erased_is_known_whoever_is_killed_right_after(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The page's process ended with the commit; at the year's end the member's texts were missed as lost."""
    monkeypatch.setattr(office, "_ERASES", 1.0)
    run = Run(Plan(seed=1, members=4, days=1), tmp_path)
    try:
        [coordinator, *_] = (each for each in run.people if isinstance(each, Coordinator))
        run.stage.fate = _killed_after_what_is_written
        run.town.pages.sits_down(coordinator.number, Random(1))
        while run.stage.play():
            pass
        [(erased,)] = run.due.rows("SELECT count(*) FROM member WHERE erased_at IS NOT NULL")
        assert (erased, run.watch.counts["erased"]) == (1, 1)
    finally:
        run.close()


def _killed_after_what_is_written(_actor: Actor, where: str) -> None:
    if where.endswith("after"):
        raise Crash
