"""A coordinator writes to somebody in her own words: to the member of a case, or to whoever a task is about.

One text under a key of its own, however often the form is sent (promise P6). Nothing goes to a number that said stop
(P4), and no words that would give away somebody's number (P8) or a programme that the member keeps to themselves (P9).
"""

import re
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from checkin.domain import effects as do
from checkin.domain.consent import Consent
from checkin.domain.discreet import names_programme
from checkin.domain.phone import BadPhone, parse_phone
from checkin.domain.terms import EscalationId, Lane, PersonId, Phone
from checkin.handlers import erased_cried
from checkin.handlers.apply import send_text
from checkin.handlers.coordinator_acted import CannotAct, known_case
from checkin.handlers.coordinator_texted import answers_for
from checkin.handlers.handbook import Handbook
from checkin.handlers.relay import NUMBER
from checkin.messages.segments import Segments, folded, segments
from checkin.store import consent, erasures, escalations, outbox, people, system
from checkin.store.tables import PersonRow, TaskRow

LONGEST = 320
"""Signs that one message may have, of the coordinator's own words: longer ones are often lost on the way."""

_TEMPLATE = "coordinator_message"
_TOKEN = re.compile(r"[A-Za-z0-9_-]{16,40}")


@dataclass(frozen=True)
class Measured:
    """A message as it would leave, and how many texts the carrier makes of it."""

    body: str
    segments: Segments
    left: int


def measured(session: Session, handbook: Handbook, to: PersonId, words: str) -> Measured:
    """How a message to somebody would look, with what it costs; `left`: signs that may still be written."""
    person = session.get_one(PersonRow, to)
    member = people.member_of(session, to)
    circle = people.circle_by_id(session, member.circle_id if member is not None else None)
    values = handbook.standing_values(person, circle, member is not None and member.discreet)
    own = _own_words(words)
    said = handbook.words(session, circle.id if circle is not None else None)
    body = said.text(_TEMPLATE, person.language, {**values, "words": own}).body
    return Measured(body, segments(body), LONGEST - len(own))


def why_no_text(session: Session, to: PersonId) -> str | None:
    """Why this person cannot be texted; None where they can."""
    if consent.current(session, to) is Consent.OUT:
        return "said_stop"
    return None if session.get_one(PersonRow, to).textable else "not_textable"


def why_no_texts(session: Session, persons: Collection[int]) -> dict[int, str | None]:
    """The same of several people, in two queries."""
    stopped = people.opted_out(session, list(persons))
    rows = session.execute(select(PersonRow.id, PersonRow.textable).where(PersonRow.id.in_(persons)))
    return {
        person: "said_stop" if person in stopped else None if textable else "not_textable" for person, textable in rows
    }


def message_member(
    session: Session, handbook: Handbook, number: EscalationId, by: PersonId, words: str, token: str, now: datetime
) -> None:
    """Text the member of a case. `token`: what the form was given when it was shown; the same is the same text."""
    case, key = known_case(session, number, by), _key(number, token)
    if outbox.is_there(session, key):
        return  # the form was sent twice
    own = _sayable(session, handbook, case.member_person, words)
    about = do.About(escalation=number)
    text = do.SendText(case.member_person, _TEMPLATE, key, Lane.URGENT, own, about)
    send_text(session, handbook, text, now)
    escalations.note(session, number, now, "messaged", {"by": by})
    system.audit(session, f"person {by}", "member messaged", now, person=case.member_person, escalation=number)


def answer_task(session: Session, handbook: Handbook, task: int, by: PersonId, words: str, now: datetime) -> None:
    """Answer what somebody wrote, once; with that the task is done."""
    row = task_to_do(session, task, by)
    if row.person_id is None or row.inbound_id is None:
        raise CannotAct("cannot_answer")
    own = _sayable(session, handbook, PersonId(row.person_id), words)
    text = do.SendText(PersonId(row.person_id), _TEMPLATE, f"task:{task}:answer", Lane.REPLY, own)
    send_text(session, handbook, text, now)
    _done(session, row, by, "", "answered", now)


def task_done(session: Session, task: int, by: PersonId, note: str, now: datetime) -> None:
    """It was seen to. What she writes of it is sealed."""
    _done(session, task_to_do(session, task, by), by, note, "done", now)


def task_to_do(session: Session, task: int, by: PersonId) -> TaskRow:
    """A task that this coordinator may do. What belongs to no circle is everybody's who acts."""
    row = session.get(TaskRow, task, populate_existing=True, with_for_update=True)
    if row is None or not may_do(session, by, row.circle_id):
        raise CannotAct("not_yours")
    if row.done_at is not None:
        raise CannotAct("done_already")
    return row


def may_do(session: Session, by: PersonId, circle: int | None) -> bool:
    """Whether this coordinator sees to tasks of this circle. What belongs to none is everybody's who acts."""
    if circle is not None:
        return answers_for(session, by, circle)
    coordinator = people.coordinator_of(session, by)
    return coordinator is not None and coordinator.role != "viewer"


def _done(session: Session, row: TaskRow, by: PersonId, note: str, how: str, now: datetime) -> None:
    row.done_at, row.done_by, row.note = now, str(by), note.strip() or None
    system.audit(session, f"person {by}", f"task {how}", now, person=row.person_id, task=row.id)
    if row.what == erased_cried.TASK and row.inbound_id is not None:
        erasures.let_go(session, row.inbound_id, f"person {by}", now)


def _key(number: EscalationId, token: str) -> str:
    if not _TOKEN.fullmatch(token):
        raise CannotAct("form_too_old")
    return f"escalation:{number}:message:{token}"


def _own_words(words: str) -> str:
    return folded(" ".join(words.replace("\x00", "").split()))


def _sayable(session: Session, handbook: Handbook, to: PersonId, words: str) -> dict[str, str]:
    """The words, where they may be sent to this person."""
    why, own = why_no_text(session, to), _own_words(words)
    if why is not None:
        raise CannotAct(why)
    if not own:
        raise CannotAct("empty")
    if len(own) > LONGEST:
        raise CannotAct("too_long")
    person, member = session.get_one(PersonRow, to), people.member_of(session, to)
    if any(_is_of_another(session, handbook, match.group(), person) for match in NUMBER.finditer(own)):
        raise CannotAct("holds_a_number")
    circle = people.circle_by_id(session, member.circle_id if member is not None else None)
    if member is not None and member.discreet and circle is not None and circle.programme != circle.discreet_name:
        if names_programme(own, circle.programme):
            raise CannotAct("names_the_programme")
    return {"words": own}


def _is_of_another(session: Session, handbook: Handbook, written: str, recipient: PersonRow) -> bool:
    """Whether this is the number of somebody we know. A clinic's or a helpline's may be given."""
    try:
        owner = people.by_phone(session, parse_phone(written, recipient.country or handbook.region))
    except BadPhone:
        owner = people.by_phone(session, Phone(re.sub(r"[^\d+]", "", written)))
    return owner is not None and owner.id != recipient.id
