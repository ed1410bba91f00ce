"""The life of a check-in. Pure: no clock, no database, no carrier.

    due ──► asked ──► reminded ──► called ──► missed
     │        │           │          │    └──► unreached   (we never reached the member)
     │        └───────────┴──────────┴──answered, at any time, late too──► answered
     └──► skipped   (too late to ask in contact hours, paused, opted out)

A call that does not reach the member is repeated after a while (`again_at`), until it was tried as often as the policy
says; then the check-in goes on to its missed step as ever. A step whose policy is 0 is left out. Three silences are
three things: not delivered is never counted as the member's silence (field rule R26). Nothing is asked outside the
member's contact hours, nor after its deadline (P5); and nothing is missed then: a night is nobody's silence.
"""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import assert_never

from checkin.domain import effects as do
from checkin.domain.answering import Attempt
from checkin.domain.check_in_values import (
    OPEN,
    Answered,
    CalledOff,
    CheckIn,
    Decision,
    Delivered,
    Event,
    NotDelivered,
    Postponed,
    Scene,
    State,
    TakenBack,
    Tried,
    Woke,
)
from checkin.domain.contact_hours import next_allowed
from checkin.domain.effects import Effect, Subject
from checkin.domain.policy import CheckInPolicy, Policy
from checkin.domain.recurrence import Schedule, closest
from checkin.domain.terms import Cause, Channel, Lane, Level

__all__ = [
    "OPEN",
    "Answered",
    "CalledOff",
    "CheckIn",
    "Decision",
    "Delivered",
    "Event",
    "NotDelivered",
    "Postponed",
    "Scene",
    "State",
    "TakenBack",
    "Tried",
    "Woke",
    "decide",
    "overtaking",
    "policy_of",
]

_BEHIND = timedelta(minutes=10)  # a question that is later than this was held up by the service itself
_NUDGE_LASTS = timedelta(hours=24)
_A_DAY = timedelta(days=1)


def decide(check_in: CheckIn, event: Event, now: datetime, scene: Scene) -> Decision:
    """Say what happens next in one check-in. What no longer fits changes nothing."""
    match event:
        case Woke():
            if check_in.state not in OPEN or check_in.next_action_at is None or now < check_in.next_action_at:
                return Decision(check_in)
            return _wake(check_in, now, scene)
        case Answered(rating):
            return _answer(check_in, rating, event.instead_of, now)
        case Delivered():
            return Decision(replace(check_in, reached=True)) if check_in.state in OPEN else Decision(check_in)
        case NotDelivered():
            return _not_delivered(check_in, now, scene)
        case Tried(how):
            return _tried(check_in, how, now, scene)
        case TakenBack(misses):
            return _take_back(check_in, misses, now, scene)
        case Postponed(wait):
            return _postpone(check_in, wait, now, scene)
        case CalledOff(why):
            return _call_off(check_in, why, now, scene)
        case _:
            assert_never(event)


def _wake(check_in: CheckIn, now: datetime, scene: Scene) -> Decision:
    if not scene.may_contact:
        return Decision(_ended(check_in, State.SKIPPED))
    if check_in.state is State.DUE:
        return _ask(check_in, now, scene)
    if scene.open_at > now:
        return Decision(replace(check_in, next_action_at=scene.open_at))
    if now >= _missed_at(check_in, scene):
        return _miss(check_in, now, scene)
    if check_in.again_at is not None and check_in.again_at <= now < _step_at(check_in, scene):
        return _ring_again(check_in, scene)
    put_off = check_in.asked_at == check_in.next_action_at
    if check_in.state is State.ASKED and (check_in.policy.remind_after or put_off):
        return _remind(check_in, scene)
    if check_in.state is not State.CALLED and check_in.policy.call_after:
        return _ring(check_in, scene)
    return Decision(_next_step(check_in, scene))


def _ask(check_in: CheckIn, now: datetime, scene: Scene) -> Decision:
    """Ask inside contact hours, or not at all: a late question is dropped, never sent in the night (P5).

    Late is counted from when it was to be asked: one that waits for contact hours to open was judged before it waited.
    """
    latest = max(check_in.due_at, check_in.next_action_at or check_in.due_at) + first_wait(check_in.policy)
    if max(now, scene.open_at) >= latest:
        return _skip(check_in, "late" if now > check_in.due_at + _BEHIND else "hours")
    if scene.open_at > now:
        return Decision(replace(check_in, next_action_at=scene.open_at))
    asked = _next_step(replace(check_in, state=State.ASKED, asked_at=now), scene)
    decision = _question(asked, "check_in", "ask", scene)
    beside = scene.calls.text_beside and scene.can_text and decision.check_in.tries > 0
    text = (_text(asked, "check_in", "ask:text", scene),) if beside else ()
    return replace(decision, effects=(*decision.effects, *text))


