"""When to look at a case again: an open one is never forgotten (promise P2)."""

from datetime import datetime, timedelta

from checkin.domain.escalation.coordinators import is_paging
from checkin.domain.escalation.telling import owes_truth
from checkin.domain.escalation.values import Escalation, State, is_acknowledged, is_open
from checkin.domain.terms import Cause

_AT_LATEST = timedelta(minutes=5)
_NEWCOMERS = timedelta(minutes=1)  # between two rounds: has somebody come on shift?


def next_time(case: Escalation, now: datetime) -> datetime:
    """When the next step of an open case is due: always after `now`."""
    progress, times = case.progress, list[datetime | None]()
    acknowledged = is_acknowledged(case, now)
    times.append(progress.acknowledged_until)
    if is_paging(case, now):
        times.append(progress.page_at)
    if owes_truth(case) and not acknowledged:
        times.append(progress.truth_at)
    match case.state:
        case State.OFFERING:
            times.extend(_offering_times(case, now, acknowledged))
        case State.HANDING_OFF:
            times.append(progress.hold_until)
        case State.IN_TOUCH:
            times.append(progress.outcome_at)
            times.append(None if acknowledged else progress.outcome_due_by)
        case State.WITH_COORDINATORS:
            times.extend(_expiries(case))
        case State.CLOSED:
            pass
    return min((at for at in times if at is not None and at > now), default=now + _AT_LATEST)


def _offering_times(case: Escalation, now: datetime, acknowledged: bool) -> list[datetime | None]:
    expiries = _expiries(case)
    if expiries or acknowledged:
        return expiries
    pressing = case.cause in (Cause.CRISIS, Cause.DISTRESS)
    return [case.progress.round_from, now + _NEWCOMERS if pressing else None]


def _expiries(case: Escalation) -> list[datetime | None]:
    return [offer.expires_at for offer in case.offers if is_open(offer)]
