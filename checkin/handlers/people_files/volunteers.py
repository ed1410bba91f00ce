"""Volunteers from a file."""

from collections.abc import Sequence

from checkin.domain.terms import Reach
from checkin.handlers.people_files.desk import Desk
from checkin.handlers.people_files.lines import VolunteerLine
from checkin.store.tables import PersonRow, VolunteerRow


def put_volunteers(desk: Desk, lines: Sequence[VolunteerLine]) -> None:
    """Write the volunteers of a file."""
    persons = [desk.person(line, _of_person(desk, line)) for line in lines]
    desk.session.flush()
    for line, (person, changed) in zip(lines, persons, strict=True):
        _volunteer(desk, line, person, changed)


def _of_person(desk: Desk, line: VolunteerLine) -> dict[str, object]:
    values: dict[str, object] = {"name": line.name, "timezone": line.timezone}
    if line.phone not in desk.known and line.languages:
        values["language"] = line.languages[0]  # in which we write to them, until they say otherwise
    return values


def _volunteer(desk: Desk, line: VolunteerLine, person: PersonRow, changed: bool) -> None:
    known = desk.known.get(line.phone)
    row = known.volunteer if known is not None else None
    new = row is None
    if row is None:
        row = VolunteerRow(
            person_id=person.id,
            languages=[],
            topics=[],
            traits=[],
            shifts="always",
            max_per_day=3,
            reach=Reach.BOTH.value,
            created_at=desk.now,
        )
    elif row.stand_in and not desk.dry_run:  # a coordinator who becomes a volunteer too
        row.stand_in, row.override_on, row.override_until, row.reach = False, None, None, Reach.BOTH.value
    values: dict[str, object] = {
        "circle_id": desk.circle(line.circle, row.circle_id),
        "languages": list(line.languages) if line.languages is not None else None,
        "topics": list(line.topics) if line.topics is not None else None,
        "traits": list(line.traits) if line.traits is not None else None,
        "shifts": line.shifts,
        "max_per_day": line.max_per_day,
        "reach": _reach(desk, line, person, new),
    }
    changed = desk.fill(row, values, new=new) or changed
    if new:
        desk.add(row)
    desk.count(line, person, new=new, changed=changed)


def _reach(desk: Desk, line: VolunteerLine, person: PersonRow, new: bool) -> str | None:
    """What the line says; but nobody is texted on a line that cannot be."""
    wanted = line.reach or (Reach.BOTH if new else None)
    if wanted is not None and wanted is not Reach.CALL and not person.textable:
        desk.report.by_voice.append(line.number)
        return Reach.CALL.value
    return wanted.value if wanted is not None else None
