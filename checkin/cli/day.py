"""A day typed on the command line."""

from datetime import datetime
from typing import Any

import click

from checkin.domain.terms import FIRST_YEAR, LAST_YEAR


class Day(click.DateTime):
    """A day of the years in which anything can happen here; any other gets one sentence."""

    def __init__(self) -> None:
        super().__init__(["%Y-%m-%d"])

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> datetime:
        """Midnight of it, without a zone."""
        return taken(super().convert(value, param, ctx))


def taken(moment: datetime) -> datetime:
    """The same, where its year is one that is taken. Raises click.BadParameter."""
    if not FIRST_YEAR <= moment.year <= LAST_YEAR:
        raise click.BadParameter(f"choose a day in the years {FIRST_YEAR} to {LAST_YEAR}.")
    return moment
