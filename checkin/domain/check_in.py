"""The life of a check-in. Pure: no clock, no database, no carrier.

    due ──► asked ──► reminded ──► called ──► missed
     │        │           │          │    └──► unreached   (we never reached the member)
     │        └───────────┴──────────┴──answered, at any time, late too──► answered
     └──► skipped   (too late to ask in contact hours, paused, opted out)

Three silences are three things: not delivered is never counted as the member's silence (field rule R26).
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import assert_never

from checkin.domain import effects as do
from checkin.domain.effects import Effect, Subject
from checkin.domain.policy import CheckInPolicy, Misses
from checkin.domain.terms import Cause, Channel, CheckInId, CircleId, Lane, Level, MemberId, PersonId

RING_FOR = timedelta(seconds=30)


class State(StrEnum):
    """Where a check-in stands."""

    DUE = "due"
    ASKED = "asked"
    REMINDED = "reminded"
    CALLED = "called"
    ANSWERED = "answered"
    MISSED = "missed"
    UNREACHED = "unreached"
    SKIPPED = "skipped"


OPEN = frozenset({State.DUE, State.ASKED, State.REMINDED, State.CALLED})


@dataclass(frozen=True)
class CheckIn:
    """One occurrence for one member. `reached` is what the carrier told: True, False, or nothing yet."""

    id: CheckInId
    member: MemberId
    person: PersonId
    circle: CircleId
    due_at: datetime
    channel: Channel
    policy: CheckInPolicy
    state: State = State.DUE
    asked_at: datetime | None = None
    reached: bool | None = None
    answered_at: datetime | None = None
    rating: int | None = None
    version: int = 1
    next_action_at: datetime | None = None


@dataclass(frozen=True)
class Scene:
    """What the member's side looks like at the moment of deciding."""

    open_at: datetime  # the first moment from now on inside the member's contact hours
    may_contact: bool
    can_text: bool
    misses: int
    ladder: Misses


@dataclass(frozen=True)
class Woke:
    """Its time has come."""


@dataclass(frozen=True)
class Answered:
    """The member answered, by text or key."""

    rating: int | None


@dataclass(frozen=True)
class Delivered:
    """The carrier says that the member's phone has it (or rang)."""


@dataclass(frozen=True)
class NotDelivered:
    """The carrier says that it did not arrive."""

    textable: bool = True


@dataclass(frozen=True)
class CalledOff:
    """Paused, opted out, or overtaken by the next one."""

    why: str


Event = Woke | Answered | Delivered | NotDelivered | CalledOff


@dataclass(frozen=True)
class Decision:
    """The check-in as it now stands, what is to be done, and the member's misses in a row from here on."""

    check_in: CheckIn
    effects: tuple[Effect, ...] = ()
    misses: int | None = None


def decide(check_in: CheckIn, event: Event, now: datetime, scene: Scene) -> Decision:
    """Say what happens next in one check-in. What no longer fits changes nothing."""
    match event:
        case Woke():
            if check_in.state not in OPEN or check_in.next_action_at is None or now < check_in.next_action_at:
                return Decision(check_in)
            return _wake(check_in, now, scene)
        case Answered(rating):
            return _answer(check_in, rating, now)
        case Delivered():
            return Decision(replace(check_in, reached=True)) if check_in.state in OPEN else Decision(check_in)
        case NotDelivered():
            return _not_delivered(check_in, now, scene)
        case CalledOff(why):
            return _call_off(check_in, why, now, scene)
        case _:
            assert_never(event)


def _wake(check_in: CheckIn, now: datetime, scene: Scene) -> Decision:
    if not scene.may_contact:
        return Decision(_ended(check_in, State.SKIPPED))
    match check_in.state:
        case State.DUE:
            return _ask(check_in, now, scene)
        case State.ASKED:
            if now >= _missed_at(check_in):
                return _miss(check_in, scene)
            return _remind(check_in, now, scene)
        case State.REMINDED:
            if now >= _missed_at(check_in) or not check_in.policy.call_after:
                return _miss(check_in, scene)
            return _ring(check_in, now, scene)
        case _:
            return _miss(check_in, scene)


def _ask(check_in: CheckIn, now: datetime, scene: Scene) -> Decision:
    """Ask inside contact hours, or not at all: a late question is dropped, never sent in the night (P5)."""
    latest = check_in.due_at + timedelta(seconds=check_in.policy.remind_after or check_in.policy.missed_after)
    if scene.open_at > now:
        if scene.open_at < latest:
            return Decision(replace(check_in, next_action_at=scene.open_at))
        return _skip(check_in)
    if now >= latest:
        return _skip(check_in)
    asked = replace(check_in, state=State.ASKED, asked_at=now)
    asked = replace(asked, next_action_at=_reminder_at(asked))
    return Decision(asked, (_question(asked, "check_in", "ask", _reminder_at(asked), scene),))


