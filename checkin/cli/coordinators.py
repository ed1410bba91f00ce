"""`checkin coordinators`: who answers for the circles."""

import click

from checkin.cli.people import list_command
from checkin.handlers.people_files.sheet import write_sheet
from checkin.handlers.people_files.terms import CoordinatorRole, Kind
from checkin.handlers.people_imported import people_imported, read_people
from checkin.wiring import Get


@click.group()
def command() -> None:
    """Coordinators: who answers for the circles."""


command.add_command(list_command(Kind.COORDINATORS, "No coordinator yet: see `checkin coordinators add --help`."))


@command.command("add")
@click.option("--phone", required=True)
@click.option("--name", default="")
@click.option("--email", default="")
@click.option("--role", type=click.Choice([role.value for role in CoordinatorRole]), default=None)
@click.option("--circle", default="", help="the one circle they answer for; without it, all of them")
@click.pass_obj
def add(get: Get, phone: str, name: str, email: str, role: str | None, circle: str) -> None:
    """Add a coordinator, or change the one who has this number."""
    here = get()
    cells = {"phone": phone, "name": name, "email": email, "role": role or "", "circle": circle}
    file = read_people(
        Kind.COORDINATORS,
        write_sheet(list(cells), [cells]).encode(),
        here.handbook,
        here.now(),
    )
    if file.bad:
        raise click.ClickException(f"The coordinator was not added: {'; '.join(file.bad[0].reasons)}.")
    report = here.act(
        lambda session: people_imported(session, here.handbook, file, here.now(), who="command line"),
    )
    click.echo("Added." if report.new else "Changed." if report.changed else "Nothing to change.")
    for name_made in report.circles_made:
        click.echo(f"The circle '{name_made}' was made.")
