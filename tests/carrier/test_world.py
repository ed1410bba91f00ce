"""The network in virtual time: what waits and expires, opt-outs, webhooks that come twice or late, phones' habits."""

import random
from datetime import UTC, datetime, timedelta

import pytest

from checkin.simulator.phones import Habit
from checkin.simulator.texts import OWN_WORDS
from checkin.simulator.world import World
from tests.carrier.conftest import Webhooks

SAM = "+12025550101"
NOON = datetime(2026, 11, 25, 12, tzinfo=UTC)
URL = "http://service.test/twilio/call/1/answered"
STATUS = "http://service.test/twilio/call/1/status"


def world(**more: bool) -> tuple[World, Webhooks]:
    webhooks = Webhooks()
    return (
        World(
            NOON,
            webhooks,
            account="AC" + "a" * 32,
            number="+12025550100",
            base="http://service.test",
            chance=random.Random(1),
            **more,
        ),
        webhooks,
    )


def passes(place: World, **time: float) -> None:
    place.run_until(place.now + timedelta(**time))


def test_a_text_to_a_phone_that_is_off_waits_and_expires() -> None:
    place, webhooks = world()
    place.phone(SAM).habit = Habit.OFF
    place.send(SAM, "x", STATUS, valid_for=3600)
    passes(place, minutes=59)
    assert webhooks.values("MessageStatus") == ["sent"]
    passes(place, minutes=2)
    assert webhooks.values("MessageStatus") == ["sent", "undelivered"]
    assert webhooks.values("ErrorCode") == ["30036"]
    place.phone(SAM).becomes("rings")
    assert place.phone(SAM).received == []


@pytest.mark.parametrize("by_button", [True, False])
def test_a_phone_that_is_switched_on_gets_what_waited(by_button: bool) -> None:
    place, webhooks = world()
    phone = place.phone(SAM)
    phone.habit = Habit.OFF
    place.send(SAM, "one", STATUS)
    place.send(SAM, "two", STATUS)
    passes(place, minutes=30)
    if by_button:
        phone.becomes("rings")
    else:
        phone.habit = Habit.RINGS
        passes(place, minutes=6)
    assert phone.received == ["one", "two"]
    passes(place, hours=11)
    assert webhooks.values("MessageStatus") == ["sent", "sent", "delivered", "delivered"]


def test_what_cannot_be_reached_fails_at_once() -> None:
    place, webhooks = world()
    place.phone(SAM).habit = Habit.UNREACHABLE
    place.send(SAM, "x", STATUS)
    passes(place, seconds=1)
    assert webhooks.values("ErrorCode") == ["30003"]


@pytest.mark.parametrize(
    ("habit", "last"),
    [
        (Habit.RINGS, "no-answer"),
        (Habit.BUSY, "busy"),
        (Habit.OFF, "no-answer"),
        (Habit.UNREACHABLE, "failed"),
        (Habit.ANSWERS, "completed"),
        (Habit.VOICEMAIL, "completed"),
    ],
)
def test_what_a_phone_does_when_it_rings(habit: Habit, last: str) -> None:
    place, webhooks = world()
    webhooks.words = "<Response><Say>Hello</Say></Response>"
    place.phone(SAM).habit = habit
    place.place(SAM, URL, STATUS, 25)
    passes(place, minutes=2)
    assert webhooks.values("CallStatus")[-1] == last
    assert place.phone(SAM).line == "idle"


@pytest.mark.parametrize("word", ["STOP", "stop ", "End", "QUIT", "REVOKE"])
def test_the_carrier_answers_stop_by_itself_and_says_so(word: str) -> None:
    place, webhooks = world(answers_opt_outs=True)
    place.phone(SAM).sends(word)
    passes(place, seconds=1)
    assert place.phone(SAM).received == [OWN_WORDS["STOP"]]
    assert webhooks.values("OptOutType") == ["STOP"]
    assert webhooks.values("Body") == [word]
    assert SAM in place.blocked
    assert len(place.messages) == 1, "its own words are not in the account's log"
    place.phone(SAM).sends("HELP")
    place.phone(SAM).sends("start")
    passes(place, seconds=1)
    assert place.phone(SAM).received == [OWN_WORDS["STOP"], OWN_WORDS["START"]], "HELP is not answered to who stopped"
    assert webhooks.values("OptOutType") == ["STOP", "HELP", "START"]
    assert SAM not in place.blocked


def test_by_default_twilio_blocks_and_answers_without_saying_so() -> None:
    place, webhooks = world(answers_opt_outs=True, tells_opt_out_type=False)
    place.phone(SAM).sends("STOP")
    passes(place, seconds=1)
    assert place.phone(SAM).received == [OWN_WORDS["STOP"]]
    assert SAM in place.blocked
    assert webhooks.values("OptOutType") == []


@pytest.mark.parametrize("words", ["STOP", "please stop", "STOP it hurts"])
def test_switched_off_the_carrier_leaves_opt_outs_to_the_service(words: str) -> None:
    place, webhooks = world()
    place.phone(SAM).sends(words)
    passes(place, seconds=1)
    assert place.phone(SAM).received == []
    assert place.blocked == set()
    assert webhooks.values("OptOutType") == []


def test_more_words_than_the_one_do_not_count() -> None:
    place, webhooks = world(answers_opt_outs=True)
    place.phone(SAM).sends("please stop")
    assert (place.blocked, webhooks.values("OptOutType")) == (set(), [])


