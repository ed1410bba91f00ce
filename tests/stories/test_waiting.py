"""A member waits on the line for a peer, or is called back; their place is a row and survives everything."""

from datetime import timedelta
from itertools import pairwise

import pytest
from sqlalchemy import select

from checkin.carrier.hold_music import write
from checkin.simulator.phones import Phone
from checkin.store.tables import DeliveryRow, WaitingRow
from tests.town import Town
from workers import catch_up


def waits(town: Town) -> Phone:
    """Sam rings us and asks for a peer."""
    town.sam.rings_the_service()
    town.passes(seconds=8)
    town.sam.presses("1")
    town.passes(seconds=2)
    return town.sam


def takes(town: Town, phone: Phone) -> None:
    """A volunteer presses 1."""
    town.rings(phone).presses("1")
    town.passes(seconds=15)


def places(town: Town) -> list[tuple[str | None, bool]]:
    return [(row.ended_how, row.said_at is not None) for row in town.rows(WaitingRow)]


def test_a_member_who_rang_us_waits_with_music_and_is_joined_when_a_peer_has_come(town: Town) -> None:
    waits(town)
    assert town.sam.heard[-1].startswith("Please stay on the line. We are asking peers to come. Press 1")
    town.passes(seconds=20)
    assert town.sam.played >= 1
    takes(town, town.ana if town.ana.line == "ringing" else town.ben)
    joined = town.ana if town.ana.line == "in conference" else town.ben
    assert (town.sam.line, joined.line) == ("in conference", "in conference"), town.steps()
    assert "Thank you for waiting. A peer is here now." in town.sam.heard
    assert any("They are on the line" in words for words in joined.heard)
    assert places(town) == [("joined", True)]
    assert "member_rung" not in town.steps()


def test_a_member_who_would_rather_be_called_back_keeps_their_place(town: Town) -> None:
    waits(town)
    town.passes(seconds=5)
    town.sam.presses("1")
    town.passes(seconds=10)
    assert town.sam.heard[-1].startswith("You keep your place.")
    assert town.sam.line == "idle"
    takes(town, town.ana if town.ana.line == "ringing" else town.ben)
    town.rings(town.sam).presses("1")
    town.passes(seconds=3)
    assert town.sam.line == "in conference"
    assert places(town)[0] == ("called_back", True)


def test_the_truth_is_said_on_the_line_when_it_is_told_by_text_with_the_crisis_line(town: Town) -> None:
    for phone in (town.ana, town.ben, town.dora):
        phone.becomes("busy")
    town.sam.sends("I want to die")
    town.passes(seconds=2)
    waits(town)
    assert "In danger, call 911" in town.sam.heard[0], "said to every caller: in a crisis alone it would tell of one"
    assert town.sam.heard[-1].startswith("Please stay on the line. We are asking peers to come.")
    town.passes(minutes=6)
    texts = [text for text in town.sam.received if "No one" in text or "no one" in text]
    said = [words for words in town.sam.heard if words.startswith("No one has come yet.")]
    assert len(said) == len(texts) >= 1
    assert "911" in said[0]


def test_the_line_is_never_silent_for_long_and_hears_of_a_change_within_fifteen_seconds(town: Town) -> None:
    for phone in (town.ana, town.ben):
        phone.becomes("off")
    waits(town)
    asked: list[float] = []
    start = town.time
    for _ in range(180):
        before = len(town.webhooks)
        town.passes(seconds=1)
        if any("/keys/waiting" in url for url, _ in town.webhooks[before:]):
            asked.append((town.time - start).total_seconds())
    gaps = [later - earlier for earlier, later in pairwise(asked)]
    assert asked[0] <= 15
    assert max(gaps) <= 15, gaps
    assert town.sam.line == "in call"


def test_the_place_survives_a_restart_and_a_webhook_that_failed(town: Town) -> None:
    """Nothing is kept but the row: the next webhook is answered by whoever is there."""
    waits(town)
    town.services.engine.dispose()
    town.queue.ids.clear()
    call = town.world.calls[str(town.sam.call)]
    town.world.talk.ask(call, f"{town.world.base}/twilio/call/{town.rows(WaitingRow)[0].call_id}/fallback", {})
    town.passes(seconds=20)
    assert town.sam.line == "in call"
    takes(town, town.ana if town.ana.line == "ringing" else town.ben)
    assert town.sam.line == "in conference", (town.steps(), town.sam.heard)


