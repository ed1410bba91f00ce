"""A file of people came in: read it, hold it against what is known, and write all of it or nothing.

In the caller's transaction. The same file a second time changes nothing and invites nobody again.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import assert_never

from sqlalchemy.orm import Session

from checkin.handlers.handbook import Handbook
from checkin.handlers.people_files.coordinators import put_coordinators
from checkin.handlers.people_files.desk import Desk
from checkin.handlers.people_files.lines import (
    COLUMNS,
    REQUIRED,
    BadLine,
    CoordinatorLine,
    MemberLine,
    PersonLine,
    VolunteerLine,
    read_coordinators,
    read_members,
    read_volunteers,
)
from checkin.handlers.people_files.members import put_members, refused
from checkin.handlers.people_files.report import Report
from checkin.handlers.people_files.sheet import read_sheet
from checkin.handlers.people_files.terms import Kind
from checkin.handlers.people_files.volunteers import put_volunteers
from checkin.store import people, system

Lines = Sequence[MemberLine] | Sequence[VolunteerLine] | Sequence[CoordinatorLine]


@dataclass(frozen=True)
class PeopleFile:
    """A file that was read: its good lines, its bad ones, and the columns that nobody asked for."""

    kind: Kind
    lines: Lines
    bad: tuple[BadLine, ...]
    extra_columns: tuple[str, ...]


def read_people(kind: Kind, raw: bytes, handbook: Handbook, now: datetime) -> PeopleFile:
    """Read a file without looking into the database. Raises BadFile where it is no such file."""
    sheet = read_sheet(raw, COLUMNS[kind], REQUIRED)
    good: Lines
    match kind:
        case Kind.MEMBERS:
            members = read_members(sheet, handbook.region, now.astimezone(handbook.timezone).date())
            good, bad = members.good, members.bad
        case Kind.VOLUNTEERS:
            volunteers = read_volunteers(sheet, handbook.region)
            good, bad = volunteers.good, volunteers.bad
        case Kind.COORDINATORS:
            coordinators = read_coordinators(sheet, handbook.region)
            good, bad = coordinators.good, coordinators.bad
        case _:
            assert_never(kind)
    return PeopleFile(kind, good, bad, sheet.extra)


def people_imported(
    session: Session,
    handbook: Handbook,
    file: PeopleFile,
    now: datetime,
    *,
    who: str,
    dry_run: bool = False,
    skip_bad: bool = False,
) -> Report:
    """Write the people of a file; nothing in a dry run, nor while a line is bad, but with `skip_bad`."""
    report = Report(file.kind, dry_run, extra_columns=list(file.extra_columns), bad=list(file.bad))
    known = people.known_by_phone(session, [line.phone for line in file.lines])
    desk = Desk(session, handbook, now, who, report, known)
    if file.kind is Kind.MEMBERS:
        report.bad += refused(desk, _members(file.lines))
        report.bad.sort(key=lambda line: line.number)
    if report.bad and not skip_bad:
        desk.report = replace(report, dry_run=True)
    skipped = {line.number for line in report.bad}
    _put(desk, [line for line in file.lines if line.number not in skipped])
    if not desk.dry_run:
        counts = {"new": report.new, "changed": report.changed, "bad": len(report.bad)}
        system.audit(session, who, f"{file.kind} imported", now, **counts)
        desk.finish()
        report.written = True
    return replace(desk.report, dry_run=dry_run)


def _put(desk: Desk, lines: Sequence[PersonLine]) -> None:
    match desk.report.kind:
        case Kind.MEMBERS:
            put_members(desk, _members(lines))
        case Kind.VOLUNTEERS:
            put_volunteers(desk, [line for line in lines if isinstance(line, VolunteerLine)])
        case Kind.COORDINATORS:
            put_coordinators(desk, [line for line in lines if isinstance(line, CoordinatorLine)])
        case _:
            assert_never(desk.report.kind)


def _members(lines: Sequence[PersonLine]) -> list[MemberLine]:
    return [line for line in lines if isinstance(line, MemberLine)]
