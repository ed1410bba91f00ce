"""Something happened to a look-in: load it, decide, save, apply."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from checkin.domain import effects as do
from checkin.domain.consent import Consent
from checkin.domain.escalation.values import talk_is_over
from checkin.domain.look_in import Begun, CalledOff, Event, LookIn, MemberAnswered, decide
from checkin.domain.terms import Cause, Level, LookInId, MemberId, PersonId
from checkin.handlers.apply import apply
from checkin.handlers.handbook import Handbook
from checkin.store import consent, escalations, look_ins, people, system
from checkin.store.tables import MemberRow, PersonRow


def start_look_in(session: Session, handbook: Handbook, wanted: do.StartLookIn, now: datetime) -> None:
    """Ring the first contact; where none of them may be rung ever, it is a case at once.

    Nobody is rung twice over: one look-in at a time.
    """
    member = session.get_one(MemberRow, wanted.member)
    open_case = escalations.open_for(session, wanted.member)
    if open_case is not None and not talk_is_over(escalations.load(session, open_case)):
        return  # people are asked already; but after a talk nobody is
    if look_ins.under_way(session, wanted.member):
        return
    contacts = [
        contact
        for contact in look_ins.contacts_of(session, wanted.member)
        if consent.current(session, contact) is Consent.IN
    ]
    policy = handbook.policy(people.circle_by_id(session, member.circle_id)).look_in
    if not contacts:
        case = do.OpenEscalation(wanted.member, Cause.MISSED, Level.CONCERN, wanted.check_in)
        apply(session, handbook, (case,), now)
        return
    started = look_ins.create(session, wanted.member, wanted.check_in, contacts, policy, now)
    if started is not None:
        move_look_in(session, handbook, started.id, Begun(), now)


def move_look_in(session: Session, handbook: Handbook, look_in: LookInId, event: Event, now: datetime) -> LookIn:
    """Let one event happen to one look-in, and return it as it now stands."""
    before = look_ins.load(session, look_in)
    decision = decide(before, event, now, _opens(session, handbook, before, now))
    look_ins.save(session, before, decision.look_in, now)
    apply(session, handbook, decision.effects, now)
    return decision.look_in


def _opens(session: Session, handbook: Handbook, look_in: LookIn, now: datetime) -> dict[PersonId, datetime]:
    """When each contact may be rung, by the hours of the member's circle on the contact's own clock."""
    hours = handbook.policy(people.circle_by_id(session, look_in.circle)).contact_hours
    rows = session.scalars(select(PersonRow).where(PersonRow.id.in_(look_in.contacts)))
    return {PersonId(row.id): handbook.next_allowed(row, hours, now) for row in rows}


def heard_of(session: Session, handbook: Handbook, member: MemberId, now: datetime) -> None:
    """The member answered: nobody need look in any more."""
    for under_way in look_ins.under_way(session, member):
        move_look_in(session, handbook, under_way, MemberAnswered(), now)


def call_off(session: Session, handbook: Handbook, member: MemberId, now: datetime) -> None:
    """Somebody else has the member's case, or they are no longer watched."""
    for under_way in look_ins.under_way(session, member):
        move_look_in(session, handbook, under_way, CalledOff(), now)


def vouched(session: Session, effect: do.Vouch, now: datetime) -> None:
    """A contact says that the member is fine: the row of misses ends; the check-in itself stays unanswered."""
    member = session.get_one(MemberRow, effect.member)
    member.misses = 0
    system.audit(session, f"person:{effect.contact}", "vouched", now, member=effect.member, check_in=effect.check_in)
