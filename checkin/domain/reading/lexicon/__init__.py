"""The words of the reader, as data files that a person can read line by line."""

import tomllib
from importlib.resources import files
from typing import Any


def words_of(name: str) -> str:
    """A file of this folder as text, by its name without the ending."""
    return files(__name__).joinpath(f"{name}.toml").read_text(encoding="utf-8")


def table(name: str) -> dict[str, Any]:
    """The same as tables."""
    return tomllib.loads(words_of(name))
