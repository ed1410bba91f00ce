"""Days near the ends of the calendar, typed on the command line: each was a traceback."""

import click
import pytest
from click.testing import CliRunner

from checkin.cli.exercise import command as exercise
from checkin.cli.keys import command as keys
from checkin.cli.members import command as members
from checkin.cli.results import command as results
from tests.town import Town


@pytest.mark.parametrize("day", ["0001-01-01", "1999-12-31", "2101-01-01", "9999-12-31"])
@pytest.mark.parametrize(
    ("command", "words"),
    [
        (members, ("pause", "1", "--until", "{day}")),
        (keys, ("add", "--name", "a", "--scope", "all", "--all-circles", "--expires", "{day}")),
        (results, ("--from", "{day}", "--to", "2026-11-01")),
        (results, ("--from", "2026-11-01", "--to", "{day}")),
        (exercise, ("--circle", "main", "--at", "{day} 03:00")),
    ],
)
def test_a_day_beyond_the_calendar_is_refused_in_one_sentence(
    town: Town, command: click.Command, words: tuple[str, ...], day: str
) -> None:
    typed = [word.format(day=day) for word in words]
    result = CliRunner().invoke(command, typed, obj=lambda: town.services)
    assert (result.exit_code, isinstance(result.exception, SystemExit)) == (2, True)
    assert "choose a day in the years 2000 to 2100." in result.output
