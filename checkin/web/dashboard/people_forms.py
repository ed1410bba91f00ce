"""What forms about people share: they are written by the rules of a file of people, one line long."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from sqlalchemy.orm import Session
from wtforms import BooleanField, Field, StringField

from checkin.domain.terms import Phone
from checkin.handlers.people_files.lines import BadLine
from checkin.handlers.people_files.report import Report
from checkin.handlers.people_files.sheet import write_sheet
from checkin.handlers.people_files.terms import Kind
from checkin.handlers.people_imported import PeopleFile, people_imported, read_people
from checkin.store import people
from checkin.store.tables import MemberRow, PersonRow, VolunteerRow
from checkin.web.dashboard.edited import Edit, as_sent
from checkin.web.dashboard.forms import Given, PageForm, stripped
from checkin.web.dashboard.language import lazy
from checkin.web.dashboard.signed import signed
from checkin.wiring import Services

_Row = TypeVar("_Row", MemberRow, VolunteerRow)


def read_one(services: Services, kind: Kind, cells: Mapping[str, str]) -> PeopleFile:
    """One line of a file of people."""
    raw = write_sheet(list(cells), [dict(cells)]).encode()
    return read_people(kind, raw, services.handbook, services.now())


class NewPersonForm(PageForm):
    """Somebody new. `here`: who has this number already, found when the form was sent."""

    phone = StringField(
        lazy("Phone number"),
        [Given(lazy("Give their phone number."))],
        filters=[stripped],
        render_kw={"type": "tel", "autocomplete": "off"},
    )
    same = BooleanField(lazy("It is the same person. What stands here takes the place of what is kept of them."))
    here: "Here | None" = None


@dataclass(frozen=True)
class Here:
    """Somebody has this number already. `page`: theirs, where they are already what they were to become."""

    page: str | None = None


def written(
    services: Services,
    kind: Kind,
    cells: Mapping[str, str],
    form: PageForm,
    first: str,
    unless: Callable[[Session], object] | None = None,
) -> Report | None:
    """Write somebody; None where it is refused, and then each reason stands beside its field (or beside `first`).

    `unless`: asked in the same transaction; nothing is written where it finds something.
    """
    now, me = services.now(), signed()
    file = read_one(services, kind, cells)
    if file.bad:
        refuse(form, file.bad[0], first)
        return None

    def work(session: Session) -> Report | Here | None:
        if unless is not None and unless(session):
            return None
        here = in_the_way(session, kind, file.lines[0].phone, form) if isinstance(form, NewPersonForm) else None
        if here is not None:
            return here
        return people_imported(session, services.handbook, file, now, who=me.who, circles=me.circles)

    report = services.act(work)
    if isinstance(report, Here):
        form.here = report
        return None
    if report is not None and report.bad:
        refuse(form, report.bad[0], first)
        return None
    return report


def rewritten(
    services: Services,
    kind: Kind,
    form: PageForm,
    edit: Edit,
    cells: Mapping[str, str],
    whom: tuple[_Row, PersonRow],
    kept: Callable[[Session, _Row, PersonRow], Mapping[str, object]],
) -> bool:
    """Write of somebody who is here what was changed of them; False where it is refused, or crosses with others.

    `cells`: all of the form; `kept`: what a form shows that says what is stored.
    """

    def crossed(session: Session) -> set[str]:
        person = session.get_one(PersonRow, whom[1].id, populate_existing=True, with_for_update=True)
        row = session.get_one(type(whom[0]), whom[0].id, populate_existing=True, with_for_update=True)
        return edit.crossed(form, as_sent(kept(session, row, person)))

    changed = {name: cell for name, cell in cells.items() if name in edit.changed}
    return written(services, kind, {**changed, "phone": whom[1].phone}, form, "name", crossed) is not None


def in_the_way(session: Session, kind: Kind, phone: Phone, form: NewPersonForm) -> Here | None:
    """Who is here already, and would be written over unasked.

    A form for somebody new never does that: it says where they are, or asks first.
    """
    here = _here(session, kind, phone, signed().circles)
    return None if here is None or (here.page is None and form.same.data) else here


def _here(session: Session, kind: Kind, phone: Phone, circles: frozenset[int] | None) -> Here | None:
    """Who has this number already. Of another circle's people nothing is told: they are refused as in a file."""
    known = people.known_by_phone(session, [phone]).get(phone)
    if known is None:
        return None
    volunteer = known.volunteer if known.volunteer is not None and not known.volunteer.stand_in else None
    is_already: dict[Kind, Any] = {
        Kind.MEMBERS: known.member,
        Kind.VOLUNTEERS: volunteer,
        Kind.COORDINATORS: known.coordinator,
    }
    row = is_already[kind]
    if row is not None:
        return Here(f"/{kind.value}/{row.id}") if circles is None or row.circle_id in circles else None
    return Here() if known.member or known.volunteer or known.coordinator else None


def refuse(form: PageForm, bad: BadLine, first: str) -> None:
    """Put each reason beside its field; they begin with the column's name."""
    for reason in bad.reasons:
        column, _colon, why = reason.partition(": ")
        field: Field | None = getattr(form, column, None)
        said = why if isinstance(field, Field) and why else reason
        place = field if isinstance(field, Field) and why else getattr(form, first)
        place.errors = [f"{said[:1].upper()}{said[1:]}."]
