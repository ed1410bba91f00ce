"""What an import did, or would do, as data for the door that shows it."""

from dataclasses import dataclass, field

from checkin.handlers.people_files.lines import BadLine
from checkin.handlers.people_files.terms import Kind


@dataclass
class Report:
    """Counts, and the lines of the file that a person should look at.

    `written`: whether the database was changed. `by_voice`: they cannot be texted. `to_ask`: nor invited by
    text, so a coordinator has a task. `stays_out`: they said stop after the consent that the file names. `asked_alone`:
    they go on by the schedule of the circle that they leave, for the new one has none.
    """

    kind: Kind
    dry_run: bool
    new: int = 0
    changed: int = 0
    unchanged: int = 0
    invited: int = 0
    opted_in: int = 0
    opted_out: int = 0
    by_voice: list[int] = field(default_factory=list)
    to_ask: list[int] = field(default_factory=list)
    stays_out: list[int] = field(default_factory=list)
    asked_alone: list[int] = field(default_factory=list)
    circles_made: list[str] = field(default_factory=list)
    extra_columns: list[str] = field(default_factory=list)
    bad: list[BadLine] = field(default_factory=list)
    written: bool = False
