"""The rules about the words of one message. Each is a function from a draft to its problems.

Sources: field rules R29 to R31 (first message, stop words), R50 (who it is from), R56 (lock screens),
R142 to R147 (one segment, reading level, words that stigmatise).
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from checkin.messages.catalogue import Entry
from checkin.messages.reading_grade import grade
from checkin.messages.segments import not_gsm7, segments
from checkin.messages.wording import Language, wording

HARDEST_GRADE = 6.0
LONGEST_PROMPT = 250
"""Signs, with the longest values: about eighteen seconds of speech."""

_TYPOGRAPHIC = re.compile("[\u2018\u2019\u201c\u201d\u2013\u2014\u2026\u00a0\u202f]")
_EMOJI = re.compile("[\u2190-\u2bff\U0001f000-\U0001faff\ufe0f\u200d]")
_LINK = re.compile(r"(?i)\bhttps?:|\bwww\.|\b[a-z0-9-]+\.(com|org|net|info|io|ly|me|gov|edu|co|uk|es|mx)\b")
_CAPITALS = re.compile(r"\b[A-ZÁÉÍÓÚÜÑ]{2,}\b")


class Severity(StrEnum):
    """`error` fails the linter; `warning` is for a person to weigh."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True)
class Problem:
    """What is wrong and how to mend it, in English. `code` and `about`: the same for other languages' sentences."""

    rule: str
    what: str
    mend: str
    severity: Severity = Severity.ERROR
    code: str = ""
    about: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Draft:
    """A message as its rules see it. `longest` has the longest values, `sample` ordinary ones.

    `cases`: the text in each state of its conditions, each value as `{{ name }}`.
    """

    kind: str
    language: str
    key: str
    entry: Entry
    text: str
    longest: str
    sample: str
    cases: tuple[str, ...]

    @property
    def words(self) -> Language:
        """What the linter knows of the draft's language."""
        return wording().languages.get(self.language.split("-")[0], Language())


def problems_of_text(draft: Draft) -> list[Problem]:
    """All that is wrong with a message's words."""
    rules = _FOR_BOTH + (_FOR_TEXTS if draft.kind == "sms" else _FOR_VOICE)
    return [problem for rule in rules for problem in rule(draft)]


def _stigma(draft: Draft) -> Iterator[Problem]:
    for pattern, kinder in draft.words.kinder:
        if found := pattern.search(draft.text):
            about = {"word": found[0], "instead": kinder}
            yield Problem("kind words", f"'{found[0]}' hurts", f"say: {kinder}", about=about)


def _lock_screen(draft: Draft) -> Iterator[Problem]:
    for pattern, instead in draft.words.hidden:
        if found := pattern.search(draft.text):
            what, about = f"'{found[0]}' tells a stranger too much", {"word": found[0], "instead": instead}
            yield Problem("lock screen", what, f"say: {instead}", about=about)


def _links(draft: Draft) -> Iterator[Problem]:
    if found := _LINK.search(draft.text):
        yield Problem(
            "links",
            f"there is a link ({found[0]})",
            "leave it out: carriers filter it, and phones have no data",
            about={"word": found[0]},
        )


def _grade(draft: Draft) -> Iterator[Problem]:
    measured = (
        grade(
            draft.sample.partition(": ")[2] or draft.sample,
        )
        if draft.language.startswith("en")
        else None
    )
    if measured is not None and measured > HARDEST_GRADE:
        what = f"it asks for {measured:.1f} years of school, {HARDEST_GRADE:.0f} is the most"
        about = {"grade": f"{measured:.1f}", "most": f"{HARDEST_GRADE:.0f}"}
        yield Problem("plain words", what, "use shorter sentences and shorter words", about=about)


def _one_segment(draft: Draft) -> Iterator[Problem]:
    counted = segments(draft.longest)
    if counted.count > 1:
        odd = " ".join(sorted(not_gsm7(draft.text)))
        why = f" because of {odd}" if odd else ""
        most = 160 if counted.encoding == "GSM-7" else 70
        what = f"it takes {counted.count} segments ({counted.units} of {most}{why}) with the longest values"
        yield Problem(
            "one segment",
            what,
            f"shorten it by {counted.units - most}" + (f", or do without {odd}" if odd else ""),
            about={"count": str(counted.count), "over": str(counted.units - most)},
        )


def _alphabet(draft: Draft) -> Iterator[Problem]:
    for name, pattern in (("a curly quote or long dash", _TYPOGRAPHIC), ("an emoji or arrow", _EMOJI)):
        if found := pattern.search(draft.text):
            what = f"there is {name} (U+{ord(found[0]):04X}), which leaves the text 70 signs instead of 160"
            yield Problem("alphabet", what, "write it in plain signs: ' \" - ...", about={"odd": found[0]})
    odd = {sign for sign in not_gsm7(draft.text) if not _TYPOGRAPHIC.match(sign) and not _EMOJI.match(sign)}
    if odd and draft.language in wording().complete:
        what = f"{' '.join(sorted(odd))} is outside GSM-7, which leaves the text 70 signs instead of 160"
        yield Problem("alphabet", what, "choose a word without it", about={"odd": " ".join(sorted(odd))})


