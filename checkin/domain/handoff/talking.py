"""The two talk, come apart, come back, and end it."""

from dataclasses import replace
from datetime import datetime, timedelta

from checkin.domain import effects as do
from checkin.domain import escalation as case
from checkin.domain.effects import Effect, Subject
from checkin.domain.handoff.calls import JOINING_TAKES, WORST_RING, call_to
from checkin.domain.handoff.values import Decision, Handoff, Side, State, Third, other, side_of
from checkin.domain.terms import DeliveryId, Lane

REJOIN_FOR = timedelta(minutes=10)
"""How long both are brought back to their talk after they came apart, or after it was over."""

_BOTH_PUT_DOWN = timedelta(seconds=5)  # at a talk's end the second follows the first within this
_SECOND_JOINING_TAKES = timedelta(seconds=20)
_CHOICE_TAKES = timedelta(seconds=15)  # both are on the line: one pressed the star, and hears what can be done
_LEG = {Side.VOLUNTEER: Subject.VOLUNTEER_LEG, Side.MEMBER: Subject.MEMBER_LEG}
_CALLS = {Side.VOLUNTEER: (Subject.VOLUNTEER_LEG, Subject.OFFER), Side.MEMBER: (Subject.MEMBER_LEG,)}


def leave(handoff: Handoff, leg: DeliveryId, now: datetime) -> Decision:
    """A leg left the conference. Whether its call is up is told by others."""
    side = side_of(handoff, leg)
    if side is None:
        return Decision(handoff)
    if handoff.state is State.JOINED:
        return Decision(_part(handoff, now))
    return Decision(handoff if handoff.state is State.APART else _here(handoff, side, False))


def hang_up(handoff: Handoff, leg: DeliveryId, now: datetime) -> Decision:
    """The call of a leg is over."""
    if leg == handoff.third_leg:
        return Decision(replace(handoff, third=Third.GONE, third_leg=None))
    side = side_of(handoff, leg)
    if side is None:
        return Decision(handoff)
    if handoff.state in (State.JOINED, State.APART):
        return _lose(_part(handoff, now) if handoff.state is State.JOINED else handoff, side, now)
    if handoff.state is State.JOINING and handoff.joined_at is not None:
        return _lost_on_the_way_back(handoff, side, now)
    from checkin.domain.handoff.ringing import fail_leg  # each half needs the other

    return fail_leg(handoff, leg, "hung_up", now)


def _part(handoff: Handoff, now: datetime) -> Handoff:
    """The conference has broken up. Who is on the line says so; who does not is missing."""
    return replace(
        handoff,
        state=State.APART,
        volunteer_in=False,
        member_in=False,
        talked_seconds=talked_until(handoff, now),
        together_since=None,
        apart_since=now,
        partings=handoff.partings + 1,
        next_action_at=now + _BOTH_PUT_DOWN,
    )


def talked_until(handoff: Handoff, now: datetime) -> int:
    """Seconds of talk so far."""
    running = int((now - handoff.together_since).total_seconds()) if handoff.together_since else 0
    return handoff.talked_seconds + running


def _one_less(handoff: Handoff, side: Side, now: datetime) -> Decision:
    """Whoever is the last to leave ends it."""
    handoff = _leg(_here(handoff, side, False), side, None)
    if handoff.volunteer_leg is None and handoff.member_leg is None:
        return over(handoff, f"{side}_left", now)
    return Decision(handoff)


def _lost_on_the_way_back(handoff: Handoff, side: Side, now: datetime) -> Decision:
    """One is lost while both were being joined again: the other is alone in the conference, and is asked out."""
    stays = other(side)
    leg = _get_leg(handoff, stays)
    lost = _one_less(_here(_part(handoff, now), stays, leg is not None), side, now)
    if leg is None or lost.handoff.state is State.OVER:
        return lost
    return replace(lost, effects=(*lost.effects, _ask(lost.handoff, leg, "alone")))


def stay_on(handoff: Handoff, leg: DeliveryId, now: datetime) -> Decision:
    """A leg is on the line with us."""
    side = side_of(handoff, leg)
    if side is None or handoff.state not in (State.JOINED, State.APART):
        return Decision(handoff)
    apart = _part(handoff, now) if handoff.state is State.JOINED else handoff
    before = _is_here(apart, side)
    apart = _here(apart, side, True)
    if not before and _is_here(apart, other(side)) and apart.third is not Third.ASKED:
        apart = replace(apart, next_action_at=now + _CHOICE_TAKES)
    return Decision(apart)


def done(handoff: Handoff, leg: DeliveryId, now: datetime) -> Decision:
    """Somebody on the line said that the talk is over."""
    side = side_of(handoff, leg)
    if side is None or handoff.state is not State.APART:
        return Decision(handoff)
    ended = over(handoff, f"{side}_done", now)
    waits = _get_leg(handoff, other(side)) if _is_here(handoff, other(side)) else None
    if waits is None:
        return ended
    return replace(ended, effects=(*ended.effects, _ask(handoff, waits, "done")))


