"""The words that a circle, or the whole programme, uses instead of the packaged ones; they lie over the files."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

import structlog
from jinja2 import Template, TemplateError

from checkin.messages.source import BadTemplate, compiled

log = structlog.get_logger()

Place = tuple[int | None, str, str, str]
"""The circle (None: the whole programme), the kind (`sms`, `voice`), the language, the key."""


@dataclass(frozen=True)
class Wording:
    """The newest version of one wording. `text`: None where it was put back to what lies below it."""

    id: int
    place: Place
    text: str | None


@dataclass(frozen=True)
class OwnWords:
    """The newest wordings of all places, as they stood when the one with the id `stamp` was the last. Never changed."""

    stamp: int = 0
    newest: Mapping[Place, Wording] = field(default_factory=dict)
    _templates: dict[int, Template | None] = field(default_factory=dict, repr=False, compare=False)

    def with_newer(self, wordings: Iterable[Wording]) -> "OwnWords":
        """These, with newer versions over them; they come in the order in which they were made."""
        newest, stamp = dict(self.newest), self.stamp
        for wording in wordings:
            newest[wording.place] = wording
            stamp = wording.id
        kept = {each.id for each in newest.values()}
        return OwnWords(stamp, newest, {id: found for id, found in self._templates.items() if id in kept})

    def rendered(
        self, circle: int | None, kind: str, language: str, key: str, values: Mapping[str, str]
    ) -> tuple[str, int] | None:
        """The circle's own words, else the programme's, and which wording it was; None where there are none to use.

        A wording that cannot be used stops nothing: what lies below it is said, and the auditor tells of it.
        """
        for wording in self._over(circle, kind, language, key):
            template = self._template(wording)
            if template is None:
                continue
            try:
                body = template.render(values)
            except TemplateError:
                body = ""
            if body.strip():
                return body, wording.id
            self._broken(wording)
        return None

    def _over(self, circle: int | None, kind: str, language: str, key: str) -> Iterator[Wording]:
        for whose in (circle, None) if circle is not None else (None,):
            wording = self.newest.get((whose, kind, language, key))
            if wording is not None and wording.text is not None:
                yield wording

    def _template(self, wording: Wording) -> Template | None:
        if wording.id not in self._templates:
            try:
                self._templates[wording.id] = compiled(wording.text or "")
            except BadTemplate:
                self._broken(wording)
        return self._templates[wording.id]

    def _broken(self, wording: Wording) -> None:
        """Not tried again: it is said once in the log of each process."""
        self._templates[wording.id] = None
        log.warning("own wording cannot be used", wording=wording.id, kind=wording.place[1], key=wording.place[3])


NO_WORDS = OwnWords()
