"""One contract, two carriers: Twilio's client over HTTP on a simulator, and the simulated carrier in process."""

import random
import socket
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta

import pytest

from checkin.carrier.port import (
    Balance,
    Carrier,
    CarrierBusy,
    CarrierRefused,
    CarrierUnsure,
    Charge,
    OutgoingCall,
    OutgoingText,
    Refusal,
    Told,
)
from checkin.carrier.twilio import TwilioCarrier
from checkin.domain.terms import Phone
from checkin.simulator.carrier import SimulatedCarrier
from checkin.simulator.phones import Habit
from checkin.simulator.server import Simulator
from checkin.simulator.world import World
from tests.carrier.conftest import ACCOUNT, Webhooks, asks_for_fault, utc_now

SAM, ANA = Phone("+12025550101"), Phone("+12025550102")
TEXT = OutgoingText(SAM, "How are you? ☕", "http://service.test/twilio/sms/status/1", timedelta(hours=1))
CALL = OutgoingCall(
    ANA, "http://service.test/twilio/call/2/answered", "http://service.test/twilio/call/2/status", timedelta(seconds=25)
)
ASK = (
    '<Response><Gather numDigits="1" timeout="60" action="http://service.test/k"><Say>Press 1</Say></Gather></Response>'
)


@dataclass
class Side:
    """A carrier, the world behind it, and how something is made to go wrong."""

    carrier: Carrier
    world: World
    webhooks: Webhooks
    goes_wrong: Callable[[str], None]


@pytest.fixture(params=["over HTTP", "in process"])
def side(request: pytest.FixtureRequest) -> Side:
    webhooks = Webhooks(ASK)
    if request.param == "in process":
        world = World(
            utc_now(),
            webhooks,
            account=ACCOUNT.sid,
            number=ACCOUNT.numbers[0],
            base=ACCOUNT.webhook_base,
            chance=random.Random(1),
        )
        named = {"away": "unsure"}
        goes_wrong = lambda name: world.faults.update({named.get(name, name): 1})  # noqa: E731
        return Side(SimulatedCarrier(world), world, webhooks, goes_wrong)
    simulator: Simulator = request.getfixturevalue("simulator")
    simulator.world.post = webhooks
    wrong: dict[str, dict[str, object]] = {
        "busy": {"kind": "status", "status": 429, "code": 20429, "retry_after": 2},
        "lose_answer": {"kind": "lose_answer"},
        "unsure": {"kind": "timeout", "seconds": 1},
        "away": {"kind": "status", "status": 500, "methods": ["GET"]},
    }
    carrier: TwilioCarrier = request.getfixturevalue("over_http")
    return Side(carrier, simulator.world, webhooks, lambda name: asks_for_fault(simulator, **wrong[name]))


def passes(side: Side, seconds: float) -> None:
    """Let the world's time pass at once. Over HTTP its clock only goes on, so it is ahead from then on."""
    side.world.run_until(side.world.now + timedelta(seconds=seconds))


def answered(side: Side) -> str:
    sid = side.carrier.place_call(CALL).sid
    passes(side, 1)
    side.world.phone(ANA).answers()
    return sid


def test_a_text_arrives_once_and_its_statuses_are_told(side: Side) -> None:
    accepted = side.carrier.send_text(TEXT)
    assert accepted.sid.startswith("SM")
    assert accepted.status == "queued"
    passes(side, 1)
    assert side.world.phone(SAM).received == [TEXT.body]
    assert side.webhooks.values("MessageStatus") == ["sent", "delivered"]
    assert set(side.webhooks.values("MessageSid")) == {accepted.sid}


def test_a_call_rings_is_picked_up_and_ends(side: Side) -> None:
    sid = answered(side)
    assert side.world.phone(ANA).heard == ["Press 1"]
    side.world.phone(ANA).presses("1")
    assert side.webhooks.values("Digits") == ["1"]
    side.world.phone(ANA).hangs_up()
    told = [params["CallStatus"] for _, params in side.webhooks.posted if "CallbackSource" in params]
    assert told == ["initiated", "ringing", "in-progress", "completed"]
    assert set(side.webhooks.values("CallSid")) == {sid}
    assert side.webhooks.values("SequenceNumber") == ["0", "1", "2", "3"]


