"""Members from a file: who they are, when they are asked, and whether they have agreed to it.

Consent is never made by a file alone: a line without consent invites, once; a line with consent says how and
when, and a stop that came after that time stays (promise P4).
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from zoneinfo import ZoneInfo

from sqlalchemy import select

from checkin.domain import effects as do
from checkin.domain.consent import Consent, How
from checkin.domain.contact_hours import local_instant
from checkin.domain.recurrence import next_occurrence, parse_schedule
from checkin.domain.terms import Channel, Lane, MemberId, PersonId, Phone
from checkin.handlers import followers_moved
from checkin.handlers.apply import send_text
from checkin.handlers.check_in_moved import plan_next
from checkin.handlers.consent_changed import opt_out
from checkin.handlers.handbook import Handbook
from checkin.handlers.people_files.cells import LANGUAGE_NAMES, RuleCell
from checkin.handlers.people_files.desk import Desk
from checkin.handlers.people_files.lines import BadLine, MemberLine
from checkin.store import escalations, invitations, people, schedules, tasks
from checkin.store.people import Known
from checkin.store.session import once, remember
from checkin.store.tables import CircleScheduleRow, ConsentRow, MemberRow, PersonRow, ScheduleRow, VolunteerRow

STOPPED = "STOP"
"""The consent_source of somebody who opted out, so that a stop survives the way through a file."""


class Step(StrEnum):
    """What a line does to a member's consent."""

    KEEP = "keep"
    INVITE = "invite"
    OPT_IN = "opt_in"
    OPT_OUT = "opt_out"
    STAYS_OUT = "stays_out"


@dataclass(frozen=True)
class _Work:
    """One line with its rows."""

    line: MemberLine
    person: PersonRow
    member: MemberRow
    known: Known
    changed: bool
    rezoned: bool
    moved_to: int | None
    """The circle that they go to, if they leave one."""


def consent_step(state: Consent, since: datetime | None, source: str | None, at: datetime | None) -> Step:
    """What a line with this consent (or none) does to one who stands so since then. Pure."""
    if source is None or at is None:
        return Step.INVITE if state is Consent.NONE else Step.KEEP
    later = since is None or at > since
    if source.upper() == STOPPED:
        return Step.OPT_OUT if state is not Consent.OUT and (later or state is not Consent.IN) else Step.KEEP
    if state is Consent.OUT:
        return Step.OPT_IN if later else Step.STAYS_OUT
    return Step.KEEP if state is Consent.IN else Step.OPT_IN


def refused(desk: Desk, lines: Sequence[MemberLine]) -> list[BadLine]:
    """The lines that only what is stored can refuse: a buddy who is no volunteer, a time that is to come."""
    buddies = _buddies(desk, lines)
    reasons = [(line.number, tuple(_refusals(desk, line, buddies))) for line in lines]
    return [BadLine(number, wrong) for number, wrong in reasons if wrong]


def _refusals(desk: Desk, line: MemberLine, buddies: Mapping[Phone, VolunteerRow]) -> Iterator[str]:
    known = desk.known.get(line.phone)
    zone = _zone(desk.handbook, line, known.person if known is not None else None)
    if line.buddy and not _may_be_buddy(desk, known, buddies.get(line.buddy)):
        if desk.circles is None:
            yield "buddy: this is no volunteer's number; import the volunteers first"
        else:
            yield "buddy: this is no volunteer of your circles"  # nor is it told whether it is one of others
    if line.consent_at is not None and _instant(line.consent_at, zone) > desk.now:
        yield "consent_at: it is in the future"
    wanted, kept = line.language, known.person.language if known is not None else None
    if wanted and wanted != kept and not {wanted, wanted.split("-")[0]} & desk.handbook.languages(desk.session):
        yield f"language: there are no texts in '{wanted}'; write {_one_of(desk.handbook.languages(desk.session))}"
    cell = line.schedule[0] if line.schedule is not None else None
    if (
        cell is not None
        and not cell.schedule.week
        and next_occurrence(
            cell.schedule,
            desk.now,
            zone,
        )
        is None
    ):
        stored = known.schedule.rule if known is not None and known.schedule is not None else ""
        if not stored or not _same(cell, stored, desk.now):
            yield "schedule: it has ended; check its COUNT and UNTIL"


def _may_be_buddy(desk: Desk, member: Known | None, buddy: VolunteerRow | None) -> bool:
    """Whether a line may name this buddy: one whom the member has already, or a volunteer of whoever imports."""
    if buddy is None:
        return False
    stored = member.member.buddy_id if member is not None and member.member is not None else None
    theirs = not buddy.stand_in and (desk.circles is None or buddy.circle_id in desk.circles)
    return theirs or buddy.id == stored


