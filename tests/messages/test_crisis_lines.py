"""Crisis lines: only what somebody maintains or published, and never half a number."""

import csv
import re
from importlib.resources import files

import pytest
from phonenumbers import SUPPORTED_REGIONS, parse, region_code_for_number
from phonenumbers.shortnumberinfo import is_emergency_number

from checkin.messages.crisis_lines import LONGEST_PHRASE, CrisisLine, CrisisLines

ROWS = list(
    csv.DictReader(
        files("checkin.messages").joinpath("crisis_lines.csv").read_text(encoding="utf-8").splitlines(),
    )
)
COUNTRIES = sorted({row["iso2"] for row in ROWS} | {"", "XX", "PR"})
LINES = CrisisLines.load()


def _digits(text: str) -> str:
    return re.sub(r"\D", "", text)


@pytest.mark.parametrize("language", ["en", "es", "fr"])
@pytest.mark.parametrize("country", COUNTRIES)
def test_a_phrase_names_whole_numbers_only_and_fits_its_template(country: str, language: str) -> None:
    phrase, line = LINES.phrase(country, language), LINES.for_country(country)
    assert 0 < len(phrase) <= LONGEST_PHRASE
    numbers = {line.voice or "", line.sms or ""} - {""} if line is not None else set()
    left = phrase
    for number in sorted(numbers, key=len, reverse=True):
        left = left.replace(number, "")
    assert not _digits(left), "a part of a number"
    assert line is None or any(number in phrase for number in numbers)


@pytest.mark.parametrize("country", COUNTRIES)
def test_only_lines_of_status_a_and_b_are_named(country: str) -> None:
    line = LINES.for_country(country)
    known = {row["service"] for row in ROWS if row["iso2"] == country and row["status"] in ("A", "B")}
    assert (line is None and not known) or (line is not None and line.service in known)
    if line is not None and line.sms is not None:
        assert any(
            row["sms_number"] == line.sms and row["sms_mode"] == "conversation"
            for row in ROWS
            if row["iso2"] == country and row["status"] in ("A", "B")
        )


@pytest.mark.parametrize("country", COUNTRIES)
def test_an_emergency_number_is_one_short_number(country: str) -> None:
    assert re.fullmatch(r"\d{2,4}", LINES.emergency(country))


@pytest.mark.parametrize("country", sorted(SUPPORTED_REGIONS - {row["iso2"] for row in ROWS}))
def test_where_the_table_has_no_row_112_is_told_only_where_no_other_usual_number_is_known_to_hold(country: str) -> None:
    hold = [number for number in ("112", "911", "999") if is_emergency_number(number, country)]
    assert LINES.emergency(country) == (hold or ["112"])[0]


@pytest.mark.parametrize(
    ("number", "told"),
    [("+17872345678", ("PR", "911")), ("+16712345678", ("GU", "911")), ("+12425551234", ("BS", "911"))],
)
def test_a_number_of_a_us_territory_is_not_told_of_europes_emergency_number(number: str, told: tuple[str, str]) -> None:
    country = region_code_for_number(parse(number))
    assert (country, LINES.emergency(country)) == told


def test_a_number_that_is_too_long_is_left_out_and_never_cut() -> None:
    long = "0800 111 222 333 444 555 666 777 888 999 000"
    line = CrisisLine("XX", "service", long, "12345", "HELLO", "112", "", "")
    both = CrisisLines({"XX": line}, {})
    assert both.phrase("XX", "en") == "text HELLO to 12345"
    alone = CrisisLines({"XX": CrisisLine("XX", "service", long, None, "", "112", "", "")}, {})
    assert alone.phrase("XX", "en") == "call your local emergency number"


@pytest.mark.parametrize(
    ("country", "phrase"),
    [
        ("US", "call or text 988"),
        ("PR", "call or text 988"),
        ("GU", "call or text 988"),
        ("GB", "call 116 123 or text SHOUT to 85258"),
        ("NZ", "call or text 1737"),
        ("PH", "call 0917-899-8727"),  # 1553 is reached from a landline only
        ("ZA", "call 0800 567 567"),  # its text number only calls back
        ("TH", "call your local emergency number"),  # from memory: waits until a person has dialled it
    ],
)
def test_what_a_country_is_told(country: str, phrase: str) -> None:
    assert LINES.phrase(country, "en") == phrase
