"""A line, cell by cell: what is read, and every reason why not."""

from datetime import date

import pytest

from checkin.domain.terms import Channel
from checkin.handlers.people_files.lines import (
    COLUMNS,
    REQUIRED,
    Read,
    read_coordinators,
    read_members,
    read_volunteers,
)
from checkin.handlers.people_files.sheet import read_sheet, write_sheet
from checkin.handlers.people_files.terms import Kind

TODAY = date(2026, 11, 24)


def read(kind: Kind, *rows: dict[str, str], region: str = "US") -> Read:
    columns = list(dict.fromkeys(["phone", *(name for row in rows for name in row)]))
    full = [
        {
            name: row.get(
                name,
                "+12025550101" if name == "phone" else "",
            )
            for name in columns
        }
        for row in rows
    ]
    sheet = read_sheet(write_sheet(columns, full).encode(), COLUMNS[kind], REQUIRED)
    if kind is Kind.MEMBERS:
        return read_members(sheet, region, TODAY)
    return read_volunteers(sheet, region) if kind is Kind.VOLUNTEERS else read_coordinators(sheet, region)


def member(**cells: str):
    found = read(Kind.MEMBERS, cells)
    assert not found.bad, found.bad
    return found.good[0]


def reasons(kind: Kind = Kind.MEMBERS, **cells: str) -> str:
    return "; ".join(read(kind, cells).bad[0].reasons)


@pytest.mark.parametrize(
    "written",
    [
        "(202) 555-0101",
        "202.555.0101",
        "1 202 555 0101",
        "0012025550101",
        "+1 202 555 0101",
        "'+12025550101",
    ],
)
def test_a_number_is_read_in_any_notation_of_its_country(written: str) -> None:
    assert member(phone=written).phone == "+12025550101"


def test_text_and_call_are_understood_as_well_as_the_words_of_the_file_format() -> None:
    assert [member(channel=said).channel for said in ("text", "Call", "sms", "voice")] == ["sms", "voice"] * 2
    (line,) = read(Kind.VOLUNTEERS, {"phone": "+12025550101", "reach": "text"}).good
    assert line.reach == "sms"
    (line,) = read(Kind.VOLUNTEERS, {"phone": "+12025550101", "reach": "call"}).good
    assert line.reach == "call"


def test_a_national_number_is_read_in_the_programmes_region() -> None:
    (line,) = read(Kind.MEMBERS, {"phone": "07400 123456"}, region="GB").good
    assert line.phone == "+447400123456"


@pytest.mark.parametrize(
    ("column", "cell", "reason"),
    [
        ("phone", "555 0101 x12", "extension"),
        ("phone", "202-555-0101 ext. 4", "extension"),
        ("phone", "call Ana", "letters or signs"),
        ("phone", "12", "too short or too long"),
        ("phone", "1.2025550101E+10", "a spreadsheet has rounded the number"),
        ("phone", "1,20256E+10", "a spreadsheet has rounded the number"),
        ("name", "x" * 81, "name: it is longer than 80 characters"),
        ("name", "Sam\x07", "name: there is a control character"),
        ("language", "klingonish", "language: 'klingonish' is no language"),
        ("timezone", "Eastern", "timezone: 'Eastern' is no time zone"),
        ("channel", "letter", "channel: 'letter' is not sms or voice"),
        ("schedule", "sometimes", "schedule: 'sometimes' is no schedule"),
        ("schedule", "TU 25:00", "schedule:"),
        ("schedule", "FREQ=HOURLY", "schedule: the rule comes more often"),
        ("topics", "a" * 41, "topics: it is longer than 40 characters"),
        ("prefers", "a" * 61, "prefers: it is longer than 60 characters"),
        ("buddy", "12", "buddy: the number is too short or too long"),
        ("buddy", "+12025550101", "buddy: a member cannot be their own"),
        ("discreet", "maybe", "discreet: 'maybe' is not yes or no"),
        ("consent_source", "paper", "consent_source is given without consent_at"),
        ("consent_at", "2026-01-05", "consent_at is given without consent_source"),
        ("consent_at", "1/5/2026", "consent_at: '1/5/2026' is no date; write it like 2026-11-24"),
        ("consent_at", "2026-02-30", "consent_at: '2026-02-30' is no date"),
        ("consent_at", "1926-01-05", "consent_at: it is before 1990"),
        ("consent_at", "9999-12-31T23:59", "consent_at: it is after 2100"),
    ],
)
def test_a_cell_that_cannot_be_used_says_why(column: str, cell: str, reason: str) -> None:
    assert reason in reasons(**{column: cell})


