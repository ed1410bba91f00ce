"""A number that texts like a robot, or without end, gets no automatic answer; a coordinator is told once a day.

Its texts are stored, read and routed like all others: a cry is heard in them, and what a case says to its member,
what a peer writes and the confirmation of a stop still leave.
"""

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from checkin.domain import effects as do
from checkin.domain.flood import Heard, Hush, hushed
from checkin.domain.policy import Answers
from checkin.domain.reading import Kind, Reading
from checkin.domain.terms import Lane, PersonId
from checkin.handlers.handbook import Handbook
from checkin.store import inbox, outbox, people, tasks
from checkin.store.inbox import Kept
from checkin.store.tables import MemberRow, PersonRow

_SAID_TO_A_CRY = frozenset({"unknown_number", "help"})
"""Answers on the urgent lane that belong to no case: only a loop goes without them."""

_CONSENT = frozenset({"welcome", "started"})
"""What confirms that somebody begins: sent once a change, whatever else they text, for consent is never silent."""

_A_DAY = timedelta(days=1)


def judge(
    session: Session,
    handbook: Handbook,
    person: PersonRow,
    member: MemberRow | None,
    words: str,
    reading: Reading,
    now: datetime,
) -> Hush | None:
    """Why a text that is not yet stored gets no automatic answer.

    Nothing is asked of the database for somebody who texts too seldom to reach any limit.
    """
    limits = _limits(session, handbook, member)
    pace = max(timedelta(seconds=limits.window), 2 * _A_DAY / limits.most_a_day)
    second_last = people.second_last_text(session, PersonId(person.id))
    if second_last is None or second_last <= now - pace:
        return None
    before = inbox.lately(session, PersonId(person.id), now - timedelta(seconds=limits.window), limits.alike)
    answered = outbox.answered(session, PersonId(person.id), now - _A_DAY)
    return hushed(Heard(now, words), before, answered, reading.kind is Kind.COMMAND, limits)


def _limits(session: Session, handbook: Handbook, member: MemberRow | None) -> Answers:
    return handbook.policy(people.circle_by_id(session, member.circle_id if member is not None else None)).answers


def hush(
    session: Session,
    handbook: Handbook,
    person: PersonRow,
    member: MemberRow | None,
    inbound: Kept,
    why: Hush,
    now: datetime,
) -> None:
    """Hold back the automatic answers to this text, and tell a coordinator of the number once a day."""
    session.info["hushed"] = (PersonId(person.id), why)
    _told(session, person, member.circle_id if member is not None else None, inbound, why, now)


def too_many(session: Session, person: PersonRow, circle: int | None, inbound: Kept, now: datetime) -> None:
    """What this text asks for was sent too often already: a coordinator is told of it as of any number that floods."""
    _told(session, person, circle, inbound, Hush.TOO_MANY, now)


def _told(session: Session, person: PersonRow, circle: int | None, inbound: Kept, why: Hush, now: datetime) -> None:
    key = f"{why.value}:{person.id}:{now:%Y-%m-%d}"
    tasks.give(session, key, why.value, now, circle_id=circle, person_id=person.id, inbound_id=inbound.id)


def is_hushed(session: Session, effect: do.SendText) -> bool:
    """Whether this text is an automatic answer that is held back. What a case says never is."""
    who, why = session.info.get("hushed", (None, None))
    if who != effect.to or effect.about.escalation is not None or effect.template in _CONSENT:
        return False
    return effect.lane is Lane.REPLY or (why is Hush.LOOP and effect.template in _SAID_TO_A_CRY)
