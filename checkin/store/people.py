"""People: who is behind a number, what they are to a circle, and who could take a case."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from sqlalchemy import Select, bindparam, func, or_, select, update
from sqlalchemy.orm import Session, aliased
from sqlalchemy.orm.attributes import set_committed_value

from checkin.domain.consent import Consent
from checkin.domain.phone import LineType, country_of, line_type
from checkin.domain.terms import CircleId, EscalationId, PersonId, Phone, Role, VolunteerId
from checkin.store import check_ins, consent, erasures, inbox, stand_ins, wordings
from checkin.store.emptied import ERASED
from checkin.store.sealed import BlindIndex
from checkin.store.session import once, remember
from checkin.store.tables import (
    STILL_OPEN,
    AnswersForRow,
    CheckInRow,
    CircleRow,
    ConsentRow,
    CoordinatorRow,
    EscalationRow,
    MemberRow,
    PersonRow,
    ScheduleRow,
    VolunteerRow,
)


def by_phone(session: Session, phone: Phone) -> PersonRow | None:
    """The person with this number. What they are to a circle, and what is open with them, comes in the same query."""
    found = session.execute(_WHO, {"phone": phone}).first()
    if found is None:
        return None
    person, member, circle = found[:3]
    remember(session, ("member", person.id), member)
    remember(session, ("consent", person.id), Consent(found.consent) if found.consent else Consent.NONE)
    if found.volunteer is None:
        remember(session, ("volunteer", person.id), None)
    if found.coordinator is None:
        remember(session, ("coordinator", person.id), None)
    remember(session, ("last text", person.id), found.last_text)
    remember(session, ("second last text", person.id), found.second_last)
    remember(session, wordings.STAMP, found.wordings)
    if circle is not None:
        remember(session, ("circle", circle.id), circle)
    if member is not None:
        check_ins.remember_newest(session, member, found[-len(check_ins.COLUMNS) :])
        case = EscalationId(found.case) if found.case is not None else None
        remember(session, ("open escalation", member.id), case)
    return cast("PersonRow", person)


def behind(session: Session, members: Sequence[int]) -> dict[int, tuple[MemberRow, PersonRow]]:
    """Many members and who they are, by the member's id; what is asked next of each (consent, roles) is found too."""
    found = _found(session, _MEMBERS.where(MemberRow.id.in_(members)))
    return {member.id: (member, person) for member, person in found}


def look_up(session: Session, persons: Sequence[int]) -> None:
    """Find many people at once, so that handlers in this transaction need not ask for each."""
    for _ in _found(session, _WITH_CONSENT.where(PersonRow.id.in_(persons))):
        pass


def _found(session: Session, query: Select[Any]) -> Iterator[tuple[MemberRow, PersonRow]]:
    for person, member, state in session.execute(query):
        remember(session, ("person", person.id), person)  # a session by itself lets go of what nobody else holds
        remember(session, ("consent", person.id), Consent(state) if state else Consent.NONE)
        if member is not None:
            remember(session, ("member", person.id), member)
            yield member, person


