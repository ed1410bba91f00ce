"""What a volunteer's text means beside the case that they hold: how the talk went, or words for its member."""

from datetime import datetime

from sqlalchemy.orm import Session

from checkin.domain.check_in import OPEN, CheckIn
from checkin.domain.escalation import Escalation
from checkin.domain.reading import Command, Kind, Reading
from checkin.domain.reading.on_duty import LONGEST_ANSWER, answer_to_offer, done_beside_words, done_of, outcome_of
from checkin.domain.terms import ALERTS, Level, MemberId, PersonId, VolunteerId, Why
from checkin.store import check_ins, escalations, people
from checkin.store.inbox import Kept
from checkin.store.tables import MemberRow, PersonRow

_MAY_MEAN_MORE = frozenset({Kind.RATING, Kind.WORDS, Kind.YES, Kind.NO, Kind.NOT_UNDERSTOOD})
_ASKED = ("handoff_over", "outcome_asked")
_TAKEN = ("taken", "taken_by_coordinator")


def as_meant(
    session: Session, person: PersonRow, member: MemberRow | None, body: str, reading: Reading, at: datetime
) -> Reading:
    """The reading of a volunteer's text as their case makes it; the same where it says nothing of that.

    `at`: when it was sent.
    """
    unclear = reading.command is not None and reading.command in (Command("take"), Command("pass"))
    if reading.kind not in _MAY_MEAN_MORE and not unclear:
        return reading
    plain = _outcome(session, person, member, body, at) or done_of(body)
    if plain is None and reading.level is not Level.CRISIS:
        plain = answer_to_offer(body, offers(session, person), alert=reading.level in ALERTS)
    command, level = plain or done_beside_words(body), Level.OK if plain is not None else reading.level
    if command is None or (level in ALERTS and not command.argument):
        return reading
    why = (Why("command", command.name),)
    return Reading(Kind.COMMAND, level, command=command, language=reading.language, reasons=why)


def _outcome(session: Session, person: PersonRow, member: MemberRow | None, body: str, at: datetime) -> Command | None:
    """How the talk went, where that is open. Of who is a member too, their own newer question has a digit or a word."""
    went = outcome_of(body)
    case = held(session, person) if went is not None else None
    if went is None or case is None or not case.progress.talked:
        return None
    asked = escalations.last_step(session, case.id, _ASKED)
    if member is not None and not went.surely and asked is not None:
        own = _asked_since(session, member, asked, at)
        if own is not None and own.state in OPEN:
            return None
    return Command("done", went.outcome, case.id)


def offers(session: Session, person: PersonRow) -> frozenset[int]:
    """The cases that this person was asked to take, and may; none while they hold one."""
    volunteer = people.volunteer_of(session, PersonId(person.id))
    if volunteer is None or escalations.held_by(session, VolunteerId(volunteer.id)) is not None:
        return frozenset()
    return escalations.offered_to(session, VolunteerId(volunteer.id))


def example(session: Session, person: PersonRow, body: str) -> str:
    """What a volunteer could write, where a short text of theirs may be meant for a case that they were offered."""
    asked = offers(session, person) if len(body) <= LONGEST_ANSWER else frozenset[int]()
    return f"TAKE {min(asked)}" if asked else ""


def held(session: Session, person: PersonRow) -> Escalation | None:
    """The case that this person holds as a volunteer."""
    volunteer = people.volunteer_of(session, PersonId(person.id))
    number = escalations.held_by(session, VolunteerId(volunteer.id)) if volunteer is not None else None
    return escalations.load(session, number) if number is not None else None


def is_for_the_member(
    session: Session, person: PersonRow, member: MemberRow | None, inbound: Kept, reading: Reading, now: datetime
) -> bool:
    """Whether a volunteer's words are for the member whose case they hold: none that begin with DONE 42.

    While the two still seek each other, what sounds like a cry may be said to comfort; after the talk it is the
    volunteer's own, and nothing that a member in need should be sent. Of one who is a member too a rating, a command
    and a cry are their own always; after the talk so is the answer to what they were asked themselves meanwhile.
    """
    if done_beside_words(inbound.body) is not None:
        return False
    urgent = reading.level in ALERTS
    if member is not None and (reading.command is not None or reading.rating is not None or urgent):
        return False
    case = held(session, person)
    if case is None or not case.progress.talked:
        return case is not None
    return not urgent and (member is None or not _answers(session, member, case, inbound, now))


def _answers(session: Session, member: MemberRow, case: Escalation, inbound: Kept, now: datetime) -> bool:
    """Whether they were asked how they are since they took the case, and have not answered, or go on with it."""
    taken = escalations.last_step(session, case.id, _TAKEN)
    asked = _asked_since(session, member, taken or case.opened_at, inbound.sent_at or now)
    return asked is not None and (asked.state in OPEN or any(piece.check_in == asked.id for piece in inbound.before))


def _asked_since(session: Session, member: MemberRow, since: datetime, at: datetime) -> CheckIn | None:
    """The newest question of their own, if they were asked it between the two."""
    newest = check_ins.newest_asked(session, MemberId(member.id))
    check_in = check_ins.load(session, newest) if newest is not None else None
    asked = check_in.asked_at if check_in is not None else None
    return check_in if asked is not None and since < asked <= at else None
