"""A call script in Twilio's language."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

from twilio.twiml.voice_response import Dial, Gather, VoiceResponse

from checkin.domain.call_script import Ask, CallScript, GoOn, HangUp, Join, Pause, Record, Say, Voice

_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True)
class Links:
    """Where the carrier finds what is next: keys by step, what follows a conference, its events and waiting words.

    `recording` and `transcript` are told of what was recorded. `music`: a file that plays while somebody waits.
    """

    keys: Callable[[str], str]
    after: str
    conference: str
    wait: str
    recording: str = ""
    transcript: str = ""
    music: str = ""


def to_twiml(script: CallScript, links: Links, voice: Voice) -> str:
    """Write a script as TwiML."""
    response = VoiceResponse()
    for step in script.steps:
        match step:
            case Say(words, own):
                _say(response, words, own or voice)
            case Pause(seconds):
                response.pause(length=seconds)
            case Ask():
                response.append(_gather(step, links, voice))
            case Join(conference, _, ends_for_all, star):
                dial = Dial(action=links.after, method="POST", **({"hangup_on_star": True} if star else {}))
                dial.conference(
                    conference,
                    start_conference_on_enter=True,
                    end_conference_on_exit=ends_for_all,
                    beep="false",
                    wait_url=links.wait,
                    wait_method="POST",
                    status_callback=links.conference,
                    status_callback_event="start end join leave",
                    record="do-not-record",
                )
                response.append(dial)
            case Record():
                _record(response, step, links)
            case GoOn(name):
                response.redirect(links.keys(name), method="POST")
            case HangUp():
                response.hangup()
    return str(response)


def _gather(ask: Ask, links: Links, voice: Voice) -> Gather:
    """A question. `*` and `#` are keys like others, unless one ends the input before its last key."""
    speech: dict[str, str] = {}
    if ask.listens:
        speech = {"language": voice.hears, "speech_timeout": "auto"}
        if hints := voice.hints.get(ask.step.partition(".")[0]):
            speech["hints"] = ", ".join(hints)
    gather = Gather(
        input="dtmf speech" if ask.listens else "dtmf",
        num_digits=ask.digits,
        finish_on_key=ask.ends_on,
        timeout=ask.wait_seconds,
        action=links.keys(ask.step),
        method="POST",
        action_on_empty_result=True,
        **speech,
    )
    if ask.words:
        _say(gather, ask.words, voice)
    for other in ask.more:
        _say(gather, other.words, other.voice or voice)
    if ask.music:
        gather.play(links.music)
    return gather


def _record(response: VoiceResponse, step: Record, links: Links) -> None:
    transcribe: dict[str, object] = {}
    if step.transcribed:
        transcribe = {"transcribe": True, "transcribe_callback": links.transcript}
    response.record(
        action=links.keys(step.step),
        method="POST",
        timeout=step.silence_seconds,
        finish_on_key="#",
        max_length=step.longest_seconds,
        play_beep=True,
        recording_status_callback=links.recording,
        recording_status_callback_method="POST",
        recording_status_callback_event="completed absent",
        **transcribe,
    )


def _say(where: VoiceResponse | Gather, words: str, voice: Voice) -> None:
    where.say(language=voice.locale, voice=voice.name).prosody(_sayable(words), rate=voice.rate)


def wait_twiml(words: str, voice: Voice, music: str, again: str) -> str:
    """What a leg that waits alone hears; then we are asked anew, so that it never ends in silence."""
    response = VoiceResponse()
    _say(response, words, voice)
    response.play(music)
    response.redirect(again, method="POST")
    return str(response)


def fallback_twiml(words: str, voice: Voice, again: str | None) -> str:
    """What a call hears while the service cannot answer: words, a pause, and `again` is asked; None: it ends."""
    response = VoiceResponse()
    if words:
        _say(response, words, voice)
    if again is None:
        response.hangup()
        return str(response)
    response.pause(length=3)
    response.redirect(again, method="POST")
    return str(response)


def _sayable(words: str) -> str:
    """Words without what XML cannot hold (a stray control character in a name would silence the whole call)."""
    return _NOT_XML.sub(" ", words)


@cache
def empty_twiml() -> str:
    """Nothing to say."""
    return str(VoiceResponse())
