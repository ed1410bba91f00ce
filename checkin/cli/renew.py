"""`checkin renew`: after an update, start every part anew, one by one, while the service goes on."""

import os
import signal

import click

from checkin.embedded.alone import holder
from checkin.embedded.valkey import CannotStart
from checkin.sealed_keys import data_folder
from checkin.settings import load


@click.command()
def command() -> None:
    """Let a running `checkin up` start each of its parts in the version that is installed now, before it ends the old.

    Bring the database to the new version first (`checkin migrate`). No text and no call is turned away meanwhile.
    """
    folder = data_folder(load())
    process = holder(folder)
    if process is None:
        raise CannotStart(f"Nothing runs on the data folder {folder}: start it with `checkin up`.")
    os.kill(process, signal.SIGUSR2)
    click.echo("The service starts its parts anew, one by one; what it prints says how that goes.")