def _question(check_in: CheckIn, template: str, step: str, scene: Scene) -> Decision:
    """A text; a call for who is asked by voice, cannot be texted, or was not reached by a text."""
    if check_in.channel is Channel.VOICE or not scene.can_text or check_in.reached is False:
        return _call(check_in, step, scene)
    return Decision(check_in, (_text(check_in, template, step, scene),))


def _text(check_in: CheckIn, template: str, step: str, scene: Scene) -> Effect:
    key, about = f"check_in:{check_in.id}:{step}", do.About(check_in=check_in.id)
    until = _expires_at(check_in, scene)
    to, lane = check_in.person, Lane.CHECKIN
    return do.SendText(to, template, key, lane, {}, about, routine=True, expires_at=until)


def _call(check_in: CheckIn, step: str, scene: Scene) -> Decision:
    """One call more, while there are tries left: nobody is rung without end."""
    if check_in.tries >= scene.calls.tries:
        return Decision(check_in)
    key, about = f"check_in:{check_in.id}:{step}", do.About(check_in=check_in.id)
    until, ring_for = _expires_at(check_in, scene), timedelta(seconds=scene.calls.ring_for)
    to, lane = check_in.person, Lane.CHECKIN
    call = do.PlaceCall(to, Subject.CHECK_IN, key, lane, ring_for, about, routine=True, expires_at=until)
    return Decision(replace(check_in, tries=check_in.tries + 1), (call,))


def _expires_at(check_in: CheckIn, scene: Scene) -> datetime | None:
    """A question is of use until the next step, and must not arrive in the night (its ValidityPeriod)."""
    times = [at for at in (check_in.next_action_at, scene.closes_at) if at is not None]
    return min(times, default=None)


def _remind(check_in: CheckIn, scene: Scene) -> Decision:
    reminded = _next_step(replace(check_in, state=State.REMINDED), scene)
    return _question(reminded, "check_in_reminder", _again(check_in, "remind"), scene)


def _ring(check_in: CheckIn, scene: Scene) -> Decision:
    called = _next_step(replace(check_in, state=State.CALLED), scene)
    return _call(called, _again(check_in, "call"), scene)


def _ring_again(check_in: CheckIn, scene: Scene) -> Decision:
    return _call(_next_step(check_in, scene), f"{_again(check_in, 'again')}:{check_in.tries}", scene)


def _again(check_in: CheckIn, step: str) -> str:
    """A step's key: once for each time that the question was put, so that after LATER it comes again."""
    return f"{step}:{_asked_at(check_in):%Y%m%dT%H%M%S}"


def _miss(check_in: CheckIn, now: datetime, scene: Scene, *, nudges: bool = True) -> Decision:
    """Silence: the member's own where we know that we reached them, else a task to find a number."""
    if check_in.reached is not True:
        return _unreached(check_in, scene)
    misses, ladder, effects = scene.misses + 1, scene.ladder, list[Effect]()
    if nudges and misses == ladder.nudge_at:
        effects.append(_nudge(check_in, now))
    if scene.has_contacts and ladder.contacts_at and misses >= ladder.contacts_at:
        effects.append(do.StartLookIn(check_in.member, check_in.id))  # volunteers and coordinators come after them
        return Decision(_ended(check_in, State.MISSED), tuple(effects), misses)
    to_coordinator = bool(ladder.coordinator_at) and misses >= ladder.coordinator_at
    if to_coordinator or (ladder.volunteer_at and misses >= ladder.volunteer_at):
        member, level = check_in.member, Level.CONCERN
        effects.append(do.OpenEscalation(member, Cause.MISSED, level, check_in.id, to_coordinator))
    return Decision(_ended(check_in, State.MISSED), tuple(effects), misses)


def _nudge(check_in: CheckIn, now: datetime) -> Effect:
    key, about, until = f"check_in:{check_in.id}:nudge", do.About(check_in=check_in.id), now + _NUDGE_LASTS
    to, template = check_in.person, "check_in_nudge"
    return do.SendText(to, template, key, Lane.BULK, {}, about, routine=True, expires_at=until)


def _unreached(check_in: CheckIn, scene: Scene) -> Decision:
    key = f"check_in:{check_in.id}:unreached"
    effects: list[Effect] = [do.GiveTask(key, "member_not_reached", check_in.circle, check_in.person)]
    if scene.has_contacts and scene.ladder.contacts_at:
        effects.append(do.StartLookIn(check_in.member, check_in.id))
    return Decision(_ended(check_in, State.UNREACHED), tuple(effects))


