"""A member's commands: PAUSE, RESUME, LATER, TIME, LANG, INFO, FORGET ME. (CALL opens a case: see text_received.)"""

from datetime import datetime, time, timedelta

from sqlalchemy.orm import Session

from checkin.domain import effects as do
from checkin.domain.check_in import CalledOff, Postponed
from checkin.domain.check_in_values import OPEN
from checkin.domain.reading import Command
from checkin.domain.reading.spans import names_a_time
from checkin.domain.recurrence import BadSchedule, parse_schedule
from checkin.domain.schedule_patterns import with_time
from checkin.domain.shift_words import date_words
from checkin.domain.terms import Lane, MemberId, PersonId
from checkin.handlers.apply import send_text
from checkin.handlers.check_in_moved import call_off_open, move_check_in, plan_next
from checkin.handlers.handbook import Handbook
from checkin.handlers.members_kept import paused, resumed
from checkin.handlers.times_said import until_said
from checkin.store import check_ins, people, tasks
from checkin.store.inbox import Kept
from checkin.store.tables import MemberRow, PersonRow

_LATER = timedelta(hours=2)
_HALF_A_DAY = timedelta(hours=12)
_FOR_A_PERSON = {"forget_asked": "asks_to_be_forgotten", "coordinator_told": "asks_for_time"}
"""The task of an answer that promises one."""

_Answer = tuple[str, dict[str, str]]


def member_commands(
    session: Session,
    handbook: Handbook,
    member: MemberRow,
    person: PersonRow,
    inbound: Kept,
    command: Command,
    now: datetime,
) -> None:
    """Do what the command says, and answer it."""
    template, values = _do(session, handbook, member, person, inbound, command, now)
    if template in _FOR_A_PERSON:
        what = _FOR_A_PERSON[template]
        tasks.give_words(session, inbound.id, what, now, circle=member.circle_id, person=person.id)
    text = do.SendText(PersonId(person.id), template, f"answer:{inbound.id}", Lane.REPLY, values)
    send_text(session, handbook, text, now)


def _do(
    session: Session,
    handbook: Handbook,
    member: MemberRow,
    person: PersonRow,
    inbound: Kept,
    command: Command,
    now: datetime,
) -> _Answer:
    match command.name:
        case "pause":
            return _pause(session, handbook, member, person, inbound, command, now)
        case "resume":
            return _resume(session, handbook, member, person, now)
        case "later":
            return _later(session, handbook, member, person, now)
        case "time":
            return _time(session, handbook, member, person, command, now)
        case "lang":
            if command.argument not in handbook.messages.languages:
                return "command_unclear", {"example": "LANG es"}
            person.language = command.argument
            session.flush()
            return "language_changed", {}
        case "forget_me":
            return "forget_asked", {}
        case _:
            return "info", {}


def _pause(
    session: Session,
    handbook: Handbook,
    member: MemberRow,
    person: PersonRow,
    inbound: Kept,
    command: Command,
    now: datetime,
) -> _Answer:
    """For a week where they name no time. Where it is not the time that they named, somebody reads when they meant."""
    zone = handbook.zone(person)
    said = until_said(command.argument, zone, now, bare="d")
    until = paused(session, handbook, member, person, said or now + timedelta(weeks=1), now)
    if until != said and (command.argument or names_a_time(inbound.body)):
        tasks.give_words(session, inbound.id, "pause_unclear", now, circle=member.circle_id, person=person.id)
    return "paused", {"until": date_words(until, zone, person.language)}


def _resume(session: Session, handbook: Handbook, member: MemberRow, person: PersonRow, now: datetime) -> _Answer:
    resumed(session, handbook, member, person, now)
    return "resumed", {}


def _later(session: Session, handbook: Handbook, member: MemberRow, person: PersonRow, now: datetime) -> _Answer:
    """The open question waits two hours, or where these end at night, until the morning.

    Where none is open, no time is named: nothing would come then. Nor where the next question comes first, or within
    half a day of that morning: then this one is over, and no miss.
    """
    newest = check_ins.newest_asked(session, MemberId(member.id))
    hours = handbook.policy(people.circle_by_id(session, member.circle_id)).contact_hours
    until = handbook.next_allowed(person, hours, now + _LATER)
    schedule = check_ins.schedule_of(session, MemberId(member.id))
    upcoming = schedule.next_action_at if schedule is not None else None
    soon = until if until == now + _LATER else until + _HALF_A_DAY
    if newest is not None and upcoming is not None and upcoming <= soon:
        move_check_in(session, handbook, newest, CalledOff("later"), now)
        return "later_nothing", {}
    if newest is None or move_check_in(session, handbook, newest, Postponed(until - now), now).state not in OPEN:
        return "later_nothing", {}
    return "later", {"when": f"{until.astimezone(handbook.zone(person)):%H:%M}"}


def _time(
    session: Session,
    handbook: Handbook,
    member: MemberRow,
    person: PersonRow,
    command: Command,
    now: datetime,
) -> _Answer:
    schedule = check_ins.schedule_of(session, MemberId(member.id))
    try:
        wanted = time.fromisoformat(command.argument)
    except ValueError:
        return "command_unclear", {"example": "TIME 6pm"}
    if schedule is None:
        return "coordinator_told", {}
    hours = handbook.policy(people.circle_by_id(session, member.circle_id)).contact_hours
    if not hours.start <= wanted < hours.end:  # nothing is asked then: do not promise it
        return "time_outside", {"start": f"{hours.start:%H:%M}", "end": f"{hours.end:%H:%M}"}
    today = now.date()
    try:
        moved = with_time(parse_schedule(schedule.rule, today), wanted, today)
    except BadSchedule:
        return "coordinator_told", {}
    schedule.rule, schedule.follows = moved.text, False
    plan_next(handbook, schedule, person, now)
    zone, upcoming = handbook.zone(person), schedule.next_action_at
    if upcoming is not None and upcoming.astimezone(zone).date() == now.astimezone(zone).date():
        call_off_open(session, handbook, MemberId(member.id), "moved", now)  # they are asked today, at the new time
    return "time_changed", {"time": f"{wanted:%H:%M}"}
