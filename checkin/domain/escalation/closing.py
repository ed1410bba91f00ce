"""Letting go: which calls end when a case leaves the volunteers, and how it closes."""

from dataclasses import replace
from datetime import datetime

from checkin.domain import effects as do
from checkin.domain.effects import Subject
from checkin.domain.escalation.values import Decision, Escalation, OfferState, State, ended

# A talk under way is never cut: what happens beside it must not end it.
_LIVE = {
    State.OFFERING: (Subject.OFFER,),
    State.WITH_COORDINATORS: (Subject.OFFER,),  # whom a coordinator chose by hand
    State.HANDING_OFF: (Subject.OFFER, Subject.VOLUNTEER_LEG, Subject.MEMBER_LEG),
}


def live_subjects(case: Escalation) -> tuple[Subject, ...]:
    """What the calls are about that the case has under way with volunteers and the member."""
    return _LIVE.get(case.state, ())


def withdraw_offers(case: Escalation, how: str, now: datetime) -> Escalation:
    """The case with no offer open."""
    return replace(case, offers=tuple(ended(o, OfferState.WITHDRAWN, how, now) for o in case.offers))


def close(case: Escalation, by: str, how: str, now: datetime) -> Decision:
    """End the case, because a person said so (promise P2)."""
    closed = replace(
        withdraw_offers(case, "closed", now),
        state=State.CLOSED,
        closed_at=now,
        closed_by=by,
        closed_how=how,
        next_action_at=None,
    )
    stop = do.StopCalls(case.id, (*live_subjects(case), Subject.COORDINATOR))
    return Decision(closed, (do.Note(case.id, "closed", {"by": by, "how": how}), stop))
