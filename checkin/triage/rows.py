"""Labelled texts in CSV files: `text,level,lang,category,source,licence`, the columns of a set of test texts."""

import csv
import io
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

ALERTS = frozenset({"CRISIS", "DISTRESS"})
LEVELS = ("CRISIS", "DISTRESS", "GREY", "OK")
COMMANDS = ("STOP", "HELP", "PAUSE", "LATER", "START")
OWN = tuple(sorted((Path(__file__).parent / "own").glob("*.csv")))
"""The project's own labelled texts (CC0), on which the model of the package is trained."""

_NEEDED = ("text", "level")
_LONGEST_FILE = 64 * 1024 * 1024


class BadRows(Exception):
    """A file holds no labelled rows. One sentence: which file, what is wrong, how to mend it."""


@dataclass(frozen=True)
class Row:
    """A text and what it should be read as: a level, or a command. `family`: texts that say the same in other words."""

    text: str
    level: str
    lang: str = ""
    category: str = ""
    source: str = ""

    @property
    def family(self) -> str:
        """What is left out together when the reader is judged on texts that it has not seen."""
        return f"{self.source}/{self.category}"

    @property
    def is_noisy(self) -> bool:
        """Whether nobody looked at the label."""
        return "noisy" in self.category


def rows_of(paths: Iterable[Path]) -> list[Row]:
    """The rows of files, each text once. Raises BadRows."""
    found: dict[tuple[str, str], Row] = {}
    for path in paths:
        for row in _rows(path):
            found.setdefault((row.text, row.lang), row)
    return list(found.values())


def _rows(path: Path) -> list[Row]:
    try:
        if path.stat().st_size > _LONGEST_FILE:
            raise BadRows(f"{path.name} is larger than 64 MB: split it.")
        text = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise BadRows(f"{path.name} cannot be read ({error.strerror}): check the path.") from None
    except UnicodeDecodeError:
        raise BadRows(f"{path.name} is not UTF-8: save it as UTF-8.") from None
    return rows_in(text, path.name)


def rows_in(text: str, name: str) -> list[Row]:
    """The rows of a CSV text; `name`: what it is called where something is wrong with it. Raises BadRows."""
    sheet = csv.DictReader(io.StringIO(text, newline=""))
    missing = [column for column in _NEEDED if column not in (sheet.fieldnames or ())]
    if missing:
        raise BadRows(f"{name} has no column {missing[0]!r}: its first line must name text and level.")
    rows = []
    try:
        for each in sheet:
            level = (each["level"] or "").strip().upper()
            if level not in (*LEVELS, *COMMANDS):
                raise BadRows(
                    f"{name}, line {sheet.line_num}: the level {level[:20]!r} is none of "
                    f"{', '.join((*LEVELS, *COMMANDS))}."
                )
            rest = {column: (each.get(column) or "").strip() for column in ("lang", "category", "source")}
            rows.append(Row(each["text"] or "", level, **rest))
    except csv.Error as error:
        raise BadRows(f"{name}, line {sheet.line_num}: {error}.") from None
    return rows