def test_webhooks_come_twice_and_out_of_order_where_that_is_asked_for() -> None:
    place, webhooks = world()
    place.faults |= {"double_webhook": 1, "late_webhook": 1}
    place.send(SAM, "x", STATUS)
    passes(place, seconds=10)
    assert webhooks.values("MessageStatus") == ["sent", "delivered", "sent"]


def test_where_words_fail_the_fallback_is_asked_once() -> None:
    place, _ = world()
    asked: list[str] = []

    def post(url: str, params: dict[str, str], then: object) -> None:
        asked.append(url)
        if "CallbackSource" not in params:
            then(200, "<Response><Say>Hold on</Say></Response>") if url.endswith("fallback") else then(500, "")

    place.post = post
    place.phone(SAM).habit = Habit.ANSWERS
    place.place(SAM, URL, "", 25, fallback="http://service.test/fallback")
    passes(place, seconds=20)
    assert asked == [URL, "http://service.test/fallback"]
    assert place.phone(SAM).heard == ["Hold on"]
    assert place.errors == [f"{URL} answered 500"]


@pytest.mark.parametrize("words", ["", "no xml", "<Response><Say>", "<Other/>", "<Response>&nbsp;</Response>"])
def test_what_is_no_twiml_ends_the_call_with_words(words: str) -> None:
    place, webhooks = world()
    webhooks.words = words
    place.phone(SAM).habit = Habit.ANSWERS
    place.place(SAM, URL, STATUS, 25)
    passes(place, seconds=10)
    assert place.phone(SAM).line == "idle"
    assert "application error" in place.phone(SAM).heard[-1]


def test_only_the_asked_for_events_are_told() -> None:
    place, webhooks = world()
    place.place(SAM, URL, STATUS, 5, events=("completed",))
    passes(place, seconds=10)
    assert webhooks.values("CallStatus") == ["no-answer"]


def test_a_picture_comes_as_media() -> None:
    place, webhooks = world()
    place.text_from(SAM, "", media=2)
    [(_, params)] = webhooks.posted
    assert (params["Body"], params["NumMedia"]) == ("", "2")
    assert "MediaUrl1" in params


@pytest.mark.parametrize(("listens", "heard"), [('input="dtmf speech"', ["not so good"]), ("", [])])
def test_what_is_spoken_counts_where_a_question_listens(listens: str, heard: list[str]) -> None:
    place, webhooks = world()
    question = f'<Gather {listens} action="{URL}/keys"><Say><prosody>How are you?</prosody></Say></Gather>'
    webhooks.words = f"<Response>{question}</Response>"
    place.place(SAM, URL, STATUS, 25)
    passes(place, seconds=3)
    phone = place.phone(SAM)
    phone.answers()
    passes(place, seconds=1)
    assert phone.heard == ["How are you?"]
    phone.says("not so good")
    assert webhooks.values("SpeechResult") == heard


def greeted(listens: str = 'input="dtmf speech"', **more: str) -> tuple[World, Webhooks]:
    """A voicemail picks up a call that asks something."""
    place, webhooks = world()
    question = f'<Gather {listens} timeout="30" action="{URL}/keys"><Say>How are you?</Say></Gather>'
    webhooks.words = f"<Response>{question}</Response>"
    place.phone(SAM).habit = Habit.VOICEMAIL
    place.phone(SAM).greeting = "Hi, this is Sam... leave a message"
    place.place(SAM, URL, STATUS, 25, **more)
    return place, webhooks


def test_a_voicemail_speaks_its_greeting_into_a_question_that_listens() -> None:
    place, webhooks = greeted()
    passes(place, minutes=1)
    assert webhooks.values("SpeechResult") == ["Hi, this is Sam", "leave a message"]
    assert greeted('input="dtmf"')[1].values("SpeechResult") == []


@pytest.mark.parametrize(
    ("detection", "verdict"), [("Enable", "machine_start"), ("DetectMessageEnd", "machine_end_beep")]
)
def test_the_carrier_says_that_it_is_a_machine_and_when(detection: str, verdict: str) -> None:
    place, webhooks = greeted(detection=detection, machine_callback=f"{URL}/machine")
    passes(place, minutes=1)
    assert webhooks.values("AnsweredBy") == [verdict]
    [call] = place.calls.values()
    assert call.answered_by == verdict


def test_what_is_said_after_the_beep_is_on_the_voicemail_and_nothing_before() -> None:
    place, webhooks = greeted('input="dtmf"')
    passes(place, seconds=21)
    assert place.phone(SAM).recorded == []
    webhooks.words = "<Response><Say>Please call us back</Say></Response>"
    [call] = place.calls.values()
    place.redirect(call.sid, URL)
    passes(place, minutes=1)
    assert place.phone(SAM).recorded == ["Please call us back"]


def test_words_that_the_beep_falls_into_are_recorded_from_there_on() -> None:
    place, webhooks = greeted('input="dtmf"')
    webhooks.words = "<Response><Say>" + "word " * 100 + "</Say></Response>"
    passes(place, minutes=1)
    [recorded] = place.phone(SAM).recorded
    assert 0 < len(recorded) < 300


@pytest.mark.parametrize(("after", "verdict"), [(None, "unknown"), (20.0, "human")])
def test_of_a_call_that_is_over_the_carrier_knows_nothing_unless_it_was_slow(after: float | None, verdict: str) -> None:
    place, webhooks = world()
    webhooks.words = "<Response><Hangup/></Response>"
    place.phone(SAM).judged_after = after
    place.place(SAM, URL, STATUS, 25, detection="DetectMessageEnd", machine_callback=f"{URL}/machine")
    passes(place, seconds=1)
    place.phone(SAM).answers()
    passes(place, minutes=1)
    assert webhooks.values("AnsweredBy") == [verdict]
