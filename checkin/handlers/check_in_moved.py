"""Something happened to a check-in, or its schedule's time has come: load, decide, save, apply."""

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from checkin.domain.check_in import Answered, CalledOff, CheckIn, Event, Scene, Woke, decide
from checkin.domain.consent import Consent
from checkin.domain.phone import LineType
from checkin.domain.recurrence import is_daily, next_occurrence, parse_schedule
from checkin.domain.terms import CheckInId, MemberId, PersonId
from checkin.handlers import look_in_moved, told_outside
from checkin.handlers.apply import apply
from checkin.handlers.handbook import Handbook
from checkin.handlers.left_out import left_out
from checkin.store import check_ins, consent, look_ins, people, restored
from checkin.store.tables import MemberRow, PersonRow, ScheduleRow


def move_check_in(session: Session, handbook: Handbook, check_in: CheckInId, event: Event, now: datetime) -> CheckIn:
    """Let one event happen to one check-in, and return it as it now stands."""
    before = check_ins.load(session, check_in)
    in_question_since = check_ins.in_question_since(session, check_in) if isinstance(event, Woke) else None
    member = session.get_one(MemberRow, before.member)
    decision = decide(before, event, now, scene(session, handbook, member, now))
    check_ins.save(session, before, decision.check_in)
    told_outside.check_in_moved(session, before, decision.check_in, event, now)
    if decision.misses is not None:
        member.misses = decision.misses
    with restored.in_question(session, in_question_since):
        apply(session, handbook, decision.effects, now)
    if isinstance(event, Answered):
        look_in_moved.heard_of(session, handbook, before.member, now)
    return decision.check_in


def schedule_due(session: Session, handbook: Handbook, schedule: ScheduleRow, now: datetime) -> CheckIn | None:
    """A schedule's time has come: write its check-in, ask, and store the next occurrence.

    After an outage of several occurrences only the newest is asked; the others are past their time (P5).
    """
    member = session.get_one(MemberRow, schedule.member_id)
    person = session.get_one(PersonRow, member.person_id)
    due_at = schedule.next_action_at if schedule.next_action_at is not None else now
    plan_next(handbook, schedule, person, max(due_at, now - timedelta(minutes=1)))
    if consent.current(session, PersonId(person.id)) is not Consent.IN:
        return None
    policy = handbook.policy(people.circle_by_id(session, member.circle_id))
    daily = is_daily(parse_schedule(schedule.rule, now.date()))
    for earlier in check_ins.open_ones(session, MemberId(member.id)):
        move_check_in(session, handbook, earlier, CalledOff("overtaken"), now)
    created = check_ins.create(session, member, due_at, policy.daily if daily else policy.weekly)
    if created is None:
        return None
    if restored.in_gap(session, due_at):
        check_ins.put_in_question(session, created.id, due_at)
    return move_check_in(session, handbook, created.id, Woke(), now)


def plan_next(handbook: Handbook, schedule: ScheduleRow, person: PersonRow, after: datetime) -> None:
    """Store the next occurrence after `after`, so that the clock's cost grows only with what is due."""
    rule = parse_schedule(schedule.rule, after.date())
    if schedule.paused_until is not None and schedule.paused_until > after:
        after = schedule.paused_until
    skip = left_out(schedule.skip, schedule.holidays, schedule.kept or (), after)
    schedule.next_action_at = next_occurrence(rule, after, handbook.zone(person), skip=skip)


def call_off_open(session: Session, handbook: Handbook, member: MemberId, why: str, now: datetime) -> None:
    """End a member's open check-ins: they paused, or said stop. Nobody need look in on them either."""
    look_in_moved.call_off(session, handbook, member, now)
    for check_in in check_ins.open_ones(session, member):
        move_check_in(session, handbook, check_in, CalledOff(why), now)


def scene(session: Session, handbook: Handbook, member: MemberRow, now: datetime, *, only_asked: bool = False) -> Scene:
    """What the member's side looks like now. `only_asked`: nothing can be missed yet, so contacts are not looked up."""
    person = session.get_one(PersonRow, member.person_id)
    policy = handbook.policy(people.circle_by_id(session, member.circle_id))
    return Scene(
        open_at=handbook.next_allowed(person, policy.contact_hours, now),
        closes_at=handbook.closes_at(person, policy.contact_hours, now),
        may_contact=consent.current(session, PersonId(person.id)) is Consent.IN,
        can_text=person.textable and person.line_type != LineType.LANDLINE,
        misses=member.misses,
        ladder=policy.misses,
        has_contacts=not only_asked and bool(look_ins.contacts_of(session, MemberId(member.id))),
        calls=policy.calls,
    )
