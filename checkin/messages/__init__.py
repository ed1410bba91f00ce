"""Words: each text and prompt is a file below `templates/` (`source.py` has its form); own words lie over the files."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from jinja2 import Template, TemplateError, UndefinedError

from checkin.domain.call_script import Voice
from checkin.messages.own_words import NO_WORDS, OwnWords
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
    "Words",
    "parse_source",
]


class UnknownTemplate(KeyError):
    """No such template in any language."""


class MissingValue(ValueError):
    """A template's value was not given."""


@dataclass(frozen=True)
class Rendered:
    """A message as it leaves, and the language it is in (the asked-for one, or the one fallen back to).

    `wording`: the id of the circle's or the programme's own wording; None, the packaged words.
    """

    body: str
    language: str
    wording: int | None = None


class Messages:
    """All templates, compiled once."""

    def __init__(
        self,
        templates: Mapping[tuple[str, str, str], Template],
        sources: Mapping[tuple[str, str, str], str],
        default_language: str,
        voices: Mapping[str, Voice],
    ) -> None:
        self._templates, self._sources, self._voices = templates, sources, voices
        self.default = default_language
        offered = {language for kind, language, key in templates if (kind, key) == ("voice", "incoming_language")}
        self.spoken = tuple(sorted(offered, key=self._order))
        self.languages = frozenset(language for _, language, _ in templates)

    @classmethod
    def load(cls, root: Path, default_language: str = "en") -> "Messages":
        """Read `sms/<language>/<key>.txt` and `voice/<language>/<key>.txt` below `root`.

        Raises BadTemplate, with the file's name, for one that cannot be used; the linter says more.
        """
        templates: dict[tuple[str, str, str], Template] = {}
        sources: dict[tuple[str, str, str], str] = {}
        for path in sorted(root.glob("*/*/*.txt")):
            kind, language, key = path.parts[-3], path.parts[-2], path.stem
            try:
                source = parse_source(path.read_text(encoding="utf-8"))
                if source is not None:
                    templates[kind, language, key] = compiled(source.text)
                    sources[kind, language, key] = source.text
            except (BadTemplate, UnicodeDecodeError) as error:
                said = str(error) if isinstance(error, BadTemplate) else "it is not UTF-8"
                raise BadTemplate(
                    f"The template {kind}/{language}/{path.name} cannot be used: {said}.",
                ) from error
        return cls(templates, sources, default_language, read_voices(root))

    def text(self, key: str, language: str, values: Mapping[str, str]) -> Rendered:
        """Render a text message in the packaged words. Raises UnknownTemplate, MissingValue."""
        return Words(self).text(key, language, values)

    def say(self, key: str, language: str, values: Mapping[str, str]) -> Rendered:
        """Render what is said on a call, in the packaged words. Raises UnknownTemplate, MissingValue."""
        return Words(self).say(key, language, values)

    def voice(self, language: str) -> Voice:
        """How this language is spoken and heard; the programme's where it has no voice."""
        return self._voices.get(language) or self._voices.get(language.split("-")[0]) or self._voices[self.default]

    def packaged(self, kind: str, language: str, key: str) -> str | None:
        """The packaged wording as it is written; None where this language lacks it."""
        return self._sources.get((kind, language, key))

    def speaks(self, language: str) -> bool:
        """Whether this language has a voice of its own."""
        return language in self._voices or language.split("-")[0] in self._voices

    def _order(self, language: str) -> tuple[bool, str]:
        """The programme's own language first."""
        return language != self.default, language

    def fallbacks(self, language: str) -> tuple[str, ...]:
        """The languages in which words are looked for, the asked-for one first."""
        return tuple(dict.fromkeys((language, language.split("-")[0], self.default)))

    def render(
        self, kind: str, key: str, language: str, values: Mapping[str, str], own: OwnWords, circle: int | None
    ) -> Rendered:
        """Render in the first language that has words: the circle's, else the programme's, else the packaged ones.

        Raises UnknownTemplate, MissingValue.
        """
        for candidate in self.fallbacks(language):
            found = own.rendered(circle, kind, candidate, key, values) if own.newest else None
            if found is not None:
                return Rendered(found[0], candidate, found[1])
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


@dataclass(frozen=True)
class Words:
    """What one circle says, or (`circle` None) the whole programme: its own words over the packaged ones."""

    messages: Messages
    own: OwnWords = NO_WORDS
    circle: int | None = None

    def text(self, key: str, language: str, values: Mapping[str, str]) -> Rendered:
        """Render a text message. Raises UnknownTemplate, MissingValue."""
        rendered = self.messages.render("sms", key, language, values, self.own, self.circle)
        return Rendered(folded(rendered.body), rendered.language, rendered.wording)

    def say(self, key: str, language: str, values: Mapping[str, str]) -> Rendered:
        """Render what is said on a call. Raises UnknownTemplate, MissingValue."""
        return self.messages.render("voice", key, language, values, self.own, self.circle)
