"""Rendering: fall back by language, refuse what is missing, never run a template's code."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checkin.messages import BadTemplate, Messages, MissingValue, UnknownTemplate
from checkin.messages.reading_grade import grade, syllables
from checkin.messages.segments import folded, segments
from checkin.settings import ROOT

WORDS = Messages.load(ROOT / "templates")


def test_a_language_without_the_text_gets_its_own_without_the_country_else_the_programmes() -> None:
    assert WORDS.text("declined", "es-MX", {"programme": "Oak"}).language == "es"
    assert WORDS.text("declined", "fr", {"programme": "Oak"}).language == "en"


def test_a_missing_value_is_refused_and_never_left_blank() -> None:
    with pytest.raises(MissingValue, match="programme"):
        WORDS.text("declined", "en", {})
    with pytest.raises(UnknownTemplate):
        WORDS.text("no_such", "en", {})


def test_what_a_person_wrote_is_never_read_as_a_template() -> None:
    body = WORDS.text("relay_to_member", "en", {"words": "{{ programme }} {% if %}"}).body
    assert body == "From your peer: {{ programme }} {% if %}"


@pytest.mark.parametrize(
    "text",
    ["{{ programme", "{% include 'x' %}", "{{ programme|upper }}", "{% set x = 1 %}"],
)
def test_a_broken_file_is_named_in_one_sentence(tmp_path: Path, text: str) -> None:
    (tmp_path / "sms" / "en").mkdir(parents=True)
    (tmp_path / "sms" / "en" / "help.txt").write_text("{# values: programme (max 20) #}\n" + text)
    with pytest.raises(BadTemplate, match=r"^The template sms/en/help.txt cannot be used: .*\.$"):
        Messages.load(tmp_path)


@pytest.mark.parametrize(
    ("text", "encoding", "units", "count"),
    [
        ("", "GSM-7", 0, 1),
        ("a" * 160, "GSM-7", 160, 1),
        ("a" * 161, "GSM-7", 161, 2),
        ("€" * 80, "GSM-7", 160, 1),
        ("€" * 81, "GSM-7", 162, 2),
        ("é" * 160, "GSM-7", 160, 1),
        ("í" * 70, "UCS-2", 70, 1),
        ("í" * 71, "UCS-2", 71, 2),
        ("😀" * 35, "UCS-2", 70, 1),
        ("😀" * 36, "UCS-2", 72, 2),
    ],
)
def test_segments_are_counted_as_the_carrier_counts(text: str, encoding: str, units: int, count: int) -> None:
    counted = segments(text)
    assert (counted.encoding, counted.units, counted.count) == (encoding, units, count)


@given(st.text(), st.text())
def test_more_text_never_takes_fewer_segments(text: str, more: str) -> None:
    assert segments(text + more).count >= segments(text).count


@given(st.text())
def test_folding_twice_is_folding_once(text: str) -> None:
    assert folded(folded(text)) == folded(text)


@pytest.mark.parametrize(
    ("word", "count"), [("rough", 1), ("people", 2), ("texted", 2), ("called", 1), ("volunteer", 3)]
)
def test_syllables_are_counted_near_enough(word: str, count: int) -> None:
    assert syllables(word) == count


def test_a_hard_text_has_a_higher_grade_than_a_plain_one() -> None:
    plain = grade("How are you today? We are here. Text us at any time you like.")
    hard = grade(
        "Participation necessitates comprehensive acknowledgement of organisational obligations today, now.",
    )
    assert plain is not None
    assert hard is not None
    assert plain < 4 < 12 < hard
    assert grade("Thank you.") is None
