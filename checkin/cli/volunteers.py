"""`checkin volunteers`: who takes calls for help."""

import click
from sqlalchemy.orm import Session

from checkin.cli.escalations import coordinator_by
from checkin.cli.people import list_command
from checkin.cli.pin import pin_command
from checkin.domain.phone import BadPhone, parse_phone
from checkin.domain.terms import PersonId
from checkin.handlers.member_erased import CannotErase
from checkin.handlers.own_page import NotSent, link_sent
from checkin.handlers.people_files.terms import Kind
from checkin.handlers.volunteer_erased import erase_volunteer, hinders, holdings
from checkin.store import people
from checkin.store.directory import folded
from checkin.store.tables import PersonRow, VolunteerRow
from checkin.wiring import Get, Services

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

    def work(session: Session) -> None:
        volunteer, _person = _volunteer(session, here, phone)
        why = link_sent(session, here.handbook, volunteer, "command line", here.now())
        if why is not None:
            raise click.ClickException(f"No link was sent: {_WHY[why]}.")

    here.act(work)
    click.echo("The link is on its way to their phone.")


@command.command("erase")
@click.option("--phone", required=True, help="The volunteer's number.")
@click.option("--by", required=True, help="the phone number of the coordinator who answers for it")
@click.option("--confirm", help="their name (or the last four digits of their number), instead of being asked")
@click.pass_obj
def erase(get: Get, phone: str, by: str, confirm: str | None) -> None:
    """Erase a volunteer who is no member for good, at their wish: their number, name and every word to and from them.

    Refused while they hold an open case. What stays: that cases were offered and talks held, by nobody any more; what
    they wrote to a member, as the member's; who erased them and when; a fingerprint of the number, so that nobody
    texts it.
    """
    here = get()

    def look(session: Session) -> tuple[int, str, PersonId, list[str]]:
        row, person = _volunteer(session, here, phone)
        coordinator = coordinator_by(session, here, by, row.circle_id)
        why = hinders(session, row)
        if why is not None:
            raise CannotErase(why)
        held = holdings(session, row)
        lines = [
            f"Goes: number, name, languages, topics, shifts, {held.texts} texts, the words of {held.sent} messages.",
            f"Stays: that {held.offers} offers and {held.talks} talks were, of nobody; what they wrote to members; the "
            "line in the access log; a fingerprint of the number, so that nobody texts it by mistake.",
        ]
        return row.id, person.name or person.phone[-4:], coordinator, lines

    try:
        number, word, coordinator, lines = here.act(look)
        for line in lines:
            click.echo(line, err=confirm is not None)
        typed = confirm or click.prompt(f"Type {word} to erase them", default="", show_default=False)
        if folded(typed) != folded(word):
            raise click.ClickException("Nothing was erased: that is not their name.")
        here.act(lambda session: erase_volunteer(session, here.handbook, number, f"person {coordinator}", here.now()))
    except CannotErase as error:
        raise click.ClickException(str(error)) from None
    click.echo("They are erased.")


def _volunteer(session: Session, here: Services, phone: str) -> tuple[VolunteerRow, PersonRow]:
    """The volunteer who has this number. Raises ClickException."""
    try:
        number = parse_phone(phone, here.settings.default_region)
    except BadPhone as error:
        raise click.ClickException(f"--phone cannot be used: {error}.") from None
    person = people.by_phone(session, number)
    volunteer = people.volunteer_of(session, PersonId(person.id)) if person is not None else None
    if person is None or volunteer is None or volunteer.stand_in:
        raise click.ClickException("No volunteer has this number: see `checkin volunteers list`.")
    return volunteer, person
