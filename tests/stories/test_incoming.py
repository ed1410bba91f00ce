"""People ring the service: each branch of each menu, told by phones."""

import re
from datetime import timedelta

import click
import pytest
from click.testing import CliRunner
from sqlalchemy import select

from checkin.cli import coordinators, volunteers
from checkin.domain.consent import Consent
from checkin.domain.terms import PersonId, Phone
from checkin.handlers.pins_given import set_pin
from checkin.handlers.voicemail_left import RecordingLeft, recording_left
from checkin.simulator.phones import Phone as Handset
from checkin.simulator.world import Then
from checkin.store import consent, people
from checkin.store.session import transaction
from checkin.store.tables import (
    AuditRow,
    CheckInRow,
    CoordinatorRow,
    DeliveryRow,
    InboundRow,
    IncomingCallRow,
    PinRow,
    TaskRow,
    VolunteerRow,
    WaitingRow,
)
from tests.town import ANA, BEN, DORA, SAM, Town

PIN = "4829"


def has_pin(town: Town, *numbers: str) -> None:
    with transaction(town.services.engine) as session:
        for number in numbers:
            person = people.by_phone(session, Phone(number))
            assert person is not None
            assert set_pin(session, person, PIN, "test", town.time)


def rings_in(town: Town, phone: Handset, *keys: str) -> None:
    """Somebody rings us, and presses keys, each after listening for a moment."""
    town.passes(seconds=3)
    phone.rings_the_service()
    for key in keys:
        town.passes(seconds=2)
        phone.presses(key)
    town.works()


def tasks(town: Town) -> list[str]:
    return [task.what for task in town.rows(TaskRow) if task.done_at is None]


def came_to(town: Town) -> list[str]:
    return [row.came_to for row in town.rows(IncomingCallRow)]


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


# --- a stranger -------------------------------------------------------------------------------------------------------


def test_a_stranger_chooses_a_language_and_hears_who_this_is_and_the_crisis_line(town: Town) -> None:
    rings_in(town, town.eve, "2")
    assert "Para español, pulsa 2" in town.eve.heard[0]
    assert town.eve.heard[1].startswith("Habla Check-in. En peligro, llama al 911.")


def test_a_stranger_who_chooses_nothing_hears_the_programmes_language(town: Town) -> None:
    rings_in(town, town.eve)
    town.passes(seconds=15)
    assert "988" in town.eve.heard[1]
    town.passes(seconds=120)
    assert tasks(town) == ["unknown_rang"]


def test_a_withheld_number_is_a_stranger(town: Town) -> None:
    call(town, "CA1", "")
    assert "press 1" in call(town, "CA1", "", "language.1").lower()
    town.passes(seconds=60)
    assert tasks(town) == ["unknown_rang"]


def test_a_strangers_cry_reaches_coordinators_at_once(town: Town) -> None:
    rings_in(town, town.eve, "1")
    town.passes(seconds=1)
    town.eve.says("i want to die")
    town.works()
    town.passes(seconds=2)
    assert tasks(town) == ["cried_on_a_call"]
    assert "urgent call" in town.dora.received[-1]


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


# --- PINs -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("key", ["1", "2", "3", "4"])
def test_nothing_for_others_is_done_without_a_pin(town: Town, key: str) -> None:
    town.sam.sends("i cant do this any more")
    town.passes(seconds=100)
    rings_in(town, town.ben, key, "1111#", "1")
    assert town.cases()[0].holder_id is None
    with town.in_session() as session:
        assert not session.scalars(select(VolunteerRow).where(VolunteerRow.override_on.is_not(None))).all()
    assert "You need a PIN" in " ".join(town.ben.heard)
    assert "Sam" not in " ".join(town.ben.heard)


def test_wrong_pins_are_counted_over_calls_locked_and_told(town: Town) -> None:
    has_pin(town, BEN)
    rings_in(town, town.ben, "1", "9999#", "8888#")
    assert "That was not right" in town.ben.heard[-1]
    town.ben.hangs_up()
    rings_in(town, town.ben, "1", "7777#")
    assert "can not do that by phone now" in town.ben.heard[-1]
    rings_in(town, town.ben, "1", f"{PIN}#")
    assert "can not do that by phone now" in town.ben.heard[-1], "not even the right one"
    town.passes(seconds=2)
    assert "pin_locked" in tasks(town)
    assert "wrong PINs" in town.dora.received[-1]
    town.passes(minutes=16)
    rings_in(town, town.ben, "1", f"{PIN}#")
    assert "Nothing waits" in town.ben.heard[-1]
    [row] = town.rows(PinRow)
    assert (row.wrong, row.locks) == (0, 0)


