"""The file itself: encodings, quotes, columns, and cells that a spreadsheet would run."""

import contextlib
import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checkin.handlers.people_files.sheet import BadFile, free, guarded, read_sheet, write_sheet

KNOWN = ("phone", "name", "circle")


def sheet(raw: str | bytes):
    return read_sheet(raw if isinstance(raw, bytes) else raw.encode(), KNOWN, ("phone",))


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (b"", "it is empty"),
        (b"\xef\xbb\xbf", "it is empty"),
        (b" \n \n", "it is empty"),
        ("phone,name\n1,Zoë".encode("utf-16"), "UTF-16"),
        ("phone,name\n1,Zoë".encode("utf-16-le"), "zero byte"),
        ("phone,name\n1,Ana\n2,Zoë\n".encode("latin-1"), "line 3 is not UTF-8"),
        (b"PK\x03\x04rest", "a spreadsheet, not CSV"),
        (b"\x89PNG\r\n\x1a\n\x00\x00", "zero byte"),
        (b"\x00\x01\x02", "zero byte"),
        (b'phone,name\n1,"Ana\n2,Ben\n', "a quote .* in line 2 is never closed"),
        (b'phone,name\n1,"Ana" Lee\n', "line 2 has a quote .* in the middle"),
        (b"+12025550101,Ana\n", "its first line must name the columns: phone,name,circle"),
        (b"name,circle\nAna,east\n", "the column phone is missing"),
        (b"phone,name,Phone\n", "the column phone is there twice"),
        (b"phone,name\n1," + b"x" * 5_000_000 + b"\n", "line 2 holds a cell of more than"),
    ],
)
def test_a_file_that_is_none_is_told_in_one_sentence(raw: bytes, reason: str) -> None:
    with pytest.raises(BadFile, match=reason) as error:
        sheet(raw)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize(
    "raw",
    [
        "phone,name\n1,Zoë\n",
        "\ufeffphone,name\n1,Zoë\n",
        "name,phone\r\nZoë,1\r\n",
        '"Phone"," NAME "\n1,Zoë',
        "\nphone,name\n\n1,Zoë\n,\n",
        "phone;name\n1;Zoë\n",
        "phone\tname\n1\tZoë\n",
        "phone,name\n1,  Zoë \n",
    ],
)
def test_what_spreadsheets_write_is_read(raw: str) -> None:
    (line,) = sheet(raw).lines
    assert (line.cells["phone"], line.cells["name"], line.wrong) == ("1", "Zoë", "")


def test_columns_that_nobody_asked_for_are_named() -> None:
    assert sheet("phone,shoe size,name\n1,44,Ana\n").extra == ("shoe size",)


def test_a_line_has_the_number_that_an_editor_shows() -> None:
    lines = sheet('phone,name\n1,"Ana\nLee"\n\n2,Ben\n').lines
    assert [(line.number, line.cells["name"]) for line in lines] == [(2, "Ana Lee"), (5, "Ben")]


def test_a_line_with_a_cell_too_many_or_too_few_is_wrong() -> None:
    few, many = sheet("phone,name\n1\n1,Ana,east\n").lines
    assert few.wrong.startswith("it has 1 cell where the header has 2")
    assert many.wrong.startswith("it has 3 cells where the header has 2")


@pytest.mark.parametrize(
    "cell",
    ["=1+1", "+cmd|' /C calc'!A0", "-2+3", "@SUM(A1)", "\t=1", "\r=1", "'=1", "''-1"],
)
def test_a_cell_that_a_spreadsheet_would_run_goes_out_as_words(cell: str) -> None:
    assert guarded(cell)[0] == "'"
    assert free(guarded(cell)) == cell


@pytest.mark.parametrize("cell", ["+12025550123", "Ana", "", "O'Neil", "'tis"])
def test_an_ordinary_cell_stays_as_it_is(cell: str) -> None:
    assert guarded(cell) == cell


@given(st.text())
def test_every_cell_comes_back_as_it_went(cell: str) -> None:
    assert free(guarded(cell)) == cell


@given(st.lists(st.text(st.characters(exclude_categories=["Cc", "Cs", "Z"])), min_size=1, max_size=5))
def test_what_is_written_is_read_again(names: list[str]) -> None:
    rows = [{"phone": str(i + 1), "name": name, "circle": ""} for i, name in enumerate(names)]
    read = sheet(write_sheet(KNOWN, rows)).lines
    assert [line.cells["name"] for line in read] == names


@given(st.text())
def test_no_written_cell_is_run_by_a_spreadsheet(cell: str) -> None:
    text = write_sheet(("name",), [{"name": cell}])
    (_, *rows) = csv.reader(io.StringIO(text, newline=""))
    assert not rows or not rows[0] or rows[0][0][:1] not in ("=", "-", "@", "\t", "\r") or rows[0][0] == ""


@given(st.binary(max_size=300))
def test_no_bytes_make_it_fail_otherwise(raw: bytes) -> None:
    with contextlib.suppress(BadFile):
        read_sheet(b"phone,name\n" + raw, KNOWN, ("phone",))
