"""The linter of templates: what is wrong with a wording, in which file, and how to mend it.

Used by `checkin templates lint` for the files, and by whoever lets a coordinator write a wording.
An error would cost money, break a promise or hurt; a warning is for a person to weigh.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from pathlib import Path

from checkin.messages.catalogue import Entry, catalogue
from checkin.messages.preview import longest_of, sample_of
from checkin.messages.segments import segments
from checkin.messages.source import BadTemplate, Source, cases, parse_source, unread_part, used_values
from checkin.messages.text_rules import Draft, Problem, Severity, problems_of_text
from checkin.messages.wording import wording

_KINDS = ("sms", "voice")
LONGEST_WORDING = 1000
"""Signs of a wording with its conditions; no text of one segment comes near it."""


class Rule(StrEnum):
    """The rules about files and values; those about words are in `text_rules.py`."""

    FORM = "form"
    VALUES = "values"
    LENGTH = "length"
    LANGUAGE = "language"


@dataclass(frozen=True)
class Finding:
    """One thing to mend. `file` is relative to the folder of templates."""

    file: str
    severity: Severity
    rule: str
    what: str
    mend: str


def lint(root: Path, default_language: str = "en") -> list[Finding]:
    """Read every template below `root`, and the languages side by side. No file's content makes it raise."""
    findings: list[Finding] = []
    keys: dict[tuple[str, str], set[str]] = {}
    for path in sorted(root.glob("*/*/*.txt")):
        kind, language, key = path.parts[-3], path.parts[-2], path.stem
        if kind in _KINDS:
            keys.setdefault((kind, language), set()).add(key)
            findings += _lint_file(path, kind, language, key)
    for kind in _KINDS:
        findings += _missing(kind, keys, default_language)
    return findings


def _lint_file(path: Path, kind: str, language: str, key: str) -> list[Finding]:
    file = f"{kind}/{language}/{path.name}"
    try:
        raw = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return [Finding(file, Severity.ERROR, Rule.FORM, "the file is not UTF-8 text", "save it as UTF-8")]
    return lint_wording(kind, language, key, raw)


def lint_wording(kind: str, language: str, key: str, raw: str) -> list[Finding]:
    """Read one wording, with its first line. `kind` is sms or voice."""
    file, entry = f"{kind}/{language}/{key}.txt", catalogue().get((kind, key))
    if entry is None:
        problem = Problem(
            Rule.VALUES,
            f"no code sends '{key}'",
            "correct the file's name, or remove the file",
        )
        return _findings(file, [problem])
    source = parse_source(raw)
    if source is None:
        problem = Problem(
            Rule.FORM,
            "the first line is no comment with the values",
            "begin with {# values: programme (max 20) #}",
        )
        return _findings(file, [problem])
    if unread_part(raw):
        mend = "write each value as programme (max 20), with commas between"
        return _findings(file, [Problem(Rule.FORM, f"the first line says '{unread_part(raw)[:40]}'", mend)])
    try:
        used = used_values(source.text)
        broken = _of_values(entry, source.values, used)
        if broken or not source.text:
            empty = [] if source.text else [Problem(Rule.FORM, "there is no text", "write the message")]
            return _findings(file, [*broken, *empty])
        longest, sample = longest_of(source), sample_of(source, language)
        shown = _cases(source.text, entry)
    except BadTemplate as error:
        return _findings(file, [_unreadable(error)])
    return _findings(file, problems_of_text(Draft(kind, language, key, entry, source.text, longest, sample, shown)))


