"""A volunteer rings the service: each branch of the menu, told by phones."""

from datetime import datetime

import pytest
from sqlalchemy import select

from checkin.domain.consent import Consent
from checkin.domain.terms import PersonId, Phone
from checkin.store import consent, people
from checkin.store.tables import MemberRow, VolunteerRow
from tests.stories.ringing_in import PIN, has_pin, rings_in
from tests.stories.test_main_path import talked
from tests.town import ANA, BEN, EVE, SAM, Town

# --- a volunteer ------------------------------------------------------------------------------------------------------


def test_a_volunteer_takes_what_waits_on_the_very_call(town: Town) -> None:
    has_pin(town, BEN)
    town.sam.sends("i cant do this any more")
    town.passes(seconds=100)  # both have been rung in vain
    rings_in(town, town.ben, "1", f"{PIN}#")
    assert "This is Sam." in town.ben.heard[-2] + town.ben.heard[-1]
    town.rings(town.sam).presses("1")
    town.passes(seconds=15)
    [case] = town.cases()
    assert case.state == "in_touch"
    assert {leg.phone: leg.direction for leg in town.world.calls.values() if leg.conference} == {
        BEN: "inbound",
        SAM: "outbound-api",
    }
    town.ben.hangs_up()
    town.sam.hangs_up()
    town.passes(seconds=10)
    assert "handoff_over" in town.steps()


def test_nothing_waits(town: Town) -> None:
    has_pin(town, ANA)
    rings_in(town, town.ana, "1", f"{PIN}#")
    assert "Nothing waits for you now" in town.ana.heard[-1]


def test_a_case_that_is_with_coordinators_hides_none_that_waits_for_a_volunteer(town: Town) -> None:
    """Ana had given Sam's case to the coordinators: whenever she rang in for Eve's, it had been taken already."""
    has_pin(town, ANA)
    talked(town)
    town.ana.sends("DONE 1 3")
    town.passes(seconds=30)
    town.dora.sends("ACK 1")
    with town.in_session() as session:
        eve = people.ensure(session, Phone(EVE), town.time, name="Eve")
        eve.timezone = "America/New_York"
        consent.record(session, PersonId(eve.id), Consent.IN, "test", town.time)
        session.add(MemberRow(person_id=eve.id, circle_id=1, discreet=False, topics=[], created_at=town.time))
    town.eve.sends("i cant do this any more")
    town.passes(seconds=120)
    rings_in(town, town.ana, "1", f"{PIN}#")
    town.rings(town.eve, within=10)
    assert [(case.state, case.holder_id) for case in town.cases()] == [("with_coordinators", 1), ("handing_off", 1)]


def test_a_volunteer_of_another_circle_takes_nothing(town: Town) -> None:
    has_pin(town, town.cy.number)
    town.sam.sends("i cant do this any more")
    town.passes(seconds=5)
    rings_in(town, town.cy, "1", f"{PIN}#")
    assert "Nothing waits for you now" in town.cy.heard[-1]
    assert town.cases()[0].holder_id is None


def test_a_volunteer_joins_again(town: Town) -> None:
    has_pin(town, ANA)
    town.sam.sends("i cant do this any more")
    town.rings(town.ana).presses("1")
    town.rings(town.sam).presses("1")
    town.passes(seconds=30)
    town.ana.hangs_up()
    town.sam.hangs_up()
    town.passes(minutes=2)
    rings_in(town, town.ana, "2", f"{PIN}#")
    town.rings(town.sam, within=30).presses("1")
    town.passes(seconds=3)
    assert (town.sam.line, town.ana.line) == ("in conference", "in conference"), town.steps()


def test_a_volunteer_rings_in_for_the_member_whom_they_hold_hours_later(town: Town) -> None:
    """No talk is left to come back to: a new one begins on the call on which they gave their PIN."""
    has_pin(town, ANA)
    town.sam.sends("i cant do this any more")
    town.rings(town.ana).presses("1")
    town.rings(town.sam).presses("1")
    town.passes(seconds=90)
    town.ana.hangs_up()
    town.sam.hangs_up()
    town.passes(minutes=40)
    assert town.cases()[0].state == "in_touch"
    rings_in(town, town.ana, "2", f"{PIN}#")
    town.rings(town.sam, within=30).presses("1")
    town.passes(seconds=3)
    assert (town.sam.line, town.ana.line) == ("in conference", "in conference"), town.steps()


def test_a_volunteer_who_rings_in_after_the_talk_and_finds_the_line_busy_starts_nothing_anew(town: Town) -> None:
    """The other volunteer's phone rang, a coordinator was paged, and the member read that no one had picked up yet."""
    has_pin(town, ANA)
    talked(town)
    town.passes(minutes=15)
    offered, told = town.steps().count("offered"), len(town.dora.received)
    town.sam.becomes("busy")
    rings_in(town, town.ana, "2", f"{PIN}#")
    town.passes(seconds=30)
    town.ana.hangs_up()
    town.passes(minutes=2)
    [case] = town.cases()
    assert (case.state, case.facts["talked"]) == ("in_touch", True)
    assert town.steps().count("offered") == offered
    assert (town.ben.line, len(town.dora.received)) == ("idle", told)
    assert not any("picked up yet" in text for text in town.sam.received)


