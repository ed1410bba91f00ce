"""The numbers of a policy as fields: shown as people write them, and read back."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import time
from typing import Any

from checkin.domain.policy import may_be_zero
from checkin.domain.spans import parse_span, span_words
from checkin.handlers.policy_words import Kind, Meaning
from checkin.web.dashboard.language import _, language


@dataclass
class PolicyField:
    """One number: what stands in its field, what the programme has, what is wrong with it.

    `meanwhile`: what somebody else has saved since it was looked at."""

    meaning: Meaning
    text: str
    default: str
    own: bool
    error: str = ""
    meanwhile: str = ""

    @property
    def label(self) -> str:
        """Its name."""
        return label(self.meaning)

    @property
    def shown(self) -> str:
        """What stands in it, to be read."""
        if self.meaning.kind is Kind.YES:
            return _("yes") if self.text == "true" else _("no")
        if self.meaning.kind is Kind.CHOICE:
            return in_words(self.meaning, self.text)
        return self.text

    @property
    def choices(self) -> list[tuple[str, str]]:
        """What can be chosen: each value and its words."""
        return [(value, words[language()]) for value, words in self.meaning.choices.items()]

    @property
    def sentence(self) -> str:
        """What it does."""
        return self.meaning.words[language()][1]


def label(meaning: Meaning) -> str:
    """The name of a number."""
    return meaning.words[language()][0]


def in_words(meaning: Meaning, value: Any) -> str:
    """A value as it is shown."""
    match meaning.kind:
        case Kind.SPAN:
            return span_words(int(value))
        case Kind.YES:
            return _("yes") if value else _("no")
        case Kind.CHOICE:
            return meaning.choices[value][language()] if value in meaning.choices else str(value)
        case _:
            return str(value)


def field_of(meaning: Meaning, value: Any, default: Any) -> PolicyField:
    """A field that shows a stored value."""
    text = str(value).lower() if meaning.kind in (Kind.YES, Kind.CHOICE) else in_words(meaning, value)
    return PolicyField(meaning, text, in_words(meaning, default), value != default)


def read(fields: list[PolicyField], given: Mapping[str, str]) -> dict[str, Any]:
    """The values that were written; what is wrong then stands in its field, and its value is missing."""
    values = {}
    for field in fields:
        field.text = given.get(field.meaning.name, field.text).strip()
        value, field.error = _value(field.meaning, field.text)
        if not field.error:
            values[field.meaning.name] = value
    return values


def _value(meaning: Meaning, text: str) -> tuple[Any, str]:
    match meaning.kind:
        case Kind.YES:
            return text == "true", ""
        case Kind.CHOICE:
            return text, "" if text in meaning.choices else _("Choose one of these.")
        case Kind.CLOCK:
            return _clock(text)
        case Kind.SPAN:
            seconds = parse_span(text)
            if seconds is None:
                return None, _("Write a time with its unit, such as 25 s, 5 min, 1 h 30 min or 2 d.")
            return seconds, _limits(meaning, seconds)
        case Kind.COUNT:
            if not (text.isascii() and text.isdigit() and len(text) < 10):
                return None, _("Write a whole number.")
            return int(text), _limits(meaning, int(text))
        case Kind.SHARE:
            try:
                share = float(text.replace(",", "."))
            except ValueError:
                return None, _("Write a number from 0 to 1, such as 0.5.")
            return share, "" if 0 <= share <= 1 else _("Write a number from 0 to 1, such as 0.5.")


def _clock(text: str) -> tuple[str | None, str]:
    try:
        return f"{time.fromisoformat(text):%H:%M}", ""
    except ValueError:
        return None, _("Write a time of day, such as 08:00.")


def _limits(meaning: Meaning, value: int) -> str:
    if value == 0 and may_be_zero(meaning.name):
        return ""
    if value > meaning.most:
        return _("At most %(most)s.", most=in_words(meaning, int(meaning.most)))
    if value < max(meaning.least, 1):
        return _("At least %(least)s.", least=in_words(meaning, int(max(meaning.least, 1))))
    return ""


def say_what_was_saved_meanwhile(fields: list[PolicyField], now: list[PolicyField]) -> None:
    """What was written stays in its field; beside it stands what somebody else has saved, where that is another."""
    for field, stands in zip(fields, now, strict=True):
        field.meanwhile = stands.shown if stands.text != field.text else ""
        field.own = stands.own


def say_what_does_not_fit(fields: list[PolicyField], name: str) -> None:
    """Each value is right by itself, but not beside the others: say it beside the field that the rule names."""
    sentences = {
        "offer_holds_for": _("An offer must stay open at least as long as the phone rings."),
        "remind_after": _("This must come before the next step."),
        "call_after": _("This must come before the next step."),
        "swap_told_before": _("This must be longer than the time at which the offer ends."),
        "end": _("The latest hour must come after the earliest."),
    }
    field = next((field for field in fields if field.meaning.name == name), fields[0])
    field.error = sentences.get(name) or _("This does not fit the other numbers.")
