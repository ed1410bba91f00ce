"""A volunteer has the case: taken, handed off, in touch, and how it went.

Taking it is a promise: if nothing follows in its time, it is taken back and goes on. Only a talk that counts,
and then its outcome, stop an escalation; a bridge that ends sooner starts it again (design, section 6).
"""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import assert_never

from checkin.domain import effects as do
from checkin.domain.effects import Effect, Subject
from checkin.domain.escalation.closing import close, live_subjects, withdraw_offers
from checkin.domain.escalation.coordinators import acknowledged, give_to_coordinators, hear_of, set_aside
from checkin.domain.escalation.events import HandoffOver, OutcomeGiven
from checkin.domain.escalation.values import (
    Decision,
    Escalation,
    Offer,
    OfferState,
    Outcome,
    Scene,
    State,
    after,
    coordinators_of,
    ended,
    is_acknowledged,
    is_open,
    talk_is_over,
    with_progress,
)
from checkin.domain.terms import Cause, DeliveryId, Lane, Level, PersonId, VolunteerId

_TIMES_ASKED = 2
_KEYS_FIRST = timedelta(minutes=1)  # the outcome is asked for on the call; by text only when no key came
_LONGEST_SILENCE = 24 * 3600
_WANTS_SOMEBODY = ("volunteer_lost", "asked_again")  # the member waits for somebody, on the line or by their words


def take(
    case: Escalation, volunteer: VolunteerId, call: DeliveryId | None, now: datetime, *, busy: bool = False
) -> Decision:
    """The first to take it has it, but for who has another case (`busy`): the next is asked instead.

    Who holds it, because the member did not answer, may ring again by TAKE; so may a coordinator who took it herself.
    With coordinators, only whom one of them has called by hand.
    """
    theirs = [offer for offer in case.offers if offer.volunteer == volunteer]
    again = is_held(case) and case.holder == volunteer and call is None
    by_hand = case.state is State.WITH_COORDINATORS and any(is_open(offer) for offer in theirs)
    if not again and not (theirs and (case.state is State.OFFERING or by_hand)):
        return Decision(case)
    if busy and not again:
        return Decision(replace(case, offers=tuple(_not_free(offer, volunteer, now) for offer in case.offers)))
    newest = max((offer.number for offer in theirs), default=0)
    offers = tuple(_taken(offer, offer.number == newest, now) for offer in case.offers)
    how = {"volunteer": volunteer, "how": "call" if call else "text"}
    return _begin(replace(case, offers=offers), volunteer, call, do.Note(case.id, "taken", how), now)


def take_herself(case: Escalation, volunteer: VolunteerId, by: PersonId, now: datetime) -> Decision:
    """A coordinator talks to the member, unless somebody has the case or talks: her phone rings, then the member's.

    It is her word too that she has it: no other coordinator is woken meanwhile.
    """
    waits = case.state in (State.OFFERING, State.WITH_COORDINATORS) or is_held(case)
    if not (waits or talk_is_over(case)):
        return Decision(case)
    case = acknowledged(withdraw_offers(case, "taken_by_another", now), by, now)
    note = do.Note(case.id, "taken_by_coordinator", {"volunteer": volunteer, "by": by})
    return _begin(case, volunteer, None, note, now)


def _begin(case: Escalation, volunteer: VolunteerId, call: DeliveryId | None, note: Effect, now: datetime) -> Decision:
    """They hold it, other phones stop ringing, and the two are brought together."""
    held = with_progress(
        replace(case, state=State.HANDING_OFF, holder=volunteer),
        hold_until=after(case.policy.taken_holds_for, now),
        held=False,
        talked=False,
        outcome_at=None,
        outcome_due_by=None,
        handoffs=case.progress.handoffs + 1,
    )
    stop = do.StopCalls(case.id, (Subject.OFFER, Subject.COORDINATOR), keep=call)
    return Decision(held, (note, stop, do.StartHandoff(case.id, volunteer, call)))


def _not_free(offer: Offer, volunteer: VolunteerId, now: datetime) -> Offer:
    return ended(offer, OfferState.FAILED, "busy_with_another", now) if offer.volunteer == volunteer else offer


def _taken(offer: Offer, theirs: bool, now: datetime) -> Offer:
    """Only the volunteer's newest offer counts as taken, also where it had ended before they took it."""
    if not theirs:
        return ended(offer, OfferState.WITHDRAWN, "taken_by_another", now)
    if is_open(offer):
        return ended(offer, OfferState.TAKEN, "taken", now)
    return replace(offer, state=OfferState.TAKEN)


