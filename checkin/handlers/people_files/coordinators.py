"""Coordinators from a file."""

from collections.abc import Sequence

from sqlalchemy import select

from checkin.handlers.people_files.desk import Desk
from checkin.handlers.people_files.lines import BadLine, CoordinatorLine
from checkin.handlers.people_files.terms import CoordinatorRole
from checkin.store.tables import CoordinatorRow, PersonRow


def refused(desk: Desk, lines: Sequence[CoordinatorLine]) -> list[BadLine]:
    """The lines that would leave nobody who may let others in: the last admin stays one."""
    query = select(CoordinatorRow.id).where(CoordinatorRow.role == CoordinatorRole.ADMIN.value)
    admins = set(desk.session.scalars(query))
    taken: dict[int, CoordinatorLine] = {}
    for line in lines:
        known = desk.known.get(line.phone)
        row = known.coordinator if known is not None else None
        if row is not None and row.id in admins and line.role not in (None, CoordinatorRole.ADMIN):
            taken[row.id] = line
    if admins - taken.keys() or any(line.role is CoordinatorRole.ADMIN for line in lines):
        return []
    why = ("role: this is the last admin; make somebody else an admin first",)
    return [BadLine(line.number, why) for line in taken.values()]


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
