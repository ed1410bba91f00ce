"""Circles, and who answers for them: the ids that other routes ask for."""

from typing import Literal

from sqlalchemy import select

from checkin.domain.scopes import Scope
from checkin.handlers.case_moved import is_on_shift
from checkin.store import accounts, people, shifts
from checkin.store.tables import CoordinatorRow, PersonRow, VolunteerRow
from checkin.web.api.operation import Asked, Operations
from checkin.web.api.values import Model, Query, QueryId

circles = Operations("Circles")


class Circle(Model):
    """A group of members with its own coordinators, volunteers and settings."""

    id: int
    name: str
    programme: str


class Circles(Model):
    """The circles that this key is for."""

    items: list[Circle]


class OfCircle(Query):
    """Of which circle; without it, of all that this key is for."""

    circle: QueryId | None = None


class Coordinator(Model):
    """Somebody who answers for circles. `circles` null: for all of them."""

    id: int
    name: str
    role: Literal["admin", "coordinator"]
    circles: list[int] | None


class Coordinators(Model):
    """Who may be named as the one who acknowledges or closes."""

    items: list[Coordinator]


class OnShift(Model):
    """A volunteer who is on call now."""

    id: int
    circle: int
    languages: list[str]
    reach: Literal["call", "sms", "both"]


class AllOnShift(Model):
    """Who is on call at this moment."""

    items: list[OnShift]


@circles.get("/circles", None, Circles)
def list_circles(asked: Asked) -> Circles:
    """The circles that this key is for. Any key may ask."""
    found = people.circles(asked.session).values()
    mine = [each for each in found if asked.key.answers_for(each.id)]
    return Circles(items=[Circle(id=each.id, name=each.name, programme=each.programme) for each in mine])


@circles.get("/coordinators", Scope.ESCALATIONS_READ, Coordinators, query=OfCircle)
def list_coordinators(asked: Asked) -> Coordinators:
    """Who answers for a circle, with the id by which to name them. A viewer answers for nothing."""
    wanted = asked.circles(asked.query.circle)
    rows = asked.session.execute(
        select(CoordinatorRow, PersonRow)
        .join(PersonRow, PersonRow.id == CoordinatorRow.person_id)
        .where(CoordinatorRow.role != "viewer")
        .order_by(CoordinatorRow.id)
    ).all()
    further, items = accounts.circles_of_all(asked.session), list[Coordinator]()
    for row, person in rows:
        everywhere = row.role == "admin" or row.circle_id is None
        its = None if everywhere else sorted({row.circle_id, *further.get(row.id, ())})
        if wanted is None or its is None or wanted & set(its):
            items.append(Coordinator(id=row.id, name=person.name, role=row.role, circles=its))  # type: ignore[arg-type]
    return Coordinators(items=items)


@circles.get("/volunteers/on-shift", Scope.ESCALATIONS_READ, AllOnShift, query=OfCircle)
def list_volunteers_on_shift(asked: Asked) -> AllOnShift:
    """Who is on call now, by their shifts and by what they said since. No name and no number."""
    wanted = asked.circles(asked.query.circle)
    query = select(VolunteerRow, PersonRow).join(PersonRow, PersonRow.id == VolunteerRow.person_id)
    query = query.where(VolunteerRow.stand_in.is_(False))
    if wanted is not None:
        query = query.where(VolunteerRow.circle_id.in_(sorted(wanted)))
    rows = asked.session.execute(query.order_by(VolunteerRow.id)).all()
    stopped = people.opted_out(asked.session, [person.id for _, person in rows])
    handbook, changes = asked.services.handbook, shifts.changes_at(asked.session, asked.now)
    return AllOnShift(
        items=[
            OnShift(id=row.id, circle=row.circle_id, languages=row.languages, reach=row.reach)  # type: ignore[arg-type]
            for row, person in rows
            if person.id not in stopped and is_on_shift(handbook, row, person, asked.now, changes.get(row.id, ()))
        ]
    )
