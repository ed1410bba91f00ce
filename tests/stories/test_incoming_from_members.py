"""A member rings the service: each branch of the menu, told by phones."""

import pytest

from checkin.domain.consent import Consent
from checkin.domain.terms import PersonId, Phone
from checkin.handlers.voicemail_left import RecordingLeft, recording_left
from checkin.store import consent, people
from checkin.store.tables import (
    CheckInRow,
    InboundRow,
    IncomingCallRow,
    TaskRow,
)
from tests.stories.ringing_in import came_to, rings_in, tasks
from tests.town import SAM, Town

# --- a member ---------------------------------------------------------------------------------------------------------


def test_a_member_hears_the_crisis_line_first_and_a_short_menu(town: Town) -> None:
    rings_in(town, town.sam)
    [heard] = town.sam.heard
    assert heard.startswith("This is Check-in. In danger, call 911.")
    assert heard.index("988") < heard.index("Press 1 for a peer")
    assert "0 for a coordinator" in heard


def test_who_asks_for_a_peer_waits_on_the_line_and_the_peer_is_told_to_ask_who_it_is(town: Town) -> None:
    """Whoever shows Sam's number may be another: no name is said to them, and the peer hears that they rang in."""
    rings_in(town, town.sam, "1")
    town.passes(seconds=10)
    assert town.sam.line == "in call"
    town.rings(town.ana).presses("1")
    town.passes(seconds=15)
    assert any("They rang us. Ask who it is first" in words for words in town.ana.heard), town.ana.heard
    assert not any("Sam" in words for words in town.sam.heard), town.sam.heard
    assert (town.sam.line, town.ana.line) == ("in conference", "in conference")
    assert town.cases()[0].state == "in_touch"


def test_a_caller_with_a_forged_number_is_let_go_and_the_member_rung_back_at_their_own(town: Town) -> None:
    """The carrier checks the signature of the shown number (STIR/SHAKEN) and finds it false."""
    town.passes(seconds=3)
    town.world.lines.call_from(SAM, "TN-Validation-Failed-A")
    town.passes(seconds=2)
    town.sam.presses("1")
    town.passes(seconds=10)
    assert town.sam.line == "idle"
    town.rings(town.ana).presses("1")
    town.rings(town.sam).presses("1")
    town.passes(seconds=15)
    assert town.cases()[0].state == "in_touch"
    assert came_to(town) == ["peer"]
    assert not tasks(town)
    incoming = next(call for call in town.world.calls.values() if call.direction == "inbound")
    assert incoming.ended_at is not None
    assert incoming.conference is None


def test_a_message_of_who_asked_for_a_peer_is_beside_it(town: Town) -> None:
    """However late the carrier tells of a recording, the call stays one on which a peer was asked for."""
    rings_in(town, town.sam, "1")
    with town.in_session() as session:
        left = RecordingLeft("RE" + "b" * 32, session.query(IncomingCallRow).one().sid, 4)
        recording_left(session, town.services.handbook, left, town.time)
    assert came_to(town) == ["peer"]


def test_todays_check_in_is_answered(town: Town) -> None:
    town.schedule("DTSTART:20261123T093000 RRULE:FREQ=WEEKLY")
    town.passes(minutes=31)
    rings_in(town, town.sam, "2", "4")
    [check_in] = town.rows(CheckInRow)
    assert (check_in.state, check_in.rating) == ("answered", 4)
    assert not town.cases()
    town.passes(seconds=2)
    assert "thank" in town.sam.received[-1].lower(), "at their own phone, so that a forged answer is noticed"


def test_words_answer_it_too(town: Town) -> None:
    town.schedule("DTSTART:20261123T093000 RRULE:FREQ=WEEKLY")
    town.passes(minutes=31)
    rings_in(town, town.sam, "2")
    town.passes(seconds=2)
    town.sam.says("four")
    [check_in] = town.rows(CheckInRow)
    assert (check_in.state, check_in.rating) == ("answered", 4)


@pytest.mark.parametrize("key", ["0", "1"])
def test_a_low_answer_is_distress_as_on_text(town: Town, key: str) -> None:
    rings_in(town, town.sam, "2", key)
    assert [case.cause for case in town.cases()] == ["distress"]
    town.rings(town.ana)


@pytest.mark.parametrize("words", ["i want to die", "i cant do this any more"])
def test_a_cry_is_a_cry_at_any_question(town: Town, words: str) -> None:
    rings_in(town, town.sam)
    town.passes(seconds=2)
    town.sam.says(words)
    town.works()
    assert len(town.cases()) == 1
    town.rings(town.ana, within=5)
    assert "call 911" in town.sam.heard[-1]
    assert town.rows(InboundRow)[0].body == words


def test_what_nobody_understands_is_asked_again_and_then_read_by_a_person(town: Town) -> None:
    rings_in(town, town.sam, "2")
    for words in ("xyzzy", "plugh", "frobnicate"):
        town.passes(seconds=2)
        town.sam.says(words)
    assert tasks(town) == ["not_understood"]
    assert [row.body for row in town.rows(InboundRow)] == ["frobnicate"]


