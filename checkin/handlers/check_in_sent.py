"""Somebody asks for a check-in outside of the schedule: by command line, or another program."""

from datetime import datetime

from sqlalchemy.orm import Session

from checkin.domain.check_in import CheckIn, Woke
from checkin.domain.consent import Consent
from checkin.domain.terms import MemberId, PersonId
from checkin.handlers.check_in_moved import move_check_in, overtake, policy_by
from checkin.handlers.handbook import Handbook
from checkin.store import check_ins, consent, people
from checkin.store.tables import MemberRow, PersonRow


class CannotSend(Exception):
    """Nothing is sent: one sentence, without its full stop."""


class OutsideHours(CannotSend):
    """It is not now that this member may be disturbed (promise P5)."""


def send_check_in(
    session: Session, handbook: Handbook, member: MemberRow, person: PersonRow, now: datetime, *, at_once: bool
) -> CheckIn:
    """Ask one member how they are: at once, else in their next open hour. Raises CannotSend."""
    if consent.current(session, PersonId(person.id)) is not Consent.IN:
        raise CannotSend("This member has not opted in, so nothing is sent")
    hours = handbook.policy(people.circle_by_id(session, member.circle_id)).contact_hours
    if at_once and not handbook.may_disturb(person, hours, now):
        raise OutsideHours("It is outside this member's contact hours")
    schedule, due_at = check_ins.schedule_of(session, MemberId(member.id)), handbook.next_allowed(person, hours, now)
    policy = policy_by(session, handbook, member, schedule, now)
    policy, ask_at = overtake(session, handbook, member, policy, due_at, now)
    created = check_ins.create(session, member, due_at, policy, ask_at)
    if created is None:
        raise CannotSend("This member is asked at that very moment already")
    return move_check_in(session, handbook, created.id, Woke(), now)
