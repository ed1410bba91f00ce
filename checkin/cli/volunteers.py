"""`checkin volunteers`: who takes calls for help."""

import click

from checkin.cli.people import list_command
from checkin.handlers.people_files.terms import Kind


@click.group()
def command() -> None:
    """Volunteers: who takes calls for help."""


command.add_command(list_command(Kind.VOLUNTEERS, "No volunteer yet: see `checkin import volunteers --help`."))
