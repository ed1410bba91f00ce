"""What coordinators do with a member's record: pauses, notes, corrections, exclusions, consent that was spoken."""

from datetime import datetime, timedelta

from sqlalchemy import delete
from sqlalchemy.orm import Session

from checkin.domain.consent import Consent, How
from checkin.domain.terms import Level, MemberId, PersonId
from checkin.handlers.check_in_moved import call_off_open, plan_next
from checkin.handlers.consent_changed import opt_out
from checkin.handlers.handbook import Handbook
from checkin.store import check_ins, consent, member_record, people, system
from checkin.store.tables import CorrectionRow, ExclusionRow, InboundRow, MemberNoteRow, MemberRow, PersonRow

LONGEST_PAUSE = timedelta(weeks=26)


def paused(
    session: Session, handbook: Handbook, member: MemberRow, person: PersonRow, until: datetime, now: datetime
) -> datetime:
    """Let a member's check-ins rest; what is open is called off. Returns until when: half a year at most."""
    schedule, until = check_ins.schedule_of(session, MemberId(member.id)), min(until, now + LONGEST_PAUSE)
    call_off_open(session, handbook, MemberId(member.id), "paused", now)
    if schedule is None:
        member.paused_until = until
    else:
        schedule.paused_until = until
        plan_next(handbook, schedule, person, now)
    return until


def resumed(session: Session, handbook: Handbook, member: MemberRow, person: PersonRow, now: datetime) -> None:
    """Let them go on."""
    schedule, member.paused_until = check_ins.schedule_of(session, MemberId(member.id)), None
    if schedule is not None:
        schedule.paused_until = None
        plan_next(handbook, schedule, person, now)


def paused_by(
    session: Session, handbook: Handbook, member: int, until: datetime | None, who: str, now: datetime
) -> None:
    """A coordinator pauses a member's check-ins (until a moment), or resumes them (None)."""
    row = session.get_one(MemberRow, member)
    person = session.get_one(PersonRow, row.person_id)
    if until is None:
        resumed(session, handbook, row, person, now)
    else:
        paused(session, handbook, row, person, until, now)
    system.audit(session, who, "member paused" if until else "member resumed", now, person=person.id)


def opted_out_by(session: Session, handbook: Handbook, member: int, who: str, now: datetime) -> None:
    """A member told a coordinator that they want no more contact: it counts as STOP does (promise P4)."""
    row = session.get_one(MemberRow, member)
    person = session.get_one(PersonRow, row.person_id)
    opt_out(session, handbook, person, How.SAID, "", now)
    system.audit(session, who, "member opted out", now, person=person.id)


def may_be_asked_again(session: Session, person: int) -> bool:
    """Whether somebody may be invited: never after a STOP (promise P4)."""
    return consent.current(session, PersonId(person)) is not Consent.OUT


def noted(session: Session, member: int, words: str, who: str, now: datetime) -> None:
    """Keep a note on a member."""
    row = session.get_one(MemberRow, member)
    session.add(MemberNoteRow(member_id=member, by=who, body=words, at=now))
    system.audit(session, who, "note written", now, person=row.person_id)


def corrected(session: Session, text: int, level: Level, comment: str, who: str, now: datetime) -> None:
    """Keep how a reply should have been read. Nothing is done about it here: a case is opened by its own button."""
    row = session.get_one(InboundRow, text)
    session.add(CorrectionRow(inbound_id=text, level=level.value, comment=comment, by=who, at=now))
    what = {"inbound": text, "read_as": row.level, "should_be": level.value}
    system.audit(session, who, "reading corrected", now, person=row.person_id, **what)


def excludes(
    session: Session, member: int, added: frozenset[int], removed: frozenset[int], who: str, now: datetime
) -> None:
    """With these further volunteers a member must never be joined, with those they may be again.

    It is told what was changed and not what is to stand there, so that nobody undoes what another said meanwhile.
    """
    row = session.get_one(MemberRow, member)
    before = member_record.excluded(session, member)
    after = (before | added) - removed
    session.execute(
        delete(ExclusionRow).where(ExclusionRow.member_id == member, ExclusionRow.volunteer_id.in_(before - after))
    )
    session.add_all(
        ExclusionRow(member_id=member, volunteer_id=volunteer, created_at=now) for volunteer in sorted(after - before)
    )
    system.audit(session, who, "exclusions changed", now, person=row.person_id, volunteers=sorted(after))


def member_in(session: Session, member: int) -> tuple[MemberRow, PersonRow] | None:
    """A member and who they are; None too for one who was erased."""
    pair = people.behind(session, [member]).get(member)
    return pair if pair is not None and pair[0].erased_at is None else None
