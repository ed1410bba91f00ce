"""A file of people that was uploaded: looked at row by row, then written in parts; sealed meanwhile, and soon gone."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete
from sqlalchemy.orm import Session

from checkin.handlers.handbook import Handbook
from checkin.handlers.people_files.lines import BadLine
from checkin.handlers.people_files.report import Report
from checkin.handlers.people_files.terms import Kind
from checkin.handlers.people_imported import PeopleFile, people_imported, read_people
from checkin.store import system
from checkin.store.tables import PeopleFileRow

KEPT_FOR = timedelta(hours=1)
DELETING = "uploaded files"
PART = 250
_COUNTS = ("new", "changed", "unchanged", "invited", "opted_in", "opted_out")


@dataclass(frozen=True)
class Looked:
    """What a file would do: to each line (new, changed, unchanged), and why some cannot be taken."""

    file: PeopleFile
    report: Report
    outcomes: Mapping[int, str]


def put_file(session: Session, file: PeopleFile, raw: bytes, who: str, now: datetime) -> int:
    """Keep an uploaded file, which was read before, until it is imported, for an hour at most."""
    row = PeopleFileRow(
        kind=file.kind.value, by=who, raw=raw, lines=len(file.lines), created_at=now, expires_at=now + KEPT_FOR
    )
    session.add(row)
    session.flush()
    return row.id


def looked_at(
    session: Session, handbook: Handbook, row: PeopleFileRow, circles: frozenset[int] | None, now: datetime
) -> Looked:
    """Say what would happen. Nothing is written."""
    file, outcomes = read_people(Kind(row.kind), row.raw, handbook, now), dict[int, str]()
    report = people_imported(
        session,
        handbook,
        file,
        now,
        who=row.by,
        dry_run=True,
        skip_bad=True,
        circles=circles,
        outcomes=outcomes,
        keeps_an_admin=True,
    )
    return Looked(file, report, outcomes)


def begun(session: Session, row: int, skip_bad: bool) -> None:
    """The import begins."""
    file = session.get_one(PeopleFileRow, row, with_for_update=True, populate_existing=True)
    if not file.started:
        file.started, file.skip_bad = True, skip_bad


def next_part(
    session: Session,
    handbook: Handbook,
    number: int,
    file: PeopleFile,
    circles: frozenset[int] | None,
    now: datetime,
) -> PeopleFileRow | None:
    """Write the next lines of a file that was begun; how far it is stands in the same transaction, so that a part that
    is asked for twice is written once. None where there is no such file any more. `file` was read before: a large one
    takes seconds, in which nobody who writes may wait (promise P1).
    """
    row = session.get(PeopleFileRow, number, with_for_update=True, populate_existing=True)
    if row is None or not row.started or row.at >= row.lines:
        return row
    part = replace(file, lines=file.lines[row.at : row.at + PART], bad=file.bad if row.at == 0 else ())
    report = people_imported(
        session, handbook, part, now, who=row.by, skip_bad=True, traced=False, circles=circles, keeps_an_admin=True
    )
    row.report = _summed(row.report, report)
    row.at = min(row.at + PART, row.lines)
    if row.at >= row.lines:
        counts = {name: row.report.get(name, 0) for name in ("new", "changed")}
        system.audit(session, row.by, f"{row.kind} imported", now, **counts, bad=len(row.report.get("bad", ())))
        row.raw, row.expires_at = b"", now + KEPT_FOR
    session.flush()
    return row


def file_forgotten(session: Session, number: int) -> None:
    """Nobody wants it."""
    session.execute(delete(PeopleFileRow).where(PeopleFileRow.id == number))


def old_files_deleted(session: Session, now: datetime) -> None:
    """Files go that nobody came back for, and what is told of those that were imported."""
    session.execute(delete(PeopleFileRow).where(PeopleFileRow.expires_at < now))


def _summed(before: Mapping[str, Any], report: Report) -> dict[str, Any]:
    counts = {name: before.get(name, 0) + getattr(report, name) for name in _COUNTS}
    bad = [asdict(line) for line in report.bad if isinstance(line, BadLine)]
    return {**counts, "bad": [*before.get("bad", ()), *bad]}
