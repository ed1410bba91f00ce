"""A member names a contact, or takes one back: who may be rung when they do not answer, and what that one may hear."""

from datetime import datetime

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from checkin.domain.consent import Consent
from checkin.domain.terms import MemberId, PersonId, Phone
from checkin.handlers.people_listed import masked
from checkin.store import consent, people, system
from checkin.store.tables import ContactRow, MemberRow, PersonRow


class NotNamed(ValueError):
    """It cannot be done: one sentence."""


def name_contact(
    session: Session,
    member_phone: Phone,
    contact_phone: Phone,
    now: datetime,
    *,
    who: str,
    name: str = "",
    language: str | None = None,
    agreed: str | None = None,
    hears_name: bool | None = None,
    first: bool = False,
) -> bool:
    """Put somebody on a member's list of contacts, at its end or first. Returns whether they are new on it.

    `agreed`: how the contact said that they may be rung (they are never rung without it). `hears_name`: the member
    agreed that they hear the first name; None leaves what is stored. Raises NotNamed.
    """
    member, person = _member(session, member_phone), people.ensure(session, contact_phone, now)
    if person.id == member.person_id:
        raise NotNamed("A member cannot be their own contact.")
    person.name, person.language = name or person.name, language or person.language
    _agrees(session, person, agreed, now)
    row = session.scalar(select(ContactRow).where(ContactRow.member_id == member.id, ContactRow.person_id == person.id))
    new = row is None
    if row is None:
        row = ContactRow(
            member_id=member.id, person_id=person.id, place=_place(session, member, func.max, 1), created_at=now
        )
        session.add(row)
    if first:
        row.place = _place(session, member, func.min, -1)
    row.hears_name = bool(hears_name) if hears_name is not None else bool(row.hears_name)
    what = "contact named" if new else "contact changed"
    system.audit(session, who, what, now, person=member.person_id, contact=person.id, hears_name=row.hears_name)
    session.flush()
    return new


def take_contact_back(session: Session, member_phone: Phone, contact_phone: Phone, now: datetime, *, who: str) -> None:
    """Take somebody off a member's list. Raises NotNamed."""
    member, person = _member(session, member_phone), people.by_phone(session, contact_phone)
    where = (ContactRow.member_id == member.id, ContactRow.person_id == (person.id if person is not None else 0))
    if session.scalar(delete(ContactRow).where(*where).returning(ContactRow.id)) is None:
        raise NotNamed("This number is not on the member's list of contacts.")
    system.audit(
        session, who, "contact taken back", now, person=member.person_id, contact=person.id if person is not None else 0
    )


def contacts_listed(session: Session, member_phone: Phone, now: datetime, *, who: str) -> list[dict[str, object]]:
    """A member's contacts in the order in which they are rung. That it was looked at is recorded. Raises NotNamed."""
    member = _member(session, member_phone)
    system.audit(session, who, "contacts listed", now, person=member.person_id)
    rows = session.execute(
        select(ContactRow, PersonRow)
        .join(PersonRow, PersonRow.id == ContactRow.person_id)
        .where(ContactRow.member_id == member.id)
        .order_by(ContactRow.place, ContactRow.id)
    ).all()
    return [
        {
            "place": place,
            "name": person.name,
            "phone": masked(Phone(person.phone)),
            "hears_name": contact.hears_name,
            "may_be_rung": consent.current(session, PersonId(person.id)) is Consent.IN,
        }
        for place, (contact, person) in enumerate(rows, 1)
    ]


def _agrees(session: Session, person: PersonRow, agreed: str | None, now: datetime) -> None:
    state = consent.current(session, PersonId(person.id))
    if state is Consent.OUT:
        raise NotNamed("This number said stop: only its owner can change that, by START.")
    if state is Consent.IN:
        return
    if not agreed:
        raise NotNamed("Nobody is rung without their own yes: say how this contact gave it, such as 'on paper'.")
    consent.record(session, PersonId(person.id), Consent.IN, agreed[:40], now)


def _member(session: Session, phone: Phone) -> MemberRow:
    person = people.by_phone(session, phone)
    member = people.member_of(session, PersonId(person.id)) if person is not None else None
    if member is None:
        raise NotNamed("The first number is no member's.")
    return member


def _place(session: Session, member: MemberRow, which: object, step: int) -> int:
    found = session.scalar(select(which(ContactRow.place)).where(ContactRow.member_id == MemberId(member.id)))  # type: ignore[operator]
    return (found if found is not None else 0) + step
