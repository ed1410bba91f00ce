"""Corrections of readings: rows without numbers and names for whoever tests the reader."""

import csv
import io
from pathlib import Path

from click.testing import CliRunner

from checkin.cli.corrections import command
from checkin.cli.triage import command as triage
from checkin.domain.reading.model import opened
from checkin.store.tables import AuditRow, InboundRow
from tests.desk import desk_of
from tests.town import ANA, BEN, DORA, Town

FIRST = "not my best day, Ana knows, ring (202) 555-0102"


def corrected(town: Town) -> None:
    town.sam.sends(FIRST)
    town.sam.sends("sam is dead tired")
    town.passes(seconds=5)
    desk = desk_of(town, DORA)
    desk.sends("/members/1/texts/1/correction", level="concern")
    desk.sends("/members/1/texts/1/correction", level="distress", comment="She says this before a fall.")
    desk.sends("/members/1/texts/2/correction", level="ok")


def test_the_newest_correction_of_each_text_is_a_row_without_numbers_and_names(town: Town, tmp_path: Path) -> None:
    corrected(town)
    file = tmp_path / "rows.csv"
    done = CliRunner().invoke(command, ["export", str(file)], obj=lambda: town.services)
    assert done.output == f"2 corrections are in {file}.\n"
    rows = list(csv.DictReader(io.StringIO(file.read_text())))
    assert [*rows[0]] == ["text", "level", "lang", "category", "source", "licence", "read_as"]
    read = [row.level for row in town.rows(InboundRow)]
    wanted = {"ok": "OK", "concern": "GREY", "distress": "DISTRESS", "crisis": "CRISIS"}
    assert [(row["text"], row["level"], row["lang"], row["read_as"]) for row in rows] == [
        ("not my best day, [name] knows, ring [number]", "DISTRESS", "en", wanted[read[0]]),
        ("[name] is dead tired", "OK", "en", wanted[read[1]]),
    ]
    assert "fall" not in file.read_text(), "a comment is about the member, not about the words"
    assert [row.detail for row in town.rows(AuditRow) if row.what == "corrections exported"] == [{"count": 2}]


def test_an_admin_sees_and_downloads_them_and_nobody_else(town: Town) -> None:
    corrected(town)
    admin = desk_of(town, BEN, "admin", None)
    page = admin.opens("/corrections")
    assert "2 corrections" in page.words
    assert "[name] knows, ring [number]" in page.words
    assert not [each for each in ("Ana", ANA, "555") if each in page.text]
    file = admin.client.post("/corrections", data={"csrf_token": admin.token()})
    assert file.text.splitlines()[0] == "text,level,lang,category,source,licence,read_as"
    assert desk_of(town, DORA).opens("/corrections").status == 403


def test_words_that_were_deleted_are_counted(town: Town) -> None:
    corrected(town)
    with town.in_session() as session:
        session.get_one(InboundRow, 2).body = ""
    said = CliRunner().invoke(command, ["list"], obj=lambda: town.services).output
    assert "1 more have no words any more" in said
    assert "[name] knows" in said


def test_corrections_train_the_model_and_that_is_written_down(town: Town, tmp_path: Path) -> None:
    corrected(town)
    rows, out = tmp_path / "rows.csv", tmp_path / "model.bin"
    rows.write_text("text,level,source\ni want to die,CRISIS,own\nlovely day,OK,own\nno more than tired,GREY,own\n")
    arguments = ["train", str(rows), "--without-own", "--corrections", "--out", str(out)]
    done = CliRunner().invoke(triage, arguments, obj=lambda: town.services)
    assert done.exit_code == 0, done.output
    about = opened(out.read_bytes()).about
    assert (about["rows"], about["sources"]) == (5, ["coordinators", "own"])
    assert b"tired" not in out.read_bytes()
    assert [row.detail for row in town.rows(AuditRow) if row.what == "corrections exported"] == [{"count": 2}]