def test_a_member_who_pressed_1_and_lost_the_peer_waits_on_the_same_call(town: Town) -> None:
    town.sam.sends("CALL")
    town.passes(seconds=2)
    first = town.ana if town.ana.line == "ringing" else town.ben
    takes(town, first)
    town.rings(town.sam)
    town.sam.answers()
    first.drops()
    town.sam.presses("1")
    takes(town, town.ben if first is town.ana else town.ana)
    assert town.sam.line == "in conference", (town.sam.heard, town.steps())


def test_who_puts_it_down_while_waiting_is_rung_when_a_peer_is_there(town: Town) -> None:
    waits(town)
    town.sam.hangs_up()
    town.passes(seconds=61)
    catch_up.ask_after(town.services)  # no callback tells of the end of a call to us
    assert places(town) == [("left", True)]
    for _ in range(300):
        if "ringing" in (town.ana.line, town.ben.line):
            break
        town.passes(seconds=1)
    takes(town, town.ben if town.ben.line == "ringing" else town.ana)
    town.rings(town.sam, within=90)


def test_how_long_it_may_take_is_the_median_of_the_last_waits_or_nothing(town: Town) -> None:
    waits(town)
    with town.in_session() as session:
        first = session.scalars(select(WaitingRow)).one()
        call = session.get_one(DeliveryRow, first.call_id)
        for minutes in (2, 4, 30):
            began = town.time - timedelta(days=1)
            session.add(
                WaitingRow(
                    escalation_id=first.escalation_id,
                    circle_id=first.circle_id,
                    call_id=call.id,
                    since=began,
                    said_at=began,
                    ended_at=began + timedelta(minutes=minutes),
                    ended_how="joined",
                )
            )
    town.sam.hangs_up()
    waits(town)
    assert any("The last waits took about 4 min." in words for words in town.sam.heard)


def test_at_night_a_member_who_does_not_need_somebody_now_is_told_when(town: Town) -> None:
    town.passes(hours=14)  # 23:00
    waits(town)
    case = town.cases()[0]
    if case.policy["contact_hours"]:
        town.passes(seconds=12)
        assert "Peers can be asked from 8:00 on." in town.sam.heard[-1]
        assert town.sam.line == "idle"


def test_no_number_of_a_member_is_in_what_a_volunteer_hears(town: Town) -> None:
    waits(town)
    takes(town, town.ana if town.ana.line == "ringing" else town.ben)
    said = " ".join([*town.ana.heard, *town.ben.heard, town.ana.caller_id, town.ben.caller_id])
    assert "5550101" not in said


def test_the_holding_music_is_what_its_script_writes_and_anybody_may_fetch_it(town: Town, tmp_path) -> None:  # type: ignore[no-untyped-def]
    write(tmp_path / "hold.wav")
    answer = town.client.get("/static/hold.wav")
    assert (answer.status_code, answer.data) == (200, (tmp_path / "hold.wav").read_bytes())
    assert answer.mimetype in ("audio/wav", "audio/x-wav")
    answer.close()


@pytest.mark.parametrize("step", ["waiting", "apart0", "back", "third_ask"])
def test_a_key_of_a_step_that_is_over_changes_nothing(town: Town, step: str) -> None:
    town.sam.sends("CALL")
    town.passes(seconds=2)
    phone = town.ana if town.ana.line == "ringing" else town.ben
    phone.answers()
    town.passes(seconds=1)
    call = town.world.calls[str(phone.call)]
    town.world.talk.ask(call, call.url.replace("answered", f"keys/{step}"), {"Digits": "1"})
    assert town.cases()[0].holder_id is None


def test_a_peer_hears_that_the_member_is_being_rung_where_nobody_waits(town: Town) -> None:
    """Only somebody who has picked up, or rung us, is on the line."""
    town.sam.sends("CALL")
    town.passes(seconds=2)
    peer = town.ana if town.ana.line == "ringing" else town.ben
    peer.presses("1")
    town.passes(seconds=1)
    assert "We are ringing them now" in peer.heard[-1], peer.heard