def is_held(case: Escalation) -> bool:
    """Whether a volunteer keeps the case though no phone rings: the member did not answer."""
    return case.state is State.HANDING_OFF and case.progress.held


def ring_in(case: Escalation, volunteer: VolunteerId, call: DeliveryId, now: datetime) -> Decision:
    """The holder is on the line, and the member is rung: a case on hold has its full time anew, as after TAKE.

    After a talk it stays as it is until the two are joined.
    """
    if case.holder != volunteer or case.state not in (State.HANDING_OFF, State.IN_TOUCH):
        return Decision(case)
    if is_held(case):
        note = do.Note(case.id, "taken", {"volunteer": volunteer, "how": "call"})
        return _begin(case, volunteer, call, note, now)
    return Decision(case, (do.StartHandoff(case.id, volunteer, call),))


def go_on(case: Escalation, volunteer: VolunteerId, now: datetime) -> Decision:
    """Something followed: the holder keeps it for as long again."""
    if case.state is not State.HANDING_OFF or case.holder != volunteer or case.progress.held:
        return Decision(case)
    return Decision(with_progress(case, hold_until=after(case.policy.taken_holds_for, now)))


def join(case: Escalation, volunteer: VolunteerId, now: datetime) -> Decision:
    """They are on one line. A member who was silent after an earlier talk is heard of.

    From now on coordinators are told when no outcome comes, whatever the network loses.
    """
    again = talk_is_over(case)  # they came back to it
    if not (case.state is State.HANDING_OFF or again) or case.holder != volunteer:
        return Decision(case)
    heard = hear_of(case)
    case = with_progress(
        replace(heard.case, state=State.IN_TOUCH),
        talked=False,
        outcome_at=None,
        hold_until=None,
        held=False,
        outcome_due_by=after(case.policy.outcome_coordinator, now),
        outcomes_missing=0,
        outcomes_due=case.progress.outcomes_due + 1,
    )
    return Decision(case, (do.Note(case.id, "joined", {"volunteer": volunteer}), *heard.effects))


def end_handoff(case: Escalation, event: HandoffOver, now: datetime) -> Decision:
    """A talk that counts awaits its outcome; a volunteer may hold the case for a while; else it goes on.

    Who comes back after such a talk and is not joined leaves the case as it was: its outcome is awaited.
    """
    if case.state not in (State.HANDING_OFF, State.IN_TOUCH) or case.holder != event.volunteer:
        return Decision(case)
    detail: dict[str, str | int] = {"seconds": event.talked_seconds, "why": event.why}
    note = do.Note(case.id, "handoff_over", {"volunteer": event.volunteer, **detail})
    if talk_is_over(case) and event.why not in (*_WANTS_SOMEBODY, "left"):
        return Decision(case, (note,))
    if event.why in _WANTS_SOMEBODY:
        return Decision(offer_again(case, now), (note,))
    if event.talked_seconds >= case.policy.talk_counts_after:
        return Decision(_await_outcome(case, now), (note,))
    if event.why == "held":
        until = after(2 * case.policy.taken_holds_for, now)
        held = with_progress(replace(case, state=State.HANDING_OFF), hold_until=until, held=True)
        return Decision(held, (note,))
    return Decision(offer_again(case, now), (note,))


def _await_outcome(case: Escalation, now: datetime) -> Escalation:
    return with_progress(
        replace(case, state=State.IN_TOUCH),
        talked=True,
        hold_until=None,
        held=False,
        outcome_at=now + _KEYS_FIRST,
        outcomes_asked=0,
        outcome_due_by=after(case.policy.outcome_coordinator, now),
        outcomes_missing=0,
        outcomes_due=case.progress.outcomes_due + 1,
    )


def offer_again(case: Escalation, now: datetime) -> Escalation:
    """Nobody has it. Volunteers are asked at once, also where a coordinator had said that they have it.

    What was for coordinators alone goes back to them.
    """
    if case.progress.acknowledged_until is not None:
        case = set_aside(case, after(case.policy.coordinators_again, now))
    state = State.WITH_COORDINATORS if case.progress.coordinators_only else State.OFFERING
    return with_progress(
        replace(case, state=state, holder=None),
        hold_until=None,
        held=False,
        page_though_held=False,
        round_from=now,
        talked=False,
        outcome_at=None,
        outcome_due_by=None,
    )


def take_back(case: Escalation, now: datetime, scene: Scene) -> Decision:
    """Taken, and nothing followed: it goes on to others."""
    until = case.progress.hold_until
    if case.state is not State.HANDING_OFF or until is None or now < until:
        return Decision(case)
    note = do.Note(case.id, "taken_back", {"volunteer": case.holder or 0})
    return Decision(offer_again(case, now), (note, do.StopCalls(case.id, live_subjects(case))))


