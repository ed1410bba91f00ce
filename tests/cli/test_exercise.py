"""`checkin exercise`: tonight's people and numbers, played through; nothing is sent."""

import json

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import select

from checkin.cli.exercise import command
from checkin.store.tables import DeliveryRow, EscalationRow, VolunteerRow
from tests.town import Town


def run(town: Town, *words: str) -> Result:
    return CliRunner().invoke(command, list(words), obj=lambda: town.services)


def test_it_names_who_would_be_asked_and_writes_nothing(town: Town) -> None:
    steps = json.loads(run(town, "--circle", "main", "--at", "2026-11-24 03:00", "--json").output)
    assert [(step["after"], step["what"], step["who"]) for step in steps[:4]] == [
        (0, "told", ""),
        (0, "asked", "Ana"),
        (0, "asked", "Ben"),
        (0, "asked", "Cy"),
    ]
    assert ("coordinators_rung", "Dora") in [(step["what"], step["who"]) for step in steps]
    assert town.rows(DeliveryRow) == []
    assert town.rows(EscalationRow) == []


def test_dead_ends_are_named(town: Town) -> None:
    with town.in_session() as session:
        for row in session.scalars(select(VolunteerRow)):
            row.shifts = "MO-FR 09:00-12:00"
    result = run(town, "--circle", "other", "--at", "2026-11-24 03:00", "--cause", "distress")
    assert "nobody_on_shift" in result.output
    assert "3 off_shift" in result.output
    assert "No coordinator of this circle can be reached" in result.output


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ([], "--circle must name one circle; there are: main, other."),
        (["--circle", "east"], "--circle must name one circle"),
        (["--circle", "main", "--at", "tonight"], "--at must be a day and a time"),
    ],
)
def test_what_is_wrong_is_one_sentence(town: Town, words: list[str], sentence: str) -> None:
    result = run(town, *words)
    assert result.exit_code == 1
    assert sentence in result.output
