"""`checkin volunteers`: who takes calls for help."""

import click
from sqlalchemy.orm import Session

from checkin.cli.people import list_command
from checkin.cli.pin import pin_command
from checkin.domain.phone import BadPhone, parse_phone
from checkin.domain.terms import PersonId
from checkin.handlers.own_page import NotSent, link_sent
from checkin.handlers.people_files.terms import Kind
from checkin.store import people
from checkin.wiring import Get

_WHY = {
    NotSent.NO_TEXTS: "their phone takes no texts",
    NotSent.NOT_AGREED: "they have not agreed to be texted yet; they can text PAGE themselves",
    NotSent.STOPPED: "they said stop; only they can take it back, by texting START",
    NotSent.HOURS: "it is outside their contact hours; they can text PAGE at any hour",
    NotSent.TOO_MANY: "they were sent four in this hour; the newest still counts",
}


@click.group()
def command() -> None:
    """Volunteers: who takes calls for help."""


command.add_command(pin_command(Kind.VOLUNTEERS))
command.add_command(list_command(Kind.VOLUNTEERS, "No volunteer yet: see `checkin import volunteers --help`."))


@command.command("link")
@click.option("--phone", required=True, help="The volunteer's number.")
@click.pass_obj
def link(get: Get, phone: str) -> None:
    """Text a volunteer the link to their own page. It opens once, within 30 minutes; an older one ends."""
    here = get()
    try:
        number = parse_phone(phone, here.settings.default_region)
    except BadPhone as error:
        raise click.ClickException(f"--phone cannot be used: {error}.") from None

    def work(session: Session) -> None:
        person = people.by_phone(session, number)
        volunteer = people.volunteer_of(session, PersonId(person.id)) if person is not None else None
        if volunteer is None or volunteer.stand_in:
            raise click.ClickException("No volunteer has this number: see `checkin volunteers list`.")
        why = link_sent(session, here.handbook, volunteer, "command line", here.now())
        if why is not None:
            raise click.ClickException(f"No link was sent: {_WHY[why]}.")

    here.act(work)
    click.echo("The link is on its way to their phone.")
