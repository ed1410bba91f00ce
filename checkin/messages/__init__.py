"""Words: every text and prompt is a file below `templates/`, one message a file.

The first line of a template is a comment that names its values with their longest lengths:
`{# values: programme (max 20), number (max 6) #}`.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from jinja2 import StrictUndefined, Template, TemplateError, UndefinedError
from jinja2.sandbox import SandboxedEnvironment

from checkin.messages.segments import folded

_HEADER = re.compile(r"\A\s*\{#\s*values:(.*?)#\}\s*", re.DOTALL)
_VALUE = re.compile(r"(\w+)\s*\(max\s+(\d+)\)")


class UnknownTemplate(KeyError):
    """No such template in any language."""


class MissingValue(ValueError):
    """A template's value was not given."""


@dataclass(frozen=True)
class Rendered:
    """A message as it leaves, and the language it is in (the asked-for one, or the one fallen back to)."""

    body: str
    language: str


@dataclass(frozen=True)
class Source:
    """A template file: its values with their longest lengths, and its text."""

    values: Mapping[str, int]
    text: str


def parse_source(raw: str) -> Source | None:
    """Read a template file; None where it lacks its first line."""
    header = _HEADER.match(raw)
    if header is None:
        return None
    values = {name: int(longest) for name, longest in _VALUE.findall(header[1])}
    return Source(values, " ".join(raw[header.end() :].split()))


class Messages:
    """All templates, compiled once."""

    def __init__(self, templates: Mapping[tuple[str, str, str], Template], default_language: str) -> None:
        self._templates = templates
        self._default = default_language
        self.languages = frozenset(language for _, language, _ in templates)

    @classmethod
    def load(cls, root: Path, default_language: str = "en") -> "Messages":
        """Read `sms/<language>/<key>.txt` and `voice/<language>/<key>.txt` below `root`."""
        environment = SandboxedEnvironment(undefined=StrictUndefined, autoescape=False)
        templates: dict[tuple[str, str, str], Template] = {}
        for path in sorted(root.glob("*/*/*.txt")):
            source = parse_source(path.read_text(encoding="utf-8"))
            if source is not None:
                kind, language, key = path.parts[-3], path.parts[-2], path.stem
                templates[kind, language, key] = environment.from_string(source.text)
        return cls(templates, default_language)

    def text(self, key: str, language: str, values: Mapping[str, str]) -> Rendered:
        """Render a text message. Raises UnknownTemplate, MissingValue."""
        rendered = self._render("sms", key, language, values)
        return Rendered(folded(rendered.body), rendered.language)

    def say(self, key: str, language: str, values: Mapping[str, str]) -> Rendered:
        """Render what is said on a call. Raises UnknownTemplate, MissingValue."""
        return self._render("voice", key, language, values)

    def _render(self, kind: str, key: str, language: str, values: Mapping[str, str]) -> Rendered:
        for candidate in (language, language.split("-")[0], self._default):
            template = self._templates.get((kind, candidate, key))
            if template is None:
                continue
            try:
                return Rendered(template.render(values), candidate)
            except UndefinedError as error:
                raise MissingValue(f"{kind}/{candidate}/{key}: {error.message}") from error
            except TemplateError as error:
                raise MissingValue(f"{kind}/{candidate}/{key} cannot be rendered") from error
        raise UnknownTemplate(f"there is no template {kind}/{language}/{key}")