def come_back(handoff: Handoff, side: Side, leg: DeliveryId, now: datetime) -> Decision:
    """Somebody rang us to be with the other again. Their call takes the place of the one that was lost."""
    if leg in (handoff.volunteer_leg, handoff.member_leg):
        return Decision(handoff)
    if handoff.state is State.OVER:
        if handoff.joined_at is None or handoff.ended_at is None or now - handoff.ended_at > REJOIN_FOR:
            return Decision(handoff)
        handoff = replace(handoff, volunteer_leg=None, member_leg=None, third=Third.NONE, third_leg=None)
        handoff = replace(_part(handoff, now), ended_at=None)
        return ring_again(_leg(handoff, side, leg), side, now)
    stop = do.StopCalls(handoff.escalation, _CALLS[side], keep=leg)
    if handoff.state in (State.JOINED, State.APART):
        apart = _part(handoff, now) if handoff.state is State.JOINED else handoff
        back = back_again(_leg(apart, side, leg), leg, now)
        return replace(back, effects=(stop, *back.effects))
    from checkin.domain.handoff.ringing import member_ready, volunteer_ready

    ready = volunteer_ready if side is Side.VOLUNTEER else member_ready
    taken = ready(_leg(handoff, side, leg), leg, now)
    return replace(taken, effects=(stop, *taken.effects))


def ring_again(handoff: Handoff, here: Side, now: datetime) -> Decision:
    """One is on the line: the other is rung, once a parting."""
    missing = other(here)
    handoff = _here(handoff, here, True)
    stale, again = _get_leg(handoff, missing), handoff.again + 1
    until = now + handoff.ring_for + WORST_RING
    ringing = replace(_leg(handoff, missing, None), again=again, next_action_at=until)
    person = handoff.volunteer_person if missing is Side.VOLUNTEER else handoff.member_person
    call = call_to(handoff, person, _LEG[missing], f"handoff:{handoff.id}:again:{again}", until)
    note = do.Note(handoff.escalation, "rung_again", {"who": missing.value, "time": again})
    stop = (do.StopCalls(handoff.escalation, _CALLS[missing]),) if stale is not None else ()
    return Decision(ringing, (*stop, call, note))


def back_again(handoff: Handoff, leg: DeliveryId, now: datetime) -> Decision:
    """The one who was missing is on the line. Where the other still is, they are joined."""
    side = side_of(handoff, leg)
    if side is None:
        return Decision(handoff)
    handoff = _here(handoff, side, True)
    if _is_here(handoff, other(side)):
        return together(handoff, now, but=leg)
    if _get_leg(handoff, other(side)) is None and handoff.again < handoff.partings:
        return ring_again(handoff, side, now)
    return Decision(handoff)


def together(handoff: Handoff, now: datetime, but: DeliveryId | None = None) -> Decision:
    """Both are on the line: into the conference. `but`: the leg that is told so in this very answer."""
    joining = replace(
        handoff,
        state=State.JOINING,
        third=Third.NONE if handoff.third is Third.ASKED else handoff.third,
        volunteer_in=False,
        member_in=False,
        next_action_at=now + JOINING_TAKES,
    )
    legs = (leg for leg in (handoff.volunteer_leg, handoff.member_leg) if leg is not None and leg != but)
    which = f"back:{handoff.again}:{handoff.unheard}"
    return Decision(joining, tuple(_ask(handoff, leg, which) for leg in legs))


def not_heard(handoff: Handoff, now: datetime) -> Decision:
    """Both should be in the conference, and we have not heard it. A word of the carrier's may be lost on its way to us.

    Two who are talking are not cut off for that: both are asked in once more, and their coming is told anew.
    """
    if not handoff.unheard and handoff.volunteer_leg is not None and handoff.member_leg is not None:
        asked = together(replace(handoff, unheard=1), now)
        return replace(asked, handoff=replace(asked.handoff, next_action_at=now + _SECOND_JOINING_TAKES))
    if handoff.joined_at is not None and handoff.member_leg is not None:
        return lose_volunteer(handoff, now)
    return over(handoff, "not_joined", now)


def fail_again(handoff: Handoff, leg: DeliveryId, now: datetime) -> Decision:
    """The call that was to bring somebody back met nobody."""
    side = side_of(handoff, leg)
    return Decision(handoff) if side is None else _lose(handoff, side, now)


def _lose(handoff: Handoff, side: Side, now: datetime) -> Decision:
    """One is off the line. Nobody rings on for a talk in which nobody waits; whoever waits hears that it failed."""
    if handoff.third is Third.ASKED:
        return _unasked(handoff, side, now)
    gone = _one_less(handoff, side, now)
    if gone.handoff.state is State.OVER or handoff.again < handoff.partings:
        return gone
    if _is_here(gone.handoff, other(side)):
        return not_back(gone.handoff, side, now)
    return over(gone.handoff, f"{side}_left", now)


