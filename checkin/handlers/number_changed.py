"""A member has another number: from this moment the old one is nobody's here, and the new one is asked for consent.

Consent belongs to a number and a person (field rules R27 and R184): whoever agreed on the old phone has not agreed on
the new one, so nothing routine is sent to it before it says yes. Somebody who said STOP is not asked again by a change
of number; a STOP that a stranger gave at the old number ("wrong person") was never theirs. An open case goes on, at the
new number.
"""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from checkin.domain import effects as do
from checkin.domain.consent import Consent, How
from checkin.domain.delivery import Kind
from checkin.domain.delivery import State as DeliveryState
from checkin.domain.phone import LineType, country_of, line_type
from checkin.domain.terms import Channel, Lane, MemberId, PersonId, Phone
from checkin.handlers.apply import send_text, stop_ringing
from checkin.handlers.check_in_moved import call_off_open, plan_next
from checkin.handlers.handbook import Handbook
from checkin.handlers.swap_moved import shifts_go_back
from checkin.store import check_ins, consent, erasures, invitations, outbox, own_pages, people, shifts, system, tasks
from checkin.store.numbers import frees_its_invitation, takes_over
from checkin.store.session import forget
from checkin.store.tables import ConsentRow, ContactRow, DeliveryRow, MemberRow, PersonRow, TaskRow

_WHY = "number changed"
_ABOUT_THE_NUMBER = ("bad_number", "filtered")


class Hinders(StrEnum):
    """Why a number cannot be taken."""

    SAME = "same"
    OF_ANOTHER = "of_another"
    SAID_STOP = "said_stop"
    ON_THE_LINE = "on_the_line"
    IS_COORDINATOR = "is_coordinator"


WORDS = {
    Hinders.SAME: "This is their number already.",
    Hinders.OF_ANOTHER: "This number belongs to somebody else here: look whether it was typed rightly.",
    Hinders.SAID_STOP: "This number said STOP to us: only its owner can change that, by texting START from it.",
    Hinders.ON_THE_LINE: "They are on a call with us just now: change the number when it is over.",
    Hinders.IS_COORDINATOR: "They are a coordinator too: that number is not changed here.",
}


class CannotChange(Exception):
    """The number stays as it is; `why` says what hinders it, the message in one sentence."""

    def __init__(self, why: Hinders) -> None:
        super().__init__(WORDS[why])
        self.why = why


class Asked(StrEnum):
    """What becomes of the new number's consent."""

    BY_TEXT = "by_text"
    BY_CALL = "by_call"
    STAYS_OUT = "stays_out"


def change_number(session: Session, handbook: Handbook, member: int, phone: Phone, who: str, now: datetime) -> Asked:
    """Give a member another number, and ask it for consent. Raises CannotChange; nothing is done then."""
    row = session.get_one(MemberRow, member)
    person = session.get_one(PersonRow, row.person_id, with_for_update=True, populate_existing=True)
    stranger = _stranger(session, row, person, phone)
    before, newest = consent.current(session, PersonId(person.id)), consent.newest(session, PersonId(person.id))
    call_off_open(session, handbook, MemberId(member), _WHY, now)
    stop_ringing(session, PersonId(person.id), now)
    _cancel_what_waits(session, person.id)
    if stranger is not None:
        takes_over(session, stranger, person)
    old = Phone(person.phone)
    _take(person, phone, now)
    session.flush()
    if before is Consent.OUT and newest is not None:
        _keeps_out(session, old, newest, now)
    _about(session, handbook, row, person, who, now)
    volunteer = people.volunteer_of(session, PersonId(person.id))
    if volunteer is not None:  # whoever has the old phone has neither their page nor their calendar any more
        own_pages.end(session, volunteer.id)
        shifts.end_feed(session, volunteer.id)
    system.audit(session, who, "number changed", now, person=person.id, member=member)
    stays_out = before is Consent.OUT and (newest is None or newest.how != "wrong_person")
    asked = Asked.STAYS_OUT if stays_out else _ask(session, handbook, row, person, now)
    if volunteer is not None:
        shifts_go_back(session, handbook, volunteer.id, who, now)
    return asked