def _skip(check_in: CheckIn, why: str) -> Decision:
    key = f"check_in:{check_in.id}:skipped"
    task = do.GiveTask(key, "check_in_skipped", check_in.circle, check_in.person, why=why)
    return Decision(_ended(check_in, State.SKIPPED), (task,))


def _answer(check_in: CheckIn, rating: int | None, instead_of: int | None, now: datetime) -> Decision:
    """A late answer counts too; of several ratings the worst is kept, but for one that is corrected."""
    if check_in.state is State.ANSWERED and instead_of is not None and check_in.rating == instead_of:
        return Decision(replace(check_in, rating=rating), (), 0)
    if check_in.state is State.ANSWERED:
        ratings = [r for r in (check_in.rating, rating) if r is not None]
        return Decision(replace(check_in, rating=min(ratings, default=None)), (), 0)
    answered = replace(_ended(check_in, State.ANSWERED), answered_at=now, rating=rating, reached=True)
    return Decision(answered, (do.CancelRoutine(check_in.person, check_in.id),), 0)


def _not_delivered(check_in: CheckIn, now: datetime, scene: Scene) -> Decision:
    """Try voice; where that failed too, or there is nothing else to try, ask a coordinator for a number."""
    if check_in.state not in OPEN or check_in.state is State.DUE or check_in.reached is True:
        return Decision(check_in)
    if check_in.state is State.CALLED:
        return _unreached(check_in, scene) if check_in.reached is False else Decision(check_in)
    failed = replace(check_in, reached=False)
    by_text = check_in.channel is Channel.SMS and scene.can_text
    if by_text and scene.may_contact and scene.open_at <= now < _missed_at(check_in, scene):
        return _ring(failed, scene)
    return Decision(failed)


_RANG = frozenset(
    {Attempt.BUSY, Attempt.NO_ANSWER, Attempt.MACHINE, Attempt.SILENT, Attempt.NOT_UNDERSTOOD, Attempt.ANSWERED}
)
"""A line that rang was reached: silence on it is the member's own. One that somebody else answers was not."""


def _tried(check_in: CheckIn, how: Attempt, now: datetime, scene: Scene) -> Decision:
    """Ring again after a while, or leave it to the next step. Words that were not understood are with a person."""
    if check_in.state not in OPEN or check_in.state is State.DUE:
        return Decision(check_in)
    reached = True if how in _RANG else check_in.reached
    if how is Attempt.FAILED:
        reached = bool(check_in.reached)
    tried = replace(check_in, reached=reached)
    if how in (Attempt.NOT_UNDERSTOOD, Attempt.ANSWERED, Attempt.STOPPED):
        return Decision(_soonest(replace(tried, again_at=None), scene))
    if tried.tries < scene.calls.tries:
        again_at = now + timedelta(seconds=scene.calls.again_after)
        return Decision(_soonest(replace(tried, again_at=again_at), scene))
    if tried.state is State.CALLED and tried.reached is False:
        return _unreached(tried, scene)
    return Decision(tried)


def _take_back(check_in: CheckIn, misses: int, now: datetime, scene: Scene) -> Decision:
    """As if the machine's words had never counted; where its time is over meanwhile, it is missed."""
    if check_in.state is not State.ANSWERED:
        return Decision(check_in)
    back = _next_step(replace(check_in, state=State.CALLED, answered_at=None, rating=None), scene)
    return replace(_tried(back, Attempt.MACHINE, now, scene), misses=misses)


def _postpone(check_in: CheckIn, wait: timedelta, now: datetime, scene: Scene) -> Decision:
    """As if asked so that its reminder comes after the wait; the member wrote, so they are reached.

    A policy without a reminder or a call asks once more too: as if asked when the wait is over, and reminded then.
    """
    if check_in.state not in OPEN or check_in.state is State.DUE:
        return Decision(check_in)
    cancel = do.CancelRoutine(check_in.person, check_in.id)
    later = replace(check_in, state=State.ASKED, reached=True, tries=0, again_at=None)
    if not (check_in.policy.remind_after or check_in.policy.call_after):
        again = _opens(now + wait, scene)
        return Decision(replace(later, asked_at=again, next_action_at=again), (cancel,))
    return Decision(_next_step(replace(later, asked_at=now + wait - first_wait(check_in.policy)), scene), (cancel,))


