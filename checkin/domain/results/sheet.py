"""A report as CSV: one figure a line. A spreadsheet that opens it runs nothing of it."""

import csv
import io

from checkin.domain.results.report import Line, Report, lines

COLUMNS = ("figure", "part", "value", "before")
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "|")


def harmless(cell: str) -> str:
    """Words that a spreadsheet takes for words (OWASP, CSV injection): an apostrophe before what begins a formula."""
    return f"'{cell}" if cell.lstrip().startswith(_FORMULA) else cell


def plain(value: float | str | None) -> str:
    """A figure as a program reads it; nothing where there is none, or where it is not told."""
    if value is None:
        return ""
    if isinstance(value, float):
        return f"{value:.4f}".rstrip("0").rstrip(".")
    return str(value) if isinstance(value, int) else harmless(value)


def cells(line: Line) -> tuple[str, str, str, str]:
    """One line of the sheet."""
    return harmless(line.figure), harmless(line.part), plain(line.value), plain(line.before)


def as_csv(report: Report, circle: str) -> str:
    """The sheet. `circle`: of which circle, or circles, in words."""
    text = io.StringIO()
    sheet = csv.writer(text)
    sheet.writerow(COLUMNS)
    sheet.writerow(cells(Line("of", "", circle)))
    sheet.writerows(cells(line) for line in lines(report))
    return text.getvalue()
