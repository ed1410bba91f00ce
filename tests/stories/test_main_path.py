"""The main path, told by phones."""

from datetime import timedelta

import pytest

from checkin.simulation.hours import passes
from checkin.simulator.phones import Habit
from checkin.store.tables import CheckInRow, DeliveryRow, HandoffRow, MemberRow, TaskRow, VolunteerRow
from tests.stories.ringing_in import rings_in
from tests.town import ANA, BEN, SAM, Town


def joined(town: Town) -> None:
    """Ana takes Sam's case, Sam presses 1: they are on one line."""
    town.sam.sends("not good, i cant do this any more")
    town.rings(town.ana).presses("1")
    town.rings(town.sam).presses("1")
    town.passes(seconds=4)
    assert town.ana.line == town.sam.line == "in conference"


def talked(town: Town) -> None:
    """They talked for a minute, and both have hung up; the outcome is open."""
    joined(town)
    town.passes(seconds=60)
    for phone in (town.sam, town.ana):
        phone.hangs_up()
        town.passes(seconds=5)


def test_a_scheduled_text_distress_voicemail_and_a_peer_who_takes_it(town: Town) -> None:
    town.schedule("MO 09:05")
    town.passes(minutes=6)
    assert town.sam.received == ["Oak: How are you today? 1 rough to 5 great, or in your own words. 0 for a person."]
    town.ana.habit = Habit.VOICEMAIL
    town.sam.sends("not good, i cant do this any more")
    town.rings(town.ana)
    town.rings(town.ben, within=90).presses("1")
    assert "This is Sam. What matters: grief." in " ".join(town.ben.heard)
    town.rings(town.sam)
    assert town.sam.caller_id == town.world.number
    town.sam.presses("1")
    town.passes(seconds=40)
    assert town.ben.line == town.sam.line == "in conference"
    town.sam.hangs_up()
    town.passes(seconds=1)
    town.ben.presses("1")  # it was the end of the talk
    town.passes(seconds=1)
    assert "How did it go?" in town.ben.heard[-1]
    town.ben.presses("1")
    town.passes(seconds=2)
    [case] = town.cases()
    assert (case.state, case.closed_how) == ("closed", "settled")
    assert town.rows(CheckInRow)[0].state == "answered"
    steps = town.steps()
    expected = [
        "opened",
        "offered",
        "offer_failed",
        "offered",
        "taken",
        "member_rung",
        "joined",
        "outcome",
        "closed",
    ]
    assert [step for step in steps if step in expected] == expected


def test_no_number_of_one_reaches_the_other(town: Town) -> None:
    joined(town)
    town.passes(seconds=30)
    town.ana.hangs_up()
    town.passes(minutes=2)
    for phone, other in ((town.ana, SAM), (town.sam, ANA), (town.ben, SAM), (town.cy, SAM)):
        seen = " ".join([*phone.received, *phone.heard, phone.caller_id])
        assert other not in seen
        assert other[-7:] not in seen
    assert not any(number in page for page in town.twiml for number in (SAM, ANA, BEN))
    assert not any(number[1:] in url for url, _ in town.webhooks for number in (SAM, ANA, BEN))


def test_voicemail_does_not_take_an_escalation(town: Town) -> None:
    town.ana.habit = town.ben.habit = Habit.VOICEMAIL
    town.sam.sends("i cant do this any more")
    town.passes(minutes=5)
    assert town.cases()[0].holder_id is None
    assert town.cases()[0].state == "offering"


def test_a_bridge_of_ten_seconds_starts_it_again(town: Town) -> None:
    joined(town)
    town.passes(seconds=9)
    town.sam.hangs_up()
    town.ana.hangs_up()
    town.passes(seconds=2)
    assert town.cases()[0].state in ("offering", "handing_off")
    town.rings(town.ben)


def test_three_phones_ring_at_once_in_a_crisis_and_the_others_hear_that_it_is_taken(town: Town) -> None:
    town.sam.sends("i want to die")
    town.passes(seconds=3)
    assert [phone.line for phone in (town.ana, town.ben, town.cy)] == ["ringing"] * 3
    assert "988" in town.sam.received[0]
    assert "911" in town.sam.received[0]
    town.ben.answers()
    town.ana.presses("1")
    town.passes(seconds=2)
    assert town.cy.line == "idle"
    assert "taken it already" in town.ben.heard[-1]


def test_when_nobody_takes_it_coordinators_are_paged_until_one_acknowledges(town: Town) -> None:
    town.ana.habit = town.ben.habit = Habit.UNREACHABLE
    town.sam.sends("i cant do this any more")
    town.passes(minutes=16)
    assert any("No one has taken 1 yet" in text for text in town.dora.received)
    assert any("No one has picked up yet" in text for text in town.sam.received)
    town.rings(town.dora, within=400)
    town.dora.presses("1")
    town.passes(seconds=5)
    pages = len(town.dora.received)
    town.passes(minutes=30)
    assert len(town.dora.received) == pages
    assert town.cases()[0].state != "closed"
    town.passes(minutes=31)
    assert len(town.dora.received) > pages, "an acknowledgement that nothing follows lapses"


def test_take_by_text_rings_both(town: Town) -> None:
    town.sam.sends("i cant do this any more")
    town.rings(town.ana)
    town.ana.hangs_up()
    town.passes(seconds=1)
    town.ana.sends("TAKE 1")
    town.rings(town.ana).presses("1")
    town.rings(town.sam).presses("1")
    town.passes(seconds=25)
    assert town.ana.line == town.sam.line == "in conference"


