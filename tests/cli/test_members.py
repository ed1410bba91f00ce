"""`checkin members`: what a member's page does, by command line."""

import json
import stat
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from checkin.cli.members import command
from checkin.domain.consent import Consent
from checkin.store.tables import AuditRow, ErasureRow, ScheduleRow
from tests.stories.test_number_changed import NEW, state_of
from tests.town import ANA, CY, DORA, SAM, Town
from tests.whole_life import traces


def runs(town: Town, *words: str, typed: str = "") -> Result:
    return CliRunner().invoke(command, [*words], obj=lambda: town.services, input=typed)


def done(town: Town, *words: str, typed: str = "") -> str:
    result = runs(town, *words, typed=typed)
    assert result.exit_code == 0, result.output
    return result.output


def test_a_member_is_shown_by_number_or_by_phone_and_that_is_recorded(town: Town) -> None:
    town.schedule("MO 9:05")
    assert "name: Sam" in done(town, "show", "1")
    [found] = json.loads(done(town, "show", SAM, "--json"))
    assert (found["member"], found["phone"], found["consent"]) == (1, "...01", "in")
    assert len([row for row in town.rows(AuditRow) if row.what == "member looked at"]) == 2


def test_a_pause_and_its_end(town: Town) -> None:
    town.schedule("MO 9:05")
    assert "until Thursday 24 December 2026" in done(town, "pause", "1", "--until", "2026-12-24")
    assert town.rows(ScheduleRow)[0].paused_until is not None
    assert "go on" in done(town, "resume", SAM)
    assert town.rows(ScheduleRow)[0].paused_until is None
    assert "not in the future" in runs(town, "pause", "1", "--until", "2026-11-01").output


def test_another_number(town: Town) -> None:
    assert "asked by text" in done(town, "number", SAM, "--to", "(202) 555-0177", "--by", DORA)
    assert state_of(town, NEW) is Consent.INVITED
    assert "somebody else" in runs(town, "number", "1", "--to", ANA, "--by", DORA).output


def test_all_that_is_held_as_text_or_json_for_the_owner_of_the_file_alone(town: Town, tmp_path: Path) -> None:
    town.sam.sends("4 thanks")
    town.passes(seconds=5)
    text = done(town, "export", "1", "-", "--by", DORA)
    assert f"phone number: {SAM}" in text
    assert "words: 4 thanks" in text
    assert "Monday 23 November 2026, 09:00" in text
    file = tmp_path / "sam.json"
    done(town, "export", "1", str(file), "--by", DORA)
    assert json.loads(file.read_text())["about"]["first name"] == "Sam"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_erasing_says_what_goes_and_asks_for_the_name(town: Town) -> None:
    said = runs(town, "erase", "1", "--by", DORA, typed="Samuel\n")
    assert "Stays: that 0 check-ins" in said.output
    assert "Nothing was erased" in said.output
    assert said.exit_code != 0
    assert town.rows(ErasureRow) == []
    assert "They are erased." in done(town, "erase", "1", "--by", DORA, typed="sam\n")
    assert traces(town.services.engine, SAM) == {}
    assert "no such member" in runs(town, "show", "1").output


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("erase", "1", "--by", CY, "--confirm", "Sam"), "no coordinator of this circle"),
        (("erase", "77", "--by", DORA), "no such member"),
        (("show", "12"), "no such member"),
        (("number", "1", "--to", "12", "--by", DORA), "--to cannot be used"),
        (("export", "1", "/nowhere/x.json", "--by", DORA), "cannot be written"),
    ],
)
def test_what_cannot_be_done_is_one_sentence(town: Town, words: tuple[str, ...], said: str) -> None:
    result = runs(town, *words)
    assert result.exit_code != 0
    assert said in result.output
    assert town.rows(ErasureRow) == []


def test_an_open_case_hinders_erasing(town: Town) -> None:
    town.sam.sends("i cant do this any more")
    town.passes(seconds=5)
    assert "open case" in runs(town, "erase", "1", "--by", DORA, "--confirm", "Sam").output
