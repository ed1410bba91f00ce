"""Every line of a language's lexicon has a text that needs it: without the line, the text is read otherwise.

The texts stand in `rows_<language>.csv` (phrase, text, level). A line without a row may say nothing at all, or what
another line says already; a row that reads the same without its line guards nothing.
"""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from checkin.domain.reading import level
from checkin.domain.reading.lexicon import table
from checkin.domain.reading.phrases import Hit, Phrases
from checkin.domain.terms import Level

HERE = Path(__file__).parent
LANGUAGES = [language for language in level.LANGUAGES if (HERE / f"rows_{language}.csv").exists()]
each_language = pytest.mark.parametrize("language", LANGUAGES)


@dataclass(frozen=True)
class _Alone:
    """The phrases of one language without those of the others, and without one line.

    Alone, so that no language leans on a word that another one happens to share and may give up.
    """

    whole: Phrases[level.Family]
    language: str
    without: str

    def find(self, clause: str) -> Iterator[Hit[level.Family]]:
        for hit in self.whole.find(clause):
            if hit.meaning.language == self.language and hit.phrase != self.without:
                yield hit


def read_alone(text: str, language: str, without: str = "") -> tuple[Level, bool]:
    """The level by the lexicon of one language, and whether anything was understood."""
    whole = level.lexicon()
    phrases, idioms = (_Alone(each, language, without) for each in (whole.phrases, whole.idioms))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(level, "lexicon", lambda: level.Lexicon(phrases, idioms, whole.negation))
        need = level.level_of(text, language)
    return need.level, need.understood


def rows(language: str) -> list[dict[str, str]]:
    with (HERE / f"rows_{language}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def lines(language: str) -> list[str]:
    """Every phrase of a lexicon: of its levels, its marks and its idioms."""
    data = table(language)
    families = [entry for wanted in (Level.CRISIS, Level.DISTRESS, Level.CONCERN) for entry in data[wanted.value]]
    marks = [entry for entry in data.values() if isinstance(entry, dict) and "words" in entry]
    return [line for family in (*families, *marks) for line in family["words"]]


@each_language
def test_each_text_is_read_at_its_level(language):
    wrong = [
        f"{row['text']!r} is {found}, not {row['level']}"
        for row in rows(language)
        if (found := level.level_of(row["text"], language).level) != row["level"]
    ]
    assert not wrong


@each_language
def test_each_line_stands_once_and_has_a_text(language):
    written, told = lines(language), {row["phrase"] for row in rows(language)}
    assert sorted(line for line in set(written) if written.count(line) > 1) == []
    assert [line for line in written if line not in told] == []
    assert sorted(told.difference(written)) == []


@each_language
def test_without_its_line_a_text_is_read_otherwise(language):
    idle = [
        f"{row['phrase']!r}: {row['text']!r}"
        for row in rows(language)
        if read_alone(row["text"], language) == read_alone(row["text"], language, without=row["phrase"])
    ]
    assert not idle
