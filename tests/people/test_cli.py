"""The commands as they are typed: one sentence for an error, exit code 2, and no number shown unasked."""

import io
import json
import os
import stat
import sys
from pathlib import Path

import pytest

from checkin.cli import main
from checkin.store.tables import AuditRow, CoordinatorRow, MemberRow
from tests.people.conftest import Office

SAM = "+12025550101"


class Typed:
    """A shell in which `checkin` is typed. `out` and `err`: what came of the last command."""

    def __init__(self, capsys: pytest.CaptureFixture[str], folder: Path) -> None:
        self._capsys, self.folder = capsys, folder
        self.out = self.err = ""

    def __call__(self, *words: str) -> int:
        main._services.cache_clear()
        code = main.run(list(words))
        if main._services.cache_info().currsize:
            main._services().engine.dispose()
        self.out, self.err = self._capsys.readouterr()
        return code

    def file(self, text: str, name: str = "people.csv") -> str:
        path = self.folder / name
        path.write_text(text, encoding="utf-8")
        return str(path)


@pytest.fixture
def typed(
    folder: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Typed:
    monkeypatch.setenv("CHECKIN_DATA_DIR", str(folder))
    monkeypatch.chdir(tmp_path)
    return Typed(capsys, tmp_path)


def test_members_are_imported_listed_and_exported(typed: Typed, tmp_path: Path) -> None:
    file = typed.file(
        f"phone,name,circle,schedule,consent_source,consent_at,shoe\n{SAM},S,east,daily 9,a,2026-01-05,44\n"
    )
    assert typed("import", "members", file) == 0
    assert "Imported members: 1 new, 0 changed, 0 unchanged." in typed.out
    assert "The circle 'east' was made." in typed.out
    assert "were left out: shoe." in typed.out
    assert typed("members", "list") == 0
    assert "...01" in typed.out
    assert "5550101" not in typed.out
    assert typed("export", "members", str(tmp_path / "out.csv")) == 0
    assert stat.S_IMODE((tmp_path / "out.csv").stat().st_mode) == 0o600
    assert typed("import", "members", str(tmp_path / "out.csv")) == 0
    assert "0 new, 0 changed, 1 unchanged" in typed.out


def test_every_bad_line_is_named_and_the_exit_code_is_two(typed: Typed) -> None:
    file = typed.file(f"phone,channel\n{SAM},sms\n12,fax\n{SAM},sms\n")
    assert typed("import", "members", file) == 2
    assert "line 3: phone: the number is too short or too long for its country; channel: 'fax'" in typed.err
    assert "line 4: the same number as in line 2" in typed.err
    assert typed.err.splitlines()[-1].startswith("Error: Nothing was imported: 2 of 3 lines cannot be")
    assert "Traceback" not in typed.err
    assert typed("members", "list") == 0
    assert "No member yet" in typed.out


def test_the_good_lines_are_imported_with_skip_bad(typed: Typed) -> None:
    file = typed.file(f"phone\n{SAM}\n12\n")
    assert typed("import", "members", file, "--skip-bad") == 0
    assert "line 3: phone:" in typed.out
    assert "Left out: 1 line." in typed.out


def test_a_dry_run_says_what_would_happen(typed: Typed) -> None:
    file = typed.file("phone,circle\n+442071234567,east\n")
    assert typed("import", "members", file, "--dry-run") == 0
    assert "Would import members: 1 new, 0 changed, 0 unchanged." in typed.out
    assert "a coordinator is to ask: line 2." in typed.out
    assert "A landline cannot be texted, so it is rung: line 2." in typed.out
    assert "The circle 'east' would be made." in typed.out
    assert typed("members", "list", "--json") == 0
    assert json.loads(typed.out) == []


def test_programs_read_json(typed: Typed) -> None:
    file = typed.file(f"phone\n{SAM}\n12\n")
    assert typed("import", "members", file, "--json") == 2
    report = json.loads(typed.out)
    assert [(bad["number"], len(bad["reasons"])) for bad in report["bad"]] == [(3, 1)]
    assert report["written"] is False
    assert typed("import", "members", file, "--json", "--skip-bad") == 0
    assert (json.loads(typed.out)["new"], json.loads(typed.out)["invited"]) == (1, 1)
    assert typed("members", "list", "--json") == 0
    (member,) = json.loads(typed.out)
    assert (member["phone"], member["consent"], member["next_check_in"]) == ("...01", "invited", None)


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        (b"", "it is empty"),
        ("phone\n1".encode("utf-16"), "it is UTF-16"),
        (b"phone,name\n1,Zo\xeb\n", "line 2 is not UTF-8"),
        (b"\x00\x01", "it is no text"),
        (b'phone\n"1\n', "is never closed"),
        (b"name\nSam\n", "the column phone is missing"),
    ],
)
def test_a_file_that_is_none_is_one_sentence(typed: Typed, tmp_path: Path, raw: bytes, said: str) -> None:
    (tmp_path / "odd.csv").write_bytes(raw)
    assert typed("import", "members", "odd.csv") == 2
    assert typed.err.startswith("Error: The file odd.csv cannot be imported: ")
    assert said in typed.err
    assert typed.err.count("\n") == 1
    assert typed.err.rstrip().endswith(".")


