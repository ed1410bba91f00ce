"""Own words by command line: the same rules as in the pages."""

import json

import pytest
from click.testing import CliRunner, Result

from checkin.cli.templates import command
from checkin.store.tables import AuditRow, WordingRow
from tests.town import Town

OURS = "{{ programme }}: Hey, how is it going? 1 rough to 5 great, or say it. 0 for a person."


def run(town: Town, *words: str, **more: str) -> Result:
    return CliRunner().invoke(command, list(words), obj=lambda: town.services, **more)  # type: ignore[arg-type]


def test_own_words_are_set_shown_listed_and_put_back(town: Town) -> None:
    assert run(town, "set", "check_in", OURS, "--circle", "main").output == "Version 1 holds now.\n"
    assert (
        run(town, "set", "check_in", "-", "--circle", "main", input=f"{OURS}\n").output == "These words hold already.\n"
    )
    assert run(town, "show", "check_in", "--circle", "main").output.strip() == OURS
    assert "How are you today?" in run(town, "show", "check_in").output
    rows = json.loads(run(town, "list", "--circle", "main", "--json").output)
    assert [row["key"] for row in rows if row["words"] == "circle"] == ["check_in"]
    assert rows[0]["key"] == "invite"
    assert "Version 2" in run(town, "put-back", "check_in", "--circle", "main").output
    history = json.loads(run(town, "history", "check_in", "--circle", "main", "--json").output)
    assert [(row["version"], row["by"]) for row in history] == [(2, "command line"), (1, "command line")]
    assert [row.what for row in town.rows(AuditRow)] == ["wording changed", "wording put back"]


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("set", "check_in", "{{ programme }}: Hello."), "it lacks '1', '5', '0'"),
        (("set", "nothing", "x"), "There is no such text"),
        (("show", "check_in", "--circle", "east"), "There is no circle of this name"),
        (("put-back", "check_in", "7"), "There is no such version."),
        (("set", "unknown_number", "x", "--circle", "main"), "no circle has words of its own for it"),
    ],
)
def test_what_is_wrong_is_one_sentence(town: Town, words: tuple[str, ...], sentence: str) -> None:
    result = run(town, *words)
    assert result.exit_code != 0
    assert sentence in result.output
    assert town.rows(WordingRow) == []
