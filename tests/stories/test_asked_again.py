"""A member asks for a person again while a volunteer has their case: whoever waits for them is joined to them."""

import pytest

from checkin.domain.handoff import State
from checkin.simulator.phones import Phone
from checkin.simulator.posting import Then
from checkin.store.tables import HandoffRow
from tests.stories.test_came_apart import heard, talk
from tests.town import Town


def cut_off(town: Town) -> Phone:
    """Sam's line dropped, and nobody picked up when we rang again; the volunteer waits, Sam was told how to go on."""
    peer = talk(town)
    town.passes(seconds=60)
    town.sam.drops()
    town.passes(seconds=50)  # it rings, and they do not hear it
    assert "reply CALL" in town.sam.received[-1]
    assert (peer.line, town.sam.line) == ("in call", "idle")
    return peer


def taken(town: Town) -> Phone:
    """Whoever is rung for Sam presses 1."""
    town.passes(seconds=2)
    peer = town.ana if town.ana.line == "ringing" else town.ben
    peer.presses("1")
    return peer


def not_reached(town: Town) -> Phone:
    """Sam did not hear their phone, three times; the volunteer is asked whether to hold the case."""
    town.sam.sends("i cant go on like this")
    peer = taken(town)
    town.passes(seconds=2)
    while town.rows(HandoffRow)[-1].state != State.NO_ANSWER:
        town.passes(seconds=5)
    town.passes(seconds=2)
    assert heard(peer, "did not pick up")
    return peer


def together(town: Town, peer: Phone) -> bool:
    return (peer.line, town.sam.line) == ("in conference", "in conference")


@pytest.mark.parametrize("words", ["CALL", "i cant do this any more", "i want to die"])
def test_words_of_who_was_cut_off_ring_them_for_the_volunteer_who_waits(town: Town, words: str) -> None:
    """They had been told to reply CALL, and nobody rang while the volunteer heard music."""
    peer = cut_off(town)
    town.sam.sends(words)
    town.rings(town.sam, within=5).presses("1")
    town.passes(seconds=3)
    assert together(town, peer), (town.steps(), town.sam.heard)
    assert town.rows(HandoffRow)[-1].asked_again is False


@pytest.mark.parametrize("words", ["i cant do this any more", "i want to die"])
def test_a_cry_on_a_call_to_us_brings_them_to_the_volunteer_who_waits(town: Town, words: str) -> None:
    peer = cut_off(town)
    town.sam.rings_the_service()
    town.passes(seconds=8)
    town.sam.says(words)
    town.passes(seconds=3)
    assert together(town, peer), (town.steps(), town.sam.heard)


def test_who_asked_again_and_is_not_reached_is_offered_to_others(town: Town) -> None:
    """The talk before it counted; the next whom anybody told was a coordinator, two hours later."""
    peer = cut_off(town)
    other = town.ben if peer is town.ana else town.ana
    town.sam.becomes("off")
    town.sam.sends("i cant do this any more")
    town.passes(seconds=50)
    peer.hangs_up()
    town.rings(other, within=30)
    assert town.cases()[0].state == "offering"


def test_who_asks_again_while_the_volunteer_chooses_is_rung_at_once(town: Town) -> None:
    """They had been told "Reply CALL at any time", did so seconds later, and nothing rang for eleven minutes."""
    peer = not_reached(town)
    town.sam.sends("CALL")
    town.rings(town.sam, within=5).presses("1")
    town.passes(seconds=3)
    assert together(town, peer), (town.steps(), peer.heard)


def test_who_is_rung_anew_and_not_reached_leaves_the_choice_to_the_volunteer_once_more(town: Town) -> None:
    peer = not_reached(town)
    town.sam.sends("CALL")
    town.passes(seconds=2)
    assert town.rows(HandoffRow)[-1].state == State.RINGING_MEMBER
    town.passes(seconds=40)
    assert town.rows(HandoffRow)[-1].state == State.NO_ANSWER
    assert sum("did not pick up" in said for said in peer.heard) == 2, peer.heard


def held(town: Town) -> Phone:
    """Sam was not reached; a volunteer holds the case."""
    peer = not_reached(town)
    peer.presses("1")
    town.passes(seconds=20)
    return peer


def asks_on_a_call(town: Town) -> None:
    town.sam.rings_the_service()
    town.passes(seconds=8)
    town.sam.presses("1")
    town.passes(seconds=2)


def test_a_member_on_hold_is_joined_to_the_volunteer_who_is_rung_for_them(town: Town) -> None:
    """Both were on the phone with us; the member's own line was rung, and was busy with us."""
    peer = held(town)
    asks_on_a_call(town)
    assert town.sam.line == "in call"
    town.rings(peer, within=5).presses("1")
    town.passes(seconds=6)
    assert together(town, peer), (town.steps(), town.sam.heard)


def test_a_member_who_rings_while_the_volunteers_own_phone_is_rung_waits_on_the_line(town: Town) -> None:
    """They heard "Goodbye"."""
    peer = held(town)
    peer.sends("TAKE")
    town.rings(peer, within=5)
    asks_on_a_call(town)
    assert town.sam.line == "in call", town.sam.heard
    peer.presses("1")
    town.passes(seconds=6)
    assert together(town, peer), (town.steps(), town.sam.heard)


def test_who_waits_on_the_line_keeps_their_place_when_the_volunteer_does_not_come(town: Town) -> None:
    peer = held(town)
    asks_on_a_call(town)
    town.rings(peer, within=5)
    peer.becomes("off")
    other = town.ben if peer is town.ana else town.ana
    for _ in range(60):
        town.passes(seconds=5)
        if other.line == "ringing":
            break
    assert town.sam.line == "in call", town.sam.heard
    other.presses("1")
    town.passes(seconds=6)
    assert together(town, other), (town.steps(), town.sam.heard)


def loses_the_next_coming(town: Town) -> list[str]:
    """The next word of the carrier that somebody entered a conference does not reach us. Returns what was lost."""
    post, lost = town.world.post, []

    def loses(url: str, params: dict[str, str], then: Then) -> None:
        if params.get("StatusCallbackEvent") == "participant-join" and not lost:
            lost.append(params["CallSid"])
            then(0, "")
        else:
            post(url, params, then)

    town.world.post = loses  # type: ignore[method-assign]
    return lost


def test_two_who_talk_are_not_cut_off_because_a_word_of_the_carrier_was_lost(town: Town) -> None:
    """45 seconds into the talk the volunteer heard "Goodbye", and three others were rung."""
    town.sam.sends("CALL")
    peer = taken(town)
    town.passes(seconds=3)
    lost = loses_the_next_coming(town)
    town.rings(town.sam).presses("1")
    town.passes(seconds=20)
    assert lost
    assert town.rows(HandoffRow)[-1].state == State.JOINING
    town.passes(minutes=1)
    assert together(town, peer), (town.steps(), town.sam.heard)
    assert town.rows(HandoffRow)[-1].state == State.JOINED
    town.passes(minutes=2)
    assert together(town, peer)
