"""What happens next in a case if nobody does anything, and when: for a coordinator to read. Pure; decides nothing.

The order of rules is that of `next_time`, which says when the case is looked at; here it is said what for.
"""

from dataclasses import dataclass
from datetime import datetime

from checkin.domain.escalation.coordinators import is_paging
from checkin.domain.escalation.telling import owes_truth
from checkin.domain.escalation.values import Escalation, State, is_acknowledged, is_open


@dataclass(frozen=True)
class Next:
    """One step to come. `what` is a code; `at` is None for what waits for people alone."""

    what: str
    at: datetime | None


def what_next(case: Escalation, now: datetime) -> tuple[Next, ...]:
    """The steps to come, the soonest first, each once. Empty for a case that is closed."""
    if case.state is State.CLOSED:
        return ()
    found = [*_of_volunteers(case, now), *_of_coordinators(case, now), *_of_the_member(case, now)]
    timed = sorted((step for step in found if step.at is not None), key=lambda step: step.at or now)
    return (*timed, *(step for step in found if step.at is None))


def _of_volunteers(case: Escalation, now: datetime) -> list[Next]:
    progress = case.progress
    match case.state:
        case State.OFFERING:
            asked = [offer.expires_at for offer in case.offers if is_open(offer)]
            if asked:
                return [Next("next_volunteer", min(asked))]
            if is_acknowledged(case, now):
                return []
            if progress.round_from is not None and progress.round_from > now:
                return [Next("next_round" if case.offers else "offers_begin", progress.round_from)]
            return [Next("next_volunteer", case.next_action_at)]
        case State.WITH_COORDINATORS:
            asked = [offer.expires_at for offer in case.offers if is_open(offer)]
            return [Next("offer_by_hand_ends", min(asked))] if asked else []
        case State.HANDING_OFF:
            return [Next("hold_ends" if progress.held else "taken_back", progress.hold_until)]
        case _:
            return _of_a_talk(case, now)


def _of_a_talk(case: Escalation, now: datetime) -> list[Next]:
    """A coordinator who has said that she has it is not told meanwhile that the outcome is missing."""
    progress = case.progress
    if not progress.talked:
        return [Next("they_talk", None)]
    asks = [Next("outcome_asked", progress.outcome_at)] if progress.outcome_at is not None else []
    told_from = progress.acknowledged_until if is_acknowledged(case, now) else None
    due_by = progress.outcome_due_by
    due = [Next("outcome_missing", max(due_by, told_from or due_by))] if due_by is not None else []
    return [*asks, *due, Next("outcome_awaited", None)]


def _of_coordinators(case: Escalation, now: datetime) -> list[Next]:
    progress = case.progress
    if is_acknowledged(case, now):
        talk = case.state is State.IN_TOUCH  # that it lapses then asks nobody
        return [] if talk else [Next("acknowledgement_lapses", progress.acknowledged_until)]
    if progress.page_at is None or not is_paging(case, now):
        return []
    ring_from = progress.ring_coordinators_from
    by_call = ring_from is not None and max(progress.page_at, now) >= ring_from
    return [Next("coordinators_rung" if by_call else "coordinators_texted", progress.page_at)]


def _of_the_member(case: Escalation, now: datetime) -> list[Next]:
    if case.progress.truth_at is None or not owes_truth(case) or is_acknowledged(case, now):
        return []
    return [Next("member_told", case.progress.truth_at)]