_NEWEST_CONSENT = (
    select(ConsentRow.state)
    .where(ConsentRow.person_id == PersonRow.id)
    .order_by(ConsentRow.id.desc())
    .limit(1)
    .scalar_subquery()
)
# An inner join: with an outer one SQLite looks through all people to find a hundred members.
_MEMBERS = select(PersonRow, MemberRow, _NEWEST_CONSENT).join(MemberRow, MemberRow.person_id == PersonRow.id)
_WITH_CONSENT = select(PersonRow, MemberRow, _NEWEST_CONSENT).outerjoin(MemberRow, MemberRow.person_id == PersonRow.id)
_ASKED = aliased(CheckInRow)
_NEWEST_ASKED = (
    select(_ASKED.id)
    .where(_ASKED.member_id == MemberRow.id, _ASKED.asked_at.is_not(None))
    .order_by(_ASKED.id.desc())
    .limit(1)
    .correlate(MemberRow)
    .scalar_subquery()
)
_OPEN_CASE = (
    select(EscalationRow.id)
    .where(EscalationRow.member_id == MemberRow.id, STILL_OPEN)
    .order_by(EscalationRow.id.desc())
    .limit(1)
    .correlate(MemberRow)
    .scalar_subquery()
)
# Rows only of what is looked at each time: making one costs more than finding it.
_WHO = (
    select(
        PersonRow,
        MemberRow,
        CircleRow,
        VolunteerRow.id.label("volunteer"),
        CoordinatorRow.id.label("coordinator"),
        _NEWEST_CONSENT.label("consent"),
        _OPEN_CASE.label("case"),
        inbox.newest_but(0).label("last_text"),
        inbox.newest_but(1).label("second_last"),
        wordings.newest_id.scalar_subquery().label("wordings"),
        *(column.label(f"asked_{column.key}") for column in check_ins.COLUMNS),
    )
    .outerjoin(MemberRow, MemberRow.person_id == PersonRow.id)
    .outerjoin(VolunteerRow, VolunteerRow.person_id == PersonRow.id)
    .outerjoin(CoordinatorRow, CoordinatorRow.person_id == PersonRow.id)
    .outerjoin(CircleRow, CircleRow.id == MemberRow.circle_id)
    .outerjoin(CheckInRow, CheckInRow.id == _NEWEST_ASKED)
    .where(PersonRow.phone_index == bindparam("phone", type_=BlindIndex))
)
_MEMBER = select(MemberRow).where(MemberRow.person_id == bindparam("person"))
_VOLUNTEER = select(VolunteerRow).where(VolunteerRow.person_id == bindparam("person"))
_COORDINATOR = select(CoordinatorRow).where(CoordinatorRow.person_id == bindparam("person"))


def keep_ratings(session: Session, member: MemberRow, ratings: list[int]) -> None:
    """Write a member's newest ratings, by one statement that is built once: this is the hot path."""
    session.connection().execute(_KEEP_RATINGS, {"member": member.id, "ratings": ratings})
    set_committed_value(member, "recent_ratings", ratings)


_KEEP_RATINGS = (
    update(MemberRow)
    .where(MemberRow.id == bindparam("member"))
    .values(recent_ratings=bindparam("ratings", type_=MemberRow.recent_ratings.type))
)


def last_text(session: Session, person: PersonId) -> datetime | None:
    """When a person's newest text came; known where they were found by their number."""
    return once(session, ("last text", person), lambda: None)


def second_last_text(session: Session, person: PersonId) -> datetime | None:
    """When a person's text before their newest came; known where they were found by their number."""
    return once(session, ("second last text", person), lambda: None)


def ensure(
    session: Session,
    phone: Phone,
    now: datetime,
    *,
    name: str = "",
    language: str = "en",
) -> PersonRow:
    """The person with this number, written now where they were not known. One that was erased stays out (P4)."""
    person = by_phone(session, phone)
    if person is None:
        person = new_person(phone, now, name=name, language=language)
        session.add(person)
        session.flush()
        since = erasures.stays_out_since(session, phone)
        if since is not None:
            consent.record(session, PersonId(person.id), Consent.OUT, ERASED, now, at=since)
    return person


def new_person(phone: Phone, now: datetime, *, name: str = "", language: str = "en") -> PersonRow:
    """A row for a number, not yet added. A landline cannot be texted."""
    kind = line_type(phone)
    return PersonRow(
        phone=phone,
        phone_index=phone,
        name=name,
        language=language,
        country=country_of(phone),
        line_type=kind.value,
        textable=kind is not LineType.LANDLINE,
        created_at=now,
    )


def ensure_circle(
    session: Session,
    name: str,
    programme: str,
    discreet_name: str,
    now: datetime,
) -> CircleRow:
    """The circle of this name, written now where it did not exist."""
    circle = session.scalar(select(CircleRow).where(CircleRow.name == name))
    if circle is None:
        circle = CircleRow(
            name=name,
            programme=programme,
            discreet_name=discreet_name,
            policy={},
            created_at=now,
        )
        session.add(circle)
        session.flush()
    return circle


