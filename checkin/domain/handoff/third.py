"""A third person in the talk: the volunteer asks for one, the member is told first and may say no."""

from dataclasses import replace
from datetime import datetime, timedelta

from checkin.domain import effects as do
from checkin.domain.effects import Effect, Subject
from checkin.domain.handoff.calls import call_to
from checkin.domain.handoff.talking import stay_on, talked_until, together
from checkin.domain.handoff.values import Decision, Handoff, State, Third, ThirdAnswer
from checkin.domain.terms import DeliveryId, Lane

_ANSWER_TAKES = timedelta(seconds=30)
_MAY_ASK = (Third.NONE, Third.GONE, Third.REFUSED)


def want_third(handoff: Handoff, now: datetime) -> Decision:
    """By key, after the star; or by text, in the middle of the talk: then both are taken out of it for a moment."""
    member = handoff.member_leg
    if handoff.third not in _MAY_ASK or member is None or handoff.volunteer_leg is None:
        return Decision(handoff)
    if handoff.state is State.JOINED:
        handoff = replace(
            handoff, talked_seconds=talked_until(handoff, now), together_since=None, partings=handoff.partings + 1
        )
    elif handoff.state is not State.APART or not handoff.member_in:
        return Decision(handoff)
    asked = replace(
        handoff,
        state=State.APART,
        third=Third.ASKED,
        volunteer_in=True,
        member_in=True,
        apart_since=handoff.apart_since or now,
        next_action_at=now + _ANSWER_TAKES,
    )
    key = f"handoff:{handoff.id}:third_asked:{asked.partings}"
    return Decision(asked, (do.Note(handoff.escalation, "third_asked"), do.AskAgain(member, key)))


def answer_third(handoff: Handoff, event: ThirdAnswer, now: datetime) -> Decision:
    """The member's word: on a no, and on silence, nobody is rung. Either way they talk on."""
    if handoff.third is not Third.ASKED or event.leg != handoff.member_leg or handoff.state is not State.APART:
        return Decision(handoff)
    agreed = bool(event.agreed and event.persons)
    handoff = stay_on(handoff, event.leg, now).handoff
    back = together(replace(handoff, third=Third.RINGING if agreed else Third.REFUSED), now, but=event.leg)
    if not agreed:
        what = {True: "third_nobody", False: "third_refused", None: "third_silent"}[event.agreed]
        return replace(back, effects=(*back.effects, do.Note(handoff.escalation, what)))
    until, key = now + handoff.ring_for + timedelta(seconds=15), f"handoff:{handoff.id}:third:{handoff.partings}"
    calls: tuple[Effect, ...] = tuple(
        call_to(handoff, person, Subject.THIRD_LEG, f"{key}:{person}", until) for person in event.persons
    )
    return replace(back, effects=(*back.effects, *calls))


def third_ready(handoff: Handoff, leg: DeliveryId) -> Decision:
    """The first coordinator who presses 1 comes in; the phones of the others stop."""
    if handoff.third is not Third.RINGING:
        return Decision(handoff)
    stop = do.StopCalls(handoff.escalation, (Subject.THIRD_LEG,), keep=leg)
    note = do.Note(handoff.escalation, "third_joined")
    return Decision(replace(handoff, third=Third.IN, third_leg=leg), (note, stop))


def third_gone(handoff: Handoff, leg: DeliveryId | None) -> Decision:
    """They left, or none of those who were rung came: then the volunteer is told by text, which cuts off no talk."""
    if leg is not None:
        gone = replace(handoff, third=Third.GONE, third_leg=None)
        return Decision(gone) if leg == handoff.third_leg else Decision(handoff)
    if handoff.third is not Third.RINGING:
        return Decision(handoff)
    key, about = f"handoff:{handoff.id}", do.About(escalation=handoff.escalation, handoff=handoff.id)
    words = f"{key}:third_missed:{handoff.partings}"
    text = do.SendText(handoff.volunteer_person, "third_not_reached", words, Lane.REPLY, {}, about)
    return Decision(replace(handoff, third=Third.GONE), (text, do.Note(handoff.escalation, "third_not_reached")))
