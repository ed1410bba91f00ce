"""A file of people came in: read it, hold it against what is known, and write all of it or nothing.

The same file a second time changes nothing and invites nobody again. So a large file goes by parts: all of it is
looked at first, and where nothing is bad each part is written in a short transaction, so that no text and no cry
waits for an import. An import that was cut off is finished by importing the file again.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import assert_never

from sqlalchemy.orm import Session

from checkin.handlers.handbook import Handbook
from checkin.handlers.people_files import coordinators
from checkin.handlers.people_files.desk import DEFAULT_CIRCLE, Desk
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
from checkin.store import erasures, people, system
from checkin.store.session import Act

_PART = 250
"""Lines in one transaction: webhooks wait their turn behind it on SQLite, so it is kept short."""

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
            theirs = read_coordinators(sheet, handbook.region)
            good, bad = theirs.good, theirs.bad
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
    traced: bool = True,
    circles: frozenset[int] | None = None,
    outcomes: dict[int, str] | None = None,
    keeps_an_admin: bool = False,
) -> Report:
    """Write the people of a file, in the caller's transaction.

    Nothing in a dry run, nor while a line is bad, but with `skip_bad`. `traced`: with a line on the file in the audit.
    `circles`: those that whoever does it answers for; None: all. `outcomes` is told what becomes of each line.
    `keeps_an_admin`: the last admin stays one (whoever runs the server may make another at any time).
    """
    report = Report(file.kind, dry_run, extra_columns=list(file.extra_columns), bad=list(file.bad))
    known = people.known_by_phone(session, [line.phone for line in file.lines])
    strangers = [line.phone for line in file.lines if line.phone not in known]
    erased = erasures.stay_out_since(session, strangers)
    desk = Desk(session, handbook, now, who, report, known, outcomes if outcomes is not None else {}, erased, circles)
    if circles is not None:
        report.bad += not_theirs(desk, file.lines, circles)
    named = {line.number for line in report.bad}
    if file.kind is Kind.MEMBERS:
        report.bad += [line for line in refused(desk, _members(file.lines)) if line.number not in named]
    elif file.kind is Kind.COORDINATORS and keeps_an_admin:
        fit = [line for line in _coordinators(file.lines) if line.number not in named]
        report.bad += coordinators.refused(desk, fit)
    report.bad.sort(key=lambda line: line.number)
    if report.bad and not skip_bad:
        desk.report = replace(report, dry_run=True)
    skipped = {line.number for line in report.bad}
    _put(desk, [line for line in file.lines if line.number not in skipped])
    if not desk.dry_run:
        if traced:
            _trace(session, report, who, now)
        desk.finish()
        report.written = True
    return replace(desk.report, dry_run=dry_run)


def not_theirs(desk: Desk, lines: Sequence[PersonLine], circles: frozenset[int]) -> list[BadLine]:
    """Lines about people of other circles, or about circles for which whoever imports does not answer."""
    named = {row.name.casefold(): row.id for row in people.circles(desk.session).values()}
    found = []
    for line in lines:
        known = desk.known.get(line.phone)
        roles = (known.member, known.volunteer) if known is not None else ()
        elsewhere = any(row is not None and row.circle_id not in circles for row in roles)
        wanted = named.get((line.circle or DEFAULT_CIRCLE).casefold())
        stays = line.circle is None and any(row is not None for row in roles)
        if elsewhere:
            found.append(BadLine(line.number, ("phone: this number belongs to another circle; ask an admin",)))
        elif wanted not in circles and not stays:
            found.append(BadLine(line.number, ("circle: it is not one of yours; name one of your circles",)))
    return found


def imported_in_parts(
    act: Act,
    handbook: Handbook,
    file: PeopleFile,
    now: datetime,
    *,
    who: str,
    dry_run: bool = False,
    skip_bad: bool = False,
) -> Report:
    """Look at all of a file, then write it; each some hundred lines in a transaction of their own."""

    def go(lines: Lines, dry: bool) -> Report:
        part = replace(file, lines=lines, bad=())
        report: Report = act(
            lambda session: people_imported(
                session, handbook, part, now, who=who, dry_run=dry, skip_bad=skip_bad, traced=False
            )
        )
        return report

    parts = [file.lines[at : at + _PART] for at in range(0, len(file.lines), _PART)]
    looked = _summed(file, [go(part, True) for part in parts])
    if dry_run or (looked.bad and not skip_bad):
        return replace(looked, dry_run=dry_run)
    done = replace(_summed(file, [go(part, False) for part in parts]), dry_run=False, written=True)
    act(lambda session: _trace(session, done, who, now))
    return done


def _summed(file: PeopleFile, reports: Sequence[Report]) -> Report:
    """One report of several. What each of them tells of all is told once."""
    total = Report(file.kind, True, extra_columns=list(file.extra_columns), bad=list(file.bad))
    for report in reports:
        for name in ("new", "changed", "unchanged", "invited", "opted_in", "opted_out"):
            setattr(total, name, getattr(total, name) + getattr(report, name))
        for name in ("by_voice", "to_ask", "stays_out", "asked_alone", "bad"):
            getattr(total, name).extend(getattr(report, name))
        total.circles_made.extend(each for each in report.circles_made if each not in total.circles_made)
    total.bad.sort(key=lambda line: line.number)
    return total


def _trace(session: Session, report: Report, who: str, now: datetime) -> None:
    counts = {"new": report.new, "changed": report.changed, "bad": len(report.bad)}
    system.audit(session, who, f"{report.kind} imported", now, **counts)


def _put(desk: Desk, lines: Sequence[PersonLine]) -> None:
    match desk.report.kind:
        case Kind.MEMBERS:
            put_members(desk, _members(lines))
        case Kind.VOLUNTEERS:
            put_volunteers(desk, [line for line in lines if isinstance(line, VolunteerLine)])
        case Kind.COORDINATORS:
            coordinators.put_coordinators(desk, _coordinators(lines))
        case _:
            assert_never(desk.report.kind)


def _coordinators(lines: Sequence[PersonLine]) -> list[CoordinatorLine]:
    return [line for line in lines if isinstance(line, CoordinatorLine)]


def _members(lines: Sequence[PersonLine]) -> list[MemberLine]:
    return [line for line in lines if isinstance(line, MemberLine)]