def member_of(session: Session, person: PersonId) -> MemberRow | None:
    """This person as a member."""
    return once(session, ("member", person), lambda: session.scalar(_MEMBER, {"person": person}))


def volunteer_of(session: Session, person: PersonId) -> VolunteerRow | None:
    """This person as a volunteer."""
    return once(session, ("volunteer", person), lambda: session.scalar(_VOLUNTEER, {"person": person}))


def coordinator_of(session: Session, person: PersonId) -> CoordinatorRow | None:
    """This person as a coordinator."""
    return once(session, ("coordinator", person), lambda: session.scalar(_COORDINATOR, {"person": person}))


def circle_by_id(session: Session, circle: int | None) -> CircleRow | None:
    """The circle with this id; None for None."""
    if circle is None:
        return None
    return once(session, ("circle", circle), lambda: session.get(CircleRow, circle))


def circle_of(session: Session, person: PersonId) -> CircleRow | None:
    """The circle that speaks to this person, and whose contact hours hold for them (promise P5).

    The one they are a member of comes first, then the one they volunteer in, then the one they answer for; None where
    there is none of these, or where they answer for all circles: the programme's own words and hours hold then.
    """
    for role_of in (member_of, volunteer_of, coordinator_of):
        role = role_of(session, person)
        if role is not None:
            return circle_by_id(session, role.circle_id)
    return None


def roles_of(session: Session, person: PersonId) -> frozenset[Role]:
    """What this person is; a `viewer` sees numbers but acts on nothing, so counts as nothing here."""
    found = (
        (Role.MEMBER, member_of(session, person) is not None),
        (Role.VOLUNTEER, stand_ins.takes_cases(session, volunteer_of(session, person))),
        (Role.COORDINATOR, _acts(coordinator_of(session, person))),
    )
    return frozenset(role for role, holds in found if holds)


def _acts(coordinator: CoordinatorRow | None) -> bool:
    return coordinator is not None and coordinator.role != "viewer"


def coordinators(session: Session, circle: CircleId | None) -> tuple[PersonId, ...]:
    """Who answers for a circle and may be contacted: its coordinators and the admins; no viewer, nor who said stop.

    Where that is nobody, nobody of another circle learns of its members: the case gets a task, the auditor says it.
    For what belongs to no circle: those of all circles, and where there are none, everybody, so that somebody does.
    """
    query = (
        select(CoordinatorRow.person_id)
        .where(
            CoordinatorRow.role != "viewer",
            or_(
                CoordinatorRow.circle_id == circle,
                CoordinatorRow.circle_id.is_(None),
                CoordinatorRow.role == "admin",
                CoordinatorRow.id.in_(select(AnswersForRow.coordinator_id).where(AnswersForRow.circle_id == circle)),
            ),
        )
        .order_by(CoordinatorRow.id)
    )
    found = who_did_not_stop(session, list(session.scalars(query)))
    if found or circle is not None:
        return found
    everybody = select(CoordinatorRow.person_id).where(CoordinatorRow.role != "viewer").order_by(CoordinatorRow.id)
    return who_did_not_stop(session, list(session.scalars(everybody)))


def who_did_not_stop(session: Session, persons: list[int]) -> tuple[PersonId, ...]:
    """These persons, without those whose last word was STOP."""
    said_stop = opted_out(session, persons)
    return tuple(PersonId(person) for person in persons if person not in said_stop)


def volunteer_persons(session: Session, volunteers: set[VolunteerId]) -> Mapping[VolunteerId, PersonId]:
    """The persons behind these volunteers."""
    if not volunteers:
        return {}
    rows = session.execute(
        select(VolunteerRow.id, VolunteerRow.person_id).where(VolunteerRow.id.in_(volunteers)),
    )
    return {VolunteerId(volunteer): PersonId(person) for volunteer, person in rows}