def test_each_lock_is_twice_as_long(town: Town) -> None:
    has_pin(town, BEN)
    rings_in(town, town.ben, "1", "9999#", "8888#", "7777#")
    town.passes(minutes=16)
    rings_in(town, town.ben, "1", "9999#", "8888#", "7777#")
    [row] = town.rows(PinRow)
    assert row.locked_until - town.time > timedelta(minutes=29)


def test_a_pin_is_texted_from_the_volunteers_own_phone(town: Town) -> None:
    town.ben.sends("PIN 4829")
    town.passes(seconds=2)
    town.ben.sends(f"keep {number_to(town.ben)}")
    town.passes(seconds=2)
    assert "PIN for calls is set" in town.ben.received[-1]
    rings_in(town, town.ben, "1", f"{PIN}#")
    assert "Nothing waits" in town.ben.heard[-1]


def number_to(phone: Handset) -> str:
    """The number that a text to this phone asks them to send back."""
    found = re.search(r"KEEP (\d{4})", phone.received[-1])
    assert found is not None, phone.received
    return found[1]


def test_whoever_forges_the_sender_of_a_text_sets_no_pin(town: Town) -> None:
    """They do not see the number that goes to Ben's own phone, and have one try."""
    has_pin(town, BEN)
    town.ben.sends("PIN 7395")
    town.passes(seconds=2)
    right = number_to(town.ben)
    town.ben.sends(f"KEEP {(int(right) + 1) % 10_000:04d}")
    town.passes(seconds=2)
    assert "your PIN is not set" in town.ben.received[-1]
    town.ben.sends(f"KEEP {right}")
    town.passes(seconds=2)
    rings_in(town, town.ben, "1", "7395#")
    town.passes(seconds=6)
    assert town.ben.heard[-1].startswith("That was not right."), town.ben.heard
    town.ben.presses(f"{PIN}#")
    town.works()
    assert "Nothing waits" in town.ben.heard[-1], "the PIN before it still counts"


def test_a_pin_that_only_waits_is_none(town: Town) -> None:
    town.ben.sends("PIN 7395")
    town.passes(seconds=2)
    rings_in(town, town.ben, "1", "7395#")
    assert "You need a PIN" in " ".join(town.ben.heard)


def test_a_pin_stands_nowhere_in_clear(town: Town) -> None:
    town.ben.sends("pin: 4829")
    town.passes(seconds=2)
    town.ben.sends(f"KEEP {number_to(town.ben)}")
    town.passes(seconds=2)
    rings_in(town, town.ben, "1", f"{PIN}#")
    for row in town.rows(InboundRow):
        assert "4829" not in row.body
    for kind in (PinRow, IncomingCallRow, AuditRow, DeliveryRow, TaskRow):
        for row in town.rows(kind):
            values = [value for name, value in vars(row).items() if not name.endswith("_at")]
            assert "4829" not in str(values), kind.__tablename__


@pytest.mark.parametrize("pin", ["1234", "1111", "12", "123456789", "9876"])
def test_a_pin_that_is_too_easy_or_too_long_is_refused(town: Town, pin: str) -> None:
    town.ben.sends(f"PIN {pin}")
    town.passes(seconds=2)
    assert not town.rows(PinRow)
    assert "4 to 8 digits" in town.ben.received[-1]


def test_a_members_text_with_a_pin_is_a_text(town: Town) -> None:
    town.sam.sends("PIN 4829")
    assert not town.rows(PinRow)


# --- a coordinator, and who is several --------------------------------------------------------------------------------


def test_a_coordinator_acknowledges_what_is_open(town: Town) -> None:
    has_pin(town, DORA)
    town.sam.sends("i cant do this any more")
    town.passes(seconds=5)
    rings_in(town, town.dora, "1")
    assert "Number" not in " ".join(town.dora.heard), "not before the PIN"
    town.passes(seconds=1)
    town.dora.presses(f"{PIN}#")
    assert "Number 1 is with you" in town.dora.heard[-1]
    assert "acknowledged" in town.steps()


