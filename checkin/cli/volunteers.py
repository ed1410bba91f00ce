"""`checkin volunteers`: who takes calls for help."""

from collections.abc import Callable

import click
from sqlalchemy.orm import Session

from checkin.cli.show import show
from checkin.handlers.people_files.terms import Kind
from checkin.handlers.people_listed import people_listed
from checkin.wiring import Services

Get = Callable[[], Services]


@click.group()
def command() -> None:
    """Volunteers: who takes calls for help."""


@command.command("list")
@click.option("--numbers", is_flag=True, help="with whole numbers; that they were looked at is recorded")
@click.option("--json", "as_json", is_flag=True)
@click.pass_obj
def list_volunteers(get: Get, numbers: bool, as_json: bool) -> None:
    """List the volunteers; numbers are masked to their last two digits."""
    here = get()

    def work(session: Session) -> list[dict[str, object]]:
        return people_listed(session, Kind.VOLUNTEERS, here.now(), who="command line", numbers=numbers)

    show(here.act(work), as_json, "No volunteer yet: see `checkin import volunteers --help`.")