@pytest.mark.parametrize(("habit", "verdict"), [(Habit.ANSWERS, "human"), (Habit.VOICEMAIL, "machine_end_beep")])
def test_who_picked_up_is_told_where_that_is_asked_for(side: Side, habit: Habit, verdict: str) -> None:
    side.world.phone(ANA).habit = habit
    sid = side.carrier.place_call(replace(CALL, machine_url=CALL.answer_url.replace("answered", "machine"))).sid
    side.carrier.place_call(replace(CALL, to=SAM))
    side.world.phone(SAM).habit = habit
    passes(side, 60)
    [(url, params)] = [each for each in side.webhooks.posted if "AnsweredBy" in each[1]]
    assert url.endswith("/machine")
    assert set(params) == {"CallSid", "AccountSid", "AnsweredBy", "MachineDetectionDuration"}
    assert (params["CallSid"], params["AnsweredBy"]) == (sid, verdict)
    assert params["MachineDetectionDuration"].isdecimal()


def test_it_rings_no_longer_than_asked(side: Side) -> None:
    side.carrier.place_call(CALL)
    passes(side, 20)
    assert side.world.phone(ANA).line == "ringing"
    passes(side, 10)
    assert side.webhooks.values("CallStatus")[-1] == "no-answer"


def test_ending_a_call_twice_is_no_error(side: Side) -> None:
    sid = answered(side)
    side.carrier.end_call(sid)
    side.carrier.end_call(sid)
    assert side.world.phone(ANA).line == "idle"


def test_a_ringing_call_can_be_ended(side: Side) -> None:
    sid = side.carrier.place_call(CALL).sid
    passes(side, 1)
    side.carrier.end_call(sid)
    assert side.webhooks.values("CallStatus")[-1] == "canceled"


def test_a_call_nobody_knows_has_ended(side: Side) -> None:
    side.carrier.end_call("CA" + "f" * 32)
    side.carrier.redirect_call("CA" + "f" * 32, CALL.answer_url)


def test_new_words_for_a_call(side: Side) -> None:
    sid = answered(side)
    side.webhooks.words = "<Response><Say>Somebody else has taken it.</Say></Response>"
    side.carrier.redirect_call(sid, "http://service.test/twilio/call/2/answered?again")
    assert side.world.phone(ANA).heard[-1] == "Somebody else has taken it."
    passes(side, 5)
    assert side.world.phone(ANA).line == "idle"
    side.carrier.redirect_call(sid, CALL.answer_url)


def test_after_a_lost_answer_the_text_is_found(side: Side) -> None:
    since = utc_now()
    assert side.carrier.find_text(TEXT, since) is None
    side.goes_wrong("lose_answer")
    with pytest.raises(CarrierUnsure):
        side.carrier.send_text(TEXT)
    found = side.carrier.find_text(TEXT, since)
    assert found is not None
    assert found.sid in side.world.messages
    other = OutgoingText(SAM, "Other words", TEXT.callback_url)
    assert side.carrier.find_text(other, since) is None
    assert side.carrier.find_text(TEXT, since + timedelta(minutes=5)) is None


def test_what_a_person_wrote_is_not_found_as_ours(side: Side) -> None:
    side.world.phone(SAM).sends(TEXT.body)
    assert side.carrier.find_text(TEXT, utc_now()) is None


def test_after_a_lost_answer_the_call_is_found(side: Side) -> None:
    since = utc_now()
    assert side.carrier.find_call(CALL, since) is None
    side.goes_wrong("lose_answer")
    with pytest.raises(CarrierUnsure):
        side.carrier.place_call(CALL)
    found = side.carrier.find_call(CALL, since)
    assert found is not None
    assert found.sid in side.world.calls
    assert side.carrier.find_call(CALL, since + timedelta(minutes=5)) is None


def test_a_person_who_rang_us_is_not_found_as_our_call(side: Side) -> None:
    side.world.phone(ANA).rings_the_service()
    assert side.carrier.find_call(CALL, utc_now()) is None


