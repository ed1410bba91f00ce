"""Something happened to a check-in, or its schedule's time has come: load, decide, save, apply."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from checkin.domain.check_in import (
    Answered,
    CalledOff,
    CheckIn,
    Event,
    Scene,
    State,
    Woke,
    decide,
    first_wait,
    overtaking,
    policy_of,
)
from checkin.domain.consent import Consent
from checkin.domain.phone import LineType
from checkin.domain.policy import CheckInPolicy
from checkin.domain.recurrence import next_occurrence, parse_schedule
from checkin.domain.terms import CheckInId, MemberId, PersonId
from checkin.handlers import look_in_moved, told_outside
from checkin.handlers.apply import apply
from checkin.handlers.handbook import Handbook
from checkin.handlers.left_out import left_out
from checkin.store import check_ins, consent, inbox, look_ins, people, restored
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


@dataclass(frozen=True)
class Turn:
    """What a schedule's time has come for: the occurrence, by which policy it is asked, and when it comes again."""

    due_at: datetime
    policy: CheckInPolicy
    next_at: datetime | None


def schedule_due(session: Session, handbook: Handbook, schedule: ScheduleRow, now: datetime) -> CheckIn | None:
    """A schedule's time has come: write its check-in, ask, and store the next occurrence.

    After an outage of several occurrences only the newest is asked; the others are past their time (P5).
    """
    member = session.get_one(MemberRow, schedule.member_id)
    person = session.get_one(PersonRow, member.person_id)
    turn = turn_of(session, handbook, schedule, member, person, now)
    schedule.next_action_at = turn.next_at
    if consent.current(session, PersonId(person.id)) is not Consent.IN:
        return None
    policy, ask_at = overtake(session, handbook, member, turn.policy, turn.due_at, now)
    created = check_ins.create(session, member, turn.due_at, policy, ask_at)
    if created is None:
        return None
    if restored.in_gap(session, turn.due_at):
        check_ins.put_in_question(session, created.id, turn.due_at)
    return move_check_in(session, handbook, created.id, Woke(), now)


def turn_of(
    session: Session, handbook: Handbook, schedule: ScheduleRow, member: MemberRow, person: PersonRow, now: datetime
) -> Turn:
    """The newest occurrence whose time has come, and the one after it. Nothing is stored.

    Those that could still be asked are walked through, not all of a long outage; where none could, the oldest is it.
    """
    policy = policy_by(session, handbook, member, schedule, now)
    newest = schedule.next_action_at if schedule.next_action_at is not None else now
    following = _occurrence_after(handbook, schedule, person, max(newest, now - first_wait(policy)))
    while following is not None and following <= now:
        newest, following = following, _occurrence_after(handbook, schedule, person, following)
    return Turn(newest, policy, following)


def overtake(
    session: Session,
    handbook: Handbook,
    member: MemberRow,
    policy: CheckInPolicy,
    due_at: datetime,
    now: datetime,
) -> tuple[CheckInPolicy, datetime]:
    """A new question comes by this policy: end what is open. Return the policy that it keeps to, and when it is asked.

    One that is left out itself, because it comes too late or in the night, overtakes nothing.
    """
    there = scene(session, handbook, member, now)
    if decide(check_ins.new(CheckInId(0), member, due_at, policy), Woke(), now, there).check_in.state is State.SKIPPED:
        return policy, due_at
    ask_at = max(due_at, now, there.open_at)
    for number in check_ins.open_ones(session, MemberId(member.id)):
        if check_ins.load(session, number).due_at != due_at:  # else it is this question, asked by somebody else
            overtaken = move_check_in(session, handbook, number, CalledOff("overtaken"), now)
            policy = overtaking(policy, overtaken, ask_at, there)
    return policy, ask_at


def policy_by(
    session: Session, handbook: Handbook, member: MemberRow, schedule: ScheduleRow | None, now: datetime
) -> CheckInPolicy:
    """The policy that a member's check-ins keep to, by how often they are asked."""
    rule = parse_schedule(schedule.rule, now.date()) if schedule is not None else None
    return policy_of(handbook.policy(people.circle_by_id(session, member.circle_id)), rule)


def plan_next(handbook: Handbook, schedule: ScheduleRow, person: PersonRow, after: datetime) -> None:
    """Store the next occurrence after `after`, so that the clock's cost grows only with what is due."""
    schedule.next_action_at = _occurrence_after(handbook, schedule, person, after)


def _occurrence_after(handbook: Handbook, schedule: ScheduleRow, person: PersonRow, after: datetime) -> datetime | None:
    rule = parse_schedule(schedule.rule, after.date())
    if schedule.paused_until is not None and schedule.paused_until > after:
        after = schedule.paused_until
    skip = left_out(schedule.skip, schedule.holidays, schedule.kept or (), after)
    return next_occurrence(rule, after, handbook.zone(person), skip=skip)


def call_off_open(session: Session, handbook: Handbook, member: MemberId, why: str, now: datetime) -> None:
    """End a member's open check-ins: they paused, or said stop. Nobody need look in on them either."""
    look_in_moved.call_off(session, handbook, member, now)
    for check_in in check_ins.open_ones(session, member):
        move_check_in(session, handbook, check_in, CalledOff(why), now)


def scene(session: Session, handbook: Handbook, member: MemberRow, now: datetime, *, only_asked: bool = False) -> Scene:
    """What the member's side looks like now. `only_asked`: nothing can be missed yet, what that needs is left out."""
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
        heard_at=inbox.last_text_at(session, PersonId(person.id)) if not only_asked else None,
        hours=policy.contact_hours,
        zones=tuple(handbook.zones(person)),
    )