def _sender(draft: Draft) -> Iterator[Problem]:
    starts = re.match(r"\{\{\s*programme\s*\}\}: ", draft.text) is not None
    if not starts and not draft.entry.nameless:
        yield Problem("sender", "it does not say first who it is from", "begin with {{ programme }}:")
    if starts and draft.entry.nameless:
        yield Problem(
            "sender",
            f"the programme must not stand here: {draft.entry.nameless}",
            "leave the name out",
            code="bare",
        )


def _first_message(draft: Draft) -> Iterator[Problem]:
    if not draft.entry.first:
        return
    needed = draft.words.first or {"STOP": "STOP", "HELP": "HELP"}
    missing = [f"'{words}'" for words in needed.values() if any(words not in case for case in draft.cases)]
    if any("{{ programme }}" not in case for case in draft.cases):
        missing.append("{{ programme }}")
    if missing:
        yield Problem(
            "first message",
            f"the first message lacks {', '.join(missing)}",
            "say it (field rule R29)",
            about={"missing": ", ".join(missing)},
        )


def _keeps(draft: Draft) -> Iterator[Problem]:
    """What law and care need, in every case of a condition: a line to call, the word to answer, the key to press."""
    missing = [word for word in draft.entry.keeps if any(not _stands_in(draft, word, case) for case in draft.cases)]
    if missing:
        named = ", ".join(f"{{{{ {word} }}}}" if word.islower() else f"'{_said(draft, word)}'" for word in missing)
        mend = "say it in every case: without it nobody can answer or be helped"
        yield Problem("must keep", f"it lacks {named}", mend, about={"missing": named})


def _stands_in(draft: Draft, word: str, case: str) -> bool:
    if word.islower():
        return f"{{{{ {word} }}}}" in case
    return re.search(rf"(?<!\w){re.escape(_said(draft, word))}(?!\w)", case) is not None


def _said(draft: Draft, word: str) -> str:
    """A command as this language says it."""
    return draft.words.commands.get(word, word)


def _capitals(draft: Draft) -> Iterator[Problem]:
    for word in _CAPITALS.findall(re.sub(r"\{\{.*?\}\}|\{%.*?%\}", " ", draft.text)):
        if word not in wording().capitals and word not in wording().reserved:
            what = f"'{word}' is in capitals and no command"
            yield Problem("capitals", what, "write it in small letters", about={"word": word})


def _reserved(draft: Draft) -> Iterator[Problem]:
    """Carriers act on these words before we see them: none may be the answer to something else."""
    for word, after in _offered(draft):
        if word == "YES" and draft.key == "invite":
            continue
        allowed = draft.words.offers.get(word, ())
        if not any(after.startswith(phrase) for phrase in allowed):
            fit = f"; it may only mean '{word} {allowed[0].strip()}'" if allowed else ""
            what = f"'{word}' belongs to the carrier{fit}"
            yield Problem("reserved words", what, "offer another word", about={"word": word})


def _offered(draft: Draft) -> Iterator[tuple[str, str]]:
    """The reserved words that the text offers, each with what follows it."""
    text, verbs = draft.text, "|".join(draft.words.ask)
    for found in re.finditer(r"\b[A-Z]{2,}\b", text):
        if found[0] in wording().reserved:
            yield found[0], text[found.end() :].removeprefix(" ")
    if verbs:
        for found in re.finditer(rf"(?i)\b(?:{verbs})\s+[\"']?([a-z]+)\b", text):
            if found[1].upper() in wording().reserved and not found[1].isupper():
                yield found[1].upper(), text[found.end() :].removeprefix(" ")


def _spoken_length(draft: Draft) -> Iterator[Problem]:
    if len(draft.longest) > LONGEST_PROMPT:
        what = f"it is {len(draft.longest)} signs long with the longest values, {LONGEST_PROMPT} is the most"
        about = {"count": str(len(draft.longest)), "most": str(LONGEST_PROMPT)}
        yield Problem("prompt length", what, "say less: nobody keeps more in mind", about=about)


def _who_rings(draft: Draft) -> Iterator[Problem]:
    if draft.entry.opens and "programme" not in re.split(r"[.?!]", draft.text)[0]:
        yield Problem("who rings", "its first sentence does not say who rings", "begin with {{ programme }}")


_Rule = Callable[[Draft], Iterator[Problem]]
_FOR_BOTH: tuple[_Rule, ...] = (_stigma, _lock_screen, _links, _grade, _keeps)
_FOR_TEXTS: tuple[_Rule, ...] = (_one_segment, _alphabet, _sender, _first_message, _capitals, _reserved)
_FOR_VOICE: tuple[_Rule, ...] = (_spoken_length, _who_rings)
