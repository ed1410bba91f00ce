"""Somebody rings the service: a stranger, a coordinator, who is several; and what the network does to a call."""

import click
import pytest
from click.testing import CliRunner
from sqlalchemy import select

from checkin.cli import coordinators, volunteers
from checkin.cli.tasks import command as tasks_command
from checkin.domain.terms import PersonId, Phone
from checkin.simulator.phones import Phone as Handset
from checkin.simulator.world import Then
from checkin.store import people
from checkin.store.tables import (
    CoordinatorRow,
    DeliveryRow,
    InboundRow,
    IncomingCallRow,
    MemberRow,
    PinRow,
    TaskRow,
    VolunteerRow,
    WaitingRow,
)
from tests.stories.ringing_in import PIN, came_to, has_pin, rings_in, tasks
from tests.town import ANA, BEN, DORA, EVE, SAM, Town

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


WITHHELD = "anonymous"


def cries(town: Town, number: str) -> Handset:
    phone = town.world.phone(number)
    rings_in(town, phone, "1")
    town.passes(seconds=1)
    phone.says("i want to die")
    town.works()
    town.passes(seconds=2)
    return phone


@pytest.mark.parametrize("number", [EVE, WITHHELD])
def test_a_strangers_cry_reaches_coordinators_at_once_with_their_words(town: Town, number: str) -> None:
    phone = cries(town, number)
    assert town.dora.received == ["Oak: Please look: an urgent call from no member."]
    phone.hangs_up()
    town.passes(minutes=3)
    assert tasks(town) == ["cried_on_a_call"]
    page = town.desk(DORA).opens("/").words
    assert "Rang us in need, and is no member crisis" in page
    assert "i want to die" in page
    assert ("They did not show their number." in page) is (number == WITHHELD)
    assert ("Show the number" in page) is (number == EVE)


@pytest.mark.parametrize("number", [EVE, WITHHELD])
def test_a_stranger_who_cries_is_promised_no_call_and_leaves_a_number(town: Town, number: str) -> None:
    phone = cries(town, number)
    said = phone.heard[-1]
    assert "asking a person to call you" not in said
    assert "call 911" in said
    assert "988" in said
    assert "Leave a message with your number, so that a person can call you. Please speak after the tone." in said
    town.passes(seconds=10)
    phone.says("my number is 202 555 0188")
    phone.presses("#")
    town.passes(seconds=5)
    assert "A person will listen to it" in phone.heard[-1]
    assert tasks(town) == ["cried_on_a_call", "voicemail"]
    assert "a voice message to listen to" in town.dora.received[-1]
    told = [row for row in town.rows(DeliveryRow) if row.template == "coordinator_task"]
    assert [row.lane for row in told] == ["urgent", "urgent"]
    assert came_to(town) == ["cry"]


def test_a_stranger_who_cries_and_says_no_more_is_let_go_kindly(town: Town) -> None:
    phone = cries(town, WITHHELD)
    town.passes(minutes=8)
    assert phone.line == "idle"
    assert "You can ring us again at any time" in phone.heard[-1]
    assert tasks(town) == ["cried_on_a_call"]


def test_a_cry_on_a_call_that_was_taken_for_over_is_a_task_all_the_same(town: Town) -> None:
    call(town, "CA1", WITHHELD)
    call(town, "CA1", WITHHELD, "language.1", Digits="1")
    town.passes(seconds=60)
    assert tasks(town) == ["unknown_rang"]
    call(town, "CA1", WITHHELD, "stranger.2", SpeechResult="i want to die", Confidence="0.9")
    assert tasks(town) == ["cried_on_a_call"]


def test_the_words_of_who_withheld_their_number_are_sealed_and_go_when_a_person_has_seen_to_them(town: Town) -> None:
    cries(town, WITHHELD)
    with town.in_session() as session:
        [kept] = session.connection().exec_driver_sql("SELECT note FROM task WHERE what = 'cried_on_a_call'").scalars()
        assert b"want to die" not in bytes(kept)
    desk = town.desk(DORA)
    shown = CliRunner().invoke(tasks_command, ["show", "1"], obj=lambda: town.services)
    assert "i want to die" in shown.output
    desk.presses(desk.opens("/"), "Mark as read (Rang us in need, and is no member)", note="Rang her.")
    assert [task.note for task in town.rows(TaskRow)] == ["Rang her."]
    shown = CliRunner().invoke(tasks_command, ["show", "1"], obj=lambda: town.services)
    assert "Rang her" not in shown.output


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


def test_whose_call_went_silent_and_then_gave_up_stays_a_task(town: Town) -> None:
    """Its webhooks were lost for a while: the call was taken for over, went on, and nothing was chosen after all."""
    call(town, "CA1", SAM)
    town.passes(seconds=60)
    assert tasks(town) == ["member_rang"]
    for turn in (1, 2, 3):
        call(town, "CA1", SAM, f"member.{turn}")
    assert tasks(town) == ["member_rang"]


def test_whose_call_went_silent_and_then_asks_for_a_coordinator_is_a_task(town: Town) -> None:
    call(town, "CA1", SAM)
    town.passes(seconds=60)
    call(town, "CA1", SAM, "member.1", Digits="0")
    assert tasks(town) == ["asks_for_coordinator"]


def test_a_coordinator_who_has_one_and_says_no_more_is_no_task(town: Town) -> None:
    has_pin(town, DORA)
    town.sam.sends("i cant do this any more")
    with town.in_session() as session:
        person = people.by_phone(session, Phone(ANA))
        volunteer = people.volunteer_of(session, PersonId(person.id))  # type: ignore[union-attr]
        session.add(MemberRow(person_id=person.id, circle_id=volunteer.circle_id, created_at=town.time))  # type: ignore[union-attr]
    town.ana.sends("i cant do this any more")
    town.passes(seconds=5)
    rings_in(town, town.dora, "1", f"{PIN}#")
    assert "Open besides: 1" in town.dora.heard[-1]
    town.passes(seconds=120)
    assert "volunteer_rang" not in tasks(town)
    assert came_to(town) == ["acknowledge"]


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
