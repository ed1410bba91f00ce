"""`checkin members`: who is checked in on."""

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
    """Members: who is checked in on."""


@command.command("list")
@click.option("--numbers", is_flag=True, help="with whole numbers; that they were looked at is recorded")
@click.option("--json", "as_json", is_flag=True)
@click.pass_obj
def list_members(get: Get, numbers: bool, as_json: bool) -> None:
    """List the members; numbers are masked to their last two digits."""
    here = get()

    def work(session: Session) -> list[dict[str, object]]:
        return people_listed(session, Kind.MEMBERS, here.now(), who="command line", numbers=numbers)

    show(here.act(work), as_json, "No member yet: see `checkin import members --help`.")