def _stranger(session: Session, row: MemberRow, person: PersonRow, phone: Phone) -> PersonRow | None:
    """Who wrote from the new number and is nothing else to us: they themselves, most likely. Raises CannotChange."""
    if people.coordinator_of(session, PersonId(person.id)) is not None:
        raise CannotChange(Hinders.IS_COORDINATOR)
    if person.phone == phone:
        raise CannotChange(Hinders.SAME)
    talks = (DeliveryRow.kind == Kind.CALL.value, DeliveryRow.answered_at.is_not(None), DeliveryRow.ended_at.is_(None))
    under_way = DeliveryRow.state.in_((DeliveryState.SENT.value, DeliveryState.SENDING.value))
    if session.scalar(select(DeliveryRow.id).where(DeliveryRow.person_id == person.id, under_way, *talks).limit(1)):
        raise CannotChange(Hinders.ON_THE_LINE)
    found = people.by_phone(session, phone)
    if found is None:
        if erasures.stays_out_since(session, phone) is not None:
            raise CannotChange(Hinders.SAID_STOP)
        return None
    roles = (people.member_of, people.volunteer_of, people.coordinator_of)
    named = session.scalar(select(ContactRow.id).where(ContactRow.person_id == found.id).limit(1))
    if named is not None or any(role(session, PersonId(found.id)) is not None for role in roles):
        raise CannotChange(Hinders.OF_ANOTHER)
    if consent.current(session, PersonId(found.id)) is Consent.OUT:
        raise CannotChange(Hinders.SAID_STOP)
    return found


def _cancel_what_waits(session: Session, person: int) -> None:
    """Answers and routine were for the old phone; what belongs to an open case leaves, for the new one."""
    outbox.cancel_routine(session, PersonId(person))
    session.execute(
        update(DeliveryRow)
        .where(
            DeliveryRow.person_id == person,
            DeliveryRow.state == DeliveryState.QUEUED.value,
            DeliveryRow.kind.in_((Kind.TEXT.value, Kind.CALL.value)),
            DeliveryRow.escalation_id.is_(None),
        )
        .values(state=DeliveryState.CANCELLED.value, next_action_at=None),
        execution_options={"synchronize_session": False},
    )


def _take(person: PersonRow, phone: Phone, now: datetime) -> None:
    kind = line_type(phone)
    person.phone = person.phone_index = phone
    person.country, person.line_type = country_of(phone), kind.value
    person.textable, person.number_since = kind is not LineType.LANDLINE, now


def _keeps_out(session: Session, old: Phone, line: ConsentRow, now: datetime) -> None:
    """Whoever has the old number now said stop at it, and is not written to, by whatever list it comes back."""
    stranger = people.new_person(old, now)
    session.add(stranger)
    session.flush()
    consent.record(session, PersonId(stranger.id), Consent.OUT, line.how, now, at=line.at)


def _about(session: Session, handbook: Handbook, row: MemberRow, person: PersonRow, who: str, now: datetime) -> None:
    """What hung on the old number: the zone of a schedule, whether they can be texted, tasks that asked for another."""
    if not person.textable:
        row.channel = Channel.VOICE.value
    schedule = check_ins.schedule_of(session, MemberId(row.id))
    if schedule is not None:
        plan_next(handbook, schedule, person, now)
    waiting = select(TaskRow).where(
        TaskRow.person_id == person.id, TaskRow.done_at.is_(None), TaskRow.what.in_(_ABOUT_THE_NUMBER)
    )
    for task in session.scalars(waiting):
        task.done_at, task.done_by = now, who[:40]


def _ask(session: Session, handbook: Handbook, row: MemberRow, person: PersonRow, now: datetime) -> Asked:
    """As somebody new is asked: by a text, or, where none can go, by a coordinator."""
    person_id = PersonId(person.id)
    consent.record(session, person_id, Consent.NONE, How.NUMBER_CHANGED, now)
    forget(session, ("consent", person_id))
    key = invitations.invitation_key(person.id)
    if not person.textable:
        about = {"circle_id": row.circle_id, "person_id": person.id}
        tasks.give(session, f"{key}:{now.isoformat()}", "ask_consent_by_call", now, **about)
        return Asked.BY_CALL
    frees_its_invitation(session, person.id)
    send_text(session, handbook, do.SendText(person_id, "invite", key, Lane.BULK, routine=True), now)
    consent.record(session, person_id, Consent.INVITED, How.NUMBER_CHANGED, now)
    return Asked.BY_TEXT