def record_outcome(case: Escalation, event: OutcomeGiven, now: datetime, scene: Scene) -> Decision:
    """How the holder says it went. A case that is with the coordinators is theirs to close."""
    volunteer, outcome = event.volunteer, event.outcome
    if case.holder != volunteer:
        return Decision(case)
    note = do.Note(case.id, "outcome", {"volunteer": volunteer, "outcome": outcome.value})
    if case.state is State.WITH_COORDINATORS and outcome is not Outcome.EMERGENCY:
        return Decision(case, (note,))
    match outcome:
        case Outcome.SETTLED | Outcome.FOLLOW_UP:
            closed = close(case, f"volunteer:{volunteer}", outcome.name.lower(), now)
            return Decision(closed.case, (note, *closed.effects, *_follow_up(case, outcome)))
        case Outcome.COORDINATOR:
            given = give_to_coordinators(case, "coordinator", now, only=False)
            case = with_progress(given.case, page_template="coordinator_asked_for")
            return Decision(case, (note, *given.effects))
        case Outcome.EMERGENCY:
            given = give_to_coordinators(_made_crisis(case, scene), "emergency", now, only=False)
            case = with_progress(given.case, page_template="coordinator_emergency")
            return Decision(case, (note, *given.effects))
        case _:
            assert_never(outcome)


def _made_crisis(case: Escalation, scene: Scene) -> Escalation:
    """An emergency is paged at the pace of a crisis, whatever the case was opened for."""
    policy = scene.policies.get(Cause.CRISIS, case.policy)
    return replace(case, cause=Cause.CRISIS, level=Level.CRISIS, policy=policy)


def _follow_up(case: Escalation, outcome: Outcome) -> tuple[Effect, ...]:
    """A coordinator looks again where it was asked for, after a crisis, and where no talk was seen."""
    if outcome is Outcome.SETTLED and case.level is not Level.CRISIS and case.progress.talked:
        return ()
    key = f"escalation:{case.id}:follow_up"
    return (do.GiveTask(key, "follow_up", case.circle, case.member_person, case.id),)


def ask_outcome(case: Escalation, now: datetime, scene: Scene) -> Decision:
    """Ask the volunteer how it went, twice; then tell the coordinators, less and less often."""
    if case.state is not State.IN_TOUCH or case.holder is None:
        return Decision(case)
    asked = _ask_volunteer(case, now, scene)
    told = _tell_coordinators(asked.case, now, scene)
    return Decision(told.case, (*asked.effects, *told.effects))


def _ask_volunteer(case: Escalation, now: datetime, scene: Scene) -> Decision:
    progress, volunteer = case.progress, case.holder
    person = scene.persons.get(volunteer) if volunteer is not None else None
    if volunteer is None or person is None or progress.outcome_at is None or now < progress.outcome_at:
        return Decision(case)
    asked, about = progress.outcomes_asked + 1, do.About(escalation=case.id)
    key = f"escalation:{case.id}:outcome_due:{progress.outcomes_due}:{asked}"
    text = do.SendText(person, "volunteer_outcome", key, Lane.REPLY, {}, about)
    note = do.Note(case.id, "outcome_asked", {"volunteer": volunteer, "time": asked})
    again = after(case.policy.outcome_again, now) if asked < _TIMES_ASKED else None
    return Decision(with_progress(case, outcomes_asked=asked, outcome_at=again), (text, note))


def _tell_coordinators(case: Escalation, now: datetime, scene: Scene) -> Decision:
    due_by, about = case.progress.outcome_due_by, do.About(escalation=case.id)
    if due_by is None or now < due_by or is_acknowledged(case, now):
        return Decision(case)
    told = case.progress.outcomes_missing + 1
    key = f"escalation:{case.id}:outcome_due:{case.progress.outcomes_due}:missing"
    template = "coordinator_outcome_missing"
    texts = (
        do.SendText(person, template, f"{key}:{told}:{person}", Lane.REPLY, {}, about)
        for person in coordinators_of(case, scene)
    )
    task = do.GiveTask(key, "outcome_missing", case.circle, case.member_person, case.id)
    wait = min(case.policy.outcome_coordinator * 2 ** min(told, 10), _LONGEST_SILENCE)
    case = with_progress(case, outcomes_missing=told, outcome_due_by=after(wait, now))
    return Decision(case, (*texts, task, do.Note(case.id, "outcome_missing", {"time": told})))
