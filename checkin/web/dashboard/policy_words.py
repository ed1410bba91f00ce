"""The names of what a policy holds, and of what would happen by it."""

from datetime import datetime

from checkin.domain.exercise import Step, first
from checkin.web.dashboard.language import _, lazy
from checkin.web.dashboard.shown import duration_words

GROUPS = {
    "crisis": (lazy("Crisis"), lazy("A member's words say that a life is at risk now.")),
    "distress": (lazy("Distress"), lazy("A member needs a person soon.")),
    "asked": (lazy("Asked for a call"), lazy("A member asked to be called, and it can wait a little.")),
    "missed": (lazy("Missed check-ins"), lazy("A member did not answer so often that somebody should call.")),
    "weekly": (lazy("Check-ins with days between them"), lazy("What follows when a member does not answer.")),
    "daily": (lazy("Check-ins on days in a row"), lazy("What follows when a member does not answer.")),
    "misses": (lazy("Misses in a row"), lazy("What so many missed check-ins start.")),
    "look-in": (lazy("Their contacts"), lazy("How the people are rung whom a member named.")),
    "calls": (lazy("Check-ins by telephone"), lazy("How a member is rung who is asked by voice.")),
    "reading": (lazy("Reading replies"), lazy("When words that no rule knows call somebody.")),
    "shifts": (lazy("Shifts and rest"), lazy("How much a volunteer is on call, and how a shift is offered to others.")),
    "hours": (lazy("Contact hours"), lazy("When routine texts and calls may come. A crisis keeps to no hours.")),
    "retention": (lazy("How long words are kept"), lazy("When what was written and said is deleted.")),
}
SECTIONS = {
    "ring_at_once": lazy("Volunteers"),
    "rounds_before_coordinators": lazy("Coordinators"),
    "truth_after": lazy("What the member hears"),
    "taken_holds_for": lazy("Promises and talks"),
}
"""Where the numbers of an escalation begin to be about something else."""
TOLD = {
    "crisis_first": lazy("The member is told: a peer is being called, and the crisis lines of their country."),
    "distress_first": lazy("The member is told that somebody is being asked to call them."),
    "asked_first": lazy("The member is told when to expect the call."),
    "crisis_nobody_yet": lazy("The member is told the truth: nobody yet, still trying, and the crisis lines again."),
    "distress_nobody_yet": lazy("The member is told the truth: nobody yet, still trying."),
    "asked_nobody_yet": lazy("The member is told the truth: nobody yet, still trying."),
}
REASONS = {
    "buddy": lazy("their buddy"),
    "spoke_last": lazy("spoke with them last"),
    "shared_topics": lazy("shares topics with them"),
    "asked_for": lazy("as they asked for"),
    "other_circle": lazy("of another circle"),
    "over_daily_limit": lazy("over the daily limit"),
    "was_resting": lazy("in the rest after a crisis"),
    "least_recently_called": lazy("longest not called"),
    "is_the_member": lazy("is the member"),
    "excluded": lazy("excluded"),
    "no_consent": lazy("said stop"),
    "off_shift": lazy("off shift"),
    "busy_with_another": lazy("busy with another"),
    "no_common_language": lazy("no language in common"),
    "daily_limit": lazy("daily limit reached"),
    "resting": lazy("resting after a crisis"),
}


def named(reasons: tuple[str, ...]) -> str:
    """Reasons in words."""
    return ", ".join(str(REASONS.get(reason, reason)) for reason in reasons)


def counted(counts: dict[str, int]) -> str:
    """Why how many volunteers could not be asked."""
    return ", ".join(f"{count} {REASONS[why]}" for why, count in counts.items() if why in REASONS)


def firsts(steps: tuple[Step, ...], start: datetime, until: datetime) -> list[tuple[str, str]]:
    """What a coordinator wants to know at a glance: how long after the cry each comes first, in words."""
    truth = next((step.at for step in steps if step.how.endswith("_nobody_yet")), None)
    times = (
        (_("A volunteer is asked"), first(steps, "asked")),
        (_("Coordinators get a text"), first(steps, "coordinators_texted", "coordinators_rung")),
        (_("Coordinators are rung"), first(steps, "coordinators_rung")),
        (_("The member hears the truth"), truth),
    )
    missing = _("not in the first %(span)s", span=duration_words(until - start))
    return [(words, duration_words(at - start) if at is not None else missing) for words, at in times]
