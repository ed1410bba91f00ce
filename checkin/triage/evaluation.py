"""Judge the reader on labelled texts: what it finds, what it alarms falsely, how long it takes, each with an interval.

The intervals are Wilson's, at 95 %: with few texts they are wide, and that is what few texts can say.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from math import sqrt

from checkin.domain.reading import Context, Kind, Reading
from checkin.domain.terms import Level
from checkin.triage.rows import ALERTS, COMMANDS, Row

_RAISED = frozenset({Level.CRISIS, Level.DISTRESS})
_Z = 1.96

Read = Callable[[str, Context], Reading]
Clock = Callable[[], int]


@dataclass(frozen=True)
class Share:
    """So many of so many, with the interval in which the true share lies (95 %)."""

    hits: int
    of: int

    @property
    def share(self) -> float | None:
        """From 0 to 1; None of nothing."""
        return self.hits / self.of if self.of else None

    @property
    def interval(self) -> tuple[float, float] | None:
        """Wilson's interval."""
        if not self.of:
            return None
        share, squared = self.hits / self.of, _Z * _Z
        middle = (share + squared / (2 * self.of)) / (1 + squared / self.of)
        reach = _Z / (1 + squared / self.of) * sqrt(share * (1 - share) / self.of + squared / (4 * self.of**2))
        return max(0.0, middle - reach), min(1.0, middle + reach)


@dataclass(frozen=True)
class Judged:
    """One text, how it was read, and in how many nanoseconds."""

    row: Row
    reading: Reading
    took: int

    @property
    def raised(self) -> bool:
        """Whether somebody would be called."""
        return self.reading.level in _RAISED

    @property
    def wrong(self) -> str:
        """In two words what is wrong with the reading; empty where it is right."""
        level = self.row.level
        if level == "CRISIS" and self.reading.level is not Level.CRISIS:
            return "crisis lowered" if self.raised else "crisis missed"
        if level == "DISTRESS" and not self.raised:
            return "distress missed"
        if level in ("OK", "GREY") and self.reading.level is Level.CRISIS:
            return "false crisis"
        if level == "OK" and self.raised:
            return "false alarm"
        if level in COMMANDS and not _is_command(self.reading, level):
            return "command missed"
        return ""


FIGURES: tuple[tuple[str, Callable[[Row], bool], Callable[[Judged], bool]], ...] = (
    ("crisis read as crisis", lambda row: row.level == "CRISIS", lambda j: j.reading.level is Level.CRISIS),
    ("crisis raised as any alert", lambda row: row.level == "CRISIS", lambda j: j.raised),
    ("crisis or distress raised", lambda row: row.level in ALERTS, lambda j: j.raised),
    ("false alarms on harmless texts", lambda row: row.level == "OK", lambda j: j.raised),
    ("false crisis", lambda row: row.level in ("OK", "GREY"), lambda j: j.reading.level is Level.CRISIS),
    ("commands understood", lambda row: row.level in COMMANDS, lambda j: not j.wrong),
    ("alert texts eaten by a command", lambda row: row.level in ALERTS, lambda j: _is_eaten(j)),
)
"""What is told: of which rows, and which of them count."""


def judge(rows: Iterable[Row], read: Read, clock: Clock) -> list[Judged]:
    """Read all texts twice, and time the second reading: nothing is timed that happens once in a process."""
    rows = list(rows)
    for row in rows:
        read(row.text, Context(language=row.lang or "en"))
    judged = []
    for row in rows:
        began = clock()
        reading = read(row.text, Context(language=row.lang or "en"))
        judged.append(Judged(row, reading, clock() - began))
    return judged


def figures(judged: Sequence[Judged]) -> list[tuple[str, Share]]:
    """Each figure over these texts."""
    return [
        (name, Share(sum(hit(each) for each in judged if of(each.row)), sum(of(each.row) for each in judged)))
        for name, of, hit in FIGURES
    ]


def grouped(judged: Sequence[Judged], key: Callable[[Row], str]) -> dict[str, list[Judged]]:
    """The same texts in groups, largest first."""
    groups: defaultdict[str, list[Judged]] = defaultdict(list)
    for each in judged:
        groups[key(each.row) or "(none)"].append(each)
    return dict(sorted(groups.items(), key=lambda group: -len(group[1])))


def quantile(judged: Sequence[Judged], part: float) -> float:
    """How many milliseconds this part of the readings took at most."""
    took = sorted(each.took for each in judged)
    return took[min(int(part * len(took)), len(took) - 1)] / 1e6 if took else 0.0


def _is_command(reading: Reading, level: str) -> bool:
    command = reading.command.name if reading.command is not None else ""
    match level:
        case "STOP":
            return reading.kind in (Kind.OPT_OUT, Kind.WRONG_PERSON)
        case "START":
            return reading.kind in (Kind.OPT_IN, Kind.YES) or command == "resume"
        case "HELP":
            return reading.kind is Kind.HELP or reading.level in _RAISED or command == "info"
        case _:
            return command == level.lower()


def _is_eaten(judged: Judged) -> bool:
    """Whether a cry was taken for a command, an opt-out or a wrong number and calls nobody."""
    calm = (Kind.COMMAND, Kind.OPT_OUT, Kind.OPT_IN, Kind.HELP, Kind.WRONG_PERSON, Kind.YES, Kind.NO)
    return not judged.raised and judged.reading.kind in calm
