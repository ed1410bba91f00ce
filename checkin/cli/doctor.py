"""`checkin doctor`: what is ill, and how to mend it."""

import click

from checkin.carrier.port import CarrierError
from checkin.cli.show import show
from checkin.web.health import ailments
from checkin.wiring import Get


@click.command()
@click.option("--json", "as_json", is_flag=True)
@click.pass_obj
def command(get: Get, as_json: bool) -> None:
    """Say what is ill and how to mend it. Exit code 1 when something is."""
    here = get()
    ill = ailments(here)
    try:
        here.carrier.check()
    except CarrierError as error:
        ill["carrier"] = f"The carrier does not answer as it should: {error}. See the TWILIO settings."
    rows: list[dict[str, object]] = [{"part": part, "what": sentence} for part, sentence in ill.items()]
    show(rows, as_json, "All parts are well.")
    if rows:
        raise click.exceptions.Exit(1)
