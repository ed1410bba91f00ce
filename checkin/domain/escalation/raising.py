"""A case is opened, raised to something more urgent, or the member says it again."""

from dataclasses import replace
from datetime import datetime

from checkin.domain import effects as do
from checkin.domain.effects import Effect
from checkin.domain.escalation.closing import withdraw_offers
from checkin.domain.escalation.coordinators import give_to_coordinators, set_aside
from checkin.domain.escalation.events import Opened, Raised
from checkin.domain.escalation.holding import is_held, offer_again, record_outcome, take
from checkin.domain.escalation.telling import first_words
from checkin.domain.escalation.values import (
    URGENCY,
    Decision,
    Escalation,
    Scene,
    State,
    after,
    is_acknowledged,
    opens_at,
    talk_is_over,
    with_progress,
)
from checkin.domain.terms import Cause, worst


def open_case(case: Escalation, event: Opened, now: datetime, scene: Scene) -> Decision:
    """Start the clocks and tell the member. A case that has started changes nothing."""
    if case.progress.round_from is not None:
        return Decision(case)
    case = _start_clocks(case, now, scene)
    note = do.Note(case.id, "opened", {"cause": case.cause, "level": case.level})
    if event.coordinators_only:
        given = give_to_coordinators(case, "coordinators_only", now)
        return Decision(given.case, (note, *given.effects))
    if event.said is not None:
        talked = with_progress(replace(case, holder=event.said.volunteer), talked=True)
        given = record_outcome(talked, event.said, now, scene)
        return Decision(given.case, (note, *given.effects))
    return Decision(case, (note, *first_words(case, scene)))


def _start_clocks(case: Escalation, now: datetime, scene: Scene) -> Escalation:
    """All times count from the first offer: now, or when contact hours open for what keeps to them."""
    policy, start = case.policy, opens_at(case, now, scene)
    crisis = case.cause is Cause.CRISIS
    return with_progress(
        case,
        round_from=start,
        page_at=after(min(policy.coordinators_text_after, policy.coordinators_call_after), start),
        ring_coordinators_from=after(policy.coordinators_call_after, start),
        page_template="coordinator_page_crisis" if crisis else "coordinator_page",
        truth_at=after(policy.truth_after, start) if policy.truth_after else None,
        truths=0,
    )


def raise_case(case: Escalation, event: Raised, now: datetime, scene: Scene) -> Decision:
    """Another miss never disturbs what a person's words have started; words of need always move it."""
    case = replace(case, level=worst(case.level, event.level))
    if event.cause is Cause.MISSED:
        return _miss_again(case, event, now)
    if not event.coordinators_only:  # so many misses had made it theirs alone; words call everybody again
        case = with_progress(case, coordinators_only=False)
    if URGENCY[event.cause] > URGENCY[case.cause]:
        return _raise_higher(case, event, now, scene)
    return _say_again(case, event, now, scene)


def _miss_again(case: Escalation, event: Raised, now: datetime) -> Decision:
    """So many misses in a row go to a coordinator, unless a person acts on it already.

    Who is silent after a talk, whose outcome nobody has entered, is looked for like anybody: coordinators are paged.
    """
    note = do.Note(case.id, "missed_again")
    if talk_is_over(case) and not is_acknowledged(case, now):
        return Decision(_page_though_held(case, now, after(case.policy.coordinators_call_after, now)), (note,))
    unheld = case.state is State.OFFERING and not is_acknowledged(case, now)
    if not event.coordinators_only or case.cause is not Cause.MISSED or not unheld:
        return Decision(case, (note,))
    given = give_to_coordinators(case, "missed_again", now)
    return Decision(given.case, (note, *given.effects))


