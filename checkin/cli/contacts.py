"""`checkin contacts`: whom a member wants rung when they do not answer."""

from collections.abc import Callable
from typing import TypeVar

import click
from sqlalchemy.orm import Session

from checkin.cli.show import show
from checkin.domain.phone import BadPhone, parse_phone
from checkin.domain.terms import Phone
from checkin.handlers.contacts_named import NotNamed, contacts_listed, name_contact, take_contact_back
from checkin.wiring import Get, Services

_T = TypeVar("_T")
_WHO = "command line"


@click.group()
def command() -> None:
    """Contacts: whom a member wants rung, in order, when they do not answer."""


@command.command("add")
@click.option("--member", required=True, help="the member's number")
@click.option("--phone", required=True, help="the contact's number")
@click.option("--name", default="")
@click.option("--language", default=None)
@click.option("--agreed", default=None, help="how the contact said yes to such calls: 'on paper', 'by telephone'")
@click.option(
    "--hears-name/--hears-no-name", default=None, help="whether the member agreed that they hear the first name"
)
@click.option("--first", is_flag=True, help="rung before the others")
@click.pass_obj
def add(
    get: Get,
    member: str,
    phone: str,
    name: str,
    language: str | None,
    agreed: str | None,
    hears_name: bool | None,
    first: bool,
) -> None:
    """Put a contact on a member's list, or change what is said of them there."""
    here = get()
    whose, contact = _number(here, member), _number(here, phone)
    new = _done(
        here,
        lambda session: name_contact(
            session, whose, contact, here.now(), who=_WHO, name=name, language=language, agreed=agreed,
            hears_name=hears_name, first=first,
        ),
    )  # fmt: skip
    click.echo("Added." if new else "Changed.")


@command.command("remove")
@click.option("--member", required=True, help="the member's number")
@click.option("--phone", required=True, help="the contact's number")
@click.pass_obj
def remove(get: Get, member: str, phone: str) -> None:
    """Take a contact off a member's list."""
    here = get()
    whose, contact = _number(here, member), _number(here, phone)
    _done(here, lambda session: take_contact_back(session, whose, contact, here.now(), who=_WHO))
    click.echo("Removed.")


@command.command("list")
@click.option("--member", required=True, help="the member's number")
@click.option("--json", "as_json", is_flag=True)
@click.pass_obj
def list_contacts(get: Get, member: str, as_json: bool) -> None:
    """List a member's contacts in the order in which they are rung; numbers are masked."""
    here = get()
    whose = _number(here, member)
    rows = _done(here, lambda session: contacts_listed(session, whose, here.now(), who=_WHO))
    show(rows, as_json, "No contact yet: see `checkin contacts add --help`.")


def _done(here: Services, work: Callable[[Session], _T]) -> _T:
    """Do it, or say in one sentence why it cannot be done."""
    try:
        return here.act(work)
    except NotNamed as error:
        raise click.ClickException(str(error)) from None


def _number(here: Services, text: str) -> Phone:
    try:
        return parse_phone(text, here.settings.default_region)
    except BadPhone as error:
        raise click.ClickException(str(error)) from None
