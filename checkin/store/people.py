"""People: who is behind a number, what they are to a circle, and who could take a case."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, cast

from sqlalchemy import bindparam, func, or_, select, update
from sqlalchemy.orm import Session

from checkin.domain.consent import Consent
from checkin.domain.delivery import State as Delivery
from checkin.domain.escalation import OfferState
from checkin.domain.escalation import State as CaseState
from checkin.domain.phone import LineType, country_of, line_type
from checkin.domain.routing import Candidate
from checkin.domain.terms import CircleId, EscalationId, PersonId, Phone, Reach, Role, VolunteerId
from checkin.store.sealed import BlindIndex
from checkin.store.session import once, remember
from checkin.store.tables import (
    CircleRow,
    ConsentRow,
    CoordinatorRow,
    DeliveryRow,
    EscalationRow,
    ExclusionRow,
    HandoffRow,
    MemberRow,
    OfferRow,
    PersonRow,
    ScheduleRow,
    VolunteerRow,
)


def by_phone(session: Session, phone: Phone) -> PersonRow | None:
    """The person with this number. What they are to a circle is looked up with it, in one query."""
    found = session.execute(_WHO, {"phone": phone}).first()
    if found is None:
        return None
    person, member, volunteer, coordinator, circle, state = found
    remember(session, ("member", person.id), member)
    remember(session, ("volunteer", person.id), volunteer)
    remember(session, ("coordinator", person.id), coordinator)
    remember(session, ("consent", person.id), Consent(state) if state else Consent.NONE)
    if circle is not None:
        remember(session, ("circle", circle.id), circle)
    return cast("PersonRow", person)


_NEWEST_CONSENT = (
    select(ConsentRow.state)
    .where(ConsentRow.person_id == PersonRow.id)
    .order_by(ConsentRow.id.desc())
    .limit(1)
    .scalar_subquery()
)
_WHO = (
    select(PersonRow, MemberRow, VolunteerRow, CoordinatorRow, CircleRow, _NEWEST_CONSENT)
    .outerjoin(MemberRow, MemberRow.person_id == PersonRow.id)
    .outerjoin(VolunteerRow, VolunteerRow.person_id == PersonRow.id)
    .outerjoin(CoordinatorRow, CoordinatorRow.person_id == PersonRow.id)
    .outerjoin(CircleRow, CircleRow.id == MemberRow.circle_id)
    .where(PersonRow.phone_index == bindparam("phone", type_=BlindIndex))
)
_MEMBER = select(MemberRow).where(MemberRow.person_id == bindparam("person"))
_VOLUNTEER = select(VolunteerRow).where(VolunteerRow.person_id == bindparam("person"))
_COORDINATOR = select(CoordinatorRow).where(CoordinatorRow.person_id == bindparam("person"))


def ensure(
    session: Session,
    phone: Phone,
    now: datetime,
    *,
    name: str = "",
    language: str = "en",
) -> PersonRow:
    """The person with this number, written now where they were not known."""
    person = by_phone(session, phone)
    if person is None:
        person = new_person(phone, now, name=name, language=language)
        session.add(person)
        session.flush()
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
    return (
        None
        if circle is None
        else once(
            session,
            ("circle", circle),
            lambda: session.get(CircleRow, circle),
        )
    )


def roles_of(session: Session, person: PersonId) -> frozenset[Role]:
    """What this person is; a `viewer` sees numbers but acts on nothing, so counts as nothing here."""
    found = (
        (Role.MEMBER, member_of(session, person) is not None),
        (Role.VOLUNTEER, volunteer_of(session, person) is not None),
        (Role.COORDINATOR, _acts(coordinator_of(session, person))),
    )
    return frozenset(role for role, holds in found if holds)


def _acts(coordinator: CoordinatorRow | None) -> bool:
    return coordinator is not None and coordinator.role != "viewer"


def coordinators(session: Session, circle: CircleId | None) -> tuple[PersonId, ...]:
    """Who answers for a circle and may be contacted: its coordinators and the admins; no viewer, nor who said stop.

    Where that is nobody, nobody of another circle learns of its members: the case gets a task, the auditor says it.
    """
    query = (
        select(CoordinatorRow.person_id)
        .where(
            CoordinatorRow.role != "viewer",
            or_(
                CoordinatorRow.circle_id == circle,
                CoordinatorRow.circle_id.is_(None),
                CoordinatorRow.role == "admin",
            ),
        )
        .order_by(CoordinatorRow.id)
    )
    return who_did_not_stop(session, list(session.scalars(query)))


def who_did_not_stop(session: Session, persons: list[int]) -> tuple[PersonId, ...]:
    """These persons, without those whose last word was STOP."""
    said_stop = _opted_out(session, persons)
    return tuple(PersonId(person) for person in persons if person not in said_stop)


def volunteer_persons(session: Session, volunteers: set[VolunteerId]) -> Mapping[VolunteerId, PersonId]:
    """The persons behind these volunteers."""
    if not volunteers:
        return {}
    rows = session.execute(
        select(VolunteerRow.id, VolunteerRow.person_id).where(VolunteerRow.id.in_(volunteers)),
    )
    return {VolunteerId(volunteer): PersonId(person) for volunteer, person in rows}


def candidates(
    session: Session, member: MemberRow, escalation: EscalationId, now: datetime
) -> list[tuple[VolunteerRow, PersonRow, Candidate]]:
    """Every volunteer as they stand towards one member's case, all but whether they are on shift."""
    rows = session.execute(
        select(VolunteerRow, PersonRow).join(PersonRow, PersonRow.id == VolunteerRow.person_id)
    ).all()
    excluded = set(
        session.scalars(select(ExclusionRow.volunteer_id).where(ExclusionRow.member_id == member.id)),
    )
    busy = _busy(session, escalation)
    today = _taken_since(session, now - timedelta(hours=24))
    called = _last_called(session)
    spoken = session.scalar(
        select(HandoffRow.volunteer_id)
        .join(EscalationRow, EscalationRow.id == HandoffRow.escalation_id)
        .where(EscalationRow.member_id == member.id, HandoffRow.joined_at.is_not(None))
        .order_by(HandoffRow.id.desc())
        .limit(1)
    )
    said_stop = _opted_out(session, [person.id for _, person in rows])
    return [
        (
            volunteer,
            person,
            Candidate(
                volunteer=VolunteerId(volunteer.id),
                person=PersonId(person.id),
                circle=CircleId(volunteer.circle_id),
                reach=Reach(volunteer.reach) if person.textable else Reach.CALL,
                languages=frozenset(volunteer.languages or [person.language]),
                topics=frozenset(volunteer.topics),
                consented=person.id not in said_stop,
                excluded=volunteer.id in excluded,
                busy=volunteer.id in busy,
                taken_today=today.get(volunteer.id, 0),
                max_per_day=volunteer.max_per_day,
                rest_until=volunteer.rest_until,
                last_called_at=called.get(volunteer.id),
                buddy=volunteer.id == member.buddy_id,
                last_spoken=volunteer.id == spoken,
                is_the_member=volunteer.person_id == member.person_id,
            ),
        )
        for volunteer, person in rows
    ]


