"""Times as people write them: `5 min`, `1 h 30 min`, `24 h`, `2 d`. Pure."""

import re

_UNITS = (
    (86400, ("d", "day", "days", "dia", "dias", "día", "días")),
    (3600, ("h", "hour", "hours", "hora", "horas")),
    (60, ("min", "m", "minute", "minutes", "minuto", "minutos")),
    (1, ("s", "sec", "second", "seconds", "seg", "segundo", "segundos")),
)
_SECONDS = {word: seconds for seconds, words in _UNITS for word in words}
_PART = re.compile(r"\s*(\d{1,9})\s*([a-zí]+)\.?\s*,?")


def parse_span(text: str) -> int | None:
    """Seconds; None for what is no time. A number alone is none, but for 0: five of what?"""
    text, at, total = text.strip().lower(), 0, 0
    if text == "0":
        return 0
    while at < len(text):
        part = _PART.match(text, at)
        if part is None or part[2] not in _SECONDS:
            return None
        total, at = total + int(part[1]) * _SECONDS[part[2]], part.end()
    return total if text else None


def span_words(seconds: int) -> str:
    """The same back: exact, in as few units as do, and the same in English and Spanish."""
    words = []
    for size, names in _UNITS:
        count, seconds = divmod(seconds, size)
        if size == 86400 and count and (seconds or count == 1):  # 24 h and 36 h say more than 1 d
            seconds += count * size
            continue
        if count:
            words.append(f"{count} {names[0]}")
    return " ".join(words) or "0"
