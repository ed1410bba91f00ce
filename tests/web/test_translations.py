"""Each word of the pages stands in Spanish too, and no translation is left over."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages.extract import extract_from_file
from babel.messages.pofile import read_po

from checkin.settings import ROOT
from checkin.web.dashboard.language import FOLDER, LANGUAGES

_VALUE = re.compile(r"%\((\w+)\)s")


def said(kind: str, path: Path, **options: object) -> Iterator[tuple[str, ...]]:
    keywords = {"_": None, "gettext": None, "lazy": None, "ngettext": (1, 2)}
    for _line, message, _comments, _context in extract_from_file(kind, path, keywords=keywords, options=options):
        yield message if isinstance(message, tuple) else (message,)


def all_messages() -> dict[tuple[str, ...], str]:
    """Every message of the pages, and a file in which it stands."""
    found: dict[tuple[str, ...], str] = {}
    for path in sorted((ROOT / "templates" / "web").rglob("*.html")):
        if "phones" not in path.parts:
            for message in said("jinja2.ext:babel_extract", path, extensions="jinja2.ext.i18n", trimmed="true"):
                found.setdefault(message, path.name)
    for path in sorted((ROOT / "checkin" / "web").rglob("*.py")):
        for message in said("python", path):
            found.setdefault(message, path.name)
    return found


@pytest.mark.parametrize("language", sorted(set(LANGUAGES) - {"en"}))
def test_each_message_of_the_pages_is_translated(language: str) -> None:
    translated: dict[tuple[str, ...], tuple[str, ...]] = {}
    for path in sorted((FOLDER / language).glob("*.po")):
        with path.open("rb") as file:
            for entry in read_po(file, locale=language):
                if entry.id:
                    key = entry.id if isinstance(entry.id, tuple) else (entry.id,)
                    words = entry.string if isinstance(entry.string, tuple) else (entry.string,)
                    assert translated.setdefault(key, words) == words, f"twice and not alike: {key} ({path.name})"
                    assert not entry.fuzzy, f"{path.name}: {key}"
    messages = all_messages()
    missing = {message[0]: place for message, place in messages.items() if message not in translated}
    assert not missing, f"not in {language}: {missing}"
    left_over = [message[0] for message in translated if message not in messages]
    assert not left_over, f"said nowhere: {left_over}"
    for message, words in translated.items():
        assert all(words), message
        for version in words:
            assert set(_VALUE.findall(version)) <= {name for one in message for name in _VALUE.findall(one)}, message
            assert set(_VALUE.findall(version)) >= set(_VALUE.findall(message[0])) - {"num"}, message
