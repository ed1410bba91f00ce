"""`checkin members`: who is checked in on."""

import click

from checkin.cli.people import list_command
from checkin.handlers.people_files.terms import Kind


@click.group()
def command() -> None:
    """Members: who is checked in on."""


command.add_command(list_command(Kind.MEMBERS, "No member yet: see `checkin import members --help`."))
