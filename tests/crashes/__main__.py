"""`python -m tests.crashes`: the full run on both databases, one after the other. Exit code 1 where a promise broke."""

import secrets
import sys
import tempfile
from pathlib import Path

import click

from tests.crashes.run import Plan, crash
from tests.postgres import why_not


@click.command()
@click.option("--database", type=click.Choice(["sqlite", "postgresql", "both"]), default="both")
@click.option(
    "--seed", type=int, default=None, help="Repeats the plan, not its instants; without it a new one is drawn."
)
@click.option("--kills", default=200, show_default=True)
@click.option("--wipes", default=10, show_default=True, help="How often Redis is wiped.")
@click.option("--restarts", default=5, show_default=True, help="How often the database is restarted.")
@click.option("--fills", default=1, show_default=True, help="How often the disk is filled.")
@click.option("--every", default=1.7, show_default=True, help="Seconds between two blows.")
@click.option("--keep", type=click.Path(path_type=Path), help="A folder that keeps the logs of the processes.")
def main(
    database: str, seed: int | None, kills: int, wipes: int, restarts: int, fills: int, every: float, keep: Path | None
) -> None:
    """Kill, wipe, restart and fill, under load, and count from both sides."""
    seed = secrets.randbelow(1_000_000) if seed is None else seed
    plan = Plan(kills, wipes, restarts, fills, every, settles=150.0)
    broken = False
    for name in ("sqlite", "postgresql") if database == "both" else (database,):
        if name == "postgresql" and (reason := why_not()) is not None:
            raise click.ClickException(reason)
        with tempfile.TemporaryDirectory(prefix="crash") as folder:
            outcome = crash(Path(folder), name, seed, plan, _show)
            if keep is not None:
                keep.mkdir(parents=True, exist_ok=True)
                (keep / f"{name}-{seed}.log").write_bytes((Path(folder) / "log.txt").read_bytes())
        click.echo("\r" + " " * 78 + "\r", nl=False, err=True)
        click.echo(outcome.report())
        broken = broken or not outcome.count.is_clean
    sys.exit(int(broken))


def _show(step: str) -> None:
    click.echo(f"\r{step:<78}", nl=False, err=True)


if __name__ == "__main__":
    main()
