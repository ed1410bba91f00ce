"""A line drops in a talk: who stays is told, who was lost is rung, and for ten minutes both come back to it."""

import pytest

from checkin.domain.handoff import State
from checkin.simulator.phones import Phone
from checkin.store.tables import HandoffRow
from tests.stories.test_main_path import joined
from tests.town import Town


def talk(town: Town) -> Phone:
    """Sam and a volunteer talk."""
    town.sam.sends("CALL")
    town.passes(seconds=2)
    peer = town.ana if town.ana.line == "ringing" else town.ben
    peer.presses("1")
    town.passes(seconds=3)
    town.rings(town.sam).presses("1")
    town.passes(seconds=20)
    assert (peer.line, town.sam.line) == ("in conference", "in conference"), town.steps()
    return peer


def heard(phone: Phone, words: str) -> bool:
    return any(words in said for said in phone.heard)


def test_a_member_whose_line_drops_is_rung_at_once_and_the_volunteer_is_told(town: Town) -> None:
    peer = talk(town)
    town.sam.drops()
    town.rings(town.sam, within=10)
    assert heard(peer, "If they were cut off, stay on")
    town.sam.answers()
    town.passes(seconds=1)
    assert town.sam.heard[-1].endswith("You were cut off. Press 1 to talk on, 2 if you were done.")
    town.sam.presses("1")
    town.passes(seconds=3)
    assert (peer.line, town.sam.line) == ("in conference", "in conference"), town.steps()
    assert town.cases()[0].state == "in_touch"


def test_a_volunteer_whose_line_drops_is_rung_at_once_and_the_member_is_told(town: Town) -> None:
    peer = talk(town)
    peer.drops()
    town.rings(peer, within=10)
    assert heard(town.sam, "we bring you back together")
    peer.presses("1")
    town.passes(seconds=3)
    assert (peer.line, town.sam.line) == ("in conference", "in conference"), town.steps()


def test_a_voicemail_that_picks_up_is_not_joined_and_the_member_waits_for_the_next(town: Town) -> None:
    peer = talk(town)
    peer.becomes("voicemail")
    peer.drops()
    other = town.ben if peer is town.ana else town.ana
    town.rings(other, within=60)
    assert town.sam.line == "in call"
    other.presses("1")
    town.passes(seconds=3)
    assert (other.line, town.sam.line) == ("in conference", "in conference"), (town.steps(), town.sam.heard)
    assert peer.line != "in conference"


def test_both_who_put_it_down_are_not_rung_again_and_the_outcome_is_asked_for(town: Town) -> None:
    peer = talk(town)
    town.sam.hangs_up()
    peer.hangs_up()
    town.passes(minutes=3)
    assert "rung_again" not in town.steps()
    assert any("DONE" in text for text in peer.received)
    assert town.rows(HandoffRow)[0].state == State.OVER


def test_the_volunteer_who_stays_says_by_key_that_it_was_the_end_and_then_how_it_went(town: Town) -> None:
    peer = talk(town)
    town.sam.hangs_up()
    town.passes(seconds=1)
    peer.presses("1")
    town.passes(seconds=1)
    assert heard(peer, "How did it go?")
    peer.presses("1")
    town.passes(seconds=2)
    assert town.cases()[0].state == "closed"


def test_a_member_who_rings_in_comes_back_to_the_same_conference(town: Town) -> None:
    peer = talk(town)
    town.sam.becomes("off")
    town.sam.drops()
    town.passes(seconds=30)
    assert heard(peer, "They can ring us for ten minutes")
    town.sam.becomes("rings")
    town.passes(minutes=4)
    town.sam.rings_the_service()
    town.passes(seconds=8)
    town.sam.presses("1")
    town.passes(seconds=3)
    assert (peer.line, town.sam.line) == ("in conference", "in conference"), (town.steps(), town.sam.heard)
    assert list(town.world.conferences) == ["handoff-1"]


def asks_for_a_third(town: Town, peer: Phone, how: str) -> None:
    if how == "by text":
        peer.sends("ADD")
    else:
        peer.presses("*")
        town.passes(seconds=1)
        peer.presses("3")
    town.passes(seconds=2)
    assert town.sam.heard[-1].startswith("Your peer would like to bring a coordinator"), town.sam.heard


