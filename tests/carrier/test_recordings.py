"""Recordings: one contract for both carriers, and a phone that speaks after the beep."""

import io
import wave
from datetime import timedelta

import pytest

from checkin.carrier.port import CarrierBusy, CarrierRefused, CarrierUnsure
from tests.carrier.test_contract import SAM, Side, passes, side

__all__ = ["side"]

RECORD = (
    '<Response><Record action="http://service.test/k" maxLength="20" timeout="5" finishOnKey="#" transcribe="true" '
    'transcribeCallback="http://service.test/t" recordingStatusCallback="http://service.test/r"/>'
    "<Say>We heard nothing</Say></Response>"
)


def rings(side: Side) -> None:
    side.webhooks.words = RECORD
    side.world.phone(SAM).rings_the_service()
    side.webhooks.words = "<Response><Hangup/></Response>"


def to(side: Side, path: str) -> list[dict[str, str]]:
    return [params for url, params in side.webhooks.posted if url == f"http://service.test/{path}"]


def test_what_is_said_is_kept_told_of_and_fetched_until_it_is_deleted(side: Side) -> None:
    began = side.world.now
    rings(side)
    side.world.phone(SAM).says("please ring me tomorrow")
    side.world.phone(SAM).presses("#")
    passes(side, 10)
    [action], [told], [written] = to(side, "k"), to(side, "r"), to(side, "t")
    assert (action["Digits"], action["RecordingDuration"]) == ("#", told["RecordingDuration"])
    assert told["RecordingStatus"] == "completed"
    assert "From" not in told, "Twilio does not say who rang"
    assert written["TranscriptionText"] == "please ring me tomorrow"
    [kept] = side.carrier.recordings_since(began - timedelta(seconds=1))
    assert (kept.sid, kept.call, kept.seconds) == (told["RecordingSid"], action["CallSid"], 2)
    with wave.open(io.BytesIO(side.carrier.fetch_recording(kept.sid))) as sound:
        assert sound.getnframes() == 2 * sound.getframerate()
    side.carrier.delete_recording(kept.sid)
    side.carrier.delete_recording(kept.sid)
    assert not side.carrier.recordings_since(began - timedelta(seconds=1))
    with pytest.raises(CarrierRefused):
        side.carrier.fetch_recording(kept.sid)


def test_silence_is_no_recording_and_the_call_goes_on(side: Side) -> None:
    rings(side)
    passes(side, 10)
    assert not to(side, "k")
    assert not to(side, "r")
    assert side.world.phone(SAM).heard == ["We heard nothing"]


def test_silence_after_words_ends_it(side: Side) -> None:
    rings(side)
    side.world.phone(SAM).says("hello")
    passes(side, 4)
    side.world.phone(SAM).says("and goodbye")
    passes(side, 20)
    assert [params["Digits"] for params in to(side, "k")] == [""]
    [written] = to(side, "t")
    assert written["TranscriptionText"] == "hello and goodbye"


def test_it_is_no_longer_than_asked(side: Side) -> None:
    rings(side)
    for _ in range(6):
        side.world.phone(SAM).says("on and on and on and on")
        passes(side, 4)
    assert len(to(side, "k")) == 1


def test_who_hangs_up_while_speaking_is_kept_too(side: Side) -> None:
    rings(side)
    side.world.phone(SAM).says("i cannot talk now")
    side.world.phone(SAM).hangs_up()
    passes(side, 10)
    [action] = to(side, "k")
    assert (action["Digits"], action["CallStatus"]) == ("hangup", "completed")
    assert len(to(side, "r")) == 1


def test_callbacks_are_lost_and_doubled_by_faults(side: Side) -> None:
    side.world.faults |= {"lose_webhook": 2, "double_webhook": 1}  # the call is over first
    rings(side)
    side.world.phone(SAM).says("hello")
    side.world.phone(SAM).presses("#")
    passes(side, 10)
    assert (len(to(side, "r")), len(to(side, "t"))) == (0, 2)


@pytest.mark.parametrize("ask", ["list", "fetch"])
def test_a_carrier_that_is_away_raises_what_can_be_tried_again(side: Side, ask: str) -> None:
    side.goes_wrong("away")
    asks = {
        "list": lambda: side.carrier.recordings_since(side.world.now),
        "fetch": lambda: side.carrier.fetch_recording("RE" + "0" * 32),
    }
    with pytest.raises((CarrierBusy, CarrierUnsure)):
        asks[ask]()
