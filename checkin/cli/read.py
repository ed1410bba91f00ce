"""`checkin read "TEXT"`: how a reply would be understood, and why."""

import click

from checkin.cli.show import show
from checkin.domain.reading import Context, explain, read
from checkin.domain.terms import Role
from checkin.settings import load
from checkin.wiring import reading_model


@click.command()
@click.argument("text")
@click.option("--language", default="en", show_default=True)
@click.option("--json", "as_json", is_flag=True)
def command(text: str, language: str, as_json: bool) -> None:
    """Say how a reply would be understood, and why. Nothing is sent or stored."""
    reading = read(text, Context(language=language, roles=frozenset(Role)), reading_model(load()))
    if as_json:
        row: dict[str, object] = {
            "kind": reading.kind,
            "level": reading.level,
            "rating": reading.rating,
            "command": reading.command.name if reading.command else None,
            "language": reading.language,
            "reasons": [f"{why.code}: {why.words}" for why in reading.reasons],
        }
        show([row], True, "")
        return
    click.echo(explain(reading))