def test_a_member_who_does_not_pick_up_is_tried_three_times_and_the_volunteer_is_asked(town: Town) -> None:
    town.sam.habit = Habit.BUSY
    town.sam.sends("i cant do this any more")
    town.rings(town.ana).presses("1")
    town.passes(seconds=25)
    assert "did not pick up" in town.ana.heard[-1]
    assert any("tried to ring you" in text for text in town.sam.received)
    town.ana.presses("2")
    town.rings(town.ben)


@pytest.mark.parametrize("key", ["1", "2", ""])
def test_a_volunteer_whose_key_comes_after_the_member_is_back_is_joined_and_not_let_go(town: Town, key: str) -> None:
    url = _asked_whether_to_hold(town)
    town.sam.becomes("rings")
    rings_in(town, town.sam, "1")
    assert town.rows(HandoffRow)[0].state in ("joining", "joined")
    said: list[str] = []
    town._post(url, {"CallSid": "CA", "Digits": key}, lambda _, body: said.append(body))
    assert "<Conference" in said[0]
    assert "<Hangup" not in said[0]
    assert town.cases()[0].state in ("handing_off", "in_touch")


def test_a_volunteer_whose_key_comes_after_the_case_went_on_is_not_thanked_for_holding_it(town: Town) -> None:
    url = _asked_whether_to_hold(town)
    town.ana.presses("2")
    town.rings(town.ben)
    said: list[str] = []
    town._post(url, {"CallSid": "CA", "Digits": "1"}, lambda _, body: said.append(body))
    assert "Thank you. We will be in touch. Goodbye." in said[0]


def _asked_whether_to_hold(town: Town) -> str:
    """Sam did not pick up three times. Returns the address at which Ana's key is awaited."""
    town.sam.becomes("off")
    town.sam.sends("i cant do this any more")
    town.rings(town.ana).presses("1")
    passes(town, town.time + timedelta(minutes=3), lambda: "did not pick up" in town.ana.heard[-1])
    return f"{town.world.base}/twilio/call/{town.rows(HandoffRow)[0].volunteer_leg}/keys/no_answer"


def test_stop_cancels_confirms_once_and_is_final(town: Town) -> None:
    town.schedule("daily 10:00")
    town.sam.sends("Stop.")
    town.passes(seconds=2)
    town.sam.sends("STOP")
    town.passes(seconds=2)
    assert len(town.sam.received) == 1 or not town.sam.received, "the carrier may block even the confirmation"
    town.passes(hours=30)
    assert not any(row.state == "sent" and row.routine for row in town.rows(DeliveryRow))
    assert "no_longer_watched" in [task.what for task in town.rows(TaskRow)]


def test_stop_with_a_cry_opts_out_and_calls_the_coordinators(town: Town) -> None:
    town.sam.sends("STOP I want to die")
    town.passes(seconds=5)
    [case] = town.cases()
    assert (case.state, case.level) == ("with_coordinators", "crisis")
    assert town.ana.line == "idle"
    assert town.dora.line == "ringing"


def test_with_redis_away_a_cry_still_rings(town: Town) -> None:
    town.queue.away = True
    town.sam.sends("i cant do this any more")
    from checkin.domain.terms import Lane
    from checkin.store import outbox
    from workers.delivery import deliver

    with town.in_session() as session:
        due = outbox.due_ids(session, Lane.URGENT, town.time, 10)
    for delivery in due:
        deliver(town.services, delivery, lambda _: None)
    town.passes(seconds=2)
    assert town.ana.line == "ringing"


def test_words_are_relayed_masked_while_somebody_holds_the_case(town: Town) -> None:
    joined(town)
    town.passes(seconds=25)
    town.sam.hangs_up()
    town.passes(seconds=2)
    town.ana.sends("I am here for you. My number is 202 555 0102")
    town.passes(seconds=2)
    assert town.sam.received[-1] == "From your peer: I am here for you. My number is ###"
    town.sam.sends("thank you so much")
    town.passes(seconds=2)
    assert town.ana.received[-1] == "1 writes: thank you so much"


def test_a_volunteer_who_is_a_member_too_is_heard_by_whose_case_they_hold(town: Town) -> None:
    """Their comfort was read as their own check-in, and they were thanked for it; the member in need got nothing."""
    with town.in_session() as session:
        ana = session.get_one(VolunteerRow, 1).person_id
        session.add(MemberRow(person_id=ana, circle_id=1, topics=[], created_at=town.time))
    joined(town)
    town.passes(seconds=25)
    town.sam.hangs_up()
    town.passes(seconds=2)
    town.ana.sends("go to your sister")
    town.passes(seconds=2)
    assert town.sam.received[-1] == "From your peer: go to your sister"
    told = len(town.sam.received)
    for own in ("4", "HELP", "i want to kill myself"):
        town.ana.sends(own)
        town.passes(seconds=2)
    assert len(town.sam.received) == told, town.sam.received[told:]
    assert [case.member_id for case in town.cases()] == [1, 2]


def test_an_unknown_number_gets_one_polite_answer_a_day(town: Town) -> None:
    town.eve.sends("hello?")
    town.eve.sends("anybody?")
    town.passes(seconds=3)
    assert len(town.eve.received) == 1
    assert [task.what for task in town.rows(TaskRow)] == ["unknown_wrote", "unknown_wrote"]


def test_three_silences_walk_up_the_ladder(town: Town) -> None:
    town.schedule("MO,TU,WE,TH,FR,SA,SU 10:00")
    town.passes(hours=5)
    assert [row.state for row in town.rows(CheckInRow)] == ["missed"]
    town.passes(hours=24)
    assert [case.cause for case in town.cases()] == ["missed"]
    town.sam.sends("4")
    town.passes(seconds=2)
    assert town.cases()[0].closed_how == "replied"
