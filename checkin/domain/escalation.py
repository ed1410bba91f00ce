"""The life of an escalation. Pure: no clock, no database, no carrier.

    offering ──taken──► handing off ──joined──► in touch ──outcome──► closed
       ▲  │                  │                     │
       │  └──passed, failed  │                     └─ outcome 3 or 4 ──► with coordinators ──► closed
       └────short, left, taken back────────────────┘

While nobody holds it, volunteers are asked round after round, the member is told the truth, and coordinators are
paged until one acknowledges; an acknowledgement that nothing follows lapses. Only an event that carries a person
(`OutcomeGiven`, `Closed`) closes a case (promise P2).

`decide` handles one event, then `_go_on` does whatever is due. Doing it twice, or late, does nothing twice.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import assert_never

from checkin.domain import effects as do
from checkin.domain.effects import Effect, Subject
from checkin.domain.policy import EscalationPolicy
from checkin.domain.routing import Choice
from checkin.domain.terms import (
    Cause,
    CircleId,
    DeliveryId,
    EscalationId,
    Lane,
    Level,
    MemberId,
    PersonId,
    Reach,
    VolunteerId,
)


class State(StrEnum):
    """Where a case stands."""

    OFFERING = "offering"
    HANDING_OFF = "handing_off"
    IN_TOUCH = "in_touch"
    WITH_COORDINATORS = "with_coordinators"
    CLOSED = "closed"


class OfferState(StrEnum):
    """Where one offer stands."""

    OPEN = "open"
    TAKEN = "taken"
    PASSED = "passed"
    FAILED = "failed"
    WITHDRAWN = "withdrawn"


class Outcome(StrEnum):
    """What the volunteer says of the talk."""

    SETTLED = "1"
    FOLLOW_UP = "2"
    COORDINATOR = "3"
    EMERGENCY = "4"


@dataclass(frozen=True)
class Offer:
    """One attempt to give the case to one volunteer. `number` counts from 1 within the case."""

    number: int
    volunteer: VolunteerId
    round: int
    reasons: tuple[str, ...]
    offered_at: datetime
    expires_at: datetime
    state: OfferState = OfferState.OPEN
    ended_at: datetime | None = None
    ended_how: str | None = None


@dataclass(frozen=True)
class Progress:
    """The clocks and counters of a case."""

    round: int = 1
    round_from: datetime | None = None
    page_at: datetime | None = None
    ring_coordinators_from: datetime | None = None
    pages: int = 0
    page_template: str = ""
    truth_at: datetime | None = None
    truths: int = 0
    hold_until: datetime | None = None
    acknowledged_until: datetime | None = None
    acknowledged_by: int | None = None
    outcome_at: datetime | None = None
    outcomes_asked: int = 0
    outcome_due_by: datetime | None = None
    talked: bool = False
    handoffs: int = 0
    coordinators_only: bool = False


@dataclass(frozen=True)
class Escalation:
    """One case. `version` is for whoever saves it."""

    id: EscalationId
    member: MemberId
    member_person: PersonId
    circle: CircleId
    cause: Cause
    level: Level
    opened_at: datetime
    policy: EscalationPolicy
    state: State = State.OFFERING
    offers: tuple[Offer, ...] = ()
    holder: VolunteerId | None = None
    progress: Progress = field(default_factory=Progress)
    closed_at: datetime | None = None
    closed_by: str | None = None
    closed_how: str | None = None
    version: int = 1
    next_action_at: datetime | None = None


@dataclass(frozen=True)
class Scene:
    """The world around a case at the moment of deciding."""

    choices: tuple[Choice, ...] = ()
    coordinators: tuple[PersonId, ...] = ()
    persons: Mapping[VolunteerId, PersonId] = field(default_factory=dict)
    offers_from: datetime | None = None  # the member's contact hours open then; None: at once
    when: str = "soon"
    policies: Mapping[Cause, EscalationPolicy] = field(default_factory=dict)


@dataclass(frozen=True)
class Opened:
    """The case has just been written."""

    coordinators_only: bool = False


@dataclass(frozen=True)
class Woke:
    """Its time has come."""


@dataclass(frozen=True)
class Raised:
    """The member said something that needs a person sooner."""

    cause: Cause
    level: Level
    coordinators_only: bool = False


@dataclass(frozen=True)
class Taken:
    """A volunteer pressed 1 (on `call`) or texted TAKE."""

    volunteer: VolunteerId
    call: DeliveryId | None = None


@dataclass(frozen=True)
class Passed:
    """A volunteer pressed 2 or texted PASS."""

    volunteer: VolunteerId


@dataclass(frozen=True)
class OfferFailed:
    """An offer's call met voicemail, silence, a busy line, a bad number. `number` is the offer's."""

    number: int
    why: str


@dataclass(frozen=True)
class Joined:
    """Member and volunteer are on one line."""

    volunteer: VolunteerId


@dataclass(frozen=True)
class HandoffOver:
    """The handoff ended: after so many seconds of talk, and why."""

    volunteer: VolunteerId
    talked_seconds: int
    why: str


@dataclass(frozen=True)
class OutcomeGiven:
    """The volunteer said how it went."""

    volunteer: VolunteerId
    outcome: Outcome


@dataclass(frozen=True)
class Acknowledged:
    """A coordinator said: I have it."""

    by: PersonId
    how: str


@dataclass(frozen=True)
class Closed:
    """A person closed it, and said how."""

    by: str
    how: str


Event = (
    Opened
    | Woke
    | Raised
    | Taken
    | Passed
    | OfferFailed
    | Joined
    | HandoffOver
    | OutcomeGiven
    | Acknowledged
    | Closed
)


@dataclass(frozen=True)
class Decision:
    """The case as it now stands, and what is to be done."""

    case: Escalation
    effects: tuple[Effect, ...] = ()


URGENCY = {Cause.MISSED: 0, Cause.ASKED: 1, Cause.DISTRESS: 2, Cause.CRISIS: 3}

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
_OFFER_WORDS = {Cause.CRISIS: "volunteer_offer_urgent", Cause.MISSED: "volunteer_missed_offer"}


def decide(case: Escalation, event: Event, now: datetime, scene: Scene) -> Decision:
    """Say what happens next in one escalation.

    An event that no longer fits (a second volunteer presses 1, a callback comes twice) changes nothing.
    """
    if case.state is State.CLOSED:
        return Decision(case)
    match event:
        case Opened(coordinators_only):
            changed = _open(case, coordinators_only, now, scene)
        case Woke():
            changed = Decision(case)
        case Raised(cause, level, coordinators_only):
            changed = _raise(case, cause, level, coordinators_only, now, scene)
        case Taken(volunteer, call):
            changed = _take(case, volunteer, call, now)
        case Passed(volunteer):
            changed = _end_offers_of(case, volunteer, OfferState.PASSED, "passed", now)
        case OfferFailed(number, why):
            changed = _fail_offer(case, number, why, now)
        case Joined(volunteer):
            changed = _join(case, volunteer)
        case HandoffOver():
            changed = _end_handoff(case, event, now)
        case OutcomeGiven(volunteer, outcome):
            changed = _record_outcome(case, volunteer, outcome, now)
        case Acknowledged(by, how):
            changed = _acknowledge(case, by, how, now)
        case Closed(by, how):
            changed = _close(case, by, how, now)
        case _:
            assert_never(event)
    return _go_on(changed, now, scene)


def _open(case: Escalation, coordinators_only: bool, now: datetime, scene: Scene) -> Decision:
    offers_from = now
    if case.policy.contact_hours and scene.offers_from is not None:
        offers_from = max(now, scene.offers_from)
    case = replace(case, progress=replace(case.progress, round_from=offers_from))
    case = _start_clocks(case, offers_from)
    effects: list[Effect] = [do.Note(case.id, "opened", {"cause": case.cause, "level": case.level})]
    if coordinators_only:
        case, asked = _give_to_coordinators(case, "coordinators_only", now)
        return Decision(case, (*effects, *asked))
    return Decision(case, (*effects, *_first_words(case, scene)))


def _start_clocks(case: Escalation, start: datetime) -> Escalation:
    policy = case.policy
    return replace(
        case,
        progress=replace(
            case.progress,
            page_at=start + _s(min(policy.coordinators_text_after, policy.coordinators_call_after)),
            ring_coordinators_from=start + _s(policy.coordinators_call_after),
            page_template="coordinator_page_crisis" if case.cause is Cause.CRISIS else "coordinator_page",
            truth_at=start + _s(policy.truth_after) if policy.truth_after else None,
            truths=0,
        ),
    )


def _first_words(case: Escalation, scene: Scene) -> tuple[Effect, ...]:
    template = _FIRST_WORDS.get(case.cause)
    if template is None:
        return ()
    return (_tell_member(case, template, f"first:{case.cause}", {"when": scene.when}),)


def _tell_member(case: Escalation, template: str, step: str, values: Mapping[str, str]) -> Effect:
    return do.SendText(
        case.member_person,
        template,
        f"escalation:{case.id}:{step}",
        Lane.URGENT,
        values,
        do.About(escalation=case.id),
    )


def _raise(
    case: Escalation, cause: Cause, level: Level, coordinators_only: bool, now: datetime, scene: Scene
) -> Decision:
    if URGENCY[cause] <= URGENCY[case.cause]:
        effects: tuple[Effect, ...] = (do.Note(case.id, "said_again", {"level": level}),)
        if coordinators_only and not case.progress.coordinators_only:
            case, asked = _give_to_coordinators(case, "opted_out", now)
            effects = (*effects, *asked)
        return Decision(case, effects)
    case = replace(case, cause=cause, level=level, policy=scene.policies.get(cause, case.policy))
    progress = replace(case.progress, acknowledged_until=None, acknowledged_by=None, round_from=now)
    case = _start_clocks(replace(case, progress=progress), now)
    effects = (do.Note(case.id, "raised", {"cause": cause, "level": level}),)
    if coordinators_only:
        case, asked = _give_to_coordinators(case, "opted_out", now)
        return Decision(case, (*effects, *asked))
    if case.holder is not None or case.state is State.WITH_COORDINATORS:
        case = replace(case, progress=replace(case.progress, page_at=now, ring_coordinators_from=now))
    return Decision(case, (*effects, *_first_words(case, scene)))


def _give_to_coordinators(case: Escalation, why: str, now: datetime) -> tuple[Escalation, tuple[Effect, ...]]:
    """From here on only coordinators are asked; those whose phones still ring for it are let go."""
    offers = tuple(_ended(offer, OfferState.WITHDRAWN, why, now) for offer in case.offers)
    ring = now if case.cause is not Cause.MISSED else case.progress.ring_coordinators_from
    progress = replace(
        case.progress,
        page_at=now,
        ring_coordinators_from=ring,
        coordinators_only=True,
        acknowledged_until=None,
        hold_until=None,
        outcome_at=None,
        outcome_due_by=None,
    )
    case = replace(case, state=State.WITH_COORDINATORS, offers=offers, progress=progress)
    return case, (do.Note(case.id, "to_coordinators", {"why": why}), do.StopCalls(case.id, (Subject.OFFER,)))


def _take(case: Escalation, volunteer: VolunteerId, call: DeliveryId | None, now: datetime) -> Decision:
    """The first to take it has it. It is a promise: if nobody is joined in its time, it is taken back."""
    offered = any(offer.volunteer == volunteer for offer in case.offers)
    again = (
        case.holder == volunteer and case.state is State.HANDING_OFF and case.progress.hold_until is not None
    )
    if not offered or not (case.state is State.OFFERING or (again and call is None)):
        return Decision(case)
    offers = tuple(
        _ended(offer, OfferState.TAKEN, "taken", now)
        if offer.volunteer == volunteer
        else _ended(offer, OfferState.WITHDRAWN, "taken_by_another", now)
        for offer in case.offers
    )
    handoffs = case.progress.handoffs + 1
    progress = replace(case.progress, hold_until=now + _s(case.policy.taken_holds_for), handoffs=handoffs)
    case = replace(case, state=State.HANDING_OFF, holder=volunteer, offers=offers, progress=progress)
    return Decision(
        case,
        (
            do.Note(case.id, "taken", {"volunteer": volunteer, "how": "call" if call else "text"}),
            do.StopCalls(case.id, (Subject.OFFER, Subject.COORDINATOR), keep=call),
            do.StartHandoff(case.id, volunteer, call, handoffs),
        ),
    )


def _end_offers_of(
    case: Escalation, volunteer: VolunteerId, state: OfferState, how: str, now: datetime
) -> Decision:
    open_ones = [
        offer for offer in case.offers if offer.volunteer == volunteer and offer.state is OfferState.OPEN
    ]
    if not open_ones:
        return Decision(case)
    offers = tuple(_ended(o, state, how, now) if o.volunteer == volunteer else o for o in case.offers)
    return Decision(replace(case, offers=offers), (do.Note(case.id, how, {"volunteer": volunteer}),))


def _fail_offer(case: Escalation, number: int, why: str, now: datetime) -> Decision:
    failed = next((o for o in case.offers if o.number == number and o.state is OfferState.OPEN), None)
    if failed is None:
        return Decision(case)
    offers = tuple(_ended(o, OfferState.FAILED, why, now) if o.number == number else o for o in case.offers)
    return Decision(
        replace(case, offers=offers),
        (do.Note(case.id, "offer_failed", {"volunteer": failed.volunteer, "why": why}),),
    )


def _ended(offer: Offer, state: OfferState, how: str, now: datetime) -> Offer:
    if offer.state is not OfferState.OPEN:
        return replace(offer, state=state) if state is OfferState.TAKEN else offer
    return replace(offer, state=state, ended_at=now, ended_how=how)


def _join(case: Escalation, volunteer: VolunteerId) -> Decision:
    if case.state is not State.HANDING_OFF or case.holder != volunteer:
        return Decision(case)
    progress = replace(case.progress, hold_until=None)
    return Decision(
        replace(case, state=State.IN_TOUCH, progress=progress),
        (do.Note(case.id, "joined", {"volunteer": volunteer}),),
    )


def _end_handoff(case: Escalation, event: HandoffOver, now: datetime) -> Decision:
    if case.state not in (State.HANDING_OFF, State.IN_TOUCH) or case.holder != event.volunteer:
        return Decision(case)
    detail: dict[str, str | int] = {
        "volunteer": event.volunteer,
        "seconds": event.talked_seconds,
        "why": event.why,
    }
    note = do.Note(case.id, "handoff_over", detail)
    if event.talked_seconds >= case.policy.talk_counts_after:
        progress = replace(
            case.progress,
            talked=True,
            hold_until=None,
            outcome_at=now + timedelta(minutes=1),
            outcomes_asked=0,
            outcome_due_by=now + _s(case.policy.outcome_coordinator),
        )
        return Decision(replace(case, state=State.IN_TOUCH, progress=progress), (note,))
    if event.why == "held":
        held_until = now + _s(2 * case.policy.taken_holds_for)
        progress = replace(case.progress, hold_until=held_until)
        return Decision(replace(case, state=State.HANDING_OFF, progress=progress), (note,))
    return Decision(_offer_again(case, now), (note,))


def _offer_again(case: Escalation, now: datetime) -> Escalation:
    progress = replace(case.progress, hold_until=None, round_from=now)
    return replace(case, state=State.OFFERING, holder=None, progress=progress)


def _record_outcome(case: Escalation, volunteer: VolunteerId, outcome: Outcome, now: datetime) -> Decision:
    if case.holder != volunteer:
        return Decision(case)
    note = do.Note(case.id, "outcome", {"volunteer": volunteer, "outcome": outcome.value})
    match outcome:
        case Outcome.SETTLED | Outcome.FOLLOW_UP:
            closed = _close(case, f"volunteer:{volunteer}", outcome.name.lower(), now)
            follow_up = outcome is Outcome.FOLLOW_UP or case.level is Level.CRISIS
            task = do.GiveTask(
                f"escalation:{case.id}:follow_up", "follow_up", case.circle, case.member_person, case.id
            )
            return Decision(closed.case, (note, *closed.effects, *((task,) if follow_up else ())))
        case Outcome.COORDINATOR | Outcome.EMERGENCY:
            emergency = outcome is Outcome.EMERGENCY
            case, asked = _give_to_coordinators(case, outcome.name.lower(), now)
            template = "coordinator_emergency" if emergency else "coordinator_asked_for"
            case = replace(case, progress=replace(case.progress, page_template=template))
            return Decision(case, (note, *asked))
        case _:
            assert_never(outcome)


def _acknowledge(case: Escalation, by: PersonId, how: str, now: datetime) -> Decision:
    holds = now + _s(case.policy.acknowledged_holds_for)
    progress = replace(case.progress, acknowledged_until=holds, acknowledged_by=by, page_at=None)
    return Decision(
        replace(case, progress=progress),
        (
            do.Note(case.id, "acknowledged", {"person": by, "how": how}),
            do.StopCalls(case.id, (Subject.COORDINATOR,)),
        ),
    )


def _close(case: Escalation, by: str, how: str, now: datetime) -> Decision:
    offers = tuple(_ended(offer, OfferState.WITHDRAWN, "closed", now) for offer in case.offers)
    closed = replace(
        case,
        state=State.CLOSED,
        offers=offers,
        closed_at=now,
        closed_by=by,
        closed_how=how,
        next_action_at=None,
    )
    return Decision(
        closed,
        (
            do.Note(case.id, "closed", {"by": by, "how": how}),
            do.StopCalls(case.id, (Subject.OFFER, Subject.COORDINATOR)),
        ),
    )


def _go_on(decision: Decision, now: datetime, scene: Scene) -> Decision:
    """Do what is due now, and say when to look again."""
    case, effects = decision.case, list(decision.effects)
    if case.state is State.CLOSED:
        return decision
    for step in (_take_back, _let_lapse, _make_offers, _page, _tell_truth, _ask_outcome):
        case, more = step(case, now, scene)
        effects.extend(more)
    return Decision(replace(case, next_action_at=_next_time(case, now)), tuple(effects))


_Step = tuple[Escalation, tuple[Effect, ...]]


def _take_back(case: Escalation, now: datetime, scene: Scene) -> _Step:
    until = case.progress.hold_until
    if case.state is not State.HANDING_OFF or until is None or now < until:
        return case, ()
    note = do.Note(case.id, "taken_back", {"volunteer": case.holder or 0})
    legs = do.StopCalls(case.id, (Subject.VOLUNTEER_LEG, Subject.MEMBER_LEG))
    return _offer_again(case, now), (note, legs)


def _let_lapse(case: Escalation, now: datetime, scene: Scene) -> _Step:
    until = case.progress.acknowledged_until
    if until is None or now < until:
        return case, ()
    progress = replace(case.progress, acknowledged_until=None, acknowledged_by=None, page_at=now)
    return replace(case, progress=progress), (do.Note(case.id, "acknowledgement_lapsed"),)


def _make_offers(case: Escalation, now: datetime, scene: Scene) -> _Step:
    if case.state is not State.OFFERING:
        return case, ()
    effects: list[Effect] = []
    for offer in case.offers:
        if offer.state is OfferState.OPEN and now >= offer.expires_at:
            expired = _fail_offer(case, offer.number, "no_answer", now)
            case = expired.case
            effects.extend(expired.effects)
    waits = case.progress.round_from is not None and now < case.progress.round_from
    if waits or _acknowledged(case, now):
        return case, tuple(effects)
    asked = {offer.volunteer for offer in case.offers if offer.round == case.progress.round}
    fresh = [choice for choice in scene.choices if choice.volunteer not in asked]
    free = case.policy.ring_at_once - sum(offer.state is OfferState.OPEN for offer in case.offers)
    for choice in fresh[: max(free, 0)]:
        case, more = _offer_to(case, choice, now)
        effects.extend(more)
    if not any(offer.state is OfferState.OPEN for offer in case.offers):
        case, more = _end_round(case, bool(asked), now)
        effects.extend(more)
    return case, tuple(effects)


def _offer_to(case: Escalation, choice: Choice, now: datetime) -> _Step:
    policy, number = case.policy, len(case.offers) + 1
    expires_at = now + _s(policy.offer_holds_for)
    offer = Offer(number, choice.volunteer, case.progress.round, choice.reasons, now, expires_at)
    about, key = do.About(escalation=case.id, offer=number), f"escalation:{case.id}:offer:{number}"
    reasons = ", ".join(choice.reasons)
    effects: list[Effect] = [do.Note(case.id, "offered", {"volunteer": choice.volunteer, "why": reasons})]
    by_text = choice.reach is Reach.SMS or (choice.reach is Reach.BOTH and policy.by_text)
    if by_text:
        words = _OFFER_WORDS.get(case.cause, "volunteer_offer")
        effects.append(
            do.SendText(choice.person, words, f"{key}:text", Lane.URGENT, {}, about, expires_at=expires_at)
        )
    if (policy.by_call and choice.reach is not Reach.SMS) or not by_text:
        ring_for = _s(policy.ring_for)
        effects.append(
            do.PlaceCall(
                choice.person,
                Subject.OFFER,
                f"{key}:call",
                Lane.URGENT,
                ring_for,
                about,
                expires_at=expires_at,
            )
        )
    return replace(case, offers=(*case.offers, offer)), tuple(effects)


def _end_round(case: Escalation, asked_any: bool, now: datetime) -> _Step:
    """Everybody was asked, or there is nobody to ask: coordinators come sooner, and it goes round again."""
    progress = replace(
        case.progress, round=case.progress.round + 1, round_from=now + _s(case.policy.round_rest)
    )
    rounds = case.policy.rounds_before_coordinators
    enough = bool(rounds) and case.progress.round >= rounds
    never_any = not case.offers
    first_page = case.progress.pages == 0
    if first_page and (enough or never_any) and case.progress.page_at is not None:
        progress = replace(progress, page_at=now)
        if case.cause is Cause.CRISIS:
            progress = replace(progress, ring_coordinators_from=now)
    what = "round_over" if asked_any else "nobody_on_shift"
    said = asked_any or (never_any and case.progress.round == 1)
    note: tuple[Effect, ...] = (do.Note(case.id, what, {"round": case.progress.round}),) if said else ()
    return replace(case, progress=progress), note


def _acknowledged(case: Escalation, now: datetime) -> bool:
    until = case.progress.acknowledged_until
    return until is not None and now < until


def _page(case: Escalation, now: datetime, scene: Scene) -> _Step:
    """Ask the coordinators, by text and, when it has gone on, by call; again until one acknowledges."""
    progress = case.progress
    held = (
        case.holder is not None
        and case.state is not State.WITH_COORDINATORS
        and case.cause is not Cause.CRISIS
    )
    if progress.page_at is None or now < progress.page_at or held or _acknowledged(case, now):
        return case, ()
    if case.holder is not None and case.state is State.IN_TOUCH and progress.pages:
        return case, ()
    number = progress.pages + 1
    ring_from = progress.ring_coordinators_from
    by_call = ring_from is not None and now >= ring_from
    about, key = do.About(escalation=case.id), f"escalation:{case.id}:page:{number}"
    effects: list[Effect] = []
    for person in scene.coordinators:
        effects.append(
            do.SendText(person, progress.page_template, f"{key}:{person}:text", Lane.URGENT, {}, about)
        )
        if by_call:
            ring_for = _s(case.policy.ring_for)
            call = do.PlaceCall(
                person, Subject.COORDINATOR, f"{key}:{person}:call", Lane.URGENT, ring_for, about
            )
            effects.append(call)
    what = "coordinators_rung" if by_call else "coordinators_texted"
    if not scene.coordinators:
        what = "no_coordinator"
        if number == 1:
            key = f"escalation:{case.id}:no_coordinator"
            effects.append(do.GiveTask(key, "no_coordinator", case.circle, case.member_person, case.id))
    effects.append(do.Note(case.id, what, {"page": number}))
    again = now + _s(case.policy.coordinators_again)
    if ring_from is not None and not by_call:
        again = min(again, ring_from)
    return replace(case, progress=replace(progress, pages=number, page_at=again)), tuple(effects)


def _tell_truth(case: Escalation, now: datetime, scene: Scene) -> _Step:
    progress, template = case.progress, _TRUTH.get(case.cause)
    waiting = case.state in (State.OFFERING, State.WITH_COORDINATORS) and not progress.talked
    if template is None or progress.truth_at is None or now < progress.truth_at:
        return case, ()
    if not waiting or _acknowledged(case, now) or progress.truths >= case.policy.truth_times:
        return case, ()
    told = progress.truths + 1
    truth_at = now + _s(case.policy.truth_again) if told < case.policy.truth_times else None
    case = replace(case, progress=replace(progress, truths=told, truth_at=truth_at))
    text = _tell_member(case, template, f"truth:{case.cause}:{told}", {})
    return case, (text, do.Note(case.id, "told_the_truth", {"time": told}))


def _ask_outcome(case: Escalation, now: datetime, scene: Scene) -> _Step:
    progress = case.progress
    if case.state is not State.IN_TOUCH or not progress.talked or case.holder is None:
        return case, ()
    about, effects = do.About(escalation=case.id), list[Effect]()
    person = scene.persons.get(case.holder)
    if progress.outcome_at is not None and now >= progress.outcome_at and person is not None:
        asked = progress.outcomes_asked + 1
        key = f"escalation:{case.id}:outcome:{progress.handoffs}:{asked}"
        effects.append(do.SendText(person, "volunteer_outcome", key, Lane.REPLY, {}, about))
        effects.append(do.Note(case.id, "outcome_asked", {"volunteer": case.holder, "time": asked}))
        again = now + _s(case.policy.outcome_again) if asked < 2 else None
        progress = replace(progress, outcomes_asked=asked, outcome_at=again)
    if progress.outcome_due_by is not None and now >= progress.outcome_due_by:
        for coordinator in scene.coordinators:
            key = f"escalation:{case.id}:outcome_missing:{progress.handoffs}:{coordinator}"
            effects.append(
                do.SendText(coordinator, "coordinator_outcome_missing", key, Lane.REPLY, {}, about)
            )
        key = f"escalation:{case.id}:outcome_missing:{progress.handoffs}"
        effects.append(do.GiveTask(key, "outcome_missing", case.circle, case.member_person, case.id))
        effects.append(do.Note(case.id, "outcome_missing"))
        progress = replace(progress, outcome_due_by=None)
    return replace(case, progress=progress), tuple(effects)


def _next_time(case: Escalation, now: datetime) -> datetime:
    """When the next step of this case is due. An open case always has one, so that it is never forgotten."""
    progress, state = case.progress, case.state
    times: list[datetime | None] = [progress.acknowledged_until]
    unheld = state in (State.OFFERING, State.WITH_COORDINATORS)
    acknowledged = _acknowledged(case, now)
    if state is State.OFFERING:
        times.extend(offer.expires_at for offer in case.offers if offer.state is OfferState.OPEN)
        if not acknowledged and not any(offer.state is OfferState.OPEN for offer in case.offers):
            times.append(progress.round_from)
    if (unheld or case.cause is Cause.CRISIS) and not acknowledged:
        times.append(progress.page_at)
    if unheld and not acknowledged and case.cause in _TRUTH and not progress.talked:
        times.append(progress.truth_at)
    if state is State.HANDING_OFF:
        times.append(progress.hold_until)
    if state is State.IN_TOUCH:
        times.extend((progress.outcome_at, progress.outcome_due_by))
    coming = [at for at in times if at is not None and at > now]
    return min(coming, default=now + timedelta(minutes=5))


def _s(seconds: int) -> timedelta:
    return timedelta(seconds=seconds)
