"""A text is found in the carrier's log that was sent before its writer was erased. They cried, and nobody has heard it.

It is read all the same, because nobody in distress may wait for a machine (promise P1), and who asks to be forgotten
does not ask to be left alone with it. What needs no person is dropped unstored, and so is a cry that was heard before
the erasure. Nothing goes to the number (P4): coordinators get a task with the words and the number, and ring by hand;
both go once the task is done (`let_go` in `store/erasures.py`).
"""

from datetime import datetime

from sqlalchemy.orm import Session

from checkin.domain.reading import Context, read
from checkin.domain.terms import ALERTS, PersonId, Phone
from checkin.handlers.coordinators_told import URGENT_TEXT, circle_of, tell_coordinators_of
from checkin.handlers.handbook import Handbook
from checkin.handlers.words_heard import as_read, open_case
from checkin.store import consent, erasures, inbox, people, tasks

TASK = "wrote_before_erased"


def erased_cried(
    session: Session, handbook: Handbook, sid: str, sender: Phone, body: str, sent_at: datetime, now: datetime
) -> None:
    """Put a cry before the coordinators whose circle its writer was in. Where they are a member again it is a case."""
    erased = erasures.whose(session, sender, sent_at)
    calls = handbook.calls(session, circle_of(session, erased))
    context = Context(calls=calls) if erased is None else Context(language=erased.language, calls=calls)
    reading = read(body, context, handbook.model)
    urgent = reading.level in ALERTS
    if not urgent or erasures.was_heard(session, sender, sent_at):
        return
    person = people.ensure(session, sender, now)
    kept = inbox.keep(
        session, sid=sid, person_id=person.id, body=body, received_at=now, sent_at=sent_at, **as_read(reading)
    )
    if kept is None:
        return
    member = people.member_of(session, PersonId(person.id))
    if member is not None:
        open_case(session, handbook, member, kept, reading, consent.current(session, PersonId(person.id)), now)
        inbox.link(session, kept)
        return
    key, circle = f"inbound:{kept.id}", circle_of(session, erased)
    tasks.give_words(session, kept.id, TASK, now, circle=circle, person=person.id)
    tell_coordinators_of(session, handbook, key, URGENT_TEXT, circle, now)
