"""Who is told that the service itself is ill, and for whom nobody can be paged."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from checkin.domain.terms import CircleId, PersonId
from checkin.store.people import coordinators, who_did_not_stop
from checkin.store.tables import CoordinatorRow, MemberRow


def admins(session: Session) -> tuple[PersonId, ...]:
    """Who is told that the service is ill: the admins who may be contacted, else every such coordinator."""
    of_role = select(CoordinatorRow.person_id).order_by(CoordinatorRow.id)
    found = who_did_not_stop(session, list(session.scalars(of_role.where(CoordinatorRow.role == "admin"))))
    return found or who_did_not_stop(
        session, list(session.scalars(of_role.where(CoordinatorRow.role == "coordinator")))
    )


def circles_without_coordinator(session: Session) -> list[int]:
    """The circles with members and nobody who could be paged for them."""
    with_members = session.scalars(select(MemberRow.circle_id).distinct().order_by(MemberRow.circle_id)).all()
    return [circle for circle in with_members if not coordinators(session, CircleId(circle))]
