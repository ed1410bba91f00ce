"""`checkin triage`: what it prints, and what it says of files that it cannot use."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from checkin.cli.triage import command
from checkin.domain.reading import read
from checkin.domain.reading.model import opened
from checkin.triage.evaluation import Share
from checkin.triage.left_out import judged_left_out, parts_of
from checkin.triage.rows import OWN, Row
from checkin.triage.training import train

HEAD = "text,level,lang,category,source,licence\n"


def says(*arguments: str) -> tuple[int, str]:
    done = CliRunner().invoke(command, list(arguments))
    return done.exit_code, done.output


def test_evaluate_tells_what_is_found_and_how_long_it_takes(tmp_path):
    file = tmp_path / "texts.csv"
    file.write_text(
        HEAD + "i want to die,CRISIS,en,explicit,own,CC0\nSTOP,STOP,en,command,own,CC0\nlovely day,OK,en,ok,own,CC0\n"
        "cant stop crying,DISTRESS,en,low,own,CC0\nthe weather is mild,DISTRESS,en,low,own,CC0\n"
    )
    code, said = says("evaluate", str(file), "--by", "category", "--errors")
    assert code == 0, said
    assert "crisis read as crisis             100.0%" in said
    assert "commands understood               100.0%" in said
    assert "category low: 2 texts" in said
    assert "distress missed: [en, low] the weather is mild" in said
    assert "p99" in said


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ("a,b\n1,2\n", "has no column 'text'"),
        (HEAD + "hello,SAD,en,,,\n", "line 2: the level 'SAD' is none of"),
        (HEAD, "These files hold no texts"),
        (b"\xff\xfe\x00", "is not UTF-8"),
    ],
)
def test_a_file_that_cannot_be_used_is_one_sentence(tmp_path, content, sentence):
    file = tmp_path / "bad.csv"
    file.write_bytes(content if isinstance(content, bytes) else content.encode())
    code, said = says("evaluate", str(file))
    assert (code, sentence in said) == (1, True), said


def test_a_file_that_is_not_there_is_one_sentence(tmp_path):
    code, said = says("evaluate", str(tmp_path / "none.csv"))
    assert code == 1
    assert "none.csv cannot be read" in said


def test_a_model_is_trained_and_can_be_opened(tmp_path):
    few = tmp_path / "few.csv"
    lines = [line for line in Path(OWN[0]).read_text(encoding="utf-8").splitlines()[1:] if line.count(",") == 5]
    few.write_text(HEAD + "\n".join(lines[::9]) + "\n", encoding="utf-8")
    out = tmp_path / "model.bin"
    code, said = says("train", str(few), "--without-own", "--out", str(out), "--seed", "3")
    assert code == 0, said
    assert opened(out.read_bytes()).about["seed"] == 3


@pytest.mark.parametrize(
    ("kind", "parts"),
    [
        ("source", {"a": [0, 2], "b": [1]}),
        ("category", {"part 1 of 5": [1], "part 5 of 5": [0, 2]}),
    ],
)
def test_what_is_of_one_kind_is_left_out_together(kind, parts):
    rows = [Row("x", "OK", "en", "idiom", "a"), Row("y", "OK", "en", "past", "b"), Row("z", "OK", "en", "idiom", "a")]
    assert parts_of(rows, kind) == parts


def test_a_text_is_read_by_a_model_that_was_trained_without_its_kind():
    """Of a word that one writer alone used, a model that never saw their texts says nothing."""
    ok = [Row(f"we had {food} and were merry", "OK", "en", "ok", "a") for food in ("soup", "bread", "rice", "beans")]
    others = [Row(f"hopeless and {how}", "DISTRESS", "en", "low", "b") for how in ("alone", "lost", "empty", "cold")]
    theirs = [
        Row(f"zorgle {what} again", "CRISIS", "en", "made up", "c") for what in ("today", "tonight", "soon", "now")
    ]
    said: list[str] = []
    judged = judged_left_out(ok + others + theirs, "source", 3, lambda context: context, lambda: 0, said.append)
    assert [each.row.source for each in judged] == ["a"] * 4 + ["b"] * 4 + ["c"] * 4
    assert not any("zorgle" in why.words for each in judged for why in each.reading.reasons)
    with_theirs = opened(train(ok + others + theirs, 3, said.append))
    assert all("zorgle" in read(row.text, by=with_theirs).reasons[0].words for row in theirs)
    assert said[:3] == [f"trained without {name}: 4 texts" for name in "abc"]


def test_a_level_that_is_missing_trains_nothing(tmp_path):
    few = tmp_path / "few.csv"
    few.write_text(HEAD + "hello,OK,en,,,\n")
    code, said = says("train", str(few), "--without-own", "--out", str(tmp_path / "model.bin"))
    assert code == 1
    assert "CRISIS, DISTRESS and OK are all needed" in said
    assert not (tmp_path / "model.bin").exists()


def test_the_card_says_that_it_is_no_diagnosis():
    code, said = says("card")
    assert code == 0
    assert "no diagnosis" in said


@pytest.mark.parametrize(
    ("hits", "of", "low", "high"),
    [(0, 10, 0.0, 0.278), (10, 10, 0.722, 1.0), (5, 10, 0.237, 0.763), (90, 100, 0.826, 0.945)],
)
def test_the_interval_is_wilsons(hits, of, low, high):
    assert Share(hits, of).interval == pytest.approx((low, high), abs=0.001)
    assert Share(0, 0).interval is None
