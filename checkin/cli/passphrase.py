"""A passphrase, from a file or asked for; never from the command line, where others can read it."""

from typing import IO

import click


def read_passphrase(file: IO[str] | None, *, twice: bool = False) -> str:
    """The first line of the file, else what is typed."""
    if file is not None:
        return str(file.readline()).rstrip("\r\n")
    return str(click.prompt("Passphrase", hide_input=True, confirmation_prompt=twice))
