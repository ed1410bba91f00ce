"""A CSV file as a sheet: its columns and its lines. Pure: bytes in, cells out, or one sentence why not.

A spreadsheet runs a cell that begins with = + - or @ as a formula. What goes out is marked with an apostrophe
there, and what comes in is freed of it, so that a file goes round unchanged.
"""

import csv
import io
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

MOST_BYTES = 200_000_000
_FORMULA = re.compile(r"^'*[=+\-@\t\r]")
_NUMBER = re.compile(r"^\+\d+$")  # a phone number runs as nothing but itself
_UTF16 = (b"\xff\xfe", b"\xfe\xff")
_ARCHIVE = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")
_SEPARATORS = (",", ";", "\t")


class BadFile(ValueError):
    """A file that cannot be read as a whole: one sentence, without the file's name."""


@dataclass(frozen=True)
class Line:
    """One line of a file: its number as an editor shows it, its cells, and what is wrong with its shape."""

    number: int
    cells: Mapping[str, str]
    wrong: str = ""


@dataclass(frozen=True)
class Sheet:
    """The known columns, those that nobody asked for, and the lines that are not empty."""

    columns: tuple[str, ...]
    extra: tuple[str, ...]
    lines: tuple[Line, ...]


def read_sheet(raw: bytes, known: Sequence[str], required: Sequence[str]) -> Sheet:
    """Read a file. Raises BadFile: no UTF-8, no CSV, no header, a column that is missing or there twice."""
    text = _text(raw)
    rows = _rows(text, _separator(text, known))
    header = [" ".join(cell.split()).lower() for cell in rows[0][1]] if rows else []
    _check_header(header, known, required)
    return Sheet(
        columns=tuple(name for name in header if name in known),
        extra=tuple(name for name in header if name and name not in known),
        lines=tuple(_line(number, header, cells) for number, cells in rows[1:] if any(map(str.strip, cells))),
    )


def _text(raw: bytes) -> str:
    if len(raw) > MOST_BYTES:
        raise BadFile(f"it is larger than {MOST_BYTES // 1_000_000} MB; cut it into several")
    if raw.startswith(_UTF16):
        raise BadFile("it is UTF-16; save it as CSV UTF-8")
    if raw.startswith(_ARCHIVE):
        raise BadFile("it is a spreadsheet, not CSV; save it as CSV UTF-8")
    if b"\x00" in raw:
        raise BadFile("it is no text (there is a zero byte in it); save it as CSV UTF-8")
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise BadFile(f"line {line} is not UTF-8, perhaps Latin-1; save it as CSV UTF-8") from error
    if not text.strip():
        raise BadFile("it is empty; its first line must name the columns")
    return text


def _separator(text: str, known: Sequence[str]) -> str:
    """A comma; or what the spreadsheets of some countries put instead, where only that makes a header."""
    first = text.lstrip().splitlines()[0].lower()
    found = {sign: sum(part.strip(' "') in known for part in first.split(sign)) for sign in _SEPARATORS}
    return max(_SEPARATORS, key=lambda sign: found[sign])


def _rows(text: str, separator: str) -> list[tuple[int, list[str]]]:
    """Every row with the number of the line on which it begins."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    rows: list[tuple[int, list[str]]] = []
    start = 1
    try:
        for cells in reader:
            if cells or rows:
                rows.append((start, cells))
            start = reader.line_num + 1
    except csv.Error as error:
        raise BadFile(_why_no_csv(str(error), start)) from error
    return rows


def _why_no_csv(said: str, line: int) -> str:
    if "field larger" in said:
        most = f"{csv.field_size_limit():,}"
        return f"line {line} holds a cell of more than {most} characters; a quote may be missing"
    if "unexpected end" in said:
        return f'a quote (") that opens in line {line} is never closed'
    return f'line {line} has a quote (") in the middle of a cell; double it, or quote the whole cell'


def _check_header(header: Sequence[str], known: Sequence[str], required: Sequence[str]) -> None:
    if not set(header) & set(known):
        raise BadFile(f"its first line must name the columns: {','.join(known)}")
    twice = sorted({name for name in header if name in known and header.count(name) > 1})
    if twice:
        raise BadFile(f"the column {twice[0]} is there twice")
    missing = [name for name in required if name not in header]
    if missing:
        raise BadFile(f"the column {missing[0]} is missing; the first line must name the columns")


def _line(number: int, header: Sequence[str], cells: Sequence[str]) -> Line:
    given = {name: free(" ".join(cell.split())) for name, cell in zip(header, cells, strict=False)}
    if len(cells) == len(header):
        return Line(number, given)
    how = f"it has {len(cells)} cell{'' if len(cells) == 1 else 's'} where the header has {len(header)}"
    return Line(number, given, f"{how}; a cell with a comma in it needs quotes around it")


def write_sheet(columns: Sequence[str], rows: Iterable[Mapping[str, str]]) -> str:
    """The file's text, with commas and CRLF (RFC 4180)."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(columns)
    writer.writerows([guarded(row[name]) for name in columns] for row in rows)
    return out.getvalue()


def guarded(cell: str) -> str:
    """The cell as no spreadsheet runs it."""
    return f"'{cell}" if _FORMULA.match(cell) and not _NUMBER.match(cell) else cell


def free(cell: str) -> str:
    """The cell as it was before `guarded`."""
    return cell[1:] if cell.startswith("'") and _FORMULA.match(cell) else cell