def _busy(session: Session, escalation: EscalationId) -> set[int]:
    """Volunteers who hold, or are being asked for, another open case."""
    held = select(EscalationRow.holder_id).where(
        EscalationRow.id != escalation,
        EscalationRow.state.in_((CaseState.HANDING_OFF.value, CaseState.IN_TOUCH.value)),
        EscalationRow.holder_id.is_not(None),
    )
    asked = (
        select(OfferRow.volunteer_id)
        .join(EscalationRow, EscalationRow.id == OfferRow.escalation_id)
        .where(
            OfferRow.escalation_id != escalation,
            OfferRow.state == OfferState.OPEN.value,
            EscalationRow.state == CaseState.OFFERING.value,
            EscalationRow.cause != "missed",
        )
    )
    return {i for i in session.scalars(held) if i is not None} | set(session.scalars(asked))


def _taken_since(session: Session, since: datetime) -> dict[int, int]:
    rows = session.execute(
        select(OfferRow.volunteer_id, func.count())
        .where(OfferRow.state == OfferState.TAKEN.value, OfferRow.offered_at >= since)
        .group_by(OfferRow.volunteer_id)
    )
    return {volunteer: count for volunteer, count in rows}


def _last_called(session: Session) -> dict[int, datetime]:
    newest = select(func.max(OfferRow.id)).group_by(OfferRow.volunteer_id)
    rows = session.execute(select(OfferRow.volunteer_id, OfferRow.offered_at).where(OfferRow.id.in_(newest)))
    return {volunteer: at for volunteer, at in rows}


def _opted_out(session: Session, persons: list[int]) -> set[int]:
    newest = (
        select(func.max(ConsentRow.id))
        .where(
            ConsentRow.person_id.in_(persons),
        )
        .group_by(ConsentRow.person_id)
    )
    out = select(ConsentRow.person_id).where(ConsentRow.id.in_(newest), ConsentRow.state == Consent.OUT.value)
    return set(session.scalars(out))


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


def invitation_key(person: int) -> str:
    """The key of a person's one invitation (promise P6)."""
    return f"invite:{person}"


def cancel_invitations(session: Session, persons: Sequence[int]) -> None:
    """Cancel the invitations of these people that have not left: they have agreed by other means."""
    for start in range(0, len(persons), _AT_ONCE):
        keys = [invitation_key(person) for person in persons[start : start + _AT_ONCE]]
        session.execute(
            update(DeliveryRow)
            .where(DeliveryRow.key.in_(keys), DeliveryRow.state == Delivery.QUEUED.value)
            .values(state=Delivery.CANCELLED.value, next_action_at=None),
            execution_options={"synchronize_session": False},
        )


def stopped_meanwhile(session: Session, persons: Sequence[int]) -> set[int]:
    """Who of these has said stop by now. They are locked: a later stop waits for the transaction's end."""
    stopped: set[int] = set()
    for start in range(0, len(persons), _AT_ONCE):
        some = list(persons[start : start + _AT_ONCE])
        session.execute(
            select(PersonRow.id).where(PersonRow.id.in_(some)).order_by(PersonRow.id).with_for_update(),
        )
        stopped |= _opted_out(session, some)
    return stopped


def circles(session: Session) -> dict[int, CircleRow]:
    """Every circle, by id."""
    return {circle.id: circle for circle in session.scalars(select(CircleRow).order_by(CircleRow.id))}
