"""Where an import is worked on: what is known of its numbers, and how a row comes to hold what it says."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import insert
from sqlalchemy.orm import Session

from checkin.domain.consent import Consent
from checkin.domain.terms import Phone
from checkin.handlers.handbook import Handbook
from checkin.handlers.people_files.lines import PersonLine
from checkin.handlers.people_files.report import Report
from checkin.store import people
from checkin.store.columns import Row
from checkin.store.emptied import ERASED
from checkin.store.people import Known
from checkin.store.tables import AuditRow, CircleRow, ConsentRow, PersonRow

DEFAULT_CIRCLE = "main"


@dataclass
class Desk:
    """One import in one transaction. In a dry run rows are made and compared, but nothing is added or set.

    `circles`: those that whoever does it answers for; None: all.
    """

    session: Session
    handbook: Handbook
    now: datetime
    who: str
    report: Report
    known: Mapping[Phone, Known]
    outcomes: dict[int, str] = field(default_factory=dict)
    erased: Mapping[Phone, datetime] = field(default_factory=dict)
    circles: frozenset[int] | None = None
    _reborn: list[PersonRow] = field(default_factory=list)
    _circles: dict[str, int] = field(default_factory=dict)
    _later: dict[type[Row], list[dict[str, Any]]] = field(default_factory=dict)

    @property
    def dry_run(self) -> bool:
        """Whether nothing may be changed."""
        return self.report.dry_run

    def circle(self, name: str | None, stored: int | None) -> int:
        """The id of a circle, found by name in any case, or made. Without a name: the stored, else `main`."""
        if name is None and stored is not None:
            return stored
        if not self._circles:
            self._circles.update(
                {row.name.casefold(): row.id for row in people.circles(self.session).values()},
            )
        wanted = name or DEFAULT_CIRCLE
        if wanted.casefold() not in self._circles:
            self._circles[wanted.casefold()] = -1 if self.dry_run else self._make_circle(wanted).id
            self.report.circles_made.append(wanted)
        return self._circles[wanted.casefold()]

    def _make_circle(self, name: str) -> CircleRow:
        policy = self.handbook.policy(None)
        return people.ensure_circle(self.session, name, policy.programme, policy.discreet_name, self.now)

    def person(self, line: PersonLine, values: Mapping[str, Any]) -> tuple[PersonRow, bool]:
        """The person of a line, and whether anything of them changes. Not flushed."""
        known = self.known.get(line.phone)
        if known is not None:
            return known.person, self.fill(known.person, values)
        row = people.new_person(line.phone, self.now)
        self.fill(row, values, new=True)
        self.add(row)
        if line.phone in self.erased:
            self._reborn.append(row)
        return row, True

    def known_as(self, line: PersonLine, person: PersonRow) -> Known:
        """What is known of a line's person; a number that was erased is out, though nobody knows whose it was."""
        since = self.erased.get(line.phone)
        unknown = Known(person) if since is None else Known(person, consent=Consent.OUT, consent_at=since)
        return self.known.get(line.phone) or unknown

    def fill(self, row: object, values: Mapping[str, Any], *, new: bool = False) -> bool:
        """Let a row hold the values that are not None. Returns whether it did not before."""
        given = {name: value for name, value in values.items() if value is not None}
        if given.get("timezone") == "":
            given["timezone"] = None  # taken away
        differing = {name: value for name, value in given.items() if getattr(row, name) != value}
        if new or not self.dry_run:
            for name, value in differing.items():
                setattr(row, name, value)
        return bool(differing)

    def add(self, row: object) -> None:
        """Add a new row, but in a dry run."""
        if not self.dry_run:
            self.session.add(row)

    def append(self, kind: type[Row], **values: Any) -> None:
        """Add a row that nobody looks at again in this transaction, with all of its kind at the end."""
        if not self.dry_run:
            self._later.setdefault(kind, []).append(values)

    def drop(self, kind: type[Row], persons: set[int]) -> None:
        """Take back what was appended of these people."""
        rows = self._later.get(kind, [])
        rows[:] = [values for values in rows if values["person_id"] not in persons]

    def finish(self) -> None:
        """Write what was appended."""
        self.session.flush()
        if self._reborn:  # before what a line says of consent later than that
            out = {"state": Consent.OUT.value, "how": ERASED, "wording": "", "recorded_at": self.now}
            lines = [{"person_id": row.id, "at": self.erased[Phone(row.phone)], **out} for row in self._reborn]
            self._later[ConsentRow] = lines + self._later.get(ConsentRow, [])
        for kind, rows in self._later.items():
            if not rows:
                continue
            self.session.execute(insert(kind), rows)
        self._later.clear()

    def count(self, line: PersonLine, person: PersonRow, *, new: bool, changed: bool) -> None:
        """Count one line, and record that the person's record was written (promise P10)."""
        self.outcomes[line.number] = "new" if new else "changed" if changed else "unchanged"
        if new:
            self.report.new += 1
        elif changed:
            self.report.changed += 1
        else:
            self.report.unchanged += 1
            return
        what = "imported" if new else "changed by an import"
        self.append(AuditRow, at=self.now, who=self.who, what=what, person_id=person.id, detail={})