def _buddies(desk: Desk, lines: Sequence[MemberLine]) -> dict[Phone, VolunteerRow]:
    """Those buddies who are volunteers."""
    known = people.known_by_phone(desk.session, sorted({line.buddy for line in lines if line.buddy}))
    return {phone: buddy.volunteer for phone, buddy in known.items() if buddy.volunteer is not None}


def put_members(desk: Desk, lines: Sequence[MemberLine]) -> None:
    """Write the members of a file; one kind of row after the other, so that few statements do it."""
    buddies = _buddies(desk, lines)
    zones = {phone: known.person.timezone for phone, known in desk.known.items()}
    persons = [
        desk.person(
            line,
            {"name": line.name, "language": line.language, "timezone": line.timezone},
        )
        for line in lines
    ]
    desk.session.flush()
    works = [
        _member(
            desk,
            line,
            person,
            changed,
            buddies,
            rezoned=line.timezone is not None and line.timezone != (zones.get(line.phone) or ""),
        )
        for line, (person, changed) in zip(lines, persons, strict=True)
    ]
    desk.session.flush()
    for work in works:
        scheduled = _schedule(desk, work)
        consented = _consent(desk, work)
        changed = work.changed or scheduled or consented
        desk.count(work.line, work.person, new=work.known.member is None, changed=changed)
    if not desk.dry_run:
        _end_invitations(desk, works)


def _end_invitations(desk: Desk, works: Sequence[_Work]) -> None:
    """Cancel those of who has agreed by other means, or has said stop while the file was worked on (P4)."""
    known = {work.person.id: work for work in works if work.line.phone in desk.known}
    waiting = [person for person, work in known.items() if work.known.consent is not Consent.OUT]
    stopped = invitations.stopped_meanwhile(desk.session, waiting)
    desk.drop(ConsentRow, stopped)
    invited = {person: work for person, work in known.items() if work.known.consent is Consent.INVITED}
    agreed = {person for person, work in invited.items() if work.line.consent_at is not None}
    invitations.cancel_invitations(desk.session, sorted(agreed | stopped))


def _member(
    desk: Desk,
    line: MemberLine,
    person: PersonRow,
    changed: bool,
    buddies: Mapping[Phone, VolunteerRow],
    *,
    rezoned: bool,
) -> _Work:
    known = desk.known_as(line, person)
    row = known.member
    new = row is None
    if row is None:
        row = MemberRow(
            person_id=person.id,
            channel="sms",
            topics=[],
            prefers="",
            discreet=True,
            created_at=desk.now,
        )
    circle = desk.circle(line.circle, row.circle_id)
    values: dict[str, object] = {
        "circle_id": circle,
        "channel": _channel(desk, line, person, new).value if line.channel or new else None,
        "topics": list(line.topics) if line.topics is not None else None,
        "prefers": line.prefers,
        "discreet": line.discreet,
    }
    moved_to = circle if not new and circle != row.circle_id else None
    if moved_to is not None and not desk.dry_run:
        escalations.goes_to_circle(desk.session, MemberId(row.id), circle)
        tasks.go_to_circle(desk.session, person.id, circle)
    changed = desk.fill(row, values, new=new) or changed
    if line.buddy is not None:
        wanted = buddies[line.buddy].id if line.buddy else None
        changed = changed or row.buddy_id != wanted
        if new or not desk.dry_run:
            row.buddy_id = wanted
    if new:
        desk.add(row)
    return _Work(line, person, row, known, changed, rezoned, moved_to)


def _channel(desk: Desk, line: MemberLine, person: PersonRow, new: bool) -> Channel:
    """What the line says, or text; but nobody is texted on a line that cannot be."""
    wanted = line.channel or Channel.SMS
    if wanted is Channel.SMS and not person.textable:
        desk.report.by_voice.append(line.number)
        return Channel.VOICE
    return wanted


def _schedule(desk: Desk, work: _Work) -> bool:
    """Store the schedule with its next occurrence. Returns whether anything changed."""
    cell, row = work.line.schedule, work.known.schedule
    wanted = cell[0] if cell is not None else None
    same = row is not None and wanted is not None and _same(wanted, row.rule, desk.now)
    if row is not None and row.follows and work.moved_to is not None and (cell is None or same):
        return _go_along(desk, work, row, work.moved_to)
    if cell is None:
        if row is not None and work.rezoned and not desk.dry_run:
            plan_next(desk.handbook, row, work.person, desk.now)
        if row is None and work.known.member is None and not desk.dry_run:
            _follow_circle(desk, work)
        return False
    if wanted is None:
        if row is not None and not desk.dry_run:
            schedules.ended(desk.session, work.member, row)
        return row is not None
    if same and not work.rezoned:
        return False
    if not desk.dry_run:
        if row is None:
            row = schedules.begun(desk.session, work.member)
        if not same:
            row.rule, row.follows = wanted.schedule.text, False
        plan_next(desk.handbook, row, work.person, desk.now)
    return not same


