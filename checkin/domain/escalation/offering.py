"""Volunteers are asked, round after round: so many at once, best first, the next as soon as one fails."""

from collections import Counter
from dataclasses import replace
from datetime import datetime, timedelta

from checkin.domain import effects as do
from checkin.domain.effects import Effect, Subject
from checkin.domain.escalation.values import (
    ChoicesWanted,
    Decision,
    Escalation,
    Offer,
    OfferState,
    Scene,
    State,
    after,
    ended,
    is_acknowledged,
    is_open,
    opens_at,
    with_progress,
)
from checkin.domain.routing import Choice
from checkin.domain.terms import Cause, Lane, PersonId, Reach, VolunteerId

_WORDS = {Cause.CRISIS: "volunteer_offer_urgent", Cause.MISSED: "volunteer_missed_offer"}


def pass_on(case: Escalation, volunteer: VolunteerId, now: datetime) -> Decision:
    """A volunteer passes: the next is asked."""
    if not any(is_open(offer) and offer.volunteer == volunteer for offer in case.offers):
        return Decision(case)
    passed, note = OfferState.PASSED, do.Note(case.id, "passed", {"volunteer": volunteer})
    offers = tuple(ended(o, passed, "passed", now) if o.volunteer == volunteer else o for o in case.offers)
    return Decision(replace(case, offers=offers), (note,))


def fail_offer(case: Escalation, number: int, why: str, now: datetime) -> Decision:
    """One offer reached nobody: the next is asked."""
    failed = next((o for o in case.offers if o.number == number and is_open(o)), None)
    if failed is None:
        return Decision(case)
    offers = tuple(ended(o, OfferState.FAILED, why, now) if o is failed else o for o in case.offers)
    note = do.Note(case.id, "offer_failed", {"volunteer": failed.volunteer, "why": why})
    return Decision(replace(case, offers=offers), (note,))


def make_offers(case: Escalation, now: datetime, scene: Scene) -> Decision:
    """Let offers expire, and make those for which there is room and somebody to ask."""
    if case.state is State.WITH_COORDINATORS:
        return _expire(case, now)
    if case.state is not State.OFFERING:
        return Decision(case)
    expired = _expire(case, now)
    case, effects = expired.case, list(expired.effects)
    opens = opens_at(case, now, scene)
    if opens > now:
        return Decision(with_progress(case, round_from=opens), tuple(effects))
    if is_acknowledged(case, now):
        return Decision(case, tuple(effects))
    for choice in _to_ask(case, now, scene):
        offered = _offer_to(case, choice, now)
        case = offered.case
        effects.extend(offered.effects)
    if not _is_resting(case, now) and not any(is_open(offer) for offer in case.offers):
        over = _end_round(case, now, scene)
        case = over.case
        effects.extend(over.effects)
    return Decision(case, tuple(effects))


def _expire(case: Escalation, now: datetime) -> Decision:
    effects: list[Effect] = []
    for offer in case.offers:
        if is_open(offer) and now >= offer.expires_at:
            failed = fail_offer(case, offer.number, "no_answer", now)
            case = failed.case
            effects.extend(failed.effects)
    return Decision(case, tuple(effects))


def _is_resting(case: Escalation, now: datetime) -> bool:
    return case.progress.round_from is not None and now < case.progress.round_from


def _to_ask(case: Escalation, now: datetime, scene: Scene) -> list[Choice]:
    """Whom to ask now.

    Nobody twice in a round; while it rests between two, only who was not asked in the last.
    """
    room = case.policy.ring_at_once - sum(is_open(offer) for offer in case.offers)
    if room <= 0:
        return []
    if scene.choices is None:
        raise ChoicesWanted
    first = case.progress.round - 1 if _is_resting(case, now) else case.progress.round
    asked = {offer.volunteer for offer in case.offers if offer.round >= first}
    others = (choice for choice in scene.choices if choice.person != case.member_person)
    fresh = [choice for choice in others if choice.volunteer not in asked]
    return fresh[:room]


def offer_by_hand(case: Escalation, choice: Choice, by: PersonId, now: datetime) -> Decision:
    """A coordinator chose whom to call now: beside those who are asked already, and never twice at a time."""
    asked = any(is_open(offer) and offer.volunteer == choice.volunteer for offer in case.offers)
    if case.state not in (State.OFFERING, State.WITH_COORDINATORS) or asked or choice.person == case.member_person:
        return Decision(case)
    return _offer_to(case, choice, now, by)