@pytest.mark.parametrize("kind", ["import", "export"])
def test_a_file_that_cannot_be_opened_is_one_sentence(typed: Typed, kind: str) -> None:
    assert typed(kind, "members", "no/such/folder.csv") == 2
    assert typed.err.count("\n") == 1
    assert "no such file or directory" in typed.err


def test_a_folder_is_no_file(typed: Typed, tmp_path: Path) -> None:
    assert typed("import", "members", str(tmp_path)) == 2
    assert "is a directory" in typed.err
    assert typed("export", "members", str(tmp_path)) == 2
    assert typed.err.count("\n") == 1
    assert not [name for name in os.listdir(tmp_path.parent) if name.endswith(".part")]


def test_an_unknown_kind_is_one_sentence(typed: Typed) -> None:
    assert typed("import", "people", "x.csv") == 2
    assert "'members', 'volunteers', 'coordinators'" in typed.err


def test_people_come_from_the_standard_input_and_go_to_the_output(
    typed: Typed, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Piped:
        buffer = io.BytesIO(f"phone,name\n{SAM},Zoë\n".encode())

    monkeypatch.setattr(sys, "stdin", Piped())
    assert typed("import", "members", "-") == 0
    assert typed("export", "members", "-") == 0
    assert typed.out.splitlines()[1].startswith(f"{SAM},Zoë,en,")


def test_whole_numbers_are_shown_on_request_and_the_look_is_recorded(typed: Typed, folder: Path) -> None:
    typed("import", "volunteers", typed.file(f"phone,name\n{SAM},Ana\n"))
    assert typed("volunteers", "list", "--numbers") == 0
    assert SAM in typed.out
    office = Office(folder)
    assert [row.what for row in office.rows(AuditRow)][-1] == "volunteers listed with numbers"
    office.services.engine.dispose()


def test_a_coordinator_is_added_changed_and_listed(typed: Typed, folder: Path) -> None:
    assert (
        typed(
            "coordinators",
            "add",
            "--phone",
            SAM,
            "--name",
            "Dora",
            "--role",
            "admin",
            "--circle",
            "east",
        )
        == 0
    )
    assert typed.out.splitlines()[:2] == ["Added.", "The circle 'east' was made."]
    assert "/invitation/" in typed.out
    assert typed("coordinators", "add", "--phone", "202-555-0101", "--role", "viewer") == 0
    assert typed.out == "Changed.\n"
    assert typed("coordinators", "list", "--json") == 0
    assert [
        (
            row["name"],
            row["role"],
            row["circle"],
        )
        for row in json.loads(typed.out)
    ] == [("Dora", "viewer", "east")]
    office = Office(folder)
    assert len(office.rows(CoordinatorRow)) == 1
    assert office.rows(MemberRow) == []
    office.services.engine.dispose()


def test_a_coordinator_is_invited_by_number(typed: Typed) -> None:
    assert typed("coordinators", "invite", "--phone", SAM) == 2
    assert "No coordinator has this number" in typed.err
    assert typed("coordinators", "add", "--phone", SAM) == 0
    first = typed.out
    assert typed("coordinators", "invite", "--phone", SAM) == 0
    assert typed.out.splitlines()[-1].startswith("http://127.0.0.1:8000/invitation/")
    assert typed.out.splitlines()[-1] not in first


def test_a_coordinator_with_a_wrong_number_is_refused(typed: Typed) -> None:
    assert typed("coordinators", "add", "--phone", "12") == 2
    assert typed.err.startswith("Error: The coordinator was not added: phone: the number is too short")


def test_our_templates_are_fit_to_be_sent(typed: Typed) -> None:
    assert typed("templates", "lint") == 0
    assert "0 to mend" in typed.out
    assert typed("templates", "lint", "--json") == 0
    assert json.loads(typed.out) == []


def test_a_programme_with_a_name_that_halves_its_texts_is_told(
    typed: Typed,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    policy = typed.file('[programme]\nname = "Corazón"\n', "policy.toml")
    monkeypatch.setenv("CHECKIN_POLICY_FILE", policy)
    assert typed("templates", "lint") == 0
    assert "'Corazón' has signs that leave every text 70 instead of 160" in typed.out


def test_a_text_is_shown_with_its_size(typed: Typed) -> None:
    assert typed("templates", "preview", "check_in") == 0
    assert typed.out.startswith("Oak: How are you today?")
    assert "of 160 signs (GSM-7), 1 segment." in typed.out
    assert typed("templates", "preview", "check_in", "--language", "fr") == 0
    assert "It does not exist in 'fr', so it comes in 'en'." in typed.out
    assert typed("templates", "preview", "offer", "--kind", "voice", "--json") == 0
    assert json.loads(typed.out)["kind"] == "voice"


@pytest.mark.parametrize(
    "words",
    [("preview", "no_such"), ("preview", "offer", "--kind", "sms"), ("preview", "../x")],
)
def test_a_text_that_is_not_there_is_one_sentence(typed: Typed, words: tuple[str, ...]) -> None:
    assert typed("templates", *words) == 2
    assert typed.err.startswith("Error: There is no message")
