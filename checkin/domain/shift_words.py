"""A shift as a text names it: short, in the reader's zone and language, in the carriers' own alphabet. Pure."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from checkin.domain.coverage import Stretch

_DAYS = {
    "en": ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"),
    "es": ("lun", "mar", "mié", "jue", "vie", "sab", "dom"),
}
LONGEST = 24
"""No shift's words are longer than `Wed 25 10:30 pm-12:30 am`."""


def shift_words(shift: Stretch, zone: ZoneInfo, language: str) -> str:
    """`Tue 24 6-10 pm`, `mar 24 18-22 h`: the day on which it begins, from and to."""
    start, end = shift[0].astimezone(zone), shift[1].astimezone(zone)
    spoken = "es" if language.startswith("es") else "en"
    first, last = _DAYS[spoken][start.weekday()], _DAYS[spoken][end.weekday()]
    if shift[1] - shift[0] > timedelta(hours=24):
        clocks = (_by_24(start), f"{_by_24(end)} h") if spoken == "es" else (_by_12(start, True), _by_12(end, True))
        return f"{first} {clocks[0]}-{last} {clocks[1]}"
    if spoken == "es":
        return f"{first} {start.day} {_by_24(start)}-{_by_24(end)} h"
    alike = (start.hour < 12) == (end.hour < 12) and shift[1] - shift[0] < timedelta(hours=12)
    return f"{first} {start.day} {_by_12(start, not alike)}-{_by_12(end, True)}"


def shift_begins(start: datetime, zone: ZoneInfo, language: str) -> str:
    """`Tue 24 6 pm`, `mar 24 18 h`: when a shift begins."""
    local = start.astimezone(zone)
    if language.startswith("es"):
        return f"{_DAYS['es'][local.weekday()]} {local.day} {_by_24(local)} h"
    return f"{_DAYS['en'][local.weekday()]} {local.day} {_by_12(local, True)}"


def _by_24(at: datetime) -> str:
    return f"{at.hour}:{at.minute:02d}" if at.minute else str(at.hour)


def _by_12(at: datetime, half: bool) -> str:
    hour = at.hour % 12 or 12
    clock = f"{hour}:{at.minute:02d}" if at.minute else str(hour)
    return f"{clock} {'am' if at.hour < 12 else 'pm'}" if half else clock


def numbered(shifts: list[str], room: int) -> str:
    """`1 Tue 24 6-10 pm; 2 Wed 25 6-10 pm`: as many as there is room for, in letters."""
    words = ""
    for number, shift in enumerate(shifts, 1):
        longer = f"{words}; {number} {shift}" if words else f"{number} {shift}"
        if len(longer) > room:
            break
        words = longer
    return words


def on_weekday(shifts: list[Stretch], zone: ZoneInfo, said: str) -> int | None:
    """Which of the shifts begins on the weekday that somebody wrote (`tue`, `martes`), the first; None: none does."""
    said = said.lower().replace("é", "e").replace("á", "a")
    for number, (start, _) in enumerate(shifts):
        day = start.astimezone(zone).weekday()
        if len(said) >= 2 and any(said.startswith(names[day].lower().replace("é", "e")) for names in _DAYS.values()):
            return number
    return None