@pytest.mark.parametrize(
    ("then", "kept", "left"),
    [
        ("hangs up", ["i am in hospital"], ["to_read"]),
        ("says nothing more", ["i am in hospital"], ["to_read"]),
        ("says how they are", ["i am in hospital", "4"], ["to_read"]),
        ("asks for a coordinator", ["i am in hospital", "0"], ["to_read", "asks_for_coordinator"]),
        ("says more", ["i am in hospital", "i am not okay"], ["to_read", "to_read"]),
    ],
)
def test_words_of_concern_at_the_menu_are_kept_at_once_and_the_menu_goes_on(
    town: Town, then: str, kept: list[str], left: list[str]
) -> None:
    rings_in(town, town.sam)
    town.passes(seconds=2)
    town.sam.says("i am in hospital")
    town.passes(seconds=2)
    assert town.sam.heard[-1].startswith("Thank you. Someone will look at what you said. Press 1 for a peer.")
    assert (tasks(town), town.cases()) == (["to_read"], [])
    match then:
        case "hangs up":
            town.sam.hangs_up()
        case "says how they are":
            for key in ("2", "4"):
                town.sam.presses(key)
                town.passes(seconds=2)
        case "asks for a coordinator":
            town.sam.presses("0")
        case "says more":
            town.sam.says("i am not okay")
    town.passes(seconds=120)
    assert town.sam.line == "idle"
    assert [row.body for row in town.rows(InboundRow)] == kept
    assert tasks(town) == left
    read = town.rows(TaskRow)[0]
    assert (read.what, read.inbound_id, read.circle_id) == ("to_read", town.rows(InboundRow)[0].id, 1)


def test_a_spoken_ok_quiets_no_case(town: Town) -> None:
    town.sam.sends("i want to die")
    town.passes(seconds=2)
    rings_in(town, town.sam, "2", "5")
    town.passes(seconds=5)
    [case] = town.cases()
    assert case.closed_at is None
    assert "answered_on_a_call" in town.steps()


def test_a_spoken_ok_does_not_end_the_search_for_a_silent_member(town: Town) -> None:
    """By text their own word ends it; a call may be forged."""
    town.schedule("DTSTART:20261123T093000 RRULE:FREQ=DAILY")
    town.passes(hours=34)
    cases = [case for case in town.cases() if case.cause == "missed"]
    assert cases
    rings_in(town, town.sam, "2", "5")
    town.passes(seconds=5)
    assert [case.closed_at for case in town.cases() if case.cause == "missed"] == [None] * len(cases)


def test_who_asks_for_a_coordinator_is_a_task_and_a_text(town: Town) -> None:
    rings_in(town, town.sam, "0")
    town.passes(seconds=3)
    assert tasks(town) == ["asks_for_coordinator"]
    assert "asks for a coordinator" in town.dora.received[-1]
    assert "Sam" not in town.dora.received[-1]
    assert not town.cases(), "a key of the menu is no rating"


def test_star_repeats_and_three_silences_end_kindly_with_a_task(town: Town) -> None:
    rings_in(town, town.sam, "*")
    assert len(town.sam.heard) == 2
    town.passes(seconds=120)
    assert town.sam.line == "idle"
    assert "A person will see that you rang" in town.sam.heard[-1]
    assert tasks(town) == ["member_rang"]
    assert came_to(town) == ["gave_up"]


@pytest.mark.parametrize("told", [True, False])
def test_who_hangs_up_early_is_a_task_within_a_minute(town: Town, told: bool) -> None:
    """At once where the carrier tells of it; else when no further word comes."""
    rings_in(town, town.sam)
    town.passes(seconds=2)
    town.world.faults["lose_webhook"] = not told
    town.sam.hangs_up()
    town.passes(seconds=0 if told else 50)
    assert tasks(town) == ["member_rang"]


def test_their_language_is_spoken(town: Town) -> None:
    with town.in_session() as session:
        people.by_phone(session, Phone(SAM)).language = "es"  # type: ignore[union-attr]
    rings_in(town, town.sam)
    assert town.sam.heard[0].startswith("Habla Check-in.")
    assert 'voice="Polly.Mia"' in town.twiml[-1]


def test_who_said_stop_may_ring_and_is_not_texted_again(town: Town) -> None:
    town.sam.sends("STOP")
    town.passes(seconds=5)
    texts = len(town.sam.received)
    rings_in(town, town.sam, "2", "5")
    rings_in(town, town.sam, "1")
    town.passes(minutes=3)
    assert len(town.sam.received) == texts
    [case] = town.cases()
    assert case.state == "with_coordinators"
    assert town.sam.line == "idle"
    with town.in_session() as session:
        person = people.by_phone(session, Phone(SAM))
        assert consent.current(session, PersonId(person.id)) is Consent.OUT  # type: ignore[union-attr]


def test_a_spoken_stop_is_put_before_a_person(town: Town) -> None:
    """Who forges a number must not be able to end its check-ins."""
    rings_in(town, town.sam)
    town.passes(seconds=2)
    town.sam.says("please stop texting me")
    [task] = town.rows(TaskRow)
    assert task.what == "asks_for_coordinator"
    assert task.inbound_id is not None, "with the words"
    with town.in_session() as session:
        person = people.by_phone(session, Phone(SAM))
        assert consent.current(session, PersonId(person.id)) is Consent.IN  # type: ignore[union-attr]


def test_a_discreet_member_hears_the_discreet_name(town: Town) -> None:
    with town.in_session() as session:
        people.member_of(session, PersonId(people.by_phone(session, Phone(SAM)).id)).discreet = True  # type: ignore[union-attr]
    rings_in(town, town.sam)
    assert town.sam.heard[0].startswith("This is Hello.")
