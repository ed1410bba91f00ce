"""`checkin voice preview`: what callers hear, step by step, in every branch."""

import json
from dataclasses import asdict

import click

from checkin.log import configure
from checkin.simulation.branches import BRANCHES, rehearsed
from checkin.simulation.rehearsal import written


@click.group()
def command() -> None:
    """Calls: what is said on them."""


@command.command()
@click.option("--language", default="en", show_default=True, help="the language of everybody on the phone")
@click.option("--branch", "chosen", help="only branches whose name holds this")
@click.option("--json", "as_json", is_flag=True, help="as JSON")
def preview(language: str, chosen: str | None, as_json: bool) -> None:
    """Play each branch with Sam, Ana, Ben and Dora, and write down what is heard. Nothing of this installation is used.

    Exit code 2 where no branch has that name.
    """
    names = [name for name in BRANCHES if chosen is None or chosen.lower() in name.lower()]
    if not names:
        raise click.UsageError(f"There is no branch with {chosen!r} in its name; there are: {'; '.join(BRANCHES)}.")
    configure("preview", json=False, level="ERROR")
    heard = {name: rehearsed(name, language) for name in names}
    if as_json:
        click.echo(json.dumps({name: [asdict(line) for line in lines] for name, lines in heard.items()}, indent=1))
        return
    for name, lines in heard.items():
        click.echo(f"## {name}\n")
        for line in written(lines):
            click.echo(line)
        click.echo()