def opted_out(session: Session, persons: list[int]) -> set[int]:
    """Those of these people whose newest consent record says stop."""
    return set(session.scalars(_OPTED_OUT, {"persons": persons}))


_OPTED_OUT = select(ConsentRow.person_id).where(
    ConsentRow.id.in_(
        select(func.max(ConsentRow.id))
        .where(ConsentRow.person_id.in_(bindparam("persons", expanding=True)))
        .group_by(ConsentRow.person_id)
    ),
    ConsentRow.state == Consent.OUT.value,
)


@dataclass(frozen=True)
class Known:
    """All that is stored of one person. `consent_at` and `consent_how` are those of the newest record."""

    person: PersonRow
    member: MemberRow | None = None
    volunteer: VolunteerRow | None = None
    coordinator: CoordinatorRow | None = None
    schedule: ScheduleRow | None = None
    consent: Consent = Consent.NONE
    consent_at: datetime | None = None
    consent_how: str = ""


_AT_ONCE = 500
_NEWEST_CONSENT_ID = (
    select(func.max(ConsentRow.id))
    .where(
        ConsentRow.person_id == PersonRow.id,
    )
    .correlate(PersonRow)
    .scalar_subquery()
)
_ALL_OF = (
    select(PersonRow, MemberRow, VolunteerRow, CoordinatorRow, ScheduleRow, ConsentRow)
    .outerjoin(MemberRow, MemberRow.person_id == PersonRow.id)
    .outerjoin(VolunteerRow, VolunteerRow.person_id == PersonRow.id)
    .outerjoin(CoordinatorRow, CoordinatorRow.person_id == PersonRow.id)
    .outerjoin(ScheduleRow, ScheduleRow.member_id == MemberRow.id)
    .outerjoin(ConsentRow, ConsentRow.id == _NEWEST_CONSENT_ID)
)


def known_by_phone(session: Session, phones: Sequence[Phone]) -> dict[Phone, Known]:
    """Who of these numbers is stored, with all that they are: a few queries for thousands of numbers."""
    found: dict[Phone, Known] = {}
    for start in range(0, len(phones), _AT_ONCE):
        some = phones[start : start + _AT_ONCE]
        for row in session.execute(_ALL_OF.where(PersonRow.phone_index.in_(some))):
            found[Phone(row[0].phone)] = _known(row)
    return found


def everybody(
    session: Session,
    role: type[MemberRow] | type[VolunteerRow] | type[CoordinatorRow],
) -> Iterator[Known]:
    """Everybody who is a member (or a volunteer, or a coordinator), by their id in that role."""
    query = _ALL_OF.where(role.id.is_not(None)).order_by(role.id)
    query = query.where(VolunteerRow.stand_in.is_(False)) if role is VolunteerRow else query
    query = query.where(MemberRow.erased_at.is_(None)) if role is MemberRow else query
    for row in session.execute(query.execution_options(yield_per=_AT_ONCE)):
        yield _known(row)


def _known(row: Any) -> Known:
    person, member, volunteer, coordinator, schedule, newest = row
    if newest is None:
        return Known(person, member, volunteer, coordinator, schedule)
    state = Consent(newest.state)
    return Known(person, member, volunteer, coordinator, schedule, state, newest.at, newest.how)


def remember_known(session: Session, known: Known) -> None:
    """Keep what was looked up in bulk, so that handlers in this transaction need not ask again."""
    person = known.person.id
    remember(session, ("member", person), known.member)
    remember(session, ("volunteer", person), known.volunteer)
    remember(session, ("coordinator", person), known.coordinator)
    remember(session, ("consent", person), known.consent)


def circles(session: Session) -> dict[int, CircleRow]:
    """Every circle, by id."""
    return {circle.id: circle for circle in session.scalars(select(CircleRow).order_by(CircleRow.id))}
