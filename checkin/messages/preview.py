"""A message as it will look: with ordinary values, and measured with the longest ones."""

from dataclasses import dataclass
from pathlib import Path

from checkin.messages.segments import folded, segments
from checkin.messages.source import BadTemplate, Source, cases, compiled, parse_source

SAMPLES = {
    "programme": "Oak",
    "line": "call or text 988",
    "emergency": "911",
    "number": "42",
    "first_name": "Sam",
    "when": "soon",
    "until": "12 Dec",
    "time": "18:00",
    "example": "TIME 6pm",
    "what": "a text to read",
    "words": "thank you",
    "part": "calls and texts",
    "link": "https://peers.example.org",
    "matters": "being new here",
}
"""Ordinary values. Whatever is not here is shown as `ok`."""

_SPANISH = {
    "line": "llama o escribe al 988",
    "when": "pronto",
    "what": "un mensaje",
    "words": "gracias",
    "part": "llamadas y mensajes",
}
SIGNS_A_SECOND = 14


@dataclass(frozen=True)
class Preview:
    """`units` and `segments` are those of the longest rendering; `room` is what one segment holds."""

    kind: str
    key: str
    language: str
    body: str
    encoding: str
    units: int
    room: int
    segments: int
    seconds: int


def preview(root: Path, kind: str, key: str, language: str, default_language: str = "en") -> Preview:
    """Render one message. Raises BadTemplate where it cannot be read, or is there in no language."""
    for candidate in dict.fromkeys((language, language.split("-")[0], default_language)):
        path = root / kind / Path(candidate).name / f"{key}.txt"
        if path.is_file():
            return _of(_source(path), kind, key, candidate)
    raise BadTemplate(f"{kind}/{default_language}/{key}.txt does not exist")


def _source(path: Path) -> Source:
    name = "/".join(path.parts[-3:])
    try:
        source = parse_source(path.read_text(encoding="utf-8"))
    except UnicodeDecodeError as error:
        raise BadTemplate(f"{name} is not UTF-8") from error
    if source is None:
        raise BadTemplate(f"{name} lacks its first line")
    return source


def _of(source: Source, kind: str, key: str, language: str) -> Preview:
    longest = segments(folded(longest_of(source)))
    return Preview(
        kind=kind,
        key=key,
        language=language,
        body=folded(sample_of(source, language)),
        encoding=longest.encoding,
        units=longest.units,
        room=160 if longest.encoding == "GSM-7" else 70,
        segments=longest.count,
        seconds=-(-longest.units // SIGNS_A_SECOND),
    )


def sample_values(language: str) -> dict[str, str]:
    """Ordinary values in a language; for a language that has none of its own, the English ones."""
    return {**SAMPLES, **(_SPANISH if language.startswith("es") else {})}


def sample_of(source: Source, language: str) -> str:
    """The text with ordinary values. Raises BadTemplate."""
    ordinary = sample_values(language)
    return compiled(source.text).render({name: ordinary.get(name, "ok") for name in source.values})


def longest_of(source: Source) -> str:
    """The text with values as long as they may be, in its longest case. Raises BadTemplate."""
    values = {name: "x" * size for name, size in source.values.items()}
    return max(cases(source.text, values), key=lambda body: segments(body).units)
