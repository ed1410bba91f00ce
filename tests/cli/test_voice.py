"""`checkin voice preview` goes through every branch of the calls and writes down what is heard."""

import json

import pytest
from click.testing import CliRunner

from checkin.cli.voice import command
from checkin.simulation.branches import BRANCHES, rehearsed


@pytest.mark.parametrize("language", ["en", "es"])
@pytest.mark.parametrize("branch", BRANCHES)
def test_in_every_branch_somebody_hears_words_and_every_call_ends(branch: str, language: str) -> None:
    lines = rehearsed(branch, language)
    assert any(line.what == "hears" and line.words for line in lines)
    assert not any("application error" in line.words for line in lines)


def test_a_preview_is_read_line_by_line_or_as_json() -> None:
    written = CliRunner().invoke(command, ["preview", "--branch", "offer: passed"])
    assert written.exit_code == 0
    assert "Ana hears: Check-in. Someone you support asks for a peer. Press 1 to take it, 2 to pass." in written.output
    data = json.loads(CliRunner().invoke(command, ["preview", "--branch", "offer: passed", "--json"]).output)
    assert [line["what"] for line in data["offer: passed"]][:2] == ["texts", "rings"]


def test_an_unknown_branch_is_one_sentence() -> None:
    answer = CliRunner().invoke(command, ["preview", "--branch", "nonsense"])
    assert answer.exit_code == 2
    assert "There is no branch with 'nonsense' in its name; there are: check-in: a good day;" in answer.output
