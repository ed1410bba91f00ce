"""All of one member: their conversation, their ratings, what was noted."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session, aliased

from checkin.store import own_pages
from checkin.store.tables import (
    ConsentRow,
    ContactRow,
    CorrectionRow,
    DeliveryRow,
    EscalationRow,
    ExclusionRow,
    InboundRow,
    MemberNoteRow,
    MemberRow,
    PersonRow,
    VolunteerRow,
)

PART = 30


@dataclass(frozen=True)
class Line:
    """One text or call of a conversation, in or out; `correction`: how it should have been read."""

    at: datetime
    inbound: InboundRow | None = None
    delivery: DeliveryRow | None = None
    correction: CorrectionRow | None = None

    @property
    def our_words(self) -> str:
        """What a text of ours says, without a link that is its phone's alone."""
        return own_pages.words_of(self.delivery) if self.delivery is not None else ""


def conversation(session: Session, person: int, before: datetime | None) -> tuple[list[Line], datetime | None]:
    """The newest part of a conversation (before a moment), oldest line first; and from when on there is more."""
    received = select(InboundRow).where(InboundRow.person_id == person, not_of_another(InboundRow, person))
    sent = select(DeliveryRow).where(
        DeliveryRow.person_id == person, DeliveryRow.kind.in_(("text", "call")), not_of_another(DeliveryRow, person)
    )
    if before is not None:
        received, sent = received.where(InboundRow.received_at < before), sent.where(DeliveryRow.created_at < before)
    texts = session.scalars(received.order_by(InboundRow.id.desc()).limit(PART + 1)).all()
    deliveries = session.scalars(sent.order_by(DeliveryRow.id.desc()).limit(PART + 1)).all()
    corrected = corrections(session, [row.id for row in texts])
    lines = [Line(row.received_at, inbound=row, correction=corrected.get(row.id)) for row in texts]
    lines += [Line(row.created_at, delivery=row) for row in deliveries]
    lines.sort(key=lambda line: (line.at, line.inbound is None))
    first = max(len(lines) - PART, 0)
    while first > 0 and lines[first - 1].at == lines[first].at:  # a text and our answer to it bear one time
        first -= 1
    newest = lines[first:]
    return newest, newest[0].at if len(lines) > PART else None


def not_of_another(table: type[InboundRow | DeliveryRow], person: int) -> ColumnElement[bool]:
    """Leaves out what belongs to another member's case: this person took part in it as a volunteer or coordinator."""
    case, whose = aliased(EscalationRow), aliased(MemberRow)
    theirs = select(case.id).join(whose, whose.id == case.member_id).where(whose.person_id != person)
    return ~theirs.where(case.id == table.escalation_id).exists()


def corrections(session: Session, texts: Sequence[int]) -> dict[int, CorrectionRow]:
    """The newest correction of each of these texts that has one."""
    query = select(CorrectionRow).where(CorrectionRow.inbound_id.in_(texts)).order_by(CorrectionRow.id)
    return {row.inbound_id: row for row in session.scalars(query)}


def corrections_of(session: Session, person: int) -> dict[int, CorrectionRow]:
    """The newest correction of each of a person's texts that has one."""
    query = select(CorrectionRow).join(InboundRow, InboundRow.id == CorrectionRow.inbound_id)
    rows = session.scalars(query.where(InboundRow.person_id == person).order_by(CorrectionRow.id))
    return {row.inbound_id: row for row in rows}


def ratings(session: Session, person: int, since: datetime) -> list[tuple[datetime, int]]:
    """When a member said which rating, by text or by voice, asked or not; oldest first."""
    rows = session.execute(
        select(InboundRow.received_at, InboundRow.rating)
        .where(InboundRow.person_id == person, InboundRow.rating.is_not(None), InboundRow.received_at >= since)
        .order_by(InboundRow.id)
    )
    return [(at, rating) for at, rating in rows if rating is not None]


def notes(session: Session, member: int) -> list[MemberNoteRow]:
    """What coordinators noted, newest first."""
    query = select(MemberNoteRow).where(MemberNoteRow.member_id == member).order_by(MemberNoteRow.id.desc())
    return list(session.scalars(query))


def consent_records(session: Session, person: int) -> list[ConsentRow]:
    """Every line on a person's consent, newest first."""
    return list(
        session.scalars(select(ConsentRow).where(ConsentRow.person_id == person).order_by(ConsentRow.id.desc()))
    )


def cases(session: Session, member: int) -> list[EscalationRow]:
    """Every case of a member, newest first."""
    query = select(EscalationRow).where(EscalationRow.member_id == member).order_by(EscalationRow.id.desc())
    return list(session.scalars(query.limit(50)))


def contacts(session: Session, member: int) -> list[tuple[ContactRow, PersonRow]]:
    """Whom a member named, in the order in which they are rung."""
    query = select(ContactRow, PersonRow).join(PersonRow, PersonRow.id == ContactRow.person_id)
    found = session.execute(query.where(ContactRow.member_id == member).order_by(ContactRow.place))
    return [(contact, person) for contact, person in found]


def volunteers(session: Session, circle: int, besides: Collection[int] = ()) -> list[tuple[VolunteerRow, PersonRow]]:
    """The volunteers of a circle, and those `besides`, wherever they are now."""
    query = select(VolunteerRow, PersonRow).join(PersonRow, PersonRow.id == VolunteerRow.person_id)
    theirs = (VolunteerRow.circle_id == circle) & VolunteerRow.stand_in.is_(False)
    found = session.execute(query.where(theirs | VolunteerRow.id.in_(besides)).order_by(VolunteerRow.id))
    return [(volunteer, person) for volunteer, person in found]


def volunteers_for(
    session: Session, member: MemberRow, besides: Collection[int] = ()
) -> list[tuple[VolunteerRow, PersonRow]]:
    """The volunteers of a member's circle, their buddy and those `besides`, wherever these are now."""
    buddy = () if member.buddy_id is None else (member.buddy_id,)
    return volunteers(session, member.circle_id, (*buddy, *besides))


def traits(session: Session, circles: Collection[int]) -> list[str]:
    """What members may ask for in the volunteers of these circles."""
    theirs = VolunteerRow.circle_id.in_(circles) & VolunteerRow.stand_in.is_(False)
    found = session.scalars(select(VolunteerRow.traits).where(theirs))
    return sorted({str(trait) for traits in found for trait in traits})


def excluded(session: Session, member: int) -> set[int]:
    """The volunteers who must never be joined with a member."""
    return set(session.scalars(select(ExclusionRow.volunteer_id).where(ExclusionRow.member_id == member)))
