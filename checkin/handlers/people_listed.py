"""Somebody looks at who is there. Numbers are masked; to see them whole is recorded (promise P10)."""

from datetime import datetime

from sqlalchemy.orm import Session

from checkin.domain.terms import Phone
from checkin.handlers.people_exported import ROWS
from checkin.handlers.people_files.terms import Kind
from checkin.store import people, system
from checkin.store.people import Known
from checkin.store.tables import CircleRow


def people_listed(
    session: Session, kind: Kind, now: datetime, *, who: str, numbers: bool = False
) -> list[dict[str, object]]:
    """One row a person, by their id as a member, volunteer or coordinator."""
    circles = people.circles(session)
    known = list(people.everybody(session, ROWS[kind]))
    if numbers:
        system.audit(session, who, f"{kind} listed with numbers", now, count=len(known))
    return [_row(kind, each, circles, numbers) for each in known]


def masked(phone: Phone) -> str:
    """A number by its last two digits."""
    return f"...{phone[-2:]}"


def _row(kind: Kind, known: Known, circles: dict[int, CircleRow], numbers: bool) -> dict[str, object]:
    phone = known.person.phone if numbers else masked(Phone(known.person.phone))
    who: dict[str, object] = {"person": known.person.id, "name": known.person.name, "phone": phone}
    if kind is Kind.MEMBERS and known.member is not None:
        return {
            "member": known.member.id,
            **who,
            "circle": circles[known.member.circle_id].name,
            "channel": known.member.channel,
            "next_check_in": known.schedule.next_action_at if known.schedule is not None else None,
            "consent": known.consent.value,
        }
    if kind is Kind.VOLUNTEERS and known.volunteer is not None:
        return {
            "volunteer": known.volunteer.id,
            **who,
            "circle": circles[known.volunteer.circle_id].name,
            "reach": known.volunteer.reach,
            "shifts": known.volunteer.shifts,
            "consent": known.consent.value,
        }
    if kind is Kind.COORDINATORS and known.coordinator is not None:
        circle = known.coordinator.circle_id
        return {
            "coordinator": known.coordinator.id,
            **who,
            "role": known.coordinator.role,
            "circle": circles[circle].name if circle is not None else "all",
        }
    raise LookupError(f"person {known.person.id} is not among the {kind}")
