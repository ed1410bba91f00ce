"""`checkin volunteers pin` and `checkin coordinators pin`: the PIN by which somebody acts on a call to us."""

import sys

import click
from sqlalchemy.orm import Session

from checkin.domain.phone import BadPhone, parse_phone
from checkin.domain.terms import PersonId
from checkin.handlers.people_files.terms import Kind
from checkin.handlers.pins_given import set_pin
from checkin.store import people
from checkin.wiring import Get


def pin_command(kind: Kind) -> click.Command:
    """The command for volunteers, or for coordinators."""
    find = people.volunteer_of if kind is Kind.VOLUNTEERS else people.coordinator_of

    @click.command("pin")
    @click.option("--phone", required=True)
    @click.pass_obj
    def pin(get: Get, phone: str) -> None:
        """Set the PIN by which they act on a call to our number. It is asked for, or read from standard input."""
        here = get()
        try:
            number = parse_phone(phone, here.settings.default_region)
        except BadPhone as error:
            raise click.ClickException(f"--phone cannot be used: {error}.") from None
        digits = _asked()

        def work(session: Session) -> None:
            person = people.by_phone(session, number)
            if person is None or find(session, PersonId(person.id)) is None:
                raise click.ClickException(f"There is none with this number: see `checkin {kind.value} list`.")
            if not set_pin(session, person, digits, "command line", here.now()):
                raise click.ClickException("A PIN has 4 to 8 digits, not all the same and not all in a row.")

        here.act(work)
        click.echo("The PIN is set.")

    return pin


def _asked() -> str:
    """Never from the command line itself, which other users of the machine can see."""
    if not sys.stdin.isatty():
        return sys.stdin.readline().strip()
    asked: str = click.prompt("PIN", hide_input=True, confirmation_prompt="Again")
    return asked.strip()
