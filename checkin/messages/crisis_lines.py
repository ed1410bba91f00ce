"""Crisis lines by country, as they are dialled. Each row keeps its source and date.

Only rows of status A (a maintained set) and B (seen in a stored provider's or news page) are used; the others wait
until a person has dialled them. A short code is not E.164, so numbers are kept as text (field rules R73 to R76).
"""

import csv
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from importlib.resources import files

_USABLE = frozenset({"A", "B"})
_TEXT_LINE = "conversation"  # others only call back, or are no SMS (field rule R76)


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


class CrisisLines:
    """The best usable line of each country."""

    def __init__(self, lines: Mapping[str, CrisisLine], emergencies: Mapping[str, str]) -> None:
        self._lines = lines
        self._emergencies = emergencies

    @classmethod
    def load(cls) -> "CrisisLines":
        """Read the packaged table."""
        text = files("checkin.messages").joinpath("crisis_lines.csv").read_text(encoding="utf-8")
        rows = [row for row in csv.DictReader(text.splitlines()) if row["status"] in _USABLE]
        lines: dict[str, CrisisLine] = {}
        for row in sorted(rows, key=_worth, reverse=True):
            line, known = _line(row), lines.get(row["iso2"])
            if known is None:
                lines[row["iso2"]] = line
            elif known.sms is None and line.sms is not None and not row["kind"].startswith("veterans"):
                # Two routes where the country has both: voice failed and text stayed up in 2022 (field rule R74).
                lines[row["iso2"]] = replace(known, sms=line.sms, sms_keyword=line.sms_keyword)
        return cls(lines, {row["iso2"]: row["emergency_number_unverified"] for row in rows})

    def for_country(self, iso2: str) -> CrisisLine | None:
        """The line that a text to this country names; None where none is usable."""
        return self._lines.get(iso2)

    def phrase(self, iso2: str, language: str) -> str:
        """`call or text 988`, at most 45 characters, in English or Spanish."""
        spanish = language.startswith("es")
        line = self._lines.get(iso2)
        if line is None or (line.voice is None and line.sms is None):
            return "llama a emergencias" if spanish else "call your local emergency number"
        call, send, either = ("llama al", "escribe al", "o") if spanish else ("call", "text", "or")
        if line.voice is not None and line.voice == line.sms:
            return f"llama o escribe al {line.voice}" if spanish else f"call or text {line.voice}"
        to_text = f"{send} {line.sms}" if line.sms is not None else ""
        if line.sms_keyword and line.sms is not None:
            to_text = (
                f"{send} {line.sms_keyword} al {line.sms}"
                if spanish
                else f"text {line.sms_keyword} to {line.sms}"
            )
            to_text = to_text.replace("escribe al ", "escribe ")
        if line.voice is None:
            return to_text[:45]
        both = f"{call} {line.voice} {either} {to_text}" if to_text else f"{call} {line.voice}"
        return both if len(both) <= 45 else f"{call} {line.voice}"[:45]

    def emergency(self, iso2: str) -> str:
        """The emergency number of a country; 112 where it is not known (it reaches most mobile networks)."""
        return (self._emergencies.get(iso2) or "112").split(" ")[0].split("/")[0].strip()


def _worth(row: dict[str, str]) -> tuple[bool, bool, bool, bool]:
    kind = row["kind"].lower()
    for_everybody = kind.startswith("suicide") or kind in ("crisis", "emotional support")
    return (
        for_everybody,
        bool(row["voice_number"]),
        "24/7" in row["voice_hours"],
        bool(row["sms_number"]),
    )


def _line(row: dict[str, str]) -> CrisisLine:
    textable = row["sms_number"] and row["sms_mode"] == _TEXT_LINE
    return CrisisLine(
        country=row["iso2"],
        service=row["service"],
        voice=re.split(r" or | then | \(", row["voice_number"])[0] or None,
        sms=row["sms_number"] if textable else None,
        sms_keyword=row["sms_keyword"],
        emergency=row["emergency_number_unverified"],
        source=row["source"],
        source_date=row["source_date"],
    )
