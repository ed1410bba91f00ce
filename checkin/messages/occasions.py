"""When each text is sent and each prompt is said, in words: read from `occasions.toml`."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files


@dataclass(frozen=True)
class Occasion:
    """One message. `when`: a sentence, by the reader's language."""

    kind: str
    key: str
    when: Mapping[str, str]


@dataclass(frozen=True)
class Section:
    """A part of a member's life, or of what others hear. `name`: by the reader's language."""

    kind: str
    name: Mapping[str, str]
    occasions: tuple[Occasion, ...]


@cache
def sections() -> tuple[Section, ...]:
    """Every message of the catalogue, in the order of a member's life."""
    data = tomllib.loads(files("checkin.messages").joinpath("occasions.toml").read_text(encoding="utf-8"))
    return tuple(
        Section(kind, _by_language(table["_"]), tuple(
            Occasion(kind, key, _by_language(words)) for key, words in table.items() if key != "_"
        ))
        for kind, tables in data.items()
        for table in tables.values()
    )  # fmt: skip


@cache
def section_of(kind: str, key: str) -> Section:
    """Where in a life this message has its place. Raises KeyError for none of ours."""
    return {(each.kind, each.key): section for section in sections() for each in section.occasions}[kind, key]


@cache
def occasion(kind: str, key: str) -> Occasion:
    """When this message is sent. Raises KeyError for none of ours."""
    found = {(each.kind, each.key): each for section in sections() for each in section.occasions}
    return found[kind, key]


def _by_language(words: tuple[str, str]) -> dict[str, str]:
    return dict(zip(("en", "es"), words, strict=True))
