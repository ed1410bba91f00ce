"""What forms about people share: they are written by the rules of a file of people, one line long."""

from collections.abc import Mapping

from sqlalchemy.orm import Session
from wtforms import Field

from checkin.handlers.people_files.lines import BadLine
from checkin.handlers.people_files.report import Report
from checkin.handlers.people_files.sheet import write_sheet
from checkin.handlers.people_files.terms import Kind
from checkin.handlers.people_imported import PeopleFile, people_imported, read_people
from checkin.web.dashboard.forms import PageForm
from checkin.web.dashboard.signed import signed
from checkin.wiring import Services


def read_one(services: Services, kind: Kind, cells: Mapping[str, str]) -> PeopleFile:
    """One line of a file of people."""
    raw = write_sheet(list(cells), [dict(cells)]).encode()
    return read_people(kind, raw, services.handbook, services.now())


def written(services: Services, kind: Kind, cells: Mapping[str, str], form: PageForm, first: str) -> Report | None:
    """Write somebody; None where it is refused, and then each reason stands beside its field (or beside `first`)."""
    now, me = services.now(), signed()
    file = read_one(services, kind, cells)
    if file.bad:
        refuse(form, file.bad[0], first)
        return None

    def work(session: Session) -> Report:
        return people_imported(session, services.handbook, file, now, who=me.who, circles=me.circles)

    report = services.act(work)
    if report.bad:
        refuse(form, report.bad[0], first)
        return None
    return report


def refuse(form: PageForm, bad: BadLine, first: str) -> None:
    """Put each reason beside its field; they begin with the column's name."""
    for reason in bad.reasons:
        column, _colon, why = reason.partition(": ")
        field: Field | None = getattr(form, column, None)
        said = why if isinstance(field, Field) and why else reason
        place = field if isinstance(field, Field) and why else getattr(form, first)
        place.errors = [f"{said[:1].upper()}{said[1:]}."]
