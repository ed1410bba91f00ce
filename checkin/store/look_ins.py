"""Look-ins: load and save the value, and the contacts whom a member named."""

from dataclasses import asdict
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from checkin.domain.look_in import End, LookIn, State
from checkin.domain.policy import LookInPolicy, look_in_policy
from checkin.domain.terms import CheckInId, CircleId, DeliveryId, LookInId, MemberId, PersonId
from checkin.store.session import SomebodyWasFaster
from checkin.store.tables import ContactRow, LookInRow, MemberRow


def contacts_of(session: Session, member: MemberId) -> list[PersonId]:
    """Whom a member named, in the order in which they are to be rung."""
    found = session.scalars(
        select(ContactRow.person_id).where(ContactRow.member_id == member).order_by(ContactRow.place, ContactRow.id)
    )
    return [PersonId(person) for person in found]


def hears_name(session: Session, member: MemberId, contact: PersonId) -> bool:
    """Whether the member agreed that this contact hears their first name."""
    where = (ContactRow.member_id == member, ContactRow.person_id == contact)
    return bool(session.scalar(select(ContactRow.hears_name).where(*where)))


def create(
    session: Session,
    member: MemberId,
    check_in: CheckInId,
    contacts: list[PersonId],
    policy: LookInPolicy,
    now: datetime,
) -> LookIn | None:
    """Write the look-in of a check-in and return it; None where it has one already (promise P6)."""
    if session.scalar(select(LookInRow.id).where(LookInRow.check_in_id == check_in)) is not None:
        return None
    row = LookInRow(
        check_in_id=check_in,
        member_id=member,
        contacts=list(contacts),
        policy=asdict(policy),
        state=State.RINGING.value,
        started_at=now,
        version=1,
    )
    session.add(row)
    session.flush()
    return _value(session, row)


def load(session: Session, look_in: LookInId) -> LookIn:
    """Load one look-in. Raises KeyError where there is none."""
    row = session.get(LookInRow, look_in, populate_existing=True)
    if row is None:
        raise KeyError(f"look-in {look_in}")
    return _value(session, row)


def under_way(session: Session, member: MemberId) -> list[LookInId]:
    """The look-ins of a member that are not over."""
    where = (LookInRow.member_id == member, LookInRow.state != State.OVER.value)
    return [LookInId(each) for each in session.scalars(select(LookInRow.id).where(*where).order_by(LookInRow.id))]


def save(session: Session, before: LookIn, after: LookIn, now: datetime) -> None:
    """Write what changed. Raises SomebodyWasFaster when the row is no longer the one that was loaded."""
    if after == before:
        return
    ended = after.state is State.OVER
    changed = (
        update(LookInRow)
        .where(LookInRow.id == before.id, LookInRow.version == before.version)
        .values(
            contacts=list(after.contacts),
            state=after.state.value,
            place=after.place,
            round=after.round,
            call_id=after.call,
            calls=after.calls,
            asked=after.asked,
            end=after.end.value if after.end is not None else None,
            ended_by=before.contact if ended and after.end in (End.FINE, End.NEEDS_HELP) else None,
            ended_at=now if ended else None,
            next_action_at=after.next_action_at,
            version=before.version + 1,
        )
        .returning(LookInRow.id)
    )
    if session.scalar(changed, execution_options={"synchronize_session": False}) is None:
        raise SomebodyWasFaster(f"look-in {before.id}")


def _value(session: Session, row: LookInRow) -> LookIn:
    member = session.get_one(MemberRow, row.member_id)
    return LookIn(
        id=LookInId(row.id),
        check_in=CheckInId(row.check_in_id),
        member=MemberId(row.member_id),
        member_person=PersonId(member.person_id),
        circle=CircleId(member.circle_id),
        contacts=tuple(PersonId(person) for person in row.contacts),
        policy=look_in_policy(row.policy),
        state=State(row.state),
        place=row.place,
        round=row.round,
        call=DeliveryId(row.call_id) if row.call_id is not None else None,
        calls=row.calls,
        asked=row.asked,
        end=End(row.end) if row.end is not None else None,
        version=row.version,
        next_action_at=row.next_action_at,
    )
