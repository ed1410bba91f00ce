"""Each voice route fails in each way: the person hears to hold on, is asked again, or hears a goodbye of ours.

Never the carrier's own error words, never silence without an end, and what the call was for goes on.
"""

import re

import pytest

from checkin.simulator.phones import Phone
from checkin.simulator.talk import APPLICATION_ERROR
from checkin.simulator.world import Then
from tests.stories.test_came_apart import talk
from tests.stories.test_waiting import waits
from tests.town import Town

FAILURES = {"500": (500, "Something went wrong here."), "timeout": (0, ""), "not TwiML": (200, "<html>oops</html>")}
ROUTES = (
    "answered", "keys/offer", "keys/volunteer_leg", "keys/member_leg", "keys/no_answer", "keys/outcome",
    "keys/coordinator", "keys/check_in", "keys/waiting", "keys/apart", "keys/back", "keys/third_ask", "keys/third",
    "after", "voice", "voice/keys",
)  # fmt: skip


def breaks(town: Town, route: str, failure: str, times: int) -> list[str]:
    """The next so many webhooks of a route fail. Returns the addresses that did."""
    failed: list[str] = []
    post = town.world.post
    wanted = re.compile(rf"/twilio/{route}" if route.startswith("voice") else rf"/twilio/call/\d+/{route}")
    exact = route in ("voice", "answered", "after")

    def posts(url: str, params: dict[str, str], then: Then) -> None:
        path = url.split("?")[0]
        hit = wanted.search(path) is not None and (not exact or path.endswith(route))
        if hit and len(failed) < times:
            failed.append(url)
            then(*FAILURES[failure])
            return
        post(url, params, then)

    town.world.post = posts
    return failed


def at_the_question(town: Town, route: str) -> Phone:
    """Somebody's phone is where its next key, or the next moment, asks this route. Returns the phone."""
    match route:
        case "voice":
            return town.sam
        case "voice/keys":
            town.sam.rings_the_service()
            town.passes(seconds=1)
            return town.sam
        case "keys/waiting":
            return waits(town)
        case "keys/outcome" | "keys/apart" | "keys/back" | "keys/third_ask" | "keys/third" | "after":
            return _in_a_talk(town, route)
        case "keys/coordinator":
            return _coordinator(town)
        case "keys/check_in":
            return _check_in(town)
        case _:
            return _of_a_handoff(town, route)


def _in_a_talk(town: Town, route: str) -> Phone:
    peer = talk(town)
    if route == "after":
        return peer
    if route == "keys/back":
        town.sam.drops()
        town.rings(town.sam).answers()
        return town.sam
    if route in ("keys/third_ask", "keys/third"):
        peer.sends("ADD")
        town.passes(seconds=2)
        if route == "keys/third_ask":
            return town.sam
        town.sam.presses("1")
        town.rings(town.dora).answers()
        return town.dora
    town.sam.hangs_up()
    town.passes(seconds=1)
    if route == "keys/outcome":
        peer.presses("1")
    return peer


def _coordinator(town: Town) -> Phone:
    for phone in (town.ana, town.ben):
        phone.becomes("busy")
    town.sam.sends("I want to die")
    town.rings(town.dora, within=400).answers()
    return town.dora


def _check_in(town: Town) -> Phone:
    from checkin.store.tables import MemberRow

    with town.in_session() as session:
        session.query(MemberRow).one().channel = "voice"
    town.schedule("MO 09:30")
    town.passes(minutes=30)
    town.rings(town.sam).answers()
    return town.sam


def _of_a_handoff(town: Town, route: str) -> Phone:
    town.sam.sends("CALL")
    town.passes(seconds=2)
    peer = town.ana if town.ana.line == "ringing" else town.ben
    if route == "keys/volunteer_leg":
        peer.hangs_up()
        town.passes(seconds=1)
        peer.sends("TAKE 1")
        town.rings(peer).answers()
        return peer
    if route in ("answered", "keys/offer"):
        if route == "keys/offer":
            peer.answers()
        return peer
    peer.presses("1")
    town.passes(seconds=3)
    if route == "keys/member_leg":
        town.rings(town.sam).answers()
        return town.sam
    town.sam.becomes("busy")
    for _ in range(120):
        town.passes(seconds=1)
        if any("They did not pick up" in words for words in peer.heard):
            break
    return peer


def _meets_it(town: Town, route: str, phone: Phone) -> None:
    match route:
        case "voice":
            phone.rings_the_service()
        case "answered":
            phone.answers()
        case "after":
            town.sam.hangs_up()
        case _:
            town.passes(seconds=1)
            phone.presses("1")


def listens(phone: Phone) -> list[str]:
    """All that is said on a phone from now on, over all its calls."""
    said: list[str] = []
    phone.noticed = lambda what, words: said.append(words) if what == "hears" else None
    return said


@pytest.mark.parametrize("failure", sorted(FAILURES))
@pytest.mark.parametrize("route", ROUTES)
def test_a_prompt_whose_callback_fails_once_is_put_again(town: Town, route: str, failure: str) -> None:
    phone = at_the_question(town, route)
    failed, said = breaks(town, route, failure, 1), listens(phone)
    _meets_it(town, route, phone)
    town.passes(seconds=3)
    assert len(failed) == 1, "the route was asked"
    assert "Please hold on. We will be right with you." in said
    town.passes(seconds=6)
    assert APPLICATION_ERROR not in said
    asked_again = [url for url, _ in town.webhooks if url.endswith("?again=1")]
    assert asked_again, "the same question is put again"
    assert phone.line != "idle"


@pytest.mark.parametrize("route", ROUTES)
def test_a_service_that_is_away_for_longer_says_goodbye_and_what_it_was_for_goes_on(town: Town, route: str) -> None:
    phone = at_the_question(town, route)
    breaks(town, route, "500", 10**6)
    rang_us = route.startswith("voice") or route == "keys/waiting"
    breaks(town, "voice" if rang_us else "answered", "500", 10**6)
    said = listens(phone)
    _meets_it(town, route, phone)
    town.passes(minutes=1)
    assert APPLICATION_ERROR not in said
    assert any(words.endswith("Goodbye.") for words in said), said
    assert phone.line != "in call"
    for case in town.cases():
        assert case.state == "closed" or case.next_action_at is not None