def _raise_higher(case: Escalation, event: Raised, now: datetime, scene: Scene) -> Decision:
    """It goes on by the new cause's policy, its clocks started anew; no acknowledgement covers it."""
    policy = scene.policies.get(event.cause, case.policy)
    silent = case.cause is Cause.MISSED
    case = replace(case, cause=event.cause, policy=policy)
    case = _start_clocks(set_aside(case, now), now, scene)
    note = do.Note(case.id, "raised", {"cause": event.cause, "level": event.level})
    if event.coordinators_only:
        return _opted_out(case, note, now)
    if is_held(case):
        moved = _ring_again(case, now)
    elif case.state is State.WITH_COORDINATORS:
        moved = Decision(_back_to_volunteers(case, now))
    elif talk_is_over(case):
        moved = Decision(_start_again(case, now, scene))
    elif silent and case.state is State.OFFERING:
        moved = Decision(_ask_anew(case, now))
    else:
        moved = Decision(case)
    joins = _join_again(case)
    case = _page_at_once(moved.case, now) if _is_with_volunteer(moved.case) else moved.case
    return Decision(case, (note, *first_words(case, scene), *moved.effects, *joins))


def _ask_anew(case: Escalation, now: datetime) -> Escalation:
    """Who was asked to look after a silent member, by a text that may wait, takes no place of who is rung now."""
    return with_progress(withdraw_offers(case, "raised", now), round=case.progress.round + 1)


def _is_with_volunteer(case: Escalation) -> bool:
    return case.state in (State.HANDING_OFF, State.IN_TOUCH)


def _page_at_once(case: Escalation, now: datetime) -> Escalation:
    """A crisis is more than a volunteer may have taken on: coordinators hear of it though somebody has it."""
    if case.cause is not Cause.CRISIS:
        return case
    return _page_though_held(case, now, now)


def _page_though_held(case: Escalation, now: datetime, ring_from: datetime) -> Escalation:
    return with_progress(case, page_at=now, ring_coordinators_from=ring_from, page_though_held=True)


def _back_to_volunteers(case: Escalation, now: datetime) -> Escalation:
    """What was for coordinators now needs whoever is there; they are paged at once too."""
    case = offer_again(with_progress(case, coordinators_only=False), now)
    return with_progress(case, page_at=now, ring_coordinators_from=now)


def _start_again(case: Escalation, now: datetime, scene: Scene) -> Escalation:
    """After a talk the member needs a person again: as if opened now.

    Who spoke last is among the first asked.
    """
    return _start_clocks(offer_again(case, now), now, scene)


def _ring_again(case: Escalation, now: datetime) -> Decision:
    """The member wrote, so they are at their phone: whoever holds the case is joined to them now."""
    return take(case, case.holder, None, now) if case.holder is not None else Decision(case)


def _opted_out(case: Escalation, note: Effect, now: datetime) -> Decision:
    given = give_to_coordinators(case, "opted_out", now)
    return Decision(given.case, (note, *given.effects))


def _say_again(case: Escalation, event: Raised, now: datetime, scene: Scene) -> Decision:
    """The same need, said again: it moves what had come to rest."""
    note = do.Note(case.id, "said_again", {"level": event.level})
    if event.coordinators_only and not case.progress.coordinators_only:
        return _opted_out(case, note, now)
    if talk_is_over(case):
        case = _start_again(case, now, scene)
        return Decision(case, (note, *first_words(case, scene)))
    if is_held(case):
        moved = _ring_again(case, now)
        return Decision(moved.case, (note, *moved.effects))
    if _is_stale(case, now):
        return Decision(set_aside(case, now), (note,))
    return Decision(case, (note,) if event.coordinators_only else (note, *_join_again(case)))


def _join_again(case: Escalation) -> tuple[Effect, ...]:
    """A volunteer has the case, and may wait on the line for this very member."""
    with_them = _is_with_volunteer(case) and not is_held(case) and not case.progress.talked
    return (do.JoinAgain(case.id),) if with_them else ()


def _is_stale(case: Escalation, now: datetime) -> bool:
    """Whether an acknowledgement is older than the time after which coordinators would be paged again."""
    until = case.progress.acknowledged_until
    if until is None:
        return False
    acknowledged_at = after(-case.policy.acknowledged_holds_for, until)
    return now >= after(case.policy.coordinators_again, acknowledged_at)
