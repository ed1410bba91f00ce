"""The access log, as it is looked at: newest first, by day, person, doer and kind."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from checkin.store.tables import AuditRow, PersonRow

PART = 100


@dataclass(frozen=True)
class Wanted:
    """Which entries: of a stretch of time, about a person, by somebody, of a kind; `before` an entry."""

    start: datetime | None = None
    end: datetime | None = None
    person: int | None = None
    who: str = ""
    what: str = ""
    before: int | None = None


def entries(session: Session, wanted: Wanted, most: int = PART) -> tuple[list[AuditRow], bool]:
    """The newest entries, and whether there are more."""
    rows = list(session.scalars(_query(wanted).order_by(AuditRow.id.desc()).limit(most + 1)))
    return rows[:most], len(rows) > most


def _query(wanted: Wanted) -> Select[AuditRow]:
    query = select(AuditRow)
    if wanted.start is not None:
        query = query.where(AuditRow.at >= wanted.start)
    if wanted.end is not None:
        query = query.where(AuditRow.at < wanted.end)
    if wanted.person is not None:
        query = query.where(AuditRow.person_id == wanted.person)
    if wanted.who:
        query = query.where(AuditRow.who == wanted.who)
    if wanted.what:
        query = query.where(AuditRow.what == wanted.what)
    if wanted.before is not None:
        query = query.where(AuditRow.id < wanted.before)
    return query


def kinds(session: Session) -> list[str]:
    """Every kind of entry there is."""
    return sorted(session.scalars(select(AuditRow.what).distinct()))


def names(session: Session, rows: list[AuditRow]) -> dict[int, str]:
    """The names of the people whom these entries name."""
    wanted = {row.person_id for row in rows if row.person_id is not None}
    for row in rows:
        kind, _blank, number = row.who.replace(":", " ").partition(" ")
        if kind == "person" and number.isdecimal():
            wanted.add(int(number))
    found = session.execute(select(PersonRow.id, PersonRow.name).where(PersonRow.id.in_(wanted)))
    return {person: name for person, name in found}