def _question(check_in: CheckIn, template: str, step: str, expires_at: datetime, scene: Scene) -> Effect:
    key, about = f"check_in:{check_in.id}:{step}", do.About(check_in=check_in.id)
    if check_in.channel is Channel.VOICE or not scene.can_text:
        return do.PlaceCall(
            check_in.person,
            Subject.CHECK_IN,
            key,
            Lane.CHECKIN,
            RING_FOR,
            about,
            routine=True,
            expires_at=expires_at,
        )
    return do.SendText(
        check_in.person, template, key, Lane.CHECKIN, {}, about, routine=True, expires_at=expires_at
    )


def _remind(check_in: CheckIn, now: datetime, scene: Scene) -> Decision:
    reminded = replace(check_in, state=State.REMINDED, next_action_at=_after_reminder(check_in))
    if scene.open_at > now:
        if scene.open_at < _missed_at(check_in):
            return Decision(replace(check_in, next_action_at=scene.open_at))
        return Decision(reminded)
    return Decision(
        reminded, (_question(check_in, "check_in_reminder", "remind", _after_reminder(check_in), scene),)
    )


def _ring(check_in: CheckIn, now: datetime, scene: Scene) -> Decision:
    called = replace(check_in, state=State.CALLED, next_action_at=_missed_at(check_in))
    if scene.open_at > now:
        return Decision(called)
    call = do.PlaceCall(
        check_in.person,
        Subject.CHECK_IN,
        f"check_in:{check_in.id}:call",
        Lane.CHECKIN,
        RING_FOR,
        do.About(check_in=check_in.id),
        routine=True,
        expires_at=_missed_at(check_in),
    )
    return Decision(called, (call,))


def _miss(check_in: CheckIn, scene: Scene) -> Decision:
    if check_in.reached is not True:
        return Decision(_ended(check_in, State.UNREACHED), (_unreached_task(check_in),))
    misses = scene.misses + 1
    effects: list[Effect] = []
    if misses == scene.ladder.nudge_at:
        key, about = f"check_in:{check_in.id}:nudge", do.About(check_in=check_in.id)
        effects.append(
            do.SendText(check_in.person, "check_in_nudge", key, Lane.BULK, {}, about, routine=True)
        )
    if misses >= scene.ladder.volunteer_at:
        to_coordinator = misses >= scene.ladder.coordinator_at
        effects.append(
            do.OpenEscalation(check_in.member, Cause.MISSED, Level.CONCERN, check_in.id, to_coordinator)
        )
    return Decision(_ended(check_in, State.MISSED), tuple(effects), misses)


def _unreached_task(check_in: CheckIn) -> Effect:
    key = f"check_in:{check_in.id}:unreached"
    return do.GiveTask(key, "member_not_reached", check_in.circle, check_in.person)


def _skip(check_in: CheckIn) -> Decision:
    key = f"check_in:{check_in.id}:skipped"
    task = do.GiveTask(key, "check_in_skipped", check_in.circle, check_in.person)
    return Decision(_ended(check_in, State.SKIPPED), (task,))


def _answer(check_in: CheckIn, rating: int | None, now: datetime) -> Decision:
    if check_in.state is State.ANSWERED:
        lower = [r for r in (check_in.rating, rating) if r is not None]
        return Decision(replace(check_in, rating=min(lower, default=None)), (), 0)
    answered = replace(
        check_in, state=State.ANSWERED, answered_at=now, rating=rating, reached=True, next_action_at=None
    )
    return Decision(answered, (do.CancelRoutine(check_in.person, check_in.id),), 0)


def _not_delivered(check_in: CheckIn, now: datetime, scene: Scene) -> Decision:
    """Try voice; where that is not possible, ask a coordinator for a number."""
    if check_in.state not in (State.ASKED, State.REMINDED) or check_in.reached is True:
        return Decision(check_in)
    failed = replace(check_in, reached=False)
    if check_in.channel is Channel.SMS and scene.may_contact and scene.open_at <= now < _missed_at(check_in):
        return _ring(failed, now, scene)
    return Decision(failed)


def _call_off(check_in: CheckIn, why: str, now: datetime, scene: Scene) -> Decision:
    if check_in.state not in OPEN:
        return Decision(check_in)
    if why == "overtaken" and check_in.state is not State.DUE:
        return _miss(check_in, scene)
    return Decision(_ended(check_in, State.SKIPPED), (do.CancelRoutine(check_in.person, check_in.id),))


def _ended(check_in: CheckIn, state: State) -> CheckIn:
    return replace(check_in, state=state, next_action_at=None)


def _asked_at(check_in: CheckIn) -> datetime:
    return check_in.asked_at or check_in.due_at


def _reminder_at(check_in: CheckIn) -> datetime:
    after = check_in.policy.remind_after or check_in.policy.missed_after
    return _asked_at(check_in) + timedelta(seconds=after)


def _after_reminder(check_in: CheckIn) -> datetime:
    if check_in.policy.call_after:
        return _asked_at(check_in) + timedelta(seconds=check_in.policy.call_after)
    return _missed_at(check_in)


def _missed_at(check_in: CheckIn) -> datetime:
    return _asked_at(check_in) + timedelta(seconds=check_in.policy.missed_after)
