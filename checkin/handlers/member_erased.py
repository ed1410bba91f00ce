"""A member is erased: at their wish, by a person, for good (field rule R64).

What goes: the number, the name, every word of theirs and about them, wherever it stands. What stays: that check-ins and
cases were (without anybody in them), that somebody was erased, when and by whom, and a keyed fingerprint of the number,
so that nobody texts it by mistake. An open case hinders it: somebody may be in danger, and only a person ends that.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from checkin.domain.delivery import Kind
from checkin.domain.delivery import State as DeliveryState
from checkin.domain.terms import MemberId, PersonId
from checkin.handlers.check_in_moved import call_off_open
from checkin.handlers.handbook import Handbook
from checkin.handlers.swap_moved import offers_are_off, shifts_go_back, who_wonders
from checkin.store import erasures, outbox, people, system
from checkin.store.tables import (
    STILL_OPEN,
    CheckInRow,
    DeliveryRow,
    EscalationRow,
    InboundRow,
    IncomingCallRow,
    MemberNoteRow,
    MemberRow,
    PersonRow,
    VoicemailRow,
)


class Hinders(StrEnum):
    """Why somebody cannot be erased now."""

    OPEN_CASE = "open_case"
    HOLDS_A_CASE = "holds_a_case"
    ON_THE_LINE = "on_the_line"
    IS_COORDINATOR = "is_coordinator"
    IS_MEMBER = "is_member"


WORDS = {
    Hinders.OPEN_CASE: "They have an open case: end it first, so that nobody who may be in danger is forgotten.",
    Hinders.HOLDS_A_CASE: "They hold an open case as a volunteer: let it end, or have somebody else take it, first.",
    Hinders.ON_THE_LINE: "A text or call with them is just under way: try again in a minute.",
    Hinders.IS_COORDINATOR: "They are a coordinator too: an admin ends their work as one first.",
    Hinders.IS_MEMBER: "They are a member too: erase them as one, and both go.",
}


class CannotErase(Exception):
    """Nothing was erased; `why` says what hinders it, the message in one sentence."""

    def __init__(self, why: Hinders) -> None:
        super().__init__(WORDS[why])
        self.why = why


@dataclass(frozen=True)
class Holdings:
    """How much is held of a member: what the page says before anything goes. `as_volunteer`: they are one too."""

    texts: int
    sent: int
    notes: int
    voicemails: int
    check_ins: int
    cases: int
    contacts: int
    as_volunteer: bool


def holdings(session: Session, member: MemberRow) -> Holdings:
    """Count what is held of a member."""

    def count(
        kind: type[InboundRow | DeliveryRow | MemberNoteRow | VoicemailRow | CheckInRow | EscalationRow], **equal: int
    ) -> int:
        return session.scalar(select(func.count()).select_from(kind).filter_by(**equal)) or 0

    person = member.person_id
    return Holdings(
        texts=count(InboundRow, person_id=person),
        sent=count(DeliveryRow, person_id=person),
        notes=count(MemberNoteRow, member_id=member.id),
        voicemails=count(VoicemailRow, person_id=person),
        check_ins=count(CheckInRow, member_id=member.id),
        cases=count(EscalationRow, member_id=member.id),
        contacts=len(erasures.tied_to_nobody_else(session, member.id)),
        as_volunteer=_volunteer(session, person) is not None,
    )


def hinders(session: Session, member: MemberRow) -> Hinders | None:
    """What stands in the way of erasing a member."""
    if session.scalar(select(EscalationRow.id).where(EscalationRow.member_id == member.id, STILL_OPEN)) is not None:
        return Hinders.OPEN_CASE
    return hinders_person(session, PersonId(member.person_id))


def hinders_person(session: Session, person: PersonId) -> Hinders | None:
    """What stands in the way of erasing somebody, whatever they are here."""
    if people.coordinator_of(session, person) is not None:
        return Hinders.IS_COORDINATOR
    volunteer = people.volunteer_of(session, person)
    held = select(EscalationRow.id).where(EscalationRow.holder_id == (volunteer.id if volunteer else 0), STILL_OPEN)
    if volunteer is not None and session.scalar(held) is not None:
        return Hinders.HOLDS_A_CASE
    return Hinders.ON_THE_LINE if _under_way(session, person) else None


def _under_way(session: Session, person: int) -> bool:
    """Whether a worker or the carrier has something of theirs in hand, or they are on a call with us."""
    in_hand = DeliveryRow.state.in_((DeliveryState.SENDING.value, DeliveryState.UNSURE.value))
    rings = (
        (DeliveryRow.kind == Kind.CALL.value)
        & (DeliveryRow.state == DeliveryState.SENT.value)
        & DeliveryRow.ended_at.is_(None)
    )
    call = select(DeliveryRow.id).where(DeliveryRow.person_id == person, or_(in_hand, rings)).limit(1)
    to_us = select(IncomingCallRow.id).where(
        IncomingCallRow.person_id == person, IncomingCallRow.next_action_at.is_not(None)
    )
    return session.scalar(call) is not None or session.scalar(to_us.limit(1)) is not None


def _volunteer(session: Session, person: int) -> object | None:
    volunteer = people.volunteer_of(session, PersonId(person))
    return volunteer if volunteer is not None and not volunteer.stand_in else None


def erase_member(session: Session, handbook: Handbook, member: int, who: str, now: datetime) -> None:
    """Erase a member, and whom they alone had named as contacts. Raises CannotErase; nothing is done then."""
    row = session.get_one(MemberRow, member)
    person = session.get_one(PersonRow, row.person_id, with_for_update=True, populate_existing=True)
    if row.erased_at is not None:
        return
    call_off_open(session, handbook, MemberId(member), "erased", now)
    volunteer = people.volunteer_of(session, PersonId(person.id))
    if volunteer is not None:
        shifts_go_back(session, handbook, volunteer.id, who, now)
    outbox.cancel_all(session, PersonId(person.id))
    session.flush()
    why = hinders(session, row)
    if why is not None:
        raise CannotErase(why)
    for contact in erasures.tied_to_nobody_else(session, member):
        outbox.cancel_all(session, PersonId(contact.id))
        said_stop = bool(people.opted_out(session, [contact.id]))
        erasures.erase(session, contact, who, now, stays_out=said_stop)
    wondering = who_wonders(session, volunteer.id, now) if volunteer is not None else []
    erasures.erase(session, person, who, now)
    offers_are_off(session, handbook, wondering, now)
    system.audit(session, who, "member erased", now, person=row.person_id, member=member)
