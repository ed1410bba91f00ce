"""People go out as a file, in the columns in which they came in; that is recorded (promise P10)."""

from collections.abc import Iterator
from datetime import datetime
from typing import assert_never

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from checkin.domain.consent import Consent
from checkin.handlers.people_files.cells import NOTHING
from checkin.handlers.people_files.lines import COLUMNS
from checkin.handlers.people_files.members import STOPPED
from checkin.handlers.people_files.sheet import write_sheet
from checkin.handlers.people_files.terms import Kind
from checkin.store import people, system
from checkin.store.people import Known
from checkin.store.session import Act, reading
from checkin.store.tables import CircleRow, CoordinatorRow, MemberRow, VolunteerRow

ROWS: dict[Kind, type[MemberRow] | type[VolunteerRow] | type[CoordinatorRow]] = {
    Kind.MEMBERS: MemberRow,
    Kind.VOLUNTEERS: VolunteerRow,
    Kind.COORDINATORS: CoordinatorRow,
}
"""The role that each kind of file holds."""


def people_exported(
    engine: Engine, act: Act, kind: Kind, now: datetime, *, who: str, circles: frozenset[int] | None = None
) -> tuple[str, int]:
    """The file's text, and how many people are in it. Importing it into the same database changes nothing.

    Many people take seconds, so they are only looked at, and nobody who writes waits (promise P1); that they were taken
    out is committed before anybody has them. `circles`: only people of these; None: all.
    """
    with reading(engine) as session:
        named = people.circles(session)
        buddies = _buddies(session) if kind is Kind.MEMBERS else {}
        rows = [
            _row(kind, known, named, buddies)
            for known in people.everybody(session, ROWS[kind])
            if circles is None or _circle_of(kind, known) in circles
        ]
    text = write_sheet(COLUMNS[kind], rows)
    act(lambda session: system.audit(session, who, f"{kind} exported", now, count=len(rows)))
    return text, len(rows)


def _circle_of(kind: Kind, known: Known) -> int | None:
    roles = {Kind.MEMBERS: known.member, Kind.VOLUNTEERS: known.volunteer, Kind.COORDINATORS: known.coordinator}
    row = roles[kind]
    return row.circle_id if row is not None else None


def _buddies(session: Session) -> dict[int, str]:
    everybody: Iterator[Known] = people.everybody(session, VolunteerRow)
    return {known.volunteer.id: known.person.phone for known in everybody if known.volunteer is not None}


def _row(kind: Kind, known: Known, circles: dict[int, CircleRow], buddies: dict[int, str]) -> dict[str, str]:
    match kind:
        case Kind.MEMBERS if known.member is not None:
            return _person(known) | _member(known, known.member, circles, buddies)
        case Kind.VOLUNTEERS if known.volunteer is not None:
            return _person(known) | _volunteer(known, known.volunteer, circles)
        case Kind.COORDINATORS if known.coordinator is not None:
            return _person(known) | _coordinator(known.coordinator, circles)
        case Kind.MEMBERS | Kind.VOLUNTEERS | Kind.COORDINATORS:
            raise LookupError(f"person {known.person.id} is not among the {kind}")
        case _:
            assert_never(kind)


def _person(known: Known) -> dict[str, str]:
    return {"phone": known.person.phone, "name": known.person.name, "timezone": known.person.timezone or ""}


def _member(
    known: Known,
    member: MemberRow,
    circles: dict[int, CircleRow],
    buddies: dict[int, str],
) -> dict[str, str]:
    agreed = known.consent in (Consent.IN, Consent.OUT) and known.consent_at is not None
    source = STOPPED if known.consent is Consent.OUT else known.consent_how
    return {
        "language": known.person.language,
        "circle": circles[member.circle_id].name,
        "channel": member.channel,
        "schedule": known.schedule.rule if known.schedule is not None else "",
        "topics": ";".join(member.topics),
        "prefers": member.prefers,
        "buddy": buddies.get(member.buddy_id or 0, ""),
        "discreet": "yes" if member.discreet else "no",
        "consent_source": source if agreed else "",
        "consent_at": known.consent_at.isoformat() if agreed and known.consent_at is not None else "",
    }


def _volunteer(known: Known, volunteer: VolunteerRow, circles: dict[int, CircleRow]) -> dict[str, str]:
    return {
        "languages": ";".join(volunteer.languages),
        "circle": circles[volunteer.circle_id].name,
        "topics": ";".join(volunteer.topics),
        "traits": ";".join(volunteer.traits),
        "shifts": volunteer.shifts,
        "max_per_day": str(volunteer.max_per_day),
        "reach": volunteer.reach,
    }


def _coordinator(coordinator: CoordinatorRow, circles: dict[int, CircleRow]) -> dict[str, str]:
    circle = circles[coordinator.circle_id].name if coordinator.circle_id is not None else NOTHING
    return {"email": coordinator.email, "role": coordinator.role, "circle": circle}
