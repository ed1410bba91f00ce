"""Coordinators: paged while nobody has the case, again and again, until one acknowledges."""

from dataclasses import replace
from datetime import datetime, timedelta

from checkin.domain import effects as do
from checkin.domain.effects import Effect, Subject
from checkin.domain.escalation.closing import live_subjects, withdraw_offers
from checkin.domain.escalation.events import Acknowledged
from checkin.domain.escalation.values import (
    Decision,
    Escalation,
    Scene,
    State,
    after,
    coordinators_of,
    is_acknowledged,
    opens_at,
    talk_is_over,
    with_progress,
)
from checkin.domain.terms import Cause, Lane, PersonId


def give_to_coordinators(case: Escalation, why: str, now: datetime, *, only: bool = True) -> Decision:
    """From here on coordinators are asked; those whose phones still ring for it are let go.

    `only`: nobody else may answer, because the member said stop, or was silent so often.
    """
    ring_from = now if case.cause is not Cause.MISSED else case.progress.ring_coordinators_from
    given = with_progress(
        replace(withdraw_offers(case, why, now), state=State.WITH_COORDINATORS),
        page_at=now,
        ring_coordinators_from=ring_from,
        page_though_held=False,
        coordinators_only=only,
        acknowledged_until=None,
        acknowledged_by=None,
        hold_until=None,
        held=False,
        outcome_at=None,
        outcome_due_by=None,
    )
    effects: list[Effect] = [do.Note(case.id, "to_coordinators", {"why": why})]
    if live_subjects(case):
        effects.append(do.StopCalls(case.id, live_subjects(case)))
    return Decision(given, tuple(effects))


def acknowledge(case: Escalation, event: Acknowledged, now: datetime) -> Decision:
    """A coordinator has it, for as long as the policy lets a word hold that nothing follows."""
    note = do.Note(case.id, "acknowledged", {"person": event.by, "how": event.how})
    stop = do.StopCalls(case.id, (Subject.COORDINATOR,), keep=event.call)
    return Decision(acknowledged(case, event.by, now), (note, stop))


def acknowledged(case: Escalation, by: PersonId, now: datetime) -> Escalation:
    """The case with the word of a coordinator that they have it."""
    return with_progress(
        case,
        acknowledged_until=after(case.policy.acknowledged_holds_for, now),
        acknowledged_by=by,
        page_at=None,
        page_though_held=False,
    )


def hear_of(case: Escalation) -> Decision:
    """Who went silent after a talk is heard of: nobody is paged for that any more. A crisis is paged for itself."""
    if not talk_is_over(case) or case.cause is Cause.CRISIS:
        return Decision(case)
    return Decision(with_progress(case, page_though_held=False), (do.StopCalls(case.id, (Subject.COORDINATOR,)),))


def let_lapse(case: Escalation, now: datetime, scene: Scene) -> Decision:
    """An acknowledgement that nothing followed is no longer one."""
    if case.progress.acknowledged_until is None or is_acknowledged(case, now):
        return Decision(case)
    return Decision(set_aside(case, now), (do.Note(case.id, "acknowledgement_lapsed"),))


def set_aside(case: Escalation, page_at: datetime) -> Escalation:
    """The case with no acknowledgement; coordinators are paged again at `page_at`."""
    return with_progress(case, acknowledged_until=None, acknowledged_by=None, page_at=page_at)


def is_paging(case: Escalation, now: datetime) -> bool:
    """Whether coordinators are paged when `page_at` comes.

    A volunteer who has the case keeps it from them; in a crisis, only one who is in touch does.
    """
    if is_acknowledged(case, now):
        return False
    match case.state:
        case State.OFFERING | State.WITH_COORDINATORS:
            return True
        case State.HANDING_OFF:
            return case.cause is Cause.CRISIS
        case _:
            return case.progress.page_though_held


def page(case: Escalation, now: datetime, scene: Scene) -> Decision:
    """Ask the coordinators, by text and, when it has gone on, by call; again until one acknowledges."""
    page_at, ring_from = case.progress.page_at, case.progress.ring_coordinators_from
    if page_at is None or now < page_at or not is_paging(case, now):
        return Decision(case)
    number = case.progress.pages + 1
    by_call = ring_from is not None and now >= ring_from and opens_at(case, now, scene) <= now
    effects: list[Effect] = []
    for person in coordinators_of(case, scene):
        effects.extend(_page_one(case, person, number, by_call))
    what = "coordinators_rung" if by_call else "coordinators_texted"
    if not effects:
        what = "no_coordinator"
        key = f"escalation:{case.id}:no_coordinator"
        effects.append(do.GiveTask(key, what, case.circle, case.member_person, case.id))
    effects.append(do.Note(case.id, what, {"page": number}))
    case = with_progress(case, pages=number, page_at=_page_again_at(case, now, scene))
    return Decision(case, tuple(effects))


def _page_one(case: Escalation, person: PersonId, number: int, by_call: bool) -> tuple[Effect, ...]:
    about, key = do.About(escalation=case.id), f"escalation:{case.id}:page:{number}:{person}"
    text = do.SendText(person, case.progress.page_template, f"{key}:text", Lane.URGENT, {}, about)
    if not by_call:
        return (text,)
    ring_for = timedelta(seconds=case.policy.ring_for)
    return text, do.PlaceCall(person, Subject.COORDINATOR, f"{key}:call", Lane.URGENT, ring_for, about)


def _page_again_at(case: Escalation, now: datetime, scene: Scene) -> datetime:
    """In the policy's time, or when calls begin; what keeps to contact hours pages once a night at most."""
    again, ring_from = after(case.policy.coordinators_again, now), case.progress.ring_coordinators_from
    if ring_from is not None and ring_from > now:
        again = min(again, ring_from)
    opens = opens_at(case, now, scene)
    return max(again, opens) if opens > now else again
