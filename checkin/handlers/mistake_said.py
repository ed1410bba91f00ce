"""A member says that their own text was a mistake. It closes nothing and silences nobody: people see it, and decide."""

from datetime import datetime

from sqlalchemy.orm import Session

from checkin.domain import effects as do
from checkin.domain.escalation import State
from checkin.domain.terms import EscalationId, Lane, PersonId
from checkin.handlers.apply import send_text
from checkin.handlers.coordinators_told import Words, tell_coordinators_of
from checkin.handlers.found_late import is_stale
from checkin.handlers.handbook import Handbook
from checkin.store import escalations, tasks
from checkin.store.inbox import Kept
from checkin.store.tables import MemberRow

TASK = "says_mistake"


def mistake_said(session: Session, handbook: Handbook, member: MemberRow, inbound: Kept, now: datetime) -> None:
    """Put it before the coordinators, on the timeline of the case, and thank the member once.

    Who holds the case as a volunteer has the words already (see `relay.py`).
    """
    case = EscalationId(inbound.escalation_id) if inbound.escalation_id is not None else None
    tasks.give_words(session, inbound.id, TASK, now, circle=member.circle_id, person=member.person_id, case=case)
    if case is not None:
        escalations.note(session, case, now, TASK, {"inbound": inbound.id})
        _tell_who_holds_it(session, handbook, member, case, inbound, now)
    if not is_stale(handbook, inbound):
        key = f"mistake:{member.id}:{case if case is not None else f'{now:%Y-%m-%d}'}"
        text = do.SendText(PersonId(member.person_id), "mistake_noted", key, Lane.REPLY, {}, do.About(escalation=case))
        send_text(session, handbook, text, now)


def _tell_who_holds_it(
    session: Session, handbook: Handbook, member: MemberRow, number: EscalationId, inbound: Kept, now: datetime
) -> None:
    """Coordinators who have been paged for a case, or have it, hear of it at once; in words that send nobody home."""
    case = escalations.load(session, number)
    if case.state is State.WITH_COORDINATORS or case.progress.acknowledged_by is not None:
        words = Words(
            f"{number}: they say it was a mistake. Please look all the same",
            f"{number}: dice que fue un error. Mira el caso igual",
        )
        key = f"mistake:{inbound.id}"
        tell_coordinators_of(session, handbook, key, words, member.circle_id, now, but=member.person_id)
