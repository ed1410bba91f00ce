"""Until both are there: the volunteer is rung after TAKE by text, the member is rung, each presses 1."""

from dataclasses import replace
from datetime import datetime, timedelta

from checkin.domain import effects as do
from checkin.domain import escalation as case
from checkin.domain.effects import Effect, Subject
from checkin.domain.handoff.calls import JOINING_TAKES, LONGEST_CALL, WORST_RING, call_to
from checkin.domain.handoff.talking import back_again, fail_again, over, ring_again
from checkin.domain.handoff.values import Decision, Handoff, Side, State
from checkin.domain.terms import DeliveryId, Lane

_AGAIN_AFTER = timedelta(seconds=5)
_CHOICE_WAITS = timedelta(seconds=60)
_VOLUNTEER_TRIES = 2


def begin(handoff: Handoff, now: datetime) -> Decision:
    """Ring whoever is not on a call with us already; where both are, join them."""
    if handoff.volunteer_tries or handoff.member_tries or handoff.joined_at is not None:
        return Decision(handoff)
    if handoff.volunteer_leg is None:
        return _ring_volunteer(handoff, now)
    return _join_or_ring_member(handoff, now)


def _join_or_ring_member(handoff: Handoff, now: datetime) -> Decision:
    """A member who waits on the line has pressed their key already: they hear that somebody is there."""
    if handoff.member_leg is None:
        return _ring_member(handoff, now)
    joining = replace(handoff, state=State.JOINING, member_tries=1, next_action_at=now + JOINING_TAKES)
    note = do.Note(handoff.escalation, "member_waited_on_the_line")
    come = do.AskAgain(handoff.member_leg, f"handoff:{handoff.id}:come:{handoff.member_leg}")
    return Decision(joining, (note, come))


def _ring_volunteer(handoff: Handoff, now: datetime) -> Decision:
    tries, until = handoff.volunteer_tries + 1, now + handoff.ring_for + WORST_RING
    ringing = replace(
        handoff,
        state=State.RINGING_VOLUNTEER,
        volunteer_leg=None,
        volunteer_tries=tries,
        next_action_at=until,
    )
    key = f"handoff:{handoff.id}:volunteer:{tries}"
    call = call_to(handoff, handoff.volunteer_person, Subject.VOLUNTEER_LEG, key, until)
    return Decision(ringing, (call,), _goes_on(handoff, tries))


def _ring_member(handoff: Handoff, now: datetime) -> Decision:
    tries, until = handoff.member_tries + 1, now + handoff.ring_for + WORST_RING
    ringing = replace(
        handoff,
        state=State.RINGING_MEMBER,
        member_leg=None,
        member_in=False,
        member_tries=tries,
        next_action_at=until,
    )
    key = f"handoff:{handoff.id}:member:{tries}"
    note = do.Note(handoff.escalation, "member_rung", {"time": tries})
    call = call_to(handoff, handoff.member_person, Subject.MEMBER_LEG, key, until)
    return Decision(ringing, (call, note), _goes_on(handoff, tries))


def _goes_on(handoff: Handoff, tries: int) -> tuple[case.Event, ...]:
    """A further try keeps the case with its volunteer; the first belongs to the taking itself."""
    return (case.GoesOn(handoff.volunteer),) if tries > 1 else ()


def volunteer_ready(handoff: Handoff, leg: DeliveryId, now: datetime) -> Decision:
    """The volunteer pressed 1."""
    if leg != handoff.volunteer_leg:
        return Decision(handoff)
    if handoff.state is State.APART:
        return back_again(handoff, leg, now)
    if handoff.state is not State.RINGING_VOLUNTEER:
        return Decision(handoff)
    ringing = _join_or_ring_member(handoff, now)
    return replace(ringing, tells=(case.GoesOn(handoff.volunteer),))


def member_ready(handoff: Handoff, leg: DeliveryId, now: datetime) -> Decision:
    """The member pressed 1, perhaps while the volunteer is being asked what to do: then they come back."""
    if leg != handoff.member_leg:
        return Decision(handoff)
    if handoff.state is State.APART:
        return back_again(handoff, leg, now)
    if handoff.state not in (State.RINGING_MEMBER, State.NO_ANSWER):
        return Decision(handoff)
    joining = replace(handoff, state=State.JOINING, next_action_at=now + JOINING_TAKES)
    effects: tuple[Effect, ...] = (do.Note(handoff.escalation, "member_pressed_1"),)
    if handoff.state is State.NO_ANSWER and handoff.volunteer_leg is not None:
        effects = (*effects, do.AskAgain(handoff.volunteer_leg, f"handoff:{handoff.id}:member_came:{leg}"))
    return Decision(joining, effects, (case.GoesOn(handoff.volunteer),))


def fail_leg(handoff: Handoff, leg: DeliveryId, why: str, now: datetime) -> Decision:
    """A leg is lost before its person was there, or (`hung_up`) before the two were."""
    if handoff.state is State.APART:
        return fail_again(handoff, leg, now)
    if leg == handoff.volunteer_leg:
        return _volunteer_gone(handoff, why, now)
    if leg == handoff.member_leg:
        return _member_gone(handoff, leg, why, now)
    return Decision(handoff)


def _volunteer_gone(handoff: Handoff, why: str, now: datetime) -> Decision:
    again = handoff.volunteer_tries < _VOLUNTEER_TRIES and why != "passed"
    if handoff.state is State.RINGING_VOLUNTEER and again:
        return _ring_volunteer(handoff, now)
    return over(handoff, f"volunteer_{why}", now)


