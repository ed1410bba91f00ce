"""A shift, a week, a day or a date as texts name it: short, in the reader's zone, language and alphabet. Pure."""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from checkin.domain.coverage import Stretch
from checkin.domain.on_call import Shifts

_DAYS = {
    "en": ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"),
    "es": ("lun", "mar", "mié", "jue", "vie", "sab", "dom"),
}
_MONTHS = {
    "en": "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split(),
    "es": "ene feb mar abr may jun jul ago sep oct nov dic".split(),
}
LONGEST = 24
"""No shift's words are longer than `Wed 25 10:30 pm-12:30 am`."""


def shift_words(shift: Stretch, zone: ZoneInfo, language: str) -> str:
    """`Tue 24 6-10 pm`, `mar 24 18-22 h`: the day on which it begins, from and to."""
    start, end = shift[0].astimezone(zone), shift[1].astimezone(zone)
    spoken = _spoken(language)
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


def day_and_clock(at: datetime, zone: ZoneInfo, language: str) -> str:
    """`Tue 18:00`, `mar 18:00`: a moment of the coming days."""
    local = at.astimezone(zone)
    return f"{_DAYS[_spoken(language)][local.weekday()]} {local:%H:%M}"


def date_words(at: datetime, zone: ZoneInfo, language: str) -> str:
    """`4 Dec`, `4 dic`: a date as a text names it."""
    local = at.astimezone(zone)
    return f"{local.day} {_MONTHS[_spoken(language)][local.month - 1]}"


def week_words(shifts: Shifts, language: str, room: int) -> str:
    """`Mon-Fri 9 am-9 pm; Sat 10 am-2 pm`, `lun-vie 9-21 h`: a week of shifts, as much of it as there is room for."""
    spoken = _spoken(language)
    if not shifts.spans:
        return "siempre" if spoken == "es" else "always"
    words = ""
    for span in shifts.spans:
        if spoken == "es":
            hours = f"{_by_24(span.start)}-{_by_24(span.end) if span.end != time(0) else 24} h"
        else:
            hours = f"{_by_12(span.start, True)}-{_by_12(span.end, True)}"
        longer = f"{words}{'; ' if words else ''}{_days(span.days, _DAYS[spoken])} {hours}"
        if len(longer) > room:
            break
        words = longer
    return words


def _spoken(language: str) -> str:
    """The language that texts are in for whoever speaks this one."""
    return "es" if language.startswith("es") else "en"


def _days(days: tuple[int, ...], names: tuple[str, ...]) -> str:
    """`Mon-Fri`, `Tue,Thu`: three and more in a row are a stretch."""
    runs: list[list[int]] = []
    for day in days:
        if runs and day == runs[-1][-1] + 1:
            runs[-1].append(day)
        else:
            runs.append([day])
    parts = [
        f"{names[run[0]]}-{names[run[-1]]}" if len(run) > 2 else ",".join(names[day] for day in run) for run in runs
    ]
    return ",".join(parts)


def _by_24(at: datetime | time) -> str:
    return f"{at.hour}:{at.minute:02d}" if at.minute else str(at.hour)


def _by_12(at: datetime | time, half: bool) -> str:
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