def test_who_rang_in_after_the_talk_and_presses_nothing_is_asked_how_the_talk_went(town: Town) -> None:
    has_pin(town, ANA)
    talked(town)
    town.passes(minutes=15)
    town.sam.becomes("busy")
    rings_in(town, town.ana, "2", f"{PIN}#")
    town.passes(seconds=60)
    assert any("They did not pick up" in said for said in town.ana.heard)
    assert any("How did it go?" in said for said in town.ana.heard), town.ana.heard
    assert town.cases()[0].state == "in_touch"


def test_a_volunteer_who_rings_in_as_their_hold_ends_is_not_cut_off(town: Town) -> None:
    has_pin(town, ANA)
    town.sam.becomes("busy")
    town.sam.sends("i cant do this any more")
    town.rings(town.ana).presses("1")
    while "hold it" not in town.ana.heard[-1]:
        town.passes(seconds=2)
    town.ana.presses("1")
    town.passes(seconds=2)
    town.sam.becomes("rings")
    ends = datetime.fromisoformat(town.cases()[0].facts["hold_until"])
    town.passes(seconds=(ends - town.time).total_seconds() - 20)
    rings_in(town, town.ana, "2", f"{PIN}#")
    town.passes(seconds=(ends - town.time).total_seconds() + 3)
    town.rings(town.sam, within=1).presses("1")
    town.passes(seconds=3)
    assert (town.sam.line, town.ana.line) == ("in conference", "in conference"), town.steps()
    assert "taken_back" not in town.steps()


@pytest.mark.parametrize("minutes", [3, 125])
def test_a_second_talk_is_asked_after_like_the_first(town: Town, minutes: int) -> None:
    """Back in the same talk (within ten minutes), or in a new one: each is asked for, and missed, on its own."""
    has_pin(town, ANA)
    talked(town)
    town.passes(minutes=minutes)
    asked, told = len(town.ana.received), len(town.dora.received)
    rings_in(town, town.ana, "2", f"{PIN}#")
    town.rings(town.sam, within=30).presses("1")
    town.passes(seconds=60)
    for phone in (town.sam, town.ana):
        phone.hangs_up()
        town.passes(seconds=5)
    town.passes(minutes=130)
    assert sum("DONE" in text for text in town.ana.received[asked:]) == 2, town.ana.received
    assert sum("no one has said how it went" in text for text in town.dora.received[told:]) == 1, town.dora.received


def test_nobody_takes_the_place_of_a_member_who_talks(town: Town) -> None:
    """Who shows Sam's number while Sam talks is told to hang up, and hears nobody."""
    town.sam.sends("CALL")
    town.rings(town.ana).presses("1")
    town.rings(town.sam).presses("1")
    town.passes(seconds=20)
    heard = list[str]()
    about, door = {"CallSid": "CAforged", "From": SAM}, f"{town.services.settings.public_base_url}/twilio/voice"
    town._post(door, about, lambda _, body: heard.append(body))
    town._post(f"{door}/keys/member.1", {**about, "Digits": "1"}, lambda _, body: heard.append(body))
    town.passes(seconds=5)
    assert "We are asking someone to call you back" in heard[-1]
    assert (town.sam.line, town.ana.line) == ("in conference", "in conference"), town.steps()


@pytest.mark.parametrize(("key", "on"), [("1", True), ("2", False)])
def test_a_volunteer_goes_on_and_off_shift(town: Town, key: str, on: bool) -> None:
    has_pin(town, ANA)
    rings_in(town, town.ana, "3", f"{PIN}#", key)
    with town.in_session() as session:
        [ana] = session.scalars(select(VolunteerRow).where(VolunteerRow.override_on.is_not(None)))
        assert ana.override_on is on
        assert ana.override_until is not None
        assert ana.override_until > town.time


def test_a_volunteer_leaves_the_outcome(town: Town) -> None:
    has_pin(town, ANA)
    town.sam.sends("i cant do this any more")
    town.rings(town.ana).presses("1")
    town.rings(town.sam).presses("1")
    town.passes(seconds=30)
    town.ana.hangs_up()
    town.sam.hangs_up()
    town.passes(seconds=10)
    rings_in(town, town.ana, "4", f"{PIN}#", "1")
    assert town.cases()[0].closed_how == "settled"


def test_a_volunteer_who_hangs_up_while_the_member_is_rung_lets_it_go_on(town: Town) -> None:
    has_pin(town, BEN)
    town.sam.sends("i cant do this any more")
    town.passes(seconds=100)
    rings_in(town, town.ben, "1", f"{PIN}#")
    town.passes(seconds=2)
    town.ben.hangs_up()
    town.passes(seconds=5)
    [case] = town.cases()
    assert case.closed_at is None
    assert case.next_action_at is not None


def test_a_volunteer_who_hangs_up_before_the_conference_leaves_nobody_alone(town: Town) -> None:
    has_pin(town, BEN)
    town.sam.sends("i cant do this any more")
    town.passes(seconds=100)
    rings_in(town, town.ben, "1", f"{PIN}#")
    town.ben.hangs_up()  # while the name is being said
    town.passes(seconds=3)
    assert town.cases()[0].holder_id is None
    assert town.cases()[0].closed_at is None
    assert town.sam.line == "idle"
