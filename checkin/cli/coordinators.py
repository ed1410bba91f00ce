"""`checkin coordinators`: who answers for the circles."""

import click
from sqlalchemy import select
from sqlalchemy.orm import Session

from checkin.cli.people import list_command
from checkin.cli.pin import pin_command
from checkin.domain.phone import BadPhone, parse_phone
from checkin.domain.terms import Phone
from checkin.handlers.coordinators_invited import coordinator_invited
from checkin.handlers.people_files.sheet import write_sheet
from checkin.handlers.people_files.terms import CoordinatorRole, Kind
from checkin.handlers.people_imported import people_imported, read_people
from checkin.store.tables import CoordinatorRow, PersonRow
from checkin.wiring import Get, Services


@click.group()
def command() -> None:
    """Coordinators: who answers for the circles."""


command.add_command(pin_command(Kind.COORDINATORS))
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
    if report.new:
        echo_link(here, file.lines[0].phone)


@command.command("invite")
@click.option("--phone", required=True)
@click.pass_obj
def invite(get: Get, phone: str) -> None:
    """Make a link by which a coordinator makes their account, or a new password and second step for it."""
    here = get()
    try:
        number = parse_phone(phone, here.settings.default_region)
    except BadPhone as error:
        raise click.ClickException(f"Nobody was invited: {error}.") from None
    echo_link(here, number)


def echo_link(here: Services, phone: Phone) -> None:
    """Invite the coordinator of this number, and print the link."""

    def work(session: Session) -> str:
        query = select(CoordinatorRow.id).join(PersonRow, PersonRow.id == CoordinatorRow.person_id)
        row = session.scalar(query.where(PersonRow.phone_index == phone))
        if row is None:
            raise click.ClickException(
                "No coordinator has this number: `checkin coordinators add --phone …` makes somebody one."
            )
        return coordinator_invited(session, row, "command line", here.now())

    token = here.act(work)
    click.echo("Give them this link; it opens once, within three days:")
    click.echo(f"{here.settings.public_base_url}/invitation/{token}")