def test_what_is_known_to_be_anothers_is_not_found(side: Side) -> None:
    """The same words, or a second ring, soon after the first: the first one's sid is no proof of the second."""
    since = utc_now()
    text, call = side.carrier.send_text(TEXT), side.carrier.place_call(CALL)
    assert side.carrier.find_text(TEXT, since, {text.sid}) is None
    assert side.carrier.find_call(CALL, since, {call.sid}) is None
    again = side.carrier.send_text(TEXT)
    assert side.carrier.find_text(TEXT, since, {again.sid}) == text


def test_the_log_of_what_people_wrote_oldest_first(side: Side) -> None:
    since = utc_now() - timedelta(seconds=1)
    side.carrier.send_text(TEXT)
    for words in ("one ☕", "two"):
        side.world.phone(SAM).sends(words)
        passes(side, 2)
    side.world.text_from(ANA, "", media=1)
    found = side.carrier.texts_received(since)
    assert [(text.sender, text.body, text.media) for text in found] == [
        (SAM, "one ☕", 0),
        (SAM, "two", 0),
        (ANA, "", 1),
    ]
    assert [text.sid for text in found] == [m.sid for m in side.world.messages.values() if m.direction == "inbound"]
    assert all(abs(text.sent_at - since) < timedelta(seconds=30) for text in found)
    assert [text.body for text in side.carrier.texts_received(found[2].sent_at)] == [""]