def test_who_is_several_chooses(town: Town) -> None:
    has_pin(town, ANA)
    with town.in_session() as session:
        person = people.by_phone(session, Phone(ANA))
        volunteer = people.volunteer_of(session, PersonId(person.id))  # type: ignore[union-attr]
        session.add(
            CoordinatorRow(person_id=person.id, circle_id=volunteer.circle_id, created_at=town.time)  # type: ignore[union-attr]
        )
    rings_in(town, town.ana)
    assert "Press 2 to help as a peer. Press 3 for what is open." in town.ana.heard[0]
    assert "for yourself" not in town.ana.heard[0]
    town.passes(seconds=1)
    town.ana.presses("3")
    assert "Press 1 to say that you have what is open" in town.ana.heard[1]


# --- the network ------------------------------------------------------------------------------------------------------


def call(town: Town, sid: str, sender: str, step: str | None = None, **more: str) -> str:
    """One webhook, as the carrier posts it. Returns the TwiML."""
    path = "/twilio/voice" if step is None else f"/twilio/voice/keys/{step}"
    said: list[str] = []
    town._post(
        town.services.settings.public_base_url + path,
        {"CallSid": sid, "From": sender, **more},
        lambda _, b: said.append(b),
    )
    return said[0]


def test_a_webhook_that_comes_twice_is_one(town: Town) -> None:
    first = call(town, "CA1", SAM)
    assert call(town, "CA1", SAM) == first
    again = call(town, "CA1", SAM, "member.1", Digits="0")
    assert call(town, "CA1", SAM, "member.1", Digits="0") == again
    assert call(town, "CA1", SAM) == again, "asked again after a failure: what stands"
    assert len(town.rows(InboundRow)) == 1


def test_a_doubled_wish_for_a_peer_holds_one_place(town: Town) -> None:
    call(town, "CA1", SAM)
    for _ in range(3):
        assert "/keys/waiting" in call(town, "CA1", SAM, "member.1", Digits="1")
    assert "/keys/waiting" in call(town, "CA1", SAM), "asked again after a failure: what stands"
    assert len(town.rows(InboundRow)) == len(town.rows(WaitingRow)) == len(town.cases()) == 1


def test_a_doubled_wrong_pin_counts_once(town: Town) -> None:
    has_pin(town, BEN)
    call(town, "CA1", BEN)
    call(town, "CA1", BEN, "volunteer.1", Digits="1")
    for _ in range(3):
        call(town, "CA1", BEN, "pin.2", Digits="9999")
    [row] = town.rows(PinRow)
    assert row.wrong == 1


def test_an_answer_to_a_question_that_was_never_asked_changes_nothing(town: Town) -> None:
    has_pin(town, BEN)
    call(town, "CA1", BEN)
    for step in ("shift.1", "outcome.1", "shift.7", "over.1", "nonsense", "pin.1"):
        call(town, "CA1", BEN, step, Digits="1")
    with town.in_session() as session:
        assert not session.scalars(select(VolunteerRow).where(VolunteerRow.override_on.is_not(None))).all()
    assert [row.turn for row in town.rows(IncomingCallRow)] == [1]


def test_an_answer_that_fails_ends_in_kind_words_and_the_same_question(town: Town) -> None:
    real, failed = town.world.post, []

    def post(url: str, params: dict[str, str], then: Then) -> None:
        if "/keys/" in url and not failed:
            failed.append(url)
            then(500, "")
        else:
            real(url, params, then)

    town.world.post = post
    rings_in(town, town.sam, "1")
    town.passes(seconds=6)
    first, kind, again = town.sam.heard
    assert "hold on" in kind
    assert again == first
    town.sam.presses("1")
    assert came_to(town) == ["peer"]


@pytest.mark.parametrize(
    ("group", "number", "pin", "said"),
    [
        (volunteers.command, BEN, PIN, "The PIN is set."),
        (coordinators.command, DORA, PIN, "The PIN is set."),
        (volunteers.command, DORA, PIN, "There is none with this number"),
        (volunteers.command, BEN, "1234", "A PIN has 4 to 8 digits"),
    ],
)
def test_a_pin_is_set_by_command(town: Town, group: click.Group, number: str, pin: str, said: str) -> None:
    ran = CliRunner().invoke(group, ["pin", "--phone", number], obj=lambda: town.services, input=f"{pin}\n")
    assert said in ran.output
    assert len(town.rows(PinRow)) == ("set" in said)
