"""`checkin escalations ack|close` and `checkin tasks done` do what the pages do, by the same handlers."""

import click
import pytest
from click.testing import CliRunner, Result

from checkin.cli import escalations, tasks
from checkin.store.tables import AuditRow, CaseNoteRow, TaskRow
from tests.town import ANA, DORA, Town


def run(town: Town, command: click.Command, *words: str) -> Result:
    return CliRunner().invoke(command, list(words), obj=lambda: town.services)


def test_a_case_is_acknowledged_and_closed_and_the_words_of_how_are_sealed(town: Town) -> None:
    town.sam.sends("i cant do this any more")
    said = run(town, escalations.command, "ack", "1", "--by", DORA)
    assert said.output == "Escalation 1 is acknowledged.\n"
    how = ("--how", "Her sister is with her.", "--ending", "follow_up")
    assert run(town, escalations.command, "close", "1", "--by", DORA, *how).output == "Escalation 1 is closed.\n"
    assert [(row.state, row.closed_how) for row in town.cases()] == [("closed", "follow_up")]
    assert [row.words for row in town.rows(CaseNoteRow)] == ["Her sister is with her."]
    assert "follow_up" in [row.what for row in town.rows(TaskRow)]
    assert {"escalation acknowledged", "escalation closed"} <= {row.what for row in town.rows(AuditRow)}
    shown = run(town, escalations.command, "show", "1").output
    assert "sister" not in shown


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("close", "1", "--by", DORA, "--how", " ", "--ending", "emergency"), "Say in --how what was done"),
        (("close", "1", "--by", ANA, "--how", "x"), "--by is no coordinator of this circle"),
        (("close", "9", "--by", DORA, "--how", "x"), "There is no escalation 9"),
    ],
)
def test_what_cannot_be_done_is_one_sentence(town: Town, words: tuple[str, ...], said: str) -> None:
    town.sam.sends("i cant do this any more")
    result = run(town, escalations.command, *words)
    assert result.exit_code != 0
    assert said in result.output
    assert town.cases()[0].state == "offering"


def test_a_case_and_a_task_are_ended_once(town: Town) -> None:
    town.sam.sends("i cant do this any more")
    close = ("close", "1", "--by", DORA, "--how", "all well")
    run(town, escalations.command, *close)
    assert "Escalation 1 is closed already." in run(town, escalations.command, *close).output
    town.sam.sends("STOP")
    done = ("done", "1", "--by", DORA, "--note", "Read it.")
    assert run(town, tasks.command, *done).output == "Task 1 is done.\n"
    assert "Task 1 is done already." in run(town, tasks.command, *done).output
    assert town.rows(TaskRow)[0].note == "Read it."
