"""The listing that members, volunteers and coordinators share."""

import click
from sqlalchemy.orm import Session

from checkin.cli.show import show
from checkin.handlers.people_files.terms import Kind
from checkin.handlers.people_listed import people_listed
from checkin.wiring import Get


def list_command(kind: Kind, empty: str) -> click.Command:
    """Make the command `list` of one kind of people; `empty` is said where there are none."""

    @click.command("list", help=f"List the {kind.value}; numbers are masked to their last two digits.")
    @click.option("--numbers", is_flag=True, help="with whole numbers; that they were looked at is recorded")
    @click.option("--json", "as_json", is_flag=True)
    @click.pass_obj
    def list_people(get: Get, numbers: bool, as_json: bool) -> None:
        here = get()

        def work(session: Session) -> list[dict[str, object]]:
            return people_listed(session, kind, here.now(), who="command line", numbers=numbers)

        show(here.act(work), as_json, empty)

    return list_people
