"""What a text is read beside: what its writer wrote in the minutes before, answered last, and was asked last.

Each is looked up only where the words make it worth it, so that most texts cost no query more.
"""

from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from checkin.domain.consent import Consent
from checkin.domain.reading import Context, LastAnswer, Offered
from checkin.domain.reading.bursts import MOST, TOGETHER
from checkin.domain.reading.compared import compared, last_answer
from checkin.domain.reading.corrections import may_take_back
from checkin.domain.reading.offers import COUNTS_FOR, may_accept, offered_by
from checkin.domain.terms import Cause, EscalationId, MemberId, PersonId
from checkin.store import escalations, inbox, outbox, people
from checkin.store.tables import MemberRow, PersonRow

_OWN_WORDS_FOR = timedelta(hours=12)
"""So long after their own text somebody may still want to take it back."""


def with_words_before(
    session: Session,
    context: Context,
    person: PersonRow,
    member: MemberRow | None,
    words: str,
    state: Consent,
    sent_at: datetime | None,
    now: datetime,
) -> Context:
    """The same context with what came before a text. `sent_at`: of what was found late."""
    context = _with_pieces(session, context, PersonId(person.id), sent_at, now)
    if member is None:
        return context
    said_at = sent_at or now
    context = replace(context, last=last_answer_beside(session, PersonId(person.id), words, said_at))
    if state is Consent.IN and may_accept(words):
        context = replace(context, offered=_offered(session, PersonId(person.id), said_at))
    if may_take_back(words):
        wrote = bool(context.earlier) or _wrote_lately(session, PersonId(person.id), member, said_at)
        before = bool(member.recent_ratings) or context.answered_before
        context = replace(context, wrote_lately=wrote, answered_before=before)
    return context


def last_answer_beside(session: Session, person: PersonId, words: str, said_at: datetime) -> LastAnswer | None:
    """What somebody answered last, where their words compare with it; not what they wrote minutes ago."""
    if compared(words) is None:
        return None
    return last_answer(inbox.answers_before(session, person, said_at - TOGETHER), said_at)


def _with_pieces(
    session: Session, context: Context, person: PersonId, sent_at: datetime | None, now: datetime
) -> Context:
    """Their texts of the last minutes; of a text that was found late, those around the time at which it was sent."""
    newest = people.last_text(session, person)
    if sent_at is None and (newest is None or newest < now - TOGETHER):
        return context
    said_at = sent_at or now
    found = inbox.around(session, person, said_at - TOGETHER, said_at + TOGETHER, MOST)
    place = sum(at <= said_at for _, at, _ in found)
    in_order = sent_at is not None and all(known for _, _, known in found)
    return replace(context, before=tuple(piece for piece, _, _ in found), place=place if in_order else None)


def _offered(session: Session, person: PersonId, said_at: datetime) -> Offered:
    last = outbox.last_text_to(session, person, said_at - COUNTS_FOR, said_at)
    return offered_by(*last) if last is not None else Offered.NO


def _wrote_lately(session: Session, person: PersonId, member: MemberRow, said_at: datetime) -> bool:
    """Whether there are words of theirs to take back: of the last hours, or of a case that their words opened."""
    newest = people.last_text(session, person)
    if newest is not None and said_at - newest < _OWN_WORDS_FOR:
        return True
    case = escalations.open_for(session, MemberId(member.id))
    return case is not None and escalations.load(session, EscalationId(case)).cause is not Cause.MISSED