@pytest.mark.parametrize("how", ["by key", "by text"])
def test_a_coordinator_comes_in_when_the_member_agrees_and_leaves_without_ending_it(town: Town, how: str) -> None:
    peer = talk(town)
    asks_for_a_third(town, peer, how)
    assert town.dora.line == "idle"
    town.sam.presses("1")
    town.rings(town.dora).presses("1")
    town.passes(seconds=3)
    assert {phone.line for phone in (town.sam, peer, town.dora)} == {"in conference"}, town.steps()
    town.dora.hangs_up()
    town.passes(seconds=5)
    assert {phone.line for phone in (town.sam, peer)} == {"in conference"}
    asks_for_a_third(town, peer, how)


@pytest.mark.parametrize("keys", ["2", ""])
def test_a_member_who_says_no_or_nothing_talks_on_with_the_peer_alone(town: Town, keys: str) -> None:
    peer = talk(town)
    asks_for_a_third(town, peer, "by key")
    if keys:
        town.sam.presses(keys)
    town.passes(seconds=40)
    assert {phone.line for phone in (town.sam, peer)} == {"in conference"}, town.steps()
    assert heard(peer, "They would rather talk with you alone.")
    assert town.dora.line == "idle"


def test_a_member_whose_peer_hangs_up_while_they_are_asked_is_told_at_once(town: Town) -> None:
    peer = talk(town)
    asks_for_a_third(town, peer, "by text")
    peer.hangs_up()
    town.passes(seconds=2)
    assert town.sam.heard[-1].startswith("Your peer is off the line for a moment"), town.sam.heard
    town.rings(peer, within=10).presses("1")
    town.passes(seconds=3)
    assert (peer.line, town.sam.line) == ("in conference", "in conference"), town.steps()
    assert "third_unasked" in town.steps()
    assert "third_refused" not in town.steps()
    assert town.dora.line == "idle"
    asks_for_a_third(town, peer, "by text")


def test_a_coordinator_who_does_not_come_leaves_the_talk_as_it_is(town: Town) -> None:
    peer = talk(town)
    asks_for_a_third(town, peer, "by text")
    town.dora.becomes("voicemail")
    town.sam.presses("1")
    town.passes(minutes=2)
    assert {phone.line for phone in (town.sam, peer)} == {"in conference"}
    assert any("No coordinator picked up" in text for text in peer.received)


def test_everybody_out_closes_it_also_for_the_third(town: Town) -> None:
    peer = talk(town)
    asks_for_a_third(town, peer, "by key")
    town.sam.presses("1")
    town.rings(town.dora).presses("1")
    town.passes(seconds=3)
    town.sam.hangs_up()
    peer.hangs_up()
    town.passes(minutes=1)
    assert {phone.line for phone in (town.sam, peer, town.dora)} == {"idle"}
    assert town.rows(HandoffRow)[0].state == State.OVER


def test_the_star_and_silence_bring_both_back(town: Town) -> None:
    peer = talk(town)
    peer.presses("*")
    town.passes(seconds=1)
    assert peer.line == "in call"
    town.passes(seconds=25)
    assert {phone.line for phone in (town.sam, peer)} == {"in conference"}, town.steps()


def test_a_leg_for_whom_nobody_will_come_does_not_wait_for_ever(town: Town) -> None:
    """However it came to it: a handoff that is over has nobody alone in its conference."""
    town.sam.becomes("busy")
    town.sam.sends("CALL")
    town.passes(seconds=2)
    peer = town.ana if town.ana.line == "ringing" else town.ben
    peer.presses("1")
    town.passes(seconds=5)
    with town.in_session() as session:
        handoff = session.get_one(HandoffRow, 1)
        handoff.state, handoff.next_action_at, handoff.volunteer_leg = "over", None, None
    town.passes(minutes=1)
    assert peer.line == "idle", peer.heard


def test_who_ends_a_talk_that_was_too_short_hears_that_others_are_asked(town: Town) -> None:
    joined(town)
    town.sam.hangs_up()
    town.passes(seconds=3)
    town.ana.presses("1")
    town.rings(town.ben)
    town.passes(seconds=10)
    assert (town.ana.line, town.ben.line) == ("idle", "ringing")
    assert heard(town.ana, "too short to count as a talk, so we ask somebody again")
