"""Coordinators from a file."""

from collections.abc import Sequence

from checkin.handlers.people_files.desk import Desk
from checkin.handlers.people_files.lines import CoordinatorLine
from checkin.handlers.people_files.terms import CoordinatorRole
from checkin.store.tables import CoordinatorRow, PersonRow


def put_coordinators(desk: Desk, lines: Sequence[CoordinatorLine]) -> None:
    """Write the coordinators of a file."""
    persons = [desk.person(line, {"name": line.name}) for line in lines]
    desk.session.flush()
    for line, (person, changed) in zip(lines, persons, strict=True):
        _coordinator(desk, line, person, changed)


def _coordinator(desk: Desk, line: CoordinatorLine, person: PersonRow, changed: bool) -> None:
    known = desk.known.get(line.phone)
    row = known.coordinator if known is not None else None
    new = row is None
    if row is None:
        role = CoordinatorRole.COORDINATOR.value
        row = CoordinatorRow(person_id=person.id, email="", role=role, circle_id=None, created_at=desk.now)
    role_given = line.role.value if line.role is not None else None
    changed = desk.fill(row, {"email": line.email, "role": role_given}, new=new) or changed
    if line.circle is not None:
        wanted = desk.circle(line.circle, None) if line.circle else None
        changed = changed or row.circle_id != wanted
        if new or not desk.dry_run:
            row.circle_id = wanted
    if new:
        desk.add(row)
    desk.count(line, person, new=new, changed=changed)
