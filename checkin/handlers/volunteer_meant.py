"""What a volunteer's text means beside the case that they hold: how the talk went, or words for its member."""

from datetime import datetime

from sqlalchemy.orm import Session

from checkin.domain.check_in import OPEN, CheckIn
from checkin.domain.escalation import Escalation
from checkin.domain.reading import Command, Kind, Reading
from checkin.domain.reading.on_duty import done_beside_words, done_of, outcome_of
from checkin.domain.terms import ALERTS, Level, MemberId, PersonId, VolunteerId, Why
from checkin.store import check_ins, escalations, people
from checkin.store.tables import MemberRow, PersonRow

_MAY_MEAN_MORE = frozenset({Kind.RATING, Kind.WORDS, Kind.YES, Kind.NO, Kind.NOT_UNDERSTOOD})
_ASKED = ("handoff_over", "outcome_asked")


def as_meant(
    session: Session, person: PersonRow, member: MemberRow | None, body: str, reading: Reading, at: datetime
) -> Reading:
    """The reading of a volunteer's text as their case makes it; the same where it says nothing of that.

    `at`: when it was sent.
    """
    if reading.kind not in _MAY_MEAN_MORE:
        return reading
    plain = _outcome(session, person, member, body, at) or done_of(body)
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
    if member is not None and not went.surely and asked is not None and own_question(session, member, asked, at):
        return None
    return Command("done", went.outcome, case.id)


def held(session: Session, person: PersonRow) -> Escalation | None:
    """The case that this person holds as a volunteer."""
    volunteer = people.volunteer_of(session, PersonId(person.id))
    number = escalations.held_by(session, VolunteerId(volunteer.id)) if volunteer is not None else None
    return escalations.load(session, number) if number is not None else None


def own_question(session: Session, member: MemberRow, since: datetime, at: datetime) -> CheckIn | None:
    """The question of their own that somebody has open, if it was asked since then."""
    newest = check_ins.newest_asked(session, MemberId(member.id))
    check_in = check_ins.load(session, newest) if newest is not None else None
    if check_in is None or check_in.asked_at is None or check_in.state not in OPEN:
        return None
    return check_in if since < check_in.asked_at <= at else None
