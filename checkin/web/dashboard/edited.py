"""A form about somebody who is here: only what its sender changed is written.

It stands open for a while, and meanwhile others write too: another coordinator, or the person by a text. So the page
carries along what it showed, in fields `was_…`. What comes back as it was is nobody's wish, and what is stored stays.
What was changed both here and meanwhile is told beside its field, and saved when it is sent once more.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from flask import request
from werkzeug.datastructures import MultiDict
from wtforms import Field, SelectField

from checkin.web.dashboard.forms import PageForm
from checkin.web.dashboard.language import _


@dataclass(frozen=True)
class Edit:
    """What came. `was`: what the page showed; `stored`: what is kept by now; `changed`: the fields that differ."""

    was: Mapping[str, str]
    stored: Mapping[str, str]
    changed: frozenset[str]

    def formdata(self) -> MultiDict[str, str]:
        """The form as it was sent, but what its sender did not change says what is stored."""
        merged = MultiDict(request.form)
        for name in self.stored.keys() - self.changed:
            merged.poplist(name)
            if self.stored[name]:
                merged[name] = self.stored[name]
        return merged

    def crossed(self, form: PageForm, now: Mapping[str, str]) -> set[str]:
        """The changed fields that somebody else has changed too, to something else."""
        given = as_sent({name: form[name].data for name in self.changed})
        return {name for name in self.changed if not _alike(now[name], self.was[name], given[name])}

    def told(self, form: PageForm, now: Mapping[str, str]) -> tuple[int, dict[str, str]]:
        """Say beside each such field what was saved there. Returns the status, and what the page shows this time."""
        told = {name for name in self.crossed(form, now) if not form[name].errors}
        status = 422 if form.errors else 409
        for name in told:
            value = _in_words(form[name], now[name])
            form[name].errors = [
                _("Saved meanwhile: %(value)s. What you wrote still stands here. Look, and save again.", value=value)
            ]
        shown = {name: now[name] if name in told else self.was[name] for name in self.changed}
        return status, {**self.stored, **shown}


def edit_of(stored: Mapping[str, str], **changed: bool) -> Edit:
    """The form that came, held against what is stored. `changed`: fields of which it is known by other means."""
    was = {name: request.form.get(f"was_{name}", text) for name, text in stored.items()}
    differs = {name for name, text in was.items() if changed.get(name, not _alike(request.form.get(name, ""), text))}
    return Edit(was, stored, frozenset(differs))


def as_sent(kept: Mapping[str, object]) -> dict[str, str]:
    """What a browser sends of a form that shows this."""
    return {name: _text(value) for name, value in kept.items()}


def _text(value: object) -> str:
    if isinstance(value, bool):
        return "y" if value else ""
    return "" if value is None else str(value)


def _alike(text: str, *others: str) -> bool:
    """Whether a text is one of the others; how many blanks stand where does not count, as in a cell of a file."""
    return any(text.split() == other.split() for other in others)


def _in_words(field: Field, text: str) -> str:
    named = {choice.value: str(choice.label) for choice in field.choices} if isinstance(field, SelectField) else {}
    return named.get(text, text) or _("none")
