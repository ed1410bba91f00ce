"""The carrier says who picked up a check-in call, while it goes on or after it. It may be wrong: a key always wins."""

from datetime import datetime

from sqlalchemy.orm import Session

from checkin.domain import effects as do
from checkin.domain.answering import MACHINES, Attempt, Verdict, replaces
from checkin.domain.effects import Subject
from checkin.domain.terms import DeliveryId, PersonId
from checkin.handlers.apply import apply
from checkin.handlers.check_in_heard import Call, held_words_counted, taken_back
from checkin.handlers.handbook import Handbook
from checkin.store import people
from checkin.store.tables import DeliveryRow, PersonRow

_BY_WORDS = (Attempt.ANSWERED, Attempt.SILENT, Attempt.NOT_UNDERSTOOD)


def machine_told(session: Session, handbook: Handbook, row: DeliveryRow, verdict: Verdict, now: datetime) -> None:
    """Record the verdict. A machine hears the neutral message now, and what only its words had answered is undone.

    A person's words that were held for it count.
    """
    old = Verdict(row.answered_by) if row.answered_by is not None else None
    member = people.member_of(session, PersonId(row.person_id))
    if not replaces(old, verdict) or row.subject != Subject.CHECK_IN or member is None or row.check_in_id is None:
        return
    row.answered_by = verdict.value
    session.flush()
    call = Call(session, handbook, row, session.get_one(PersonRow, row.person_id), member, now)
    if verdict is Verdict.HUMAN and held_words_counted(call) and row.ended_at is None:
        apply(session, handbook, [do.AskAgain(DeliveryId(row.id), f"counted:{row.id}")], now)
    if verdict not in MACHINES or row.by_key:
        return
    if row.outcome in _BY_WORDS:
        taken_back(call)
    if row.ended_at is None:
        apply(session, handbook, [do.AskAgain(DeliveryId(row.id), f"machine:{row.id}")], now)