def _member_gone(handoff: Handoff, leg: DeliveryId, why: str, now: datetime) -> Decision:
    if handoff.state is State.RINGING_VOLUNTEER:  # they waited on the line, and put it down: rung when it is their turn
        return Decision(replace(handoff, member_leg=None, member_in=False))
    if handoff.state not in (State.RINGING_MEMBER, State.JOINING):
        return Decision(handoff)
    note = do.Note(handoff.escalation, "member_not_reached", {"why": why, "time": handoff.member_tries})
    gone = replace(handoff, member_leg=None, member_in=False)
    if handoff.member_tries >= handoff.max_tries:
        return _ask_volunteer(gone, note, f"gone:{leg}", now)
    return Decision(replace(gone, state=State.RINGING_MEMBER, next_action_at=now + _AGAIN_AFTER), (note,))


def _ask_volunteer(handoff: Handoff, note: Effect, which: str, now: datetime) -> Decision:
    """All tries are used: the member gets a text, and the volunteer may hold the case or leave it.

    `which`: of all the losses of a leg, this one. Who rings in and is lost again counts no try.
    """
    asking = replace(handoff, state=State.NO_ANSWER, volunteer_in=False)
    asking = replace(asking, next_action_at=now + _CHOICE_WAITS)
    key, about = f"handoff:{handoff.id}", do.About(escalation=handoff.escalation, handoff=handoff.id)
    template, to = "member_call_missed", handoff.member_person
    text = do.SendText(to, template, f"{key}:missed", Lane.URGENT, {}, about)
    if handoff.volunteer_leg is None:
        return Decision(asking, (note, text))
    return Decision(asking, (note, text, do.AskAgain(handoff.volunteer_leg, f"{key}:no_answer:{which}")))


def ask_again(handoff: Handoff, now: datetime) -> Decision:
    """The member wrote or said that they need a person: they are rung, where the volunteer waits on the line for them.

    If the two do not come together any more, the case goes on to others, however long they had talked before.
    """
    if handoff.state is State.APART and not handoff.member_in:
        asked = replace(handoff, asked_again=True)
        rings = handoff.member_leg is not None
        return ring_again(asked, Side.VOLUNTEER, now) if handoff.volunteer_in and not rings else Decision(asked)
    if handoff.state is State.NO_ANSWER and handoff.volunteer_leg is not None:
        ringing = _ring_member(replace(handoff, asked_again=True), now)
        key = f"handoff:{handoff.id}:rung_anew:{ringing.handoff.member_tries}"
        return replace(ringing, effects=(*ringing.effects, do.AskAgain(handoff.volunteer_leg, key)))
    return Decision(handoff)


def choose(handoff: Handoff, hold: bool | None, now: datetime) -> Decision:
    """The member did not answer; the volunteer holds the case, leaves it, or says nothing."""
    if handoff.state is not State.NO_ANSWER:
        return Decision(handoff)
    return over(handoff, {True: "held", False: "left", None: "no_choice"}[hold], now)


def enter(handoff: Handoff, leg: DeliveryId, now: datetime) -> Decision:
    """A leg is in the conference; with the second one they talk."""
    if handoff.state is State.APART:  # told late: they are out again
        return Decision(handoff)
    if leg == handoff.volunteer_leg:
        handoff = replace(handoff, volunteer_in=True)
    elif leg == handoff.member_leg:
        handoff = replace(handoff, member_in=True)
    both = handoff.volunteer_in and handoff.member_in
    if not both or handoff.state is not State.JOINING:
        return Decision(handoff)
    joined = replace(
        handoff,
        state=State.JOINED,
        joined_at=handoff.joined_at or now,
        asked_again=False,
        unheard=0,
        together_since=now,
        apart_since=None,
        next_action_at=now + LONGEST_CALL,
    )
    return Decision(joined, (), (case.Joined(handoff.volunteer),))


def ring_on(handoff: Handoff, now: datetime) -> Decision:
    """The pause between two tries is over, or nothing was heard of one: the next, while there is one."""
    if handoff.member_tries >= handoff.max_tries:
        note = do.Note(handoff.escalation, "member_not_reached", {"why": "silence"})
        return _ask_volunteer(handoff, note, f"silent:{handoff.member_tries}", now)
    ringing = _ring_member(handoff, now)
    if handoff.member_leg is None:
        return ringing
    stop = do.StopCalls(handoff.escalation, (Subject.MEMBER_LEG,))
    return replace(ringing, effects=(stop, *ringing.effects))


def call_off(handoff: Handoff, now: datetime) -> Decision:
    """End it without a word to its case, which has moved on already.

    Both legs stop ringing; a volunteer who waits on the call that offered it hears that it is over.
    """
    gone = replace(handoff, state=State.OVER, ended_at=now, next_action_at=None)
    stopped = (Subject.MEMBER_LEG, Subject.VOLUNTEER_LEG)
    effects: tuple[Effect, ...] = (do.StopCalls(handoff.escalation, stopped),)
    if handoff.volunteer_leg is not None and handoff.state is not State.RINGING_VOLUNTEER:
        effects = (*effects, do.AskAgain(handoff.volunteer_leg, f"handoff:{handoff.id}:called_off"))
    return Decision(gone, effects)