@pytest.mark.parametrize(
    ("kind", "column", "cell", "reason"),
    [
        (Kind.VOLUNTEERS, "shifts", "weekends", "shifts: 'WEEKENDS' is no shift"),
        (Kind.VOLUNTEERS, "max_per_day", "-1", "max_per_day: '-1' is no number from 0 to 100"),
        (Kind.VOLUNTEERS, "reach", "fax", "reach: 'fax' is not call, sms or both"),
        (Kind.VOLUNTEERS, "languages", "en;zz-top-1", "languages: 'zz-top-1' is no language"),
        (Kind.COORDINATORS, "role", "boss", "role: 'boss' is not admin, coordinator or viewer"),
        (Kind.COORDINATORS, "email", "dora at oak", "email: it is no e-mail address"),
    ],
)
def test_the_other_files_say_so_too(kind: Kind, column: str, cell: str, reason: str) -> None:
    assert reason in reasons(kind, **{column: cell})


def test_a_line_names_all_its_reasons_at_once_and_never_the_number() -> None:
    said = reasons(
        phone="202-555-0101 x9",
        channel="fax",
        schedule="never",
        consent_at="soon",
        consent_source="x",
    )
    assert said.count(";") >= 4
    assert [name for name in ("phone:", "channel:", "schedule:", "consent_at:") if name not in said] == []
    assert "0101" not in said
    assert "without" not in said, "a date that cannot be read was given all the same"


def test_a_number_in_two_notations_is_refused_the_second_time_and_the_first_is_named() -> None:
    found = read(
        Kind.MEMBERS,
        {"phone": "(202) 555-0101"},
        {"phone": "+12025550102"},
        {"phone": "0012025550101"},
    )
    assert [line.number for line in found.good] == [2, 3]
    assert [(bad.number, bad.reasons) for bad in found.bad] == [(4, ("the same number as in line 2",))]


def test_a_line_without_a_number_is_refused() -> None:
    assert reasons(phone="", name="Sam") == "phone: the number is empty"


def test_cells_are_read_generously() -> None:
    line = member(
        language="ES",
        timezone="america/new york",
        channel="Voice",
        topics="Grief; new here ;grief;",
        discreet="No",
    )
    assert (line.language, line.timezone, line.channel) == ("es", "America/New_York", Channel.VOICE)
    assert (line.topics, line.discreet) == (("grief", "new here"), False)


def test_what_members_may_ask_for_is_kept_as_it_is_compared() -> None:
    number = {"phone": "+12025550101"}
    (line,) = read(Kind.VOLUNTEERS, {**number, "traits": "Woman,  over  50;WOMAN; Straße;"}).good
    assert line.traits == ("woman", "over 50", "strasse")
    (line,) = read(Kind.VOLUNTEERS, {**number, "traits": "none"}).good
    assert line.traits == ()
    (line,) = read(Kind.VOLUNTEERS, {**number, "traits": ""}).good
    assert line.traits is None
    (bad,) = read(Kind.VOLUNTEERS, {**number, "traits": "a" * 41}).bad
    assert bad.reasons == ("traits: it is longer than 40 characters",)


def test_a_language_may_be_given_by_its_name() -> None:
    assert member(language="Español").language == "es"


@pytest.mark.parametrize(
    ("written", "moment"),
    [
        ("2026-01-05", "2026-01-05T00:00:00"),
        ("2026-01-05 18:30", "2026-01-05T18:30:00"),
        ("2026-01-05T18:30:00", "2026-01-05T18:30:00"),
    ],
)
def test_a_date_without_an_offset_is_kept_naive_for_the_members_zone(written: str, moment: str) -> None:
    assert member(consent_source="paper", consent_at=written).consent_at.isoformat() == moment


def test_a_rule_of_rfc_5545_is_read_over_two_lines() -> None:
    line = member(schedule="DTSTART:20261124T180000\nRRULE:FREQ=WEEKLY;BYDAY=TU")
    assert line.schedule is not None
    assert line.schedule[0].schedule.text == "DTSTART:20261124T180000 RRULE:FREQ=WEEKLY;BYDAY=TU"


def test_none_takes_away_and_an_empty_cell_leaves() -> None:
    taken = member(schedule="none", topics="none", prefers="None", buddy="none")
    assert (taken.schedule, taken.topics, taken.prefers, taken.buddy) == ((None,), (), "", "")
    left = member(schedule="", topics="", prefers="", buddy="")
    assert (left.schedule, left.topics, left.prefers, left.buddy) == (None, None, None, None)