def test_the_log_is_longer_than_a_page(side: Side, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("checkin.carrier.twilio._PAGE", 3)
    since = utc_now() - timedelta(seconds=1)
    for number in range(7):
        side.world.phone(SAM).sends(f"text {number}")
        side.carrier.send_text(TEXT)
        passes(side, 1)
    assert [text.body for text in side.carrier.texts_received(since)] == [f"text {number}" for number in range(7)]


def test_the_log_of_who_rang_has_only_what_is_over(side: Side) -> None:
    since = utc_now() - timedelta(seconds=1)
    side.world.phone(SAM).rings_the_service()
    passes(side, 1)
    side.carrier.place_call(CALL)
    assert side.carrier.calls_received(since) == []
    side.world.phone(SAM).hangs_up()
    [call] = side.carrier.calls_received(since)
    assert (call.caller, call.sid) == (SAM, next(iter(side.world.calls)))


def test_what_was_charged_for_what_left(side: Side) -> None:
    since = utc_now() - timedelta(seconds=1)
    text = side.carrier.send_text(TEXT).sid
    side.world.phone(SAM).sends("this one is not ours")
    assert side.carrier.charges(since, since + timedelta(hours=1)) == [], "not known yet"
    passes(side, 1)
    call = side.carrier.place_call(CALL).sid
    passes(side, 1)
    side.world.phone(ANA).answers()
    passes(side, 20)
    side.world.phone(ANA).hangs_up()
    found = side.carrier.charges(since, since + timedelta(hours=1))
    assert set(found) == {Charge(text, 7_900, "USD", 1), Charge(call, 14_000, "USD")}
    assert side.carrier.charges(since - timedelta(hours=2), since - timedelta(hours=1)) == []


@pytest.mark.parametrize("what", ["texts_received", "calls_received"])
def test_a_log_that_cannot_be_read_is_an_error_and_not_empty(side: Side, what: str) -> None:
    side.goes_wrong("away")
    with pytest.raises((CarrierBusy, CarrierUnsure)):
        getattr(side.carrier, what)(utc_now())


def test_what_became_of_a_text(side: Side) -> None:
    sid = side.carrier.send_text(TEXT).sid
    assert side.carrier.text_status(sid).status == "queued"
    passes(side, 1)
    assert side.carrier.text_status(sid) == Told("delivered")
    side.world.phone(ANA).becomes("unreachable")
    lost = side.carrier.send_text(OutgoingText(ANA, "x", TEXT.callback_url)).sid
    passes(side, 1)
    assert side.carrier.text_status(lost) == Told("undelivered", Refusal.UNREACHABLE)


def test_where_a_call_stands(side: Side) -> None:
    sid = side.carrier.place_call(CALL).sid
    assert side.carrier.call_status(sid).status == "queued"
    passes(side, 1)
    assert side.carrier.call_status(sid) == Told("ringing")
    passes(side, 60)
    assert side.carrier.call_status(sid) == Told("no-answer")


def test_what_the_carrier_never_took_has_no_status(side: Side) -> None:
    for ask, sid in ((side.carrier.text_status, "SM" + "f" * 32), (side.carrier.call_status, "CA" + "f" * 32)):
        with pytest.raises(CarrierRefused) as refused:
            ask(sid)
        assert refused.value.code == "20404"


@pytest.mark.parametrize("kind", ["text", "call"])
def test_without_an_answer_it_may_have_been_taken(side: Side, kind: str) -> None:
    side.goes_wrong("unsure")
    with pytest.raises(CarrierUnsure):
        side.carrier.send_text(TEXT) if kind == "text" else side.carrier.place_call(CALL)


@pytest.mark.parametrize("kind", ["text", "call"])
def test_busy_says_when_to_come_back(side: Side, kind: str) -> None:
    side.goes_wrong("busy")
    with pytest.raises(CarrierBusy) as busy:
        side.carrier.send_text(TEXT) if kind == "text" else side.carrier.place_call(CALL)
    assert busy.value.retry_after == timedelta(seconds=2)
    assert not side.world.messages
    assert not side.world.calls
    side.carrier.send_text(TEXT)


def test_who_opted_out_is_refused_for_good(side: Side) -> None:
    side.world.blocked.add(SAM)
    with pytest.raises(CarrierRefused) as refused:
        side.carrier.send_text(TEXT)
    assert (refused.value.reason, refused.value.code) == (Refusal.OPTED_OUT, "21610")


@pytest.mark.parametrize("to", ["+1202555", "+999123", "+12025550101x", "12025550101", "INFO"])
def test_a_bad_number_is_refused_for_good(side: Side, to: str) -> None:
    with pytest.raises(CarrierRefused) as refused:
        side.carrier.send_text(OutgoingText(Phone(to), "x", TEXT.callback_url))
    assert (refused.value.reason, refused.value.code) == (Refusal.BAD_NUMBER, "21211")
    with pytest.raises(CarrierRefused):
        side.carrier.place_call(OutgoingCall(Phone(to), CALL.answer_url, CALL.callback_url, CALL.ring_for))


def test_a_landline_is_refused_for_good(side: Side) -> None:
    side.world.faults[f"refuse:{SAM}"] = 21614
    with pytest.raises(CarrierRefused) as refused:
        side.carrier.send_text(TEXT)
    assert refused.value.reason is Refusal.LANDLINE


@pytest.mark.parametrize("valid_for", [timedelta(seconds=-5), timedelta(days=3)])
def test_any_validity_is_brought_into_bounds(side: Side, valid_for: timedelta) -> None:
    side.carrier.send_text(OutgoingText(SAM, "x", TEXT.callback_url, valid_for))
    [message] = side.world.messages.values()
    assert message.valid_for in (1, 36_000)


def test_no_error_holds_a_number_or_a_body(side: Side) -> None:
    side.world.blocked.add(SAM)
    with pytest.raises(CarrierRefused) as refused:
        side.carrier.send_text(TEXT)
    said = f"{refused.value} {refused.value!r} {refused.value.__cause__}"
    assert SAM[1:] not in said
    assert TEXT.body not in said
    assert refused.value.__suppress_context__ or refused.value.__context__ is None


def test_check(side: Side) -> None:
    side.carrier.check()


def test_nobody_listens_there() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{free.getsockname()[1]}"
        carrier = TwilioCarrier(ACCOUNT.sid, ACCOUNT.token, from_numbers=ACCOUNT.numbers, base_url=url)
        for ask in (carrier.check, lambda: carrier.send_text(TEXT), lambda: carrier.place_call(CALL)):
            with pytest.raises(CarrierBusy):
                ask()
        carrier.close()


def test_the_balance_is_told_and_a_subaccount_has_none(side: Side) -> None:
    side.world.balance = 3.5
    assert side.carrier.balance() == Balance(3.5, "USD")
    side.world.balance = None
    assert side.carrier.balance() is None