def _offer_to(case: Escalation, choice: Choice, now: datetime, by: PersonId | None = None) -> Decision:
    number, expires_at = len(case.offers) + 1, after(case.policy.offer_holds_for, now)
    offer = Offer(number, choice.volunteer, case.progress.round, choice.reasons, now, expires_at)
    detail: dict[str, str | int] = {"volunteer": choice.volunteer, "why": ", ".join(choice.reasons)}
    note = do.Note(case.id, "offered", detail if by is None else {**detail, "by": by})
    case = replace(case, offers=(*case.offers, offer))
    return Decision(case, (note, *_ask(case, choice, offer, by_hand=by is not None)))


def _ask(case: Escalation, choice: Choice, offer: Offer, *, by_hand: bool = False) -> tuple[Effect, ...]:
    """By text, by call or by both, as the policy wishes and the volunteer can be reached; by one at least.

    Whom a coordinator chose is rung, whatever the policy: all but who takes texts alone.
    """
    policy, key = case.policy, f"escalation:{case.id}:offer:{offer.number}"
    about = do.About(escalation=case.id, offer=offer.number)
    by_text = choice.reach is Reach.SMS or (choice.reach is Reach.BOTH and policy.by_text)
    by_call = not by_text or ((policy.by_call or by_hand) and choice.reach is not Reach.SMS)
    words, to, until = _WORDS.get(case.cause, "volunteer_offer"), choice.person, offer.expires_at
    asked: list[Effect] = []
    if by_text:
        asked.append(do.SendText(to, words, f"{key}:text", Lane.URGENT, {}, about, expires_at=until))
    if by_call:
        rings = timedelta(seconds=policy.ring_for)
        call = do.PlaceCall(to, Subject.OFFER, f"{key}:call", Lane.URGENT, rings, about, expires_at=until)
        asked.append(call)
    return tuple(asked)


def _end_round(case: Escalation, now: datetime, scene: Scene) -> Decision:
    """Everybody was asked, or there is nobody to ask: coordinators come sooner, and it goes round again."""
    number = case.progress.round
    ended_round = with_progress(case, round=number + 1, round_from=after(_rest(case, now), now))
    asked = any(offer.round == number for offer in case.offers)
    asked_before = any(offer.round == number - 1 for offer in case.offers)
    if asked:
        note = do.Note(case.id, "round_over", {"round": number})
    elif asked_before or number == 1:
        note = do.Note(case.id, "nobody_on_shift", {"round": number, **_reasons(scene)})
    else:
        return Decision(_hasten(ended_round, now))
    return Decision(_hasten(ended_round, now), (note,))


def _reasons(scene: Scene) -> dict[str, int]:
    """Why nobody could be asked: how many volunteers for each reason."""
    return dict(Counter(why for _, why in scene.refused))


def _rest(case: Escalation, now: datetime) -> int:
    """Seconds until the next round.

    Once coordinators are rung it goes round at their pace: nobody is rung each minute of the night.
    """
    ring_from = case.progress.ring_coordinators_from
    rung = case.progress.pages > 0 and ring_from is not None and now >= ring_from
    return max(case.policy.round_rest, case.policy.coordinators_again if rung else 0)


def _hasten(case: Escalation, now: datetime) -> Escalation:
    """The first page is due at once after enough rounds, and where there was nobody to ask."""
    progress, policy = case.progress, case.policy
    over, wanted = progress.round - 1, policy.rounds_before_coordinators
    skipped = not any(offer.round == over or case.cause is Cause.MISSED for offer in case.offers)
    if progress.pages or not (skipped or (wanted and over >= wanted)):
        return case
    ring_from, crisis = progress.ring_coordinators_from, case.cause is Cause.CRISIS
    wait = max(policy.coordinators_call_after - policy.coordinators_text_after, 0)
    if (skipped or crisis) and ring_from is not None:
        ring_from = min(ring_from, after(0 if crisis else wait, now))
    return with_progress(case, page_at=now, ring_coordinators_from=ring_from)