def _follow_circle(desk: Desk, work: _Work) -> None:
    """Somebody new, of whose schedule the file says nothing, is asked as their circle is."""
    circle = _of_circle(desk, work.member.circle_id)
    if circle is not None:
        row = schedules.begun(desk.session, work.member)
        followers_moved.follow_by(desk.handbook, row, work.person, circle, desk.now)


def _go_along(desk: Desk, work: _Work, row: ScheduleRow, to: int) -> bool:
    """Who was asked as the circle that they leave is asked as the new one; where that has no schedule, as before."""
    circle = _of_circle(desk, to)
    if circle is None:
        desk.report.asked_alone.append(work.line.number)
    if not desk.dry_run and circle is not None:
        followers_moved.follow_by(desk.handbook, row, work.person, circle, desk.now)
    elif not desk.dry_run:
        row.follows = False
        plan_next(desk.handbook, row, work.person, desk.now)  # their zone may be another one
    return True


def _of_circle(desk: Desk, circle: int) -> CircleScheduleRow | None:
    query = select(CircleScheduleRow).where(CircleScheduleRow.circle_id == circle)
    return once(desk.session, ("circle schedule", circle), lambda: desk.session.scalar(query))


def _same(wanted: RuleCell, stored: str, now: datetime) -> bool:
    """Whether the stored rule is the wanted one; one that names no start keeps the stored start."""
    if wanted.floating:
        return parse_schedule(stored, now.date()).rule == wanted.schedule.rule
    return stored == wanted.schedule.text


def _consent(desk: Desk, work: _Work) -> bool:
    """Let the line's consent happen. Returns whether anything changed."""
    line, known, report = work.line, work.known, desk.report
    at = (
        _instant(
            line.consent_at,
            _zone(desk.handbook, line, known.person),
        )
        if line.consent_at is not None
        else None
    )
    step = consent_step(known.consent, known.consent_at, line.consent_source, at)
    match step:
        case Step.KEEP:
            return False
        case Step.STAYS_OUT:
            report.stays_out.append(line.number)
            return False
        case Step.INVITE:
            return _invite(desk, work)
        case Step.OPT_IN:
            report.opted_in += 1
            _record(desk, work.person, Consent.IN, line.consent_source or "", at or desk.now)
        case Step.OPT_OUT:
            report.opted_out += 1
            if not desk.dry_run:
                wording = "imported as opted out"
                opt_out(desk.session, desk.handbook, work.person, How.IMPORTED, wording, desk.now, answered=True)
    return True


def _invite(desk: Desk, work: _Work) -> bool:
    """Invite by text, once; where no text can go, a coordinator is to ask. Returns whether it was done."""
    person, key = work.person, invitations.invitation_key(work.person.id)
    if not person.textable:
        desk.report.to_ask.append(work.line.number)
        about = {"circle_id": work.member.circle_id, "person_id": person.id}
        return not desk.dry_run and tasks.give(desk.session, key, "ask_consent_by_call", desk.now, **about)
    desk.report.invited += 1
    if not desk.dry_run:
        people.remember_known(
            desk.session,
            Known(person, work.member, work.known.volunteer, work.known.coordinator),
        )
        text = do.SendText(PersonId(person.id), "invite", key, Lane.BULK, routine=True)
        send_text(desk.session, desk.handbook, text, desk.now)
        _record(desk, person, Consent.INVITED, How.IMPORTED, desk.now)
    return True


def _record(desk: Desk, person: PersonRow, state: Consent, how: str, at: datetime) -> None:
    """A consent record, written with the others at the end."""
    values = {"person_id": person.id, "state": state.value, "how": str(how), "wording": "", "at": at}
    desk.append(ConsentRow, **values, recorded_at=desk.now)
    remember(desk.session, ("consent", person.id), state)


def _zone(handbook: Handbook, line: MemberLine, person: PersonRow | None) -> ZoneInfo:
    """The zone in which a line's times are meant: the one it names, else the stored, else the number's."""
    if line.timezone:
        return ZoneInfo(line.timezone)
    if line.timezone is None and person is not None and person.timezone:
        return ZoneInfo(person.timezone)
    return handbook.zones_of_number(line.phone)[0]


def _instant(at: datetime, zone: ZoneInfo) -> datetime:
    return at if at.tzinfo is not None else local_instant(at, zone)


def _one_of(languages: Collection[str]) -> str:
    """`en (English) or es (Spanish)`."""
    return " or ".join(f"{code} ({LANGUAGE_NAMES.get(code, code)})" for code in sorted(languages))