@lru_cache(maxsize=4096)
def lint_own(kind: str, language: str, key: str, text: str) -> tuple[Problem, ...]:
    """All that is wrong with a wording that somebody writes for a message of ours; it has no first line.

    Raises KeyError for a message that no code sends.
    """
    entry = catalogue()[kind, key]
    if len(text) > LONGEST_WORDING:
        return (
            Problem(
                Rule.LENGTH,
                f"it is {len(text)} signs long",
                f"write {LONGEST_WORDING} at most",
                about={"most": str(LONGEST_WORDING)},
            ),
        )
    if not text:
        return (Problem(Rule.FORM, "there is no text", "write the message", code="empty"),)
    try:
        strange = sorted(used_values(text) - set(offered(entry)))
        if strange:
            mend = f"use one of {', '.join(offered(entry))}"
            return tuple(
                Problem(Rule.VALUES, f"no code passes '{name[:30]}' here", mend, about={"word": name[:30]})
                for name in strange
            )
        source = Source(offered(entry), text)
        longest, sample, shown = longest_of(source), sample_of(source, language), _cases(text, entry)
    except BadTemplate as error:
        return (_unreadable(error),)
    return tuple(problems_of_text(Draft(kind, language, key, entry, text, longest, sample, shown)))


def offered(entry: Entry) -> Mapping[str, int]:
    """The values that a wording may use, with their longest lengths. A number stands only where there is one."""
    return {name: size for name, size in entry.values.items() if name != "number" or name in entry.keeps}


def _cases(text: str, entry: Entry) -> tuple[str, ...]:
    return tuple(cases(text, {name: f"{{{{ {name} }}}}" for name in entry.values}, entry.keeps))


def _unreadable(error: BadTemplate) -> Problem:
    return Problem(Rule.FORM, str(error), "use text, {{ value }} and {% if value %} only, each closed again")


def _findings(file: str, problems: Iterable[Problem]) -> list[Finding]:
    return [Finding(file, each.severity, each.rule, each.what, each.mend) for each in problems]


def _of_values(entry: Entry, lengths: Mapping[str, int], used: frozenset[str]) -> list[Problem]:
    problems = [
        Problem(Rule.VALUES, f"'{name}' is used and not declared", f"add {name} (max …) to the first line")
        for name in sorted(used - set(lengths))
    ]
    problems += [
        Problem(Rule.VALUES, f"'{name}' is declared and not used", "take it out of the first line")
        for name in sorted(set(lengths) - used)
    ]
    problems += [
        Problem(Rule.VALUES, f"no code passes '{name}' here", f"use one of {', '.join(sorted(entry.values))}")
        for name in sorted(used - set(entry.values))
    ]
    problems += [
        Problem(
            Rule.VALUES,
            f"'{name}' is declared too short",
            f"write {name} (max {entry.values[name]}) or more",
        )
        for name, size in sorted(lengths.items())
        if size < entry.values.get(name, 0)
    ]
    return problems


def _missing(kind: str, keys: Mapping[tuple[str, str], set[str]], default_language: str) -> list[Finding]:
    """The keys that a language lacks. A complete language, and the one fallen back to, must have them all."""
    all_keys = {key for each, key in catalogue() if each == kind}
    languages = {language for each, language in keys if each == kind} | {
        *wording().complete,
        default_language,
    }
    findings: list[Finding] = []
    for language in sorted(languages):
        must = language in wording().complete or language == default_language
        severity = Severity.ERROR if must else Severity.WARNING
        for key in sorted(all_keys - keys.get((kind, language), set())):
            fallen = f"it falls back to the text in '{default_language}'"
            what = "there is no such template" if must else fallen
            findings.append(
                Finding(
                    f"{kind}/{language}/{key}.txt",
                    severity,
                    Rule.LANGUAGE,
                    what,
                    "write it in this language",
                )
            )
    return findings


def lint_names(names: Sequence[str]) -> list[Finding]:
    """The programme's own names, which stand in every text: a sign outside GSM-7 cuts its room to 70."""
    return [
        Finding(
            "the policy's [programme]",
            Severity.WARNING,
            Rule.LENGTH,
            f"'{name}' has signs that leave every text 70 instead of 160",
            "write the name without them",
        )
        for name in names
        if segments(name).encoding != "GSM-7"
    ]
