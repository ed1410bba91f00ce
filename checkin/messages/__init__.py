"""Words: each text and prompt is a file below `templates/` (`source.py` has its form)."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from jinja2 import Template, TemplateError, UndefinedError

from checkin.domain.call_script import Voice
from checkin.messages.segments import folded
from checkin.messages.source import BadTemplate, Source, compiled, parse_source
from checkin.messages.voices import read_voices

__all__ = [
    "BadTemplate",
    "Messages",
    "MissingValue",
    "Rendered",
    "Source",
    "UnknownTemplate",
    "parse_source",
]


class UnknownTemplate(KeyError):
    """No such template in any language."""


class MissingValue(ValueError):
    """A template's value was not given."""


@dataclass(frozen=True)
class Rendered:
    """A message as it leaves, and the language it is in (the asked-for one, or the one fallen back to)."""

    body: str
    language: str


class Messages:
    """All templates, compiled once."""

    def __init__(
        self, templates: Mapping[tuple[str, str, str], Template], default_language: str, voices: Mapping[str, Voice]
    ) -> None:
        self._templates, self._voices = templates, voices
        self._default = default_language
        self.languages = frozenset(language for _, language, _ in templates)

    @classmethod
    def load(cls, root: Path, default_language: str = "en") -> "Messages":
        """Read `sms/<language>/<key>.txt` and `voice/<language>/<key>.txt` below `root`.

        Raises BadTemplate, with the file's name, for one that cannot be used; the linter says more.
        """
        templates: dict[tuple[str, str, str], Template] = {}
        for path in sorted(root.glob("*/*/*.txt")):
            kind, language, key = path.parts[-3], path.parts[-2], path.stem
            try:
                source = parse_source(path.read_text(encoding="utf-8"))
                if source is not None:
                    templates[kind, language, key] = compiled(source.text)
            except (BadTemplate, UnicodeDecodeError) as error:
                said = str(error) if isinstance(error, BadTemplate) else "it is not UTF-8"
                raise BadTemplate(
                    f"The template {kind}/{language}/{path.name} cannot be used: {said}.",
                ) from error
        return cls(templates, default_language, read_voices(root))

    def text(self, key: str, language: str, values: Mapping[str, str]) -> Rendered:
        """Render a text message. Raises UnknownTemplate, MissingValue."""
        rendered = self._render("sms", key, language, values)
        return Rendered(folded(rendered.body), rendered.language)

    def say(self, key: str, language: str, values: Mapping[str, str]) -> Rendered:
        """Render what is said on a call. Raises UnknownTemplate, MissingValue."""
        return self._render("voice", key, language, values)

    def voice(self, language: str) -> Voice:
        """How this language is spoken and heard; the programme's where it has no voice."""
        return self._voices.get(language) or self._voices.get(language.split("-")[0]) or self._voices[self._default]

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
