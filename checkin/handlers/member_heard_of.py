"""A member is heard of: whatever their silence had started is over, unless a person acts on it already."""

from datetime import datetime

from sqlalchemy.orm import Session

from checkin.domain.escalation import Closed, HeardOf, State
from checkin.domain.reading import Kind, Reading
from checkin.domain.terms import ALERTS, Cause, EscalationId, Level, MemberId
from checkin.handlers import look_in_moved
from checkin.handlers.case_moved import move_case
from checkin.handlers.handbook import Handbook
from checkin.store import check_ins, escalations
from checkin.store.tables import MemberRow

_STOP = frozenset({Kind.OPT_OUT, Kind.WRONG_PERSON})


def texted(
    session: Session, handbook: Handbook, member: MemberRow, reading: Reading, sent_at: datetime | None, now: datetime
) -> None:
    """Any text of theirs is word of them, a command too. But STOP is not "well".

    `sent_at`: of a text that was found late; what was sent before the newest question breaks no silence since then.
    """
    asked, newest = (check_ins.asked_when(session, MemberId(member.id), at) for at in (sent_at, None))
    if reading.kind not in _STOP and asked == newest:
        heard_of(session, handbook, member, reading.level, now)


def heard_of(session: Session, handbook: Handbook, member: MemberRow, level: Level, now: datetime) -> None:
    """End the row of misses, the ringing of contacts, and the search for a silent member: their word is a person's.

    `level`: how their words were read; what these call for is open already.
    """
    member.misses = 0
    look_in_moved.heard_of(session, handbook, MemberId(member.id), now)
    open_case = escalations.open_for(session, MemberId(member.id))
    if open_case is None or level in ALERTS:
        return
    case = escalations.load(session, EscalationId(open_case))
    if case.progress.page_though_held:
        move_case(session, handbook, case.id, HeardOf(), now)
    acts = case.holder is not None or case.progress.acknowledged_by is not None
    if case.cause is Cause.MISSED and not acts and case.state in (State.OFFERING, State.WITH_COORDINATORS):
        move_case(session, handbook, case.id, Closed(f"member:{member.id}", "replied"), now)
