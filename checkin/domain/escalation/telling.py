"""What the member is told: at once, and, when nobody has come, the truth (design, section 6)."""

from collections.abc import Mapping
from datetime import datetime

from checkin.domain import effects as do
from checkin.domain.effects import Effect
from checkin.domain.escalation.values import (
    Decision,
    Escalation,
    Scene,
    State,
    after,
    is_acknowledged,
    with_progress,
)
from checkin.domain.terms import Cause, Lane

_FIRST_WORDS = {
    Cause.CRISIS: "crisis_first",
    Cause.DISTRESS: "distress_first",
    Cause.ASKED: "asked_first",
}
_TRUTH = {
    Cause.CRISIS: "crisis_nobody_yet",
    Cause.DISTRESS: "distress_nobody_yet",
    Cause.ASKED: "asked_nobody_yet",
}


def first_words(case: Escalation, scene: Scene) -> tuple[Effect, ...]:
    """What the member hears at once; nothing for a missed check-in.

    Once a cause, and once a talk before it.
    """
    template, talks = _FIRST_WORDS.get(case.cause), case.progress.handoffs
    if template is None:
        return ()
    step = f"first:{case.cause}:{talks}" if talks else f"first:{case.cause}"
    return (_tell(case, template, step, {"when": scene.when}),)


def owes_truth(case: Escalation) -> bool:
    """Whether the member waits, and is to be told so when `truth_at` comes.

    Not while somebody has the case, not after a talk, and not a member who said stop.
    """
    progress = case.progress
    waits = case.state in (State.OFFERING, State.WITH_COORDINATORS) and not progress.talked
    told = progress.truths >= case.policy.truth_times
    return waits and case.cause in _TRUTH and not progress.coordinators_only and not told


def tell_truth(case: Escalation, now: datetime, scene: Scene) -> Decision:
    """Say that nobody has come yet and that we are still trying."""
    truth_at = case.progress.truth_at
    if truth_at is None or now < truth_at or not owes_truth(case) or is_acknowledged(case, now):
        return Decision(case)
    told = case.progress.truths + 1
    more = told < case.policy.truth_times
    again = after(case.policy.truth_again, now) if more else None
    step = f"truth:{case.cause}:{case.progress.handoffs}:{told}"
    text = _tell(case, _TRUTH[case.cause], step, {})
    case = with_progress(case, truths=told, truth_at=again)
    return Decision(case, (text, do.Note(case.id, "told_the_truth", {"time": told})))


def _tell(case: Escalation, template: str, step: str, values: Mapping[str, str]) -> Effect:
    key, about = f"escalation:{case.id}:{step}", do.About(escalation=case.id)
    return do.SendText(case.member_person, template, key, Lane.URGENT, values, about)