def _call_off(check_in: CheckIn, why: str, now: datetime, scene: Scene) -> Decision:
    """Ended from outside; what it still had queued is cancelled.

    One that is overtaken was missed where its time is over when the new one is asked, which stands in for a kind word.
    (Some minutes may be lacking: the service asks a little late.) Before its time it is over, and no miss.
    """
    if check_in.state not in OPEN:
        return Decision(check_in)
    cancel = do.CancelRoutine(check_in.person, check_in.id)
    overtaken = why == "overtaken" and check_in.state is not State.DUE
    if overtaken and max(now, scene.open_at) >= _missed_at(check_in, scene) - _BEHIND:
        missed = _miss(check_in, now, scene, nudges=False)
        return replace(missed, effects=(cancel, *missed.effects))
    return Decision(_ended(check_in, State.SKIPPED), (cancel,))


def overtaking(policy: CheckInPolicy, overtaken: CheckIn, ask_at: datetime, scene: Scene) -> CheckInPolicy:
    """The policy of a question that overtakes another one before its time: it is missed when that one would have been.

    `ask_at`: when it is asked, which may be later than it is due.

    (Silence is counted from the first question. Else who is asked more often than a miss takes would never miss any.)
    """
    silent = overtaken.state is State.SKIPPED and overtaken.asked_at is not None and overtaken.reached is True
    left = _missed_at(overtaken, scene) - ask_at
    if not silent or not _BEHIND <= left < timedelta(seconds=policy.missed_after):
        return policy
    by = int(left.total_seconds())
    remind_after, call_after = (after if after < by else 0 for after in (policy.remind_after, policy.call_after))
    return CheckInPolicy(remind_after, call_after, by)


def _ended(check_in: CheckIn, state: State) -> CheckIn:
    return replace(check_in, state=state, next_action_at=None, again_at=None)


def _asked_at(check_in: CheckIn) -> datetime:
    return check_in.asked_at or check_in.due_at


def policy_of(policy: Policy, schedule: Schedule | None) -> CheckInPolicy:
    """Which of the two policies the check-ins of a schedule keep to; the weekly one where there is no schedule.

    The daily one where any two come on neighbouring days, or before the first would be missed by the weekly one.
    """
    apart = closest(schedule) if schedule is not None else None
    if apart is not None and (apart <= _A_DAY or apart < timedelta(seconds=policy.weekly.missed_after)):
        return policy.daily
    return policy.weekly


def first_wait(policy: CheckInPolicy) -> timedelta:
    """From the question to whatever comes next; what could not be asked by then is asked no more."""
    return timedelta(seconds=policy.remind_after or policy.call_after or policy.missed_after)


def _next_step(check_in: CheckIn, scene: Scene) -> CheckIn:
    """The same check-in with the time of its next step, which no call comes before."""
    return replace(check_in, next_action_at=_step_at(check_in, scene), again_at=None)


def _soonest(check_in: CheckIn, scene: Scene) -> CheckIn:
    """The same check-in with the time of its next step, or of its next call where that comes first."""
    step_at = _step_at(check_in, scene)
    return replace(check_in, next_action_at=min(step_at, check_in.again_at or step_at))


def _step_at(check_in: CheckIn, scene: Scene) -> datetime:
    policy = check_in.policy
    remind_at, call_at, _ = _steps_at(check_in, scene)
    if check_in.state is State.ASKED and policy.remind_after:
        return remind_at
    if check_in.state in (State.ASKED, State.REMINDED) and policy.call_after:
        return call_at
    return _missed_at(check_in, scene)


def _missed_at(check_in: CheckIn, scene: Scene) -> datetime:
    """When the silence has lasted long enough: it is counted from the question, or from what they wrote since.

    Contact hours put it off, but not for longer than a day after the question where its time is shorter: else who has
    short hours would always be asked anew before.
    """
    missed_after, (*_, missed_at) = timedelta(seconds=check_in.policy.missed_after), _steps_at(check_in, scene)
    missed_at = min(missed_at, _opens(_asked_at(check_in) + max(missed_after, _A_DAY), scene))
    return max(missed_at, _opens(scene.heard_at + missed_after, scene)) if scene.heard_at is not None else missed_at


def _steps_at(check_in: CheckIn, scene: Scene) -> tuple[datetime, datetime, datetime]:
    """When it is reminded, called and missed, whatever came of it so far.

    What would come outside contact hours comes when they open, and what was to follow before that keeps its distance.
    """
    policy, asked_at = check_in.policy, _asked_at(check_in)
    at, before, steps = asked_at, 0, list[datetime]()
    for after in (policy.remind_after, policy.call_after, policy.missed_after):
        if after:
            planned = asked_at + timedelta(seconds=after)
            at = _opens(planned if planned > at else at + timedelta(seconds=after - before), scene)
            before = after
        steps.append(at)
    return steps[0], steps[1], steps[2]


def _opens(at: datetime, scene: Scene) -> datetime:
    return next_allowed(at, scene.hours, scene.zones)
