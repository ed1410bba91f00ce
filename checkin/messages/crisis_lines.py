"""Crisis lines by country, as they are dialled. Each row keeps its source and date.

Only rows of status A (a maintained set) and B (seen in a stored provider's or news page) are used; the others
wait until a person has dialled them. A short code is not E.164, so numbers are kept as text (R73 to R76).
"""

import csv
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from importlib.resources import files

from phonenumbers.shortnumberinfo import is_emergency_number

_USABLE = frozenset({"A", "B"})
_TEXT_LINE = "conversation"  # others only call back, or are no SMS (field rule R76)
_USUAL = ("112", "911", "999")
"""Mobile phones take the first for an emergency call wherever they are (3GPP TS 22.101, 10.1.1)."""
LONGEST_PHRASE = 45
"""What templates leave room for (`line (max 45)`)."""


@dataclass(frozen=True)
class CrisisLine:
    """One service: how to ring it, how to text it, and where that is known from."""

    country: str
    service: str
    voice: str | None
    sms: str | None
    sms_keyword: str
    emergency: str
    source: str
    source_date: str


@dataclass(frozen=True)
class _Words:
    call: str
    text: str
    keyword: str
    either: str
    both: str
    nothing: str


_ENGLISH = _Words(
    "call {}",
    "text {}",
    "text {} to {}",
    "or",
    "call or text {}",
    "call your local emergency number",
)
_SPANISH = _Words(
    "llama al {}", "escribe al {}", "escribe {} al {}", "o", "llama o escribe al {}", "llama a emergencias"
)


def _forms(line: CrisisLine, words: _Words) -> list[str]:
    """The ways to say it, the most telling first."""
    call = words.call.format(line.voice) if line.voice else ""
    text = words.text.format(line.sms) if line.sms else ""
    if line.sms and line.sms_keyword:
        text = words.keyword.format(line.sms_keyword, line.sms)
    both = f"{call} {words.either} {text}" if call and text else ""
    if line.voice and line.voice == line.sms and not line.sms_keyword:
        both = words.both.format(line.voice)
    return [form for form in (both, call, text) if form]


class CrisisLines:
    """The best usable line of each country."""

    def __init__(self, lines: Mapping[str, CrisisLine], emergencies: Mapping[str, str]) -> None:
        self._lines = lines
        self._emergencies = emergencies

    @classmethod
    def load(cls) -> "CrisisLines":
        """Read the packaged table."""
        text = files("checkin.messages").joinpath("crisis_lines.csv").read_text(encoding="utf-8")
        all_rows = list(csv.DictReader(text.splitlines()))
        rows = [row for row in all_rows if row["status"] in _USABLE]
        lines: dict[str, CrisisLine] = {}
        for row in sorted(rows, key=_worth, reverse=True):
            line, known = _line(row), lines.get(row["iso2"])
            if known is None:
                lines[row["iso2"]] = line
            elif known.sms is None and line.sms is not None and not row["kind"].startswith("veterans"):
                # Two routes where the country has both: in 2022 voice failed and text stayed up (R74).
                lines[row["iso2"]] = replace(known, sms=line.sms, sms_keyword=line.sms_keyword)
        # `status` speaks of the line; the emergency number comes from another list, the same for every row.
        return cls(lines, {row["iso2"]: row["emergency_number_unverified"] for row in all_rows})

    def for_country(self, iso2: str) -> CrisisLine | None:
        """The line that a text to this country names; None where none is usable."""
        return self._lines.get(iso2)

    def phrase(self, iso2: str, language: str) -> str:
        """`call or text 988`, at most 45 characters, in English or Spanish. Never a part of a number.

        The longest form that fits is taken: both ways, else the call alone, else the text alone; where none
        fits or none is known, the words that send to the emergency number.
        """
        words = _SPANISH if language.startswith("es") else _ENGLISH
        line = self._lines.get(iso2)
        forms = _forms(line, words) if line is not None else []
        return next((form for form in forms if len(form) <= LONGEST_PHRASE), words.nothing)

    def emergency(self, iso2: str) -> str:
        """The emergency number of a country: the table's, else what libphonenumber knows to be one there, else 112."""
        listed = (self._emergencies.get(iso2) or "").split(" ")[0].split("/")[0].strip()
        return listed or _known_emergency(iso2)


def _known_emergency(iso2: str) -> str:
    """A usual one that libphonenumber knows to hold there. Its other examples may be a fire brigade's: not used."""
    return next((number for number in _USUAL if is_emergency_number(number, iso2)), _USUAL[0])


def _worth(row: dict[str, str]) -> tuple[bool, ...]:
    kind = row["kind"].lower()
    for_everybody = kind.startswith(("suicide", "mental health")) or kind in ("crisis", "emotional support")
    return (
        for_everybody,
        bool(row["voice_number"]),
        "24/7" in row["voice_hours"],
        bool(row["sms_number"]),
        row["voice_number"] == row["sms_number"],  # one short number for both is kept in mind
    )


def _line(row: dict[str, str]) -> CrisisLine:
    textable = row["sms_number"] and row["sms_mode"] == _TEXT_LINE
    return CrisisLine(
        country=row["iso2"],
        service=row["service"],
        voice=_voice(row["voice_number"]),
        sms=row["sms_number"] if textable else None,
        sms_keyword=row["sms_keyword"],
        emergency=row["emergency_number_unverified"],
        source=row["source"],
        source_date=row["source_date"],
    )


def _voice(numbers: str) -> str | None:
    """The first of several numbers that any phone can dial: not the one that only a landline reaches."""
    ways = [way.strip() for way in re.split(r" or | / | then ", numbers)]
    from_any = [way for way in ways if "(landline)" not in way] or ways
    return re.sub(r"\s*\(.*?\)", "", from_any[0]).strip() or None