def _unasked(handoff: Handoff, side: Side, now: datetime) -> Decision:
    """One is gone before the member has answered whether a third may come in: whoever stays is told so at once."""
    note = do.Note(handoff.escalation, "third_unasked", {"who": side.value})
    lost = _lose(replace(handoff, third=Third.NONE, next_action_at=now + _BOTH_PUT_DOWN), side, now)
    stays = _get_leg(lost.handoff, other(side))
    told = bool(lost.effects) or lost.handoff.state is State.OVER or stays is None
    asks = () if told or stays is None else (_ask(handoff, stays, "unasked"),)
    return replace(lost, effects=(*lost.effects, note, *asks))


def not_back(handoff: Handoff, missing: Side, now: datetime) -> Decision:
    """A member waits for no volunteer who is lost: the case goes on. A volunteer may wait as long as one may rejoin."""
    if missing is Side.VOLUNTEER:
        return lose_volunteer(handoff, now)
    key, about = f"handoff:{handoff.id}", do.About(escalation=handoff.escalation, handoff=handoff.id)
    words = f"{key}:missed:{handoff.partings}"
    text = do.SendText(handoff.member_person, "member_cut_off", words, Lane.URGENT, {}, about)
    asks = (_ask(handoff, handoff.volunteer_leg, "not_back"),) if handoff.volunteer_leg is not None else ()
    waits = replace(handoff, next_action_at=(handoff.apart_since or now) + REJOIN_FOR)
    return Decision(waits, (text, *asks))


def lose_volunteer(handoff: Handoff, now: datetime) -> Decision:
    """The member stayed on the line, and the volunteer is not to be had: the case goes on, and the member waits."""
    lost = over(handoff, "volunteer_lost", now)
    ask = (_ask(handoff, handoff.member_leg, "lost"),) if handoff.member_leg is not None else ()
    return replace(lost, effects=(*lost.effects, *ask))


def wake_apart(handoff: Handoff, now: datetime) -> Decision:
    """Nobody has said anything for a while: who is on the line, and who is missing?"""
    here = [side for side in Side if _is_here(handoff, side)]
    if not here:
        return over(handoff, "both_left", now)
    if len(here) == 2:
        if handoff.third is not Third.ASKED:
            return together(handoff, now)
        back = together(replace(handoff, third=Third.REFUSED), now)
        return replace(back, effects=(*back.effects, do.Note(handoff.escalation, "third_silent")))
    if handoff.again < handoff.partings:
        return ring_again(handoff, here[0], now)
    if here[0] is Side.VOLUNTEER and now < (handoff.apart_since or now) + REJOIN_FOR:
        return not_back(handoff, Side.MEMBER, now)
    if here[0] is Side.MEMBER:
        return not_back(handoff, Side.VOLUNTEER, now)
    ended = over(handoff, "member_not_back", now)
    ask = (_ask(handoff, handoff.volunteer_leg, "over"),) if handoff.volunteer_leg is not None else ()
    return replace(ended, effects=(*ended.effects, *ask))


def over(handoff: Handoff, why: str, now: datetime) -> Decision:
    """It has come to its end; its case hears how long they talked, and why it ended."""
    talked = talked_until(handoff, now)
    ended = replace(
        handoff, state=State.OVER, ended_at=now, talked_seconds=talked, together_since=None, next_action_at=None
    )
    waits_anew = handoff.asked_again and why != f"{Side.MEMBER}_done"
    told = (case.HandoffOver(handoff.volunteer, talked, "asked_again" if waits_anew else why),)
    stopped = _still_up(handoff, why)
    return Decision(ended, (do.StopCalls(handoff.escalation, stopped),) if stopped else (), told)


def _still_up(handoff: Handoff, why: str) -> tuple[Subject, ...]:
    """What may still ring or wait. Who has talked hears our words to their end."""
    third = (Subject.THIRD_LEG,) if handoff.third is not Third.NONE else ()
    if why in ("not_joined", "volunteer_silence", "silence"):
        return (Subject.MEMBER_LEG, Subject.VOLUNTEER_LEG, Subject.OFFER, *third)
    if why == "volunteer_lost":
        return (Subject.VOLUNTEER_LEG, Subject.OFFER, *third)
    if handoff.joined_at is None:
        return (Subject.MEMBER_LEG,)
    missing = tuple(_LEG[side] for side in Side if not _is_here(handoff, side) and handoff.again >= handoff.partings)
    return (*missing, *third)


def _ask(handoff: Handoff, leg: DeliveryId, what: str) -> Effect:
    return do.AskAgain(leg, f"handoff:{handoff.id}:{what}:{handoff.partings}:{leg}")


def _leg(handoff: Handoff, side: Side, leg: DeliveryId | None) -> Handoff:
    return replace(handoff, volunteer_leg=leg) if side is Side.VOLUNTEER else replace(handoff, member_leg=leg)


def _get_leg(handoff: Handoff, side: Side) -> DeliveryId | None:
    return handoff.volunteer_leg if side is Side.VOLUNTEER else handoff.member_leg


def _here(handoff: Handoff, side: Side, here: bool) -> Handoff:
    return replace(handoff, volunteer_in=here) if side is Side.VOLUNTEER else replace(handoff, member_in=here)


def _is_here(handoff: Handoff, side: Side) -> bool:
    return handoff.volunteer_in if side is Side.VOLUNTEER else handoff.member_in
