"""A volunteer said how a talk went: of the case that they hold, or of one that was closed since."""

from datetime import datetime

from sqlalchemy.orm import Session

from checkin.domain import effects as do
from checkin.domain.escalation import Escalation, Outcome, OutcomeGiven, State
from checkin.domain.terms import Cause, EscalationId, Level
from checkin.handlers.case_moved import move_case, open_or_raise
from checkin.handlers.handbook import Handbook
from checkin.store import escalations, tasks
from checkin.store.tables import MemberRow


def outcome_given(
    session: Session, handbook: Handbook, number: EscalationId, given: OutcomeGiven, now: datetime
) -> bool:
    """Let what they say count. False, and nothing is recorded, where somebody else has the case or nobody is in it.

    A case that was closed stays closed, and none of it is lost: who wants help for its member opens another.
    """
    case = escalations.load(session, number)
    erased = session.get_one(MemberRow, case.member).erased_at is not None
    if case.holder != given.volunteer or erased:
        return False
    if case.state is not State.CLOSED:
        move_case(session, handbook, number, given, now)
    elif given.outcome is not Outcome.SETTLED:
        detail = {"volunteer": given.volunteer, "outcome": given.outcome.value}
        escalations.note(session, number, now, "outcome", detail)
        _not_over(session, handbook, case, given, now)
    return True


def _not_over(session: Session, handbook: Handbook, case: Escalation, given: OutcomeGiven, now: datetime) -> None:
    """An emergency raises what is open by now. Else, where somebody has the member already, a coordinator looks."""
    emergency = given.outcome is Outcome.EMERGENCY
    again = emergency or (given.outcome is Outcome.COORDINATOR and escalations.open_for(session, case.member) is None)
    if not again:
        key, person = f"escalation:{case.id}:follow_up", case.member_person
        tasks.give(session, key, "follow_up", now, circle_id=case.circle, person_id=person, escalation_id=case.id)
        return
    cause, level = (Cause.CRISIS, Level.CRISIS) if emergency else (case.cause, case.level)
    opened = open_or_raise(session, handbook, do.OpenEscalation(case.member, cause, level), now, given)
    escalations.note(session, opened.id, now, "closed_before", {"number": case.id, "volunteer": given.volunteer})
