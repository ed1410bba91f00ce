"""A call script in Twilio's language."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

from twilio.twiml.voice_response import Dial, Gather, VoiceResponse

from checkin.domain.call_script import Ask, CallScript, HangUp, Join, Pause, Say, Voice

_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True)
class Links:
    """Where the carrier finds what is next: keys by step, what follows a conference, its events and waiting words."""

    keys: Callable[[str], str]
    after: str
    conference: str
    wait: str


def to_twiml(script: CallScript, links: Links, voice: Voice) -> str:
    """Write a script as TwiML."""
    response = VoiceResponse()
    for step in script.steps:
        match step:
            case Say(words):
                _say(response, words, voice)
            case Pause(seconds):
                response.pause(length=seconds)
            case Ask():
                response.append(_gather(step, links, voice))
            case Join(conference, _, ends_for_all):
                dial = Dial(action=links.after, method="POST")
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
            case HangUp():
                response.hangup()
    return str(response)


def _gather(ask: Ask, links: Links, voice: Voice) -> Gather:
    """A question. `*` and `#` are keys like others: nothing ends the input before its last key."""
    speech: dict[str, str] = {}
    if ask.listens:
        speech = {"language": voice.hears, "speech_timeout": "auto"}
        if hints := voice.hints.get(ask.step):
            speech["hints"] = ", ".join(hints)
    gather = Gather(
        input="dtmf speech" if ask.listens else "dtmf",
        num_digits=ask.digits,
        finish_on_key="",
        timeout=ask.wait_seconds,
        action=links.keys(ask.step),
        method="POST",
        action_on_empty_result=True,
        **speech,
    )
    _say(gather, ask.words, voice)
    return gather


def _say(where: VoiceResponse | Gather, words: str, voice: Voice) -> None:
    where.say(language=voice.locale, voice=voice.name).prosody(_sayable(words), rate=voice.rate)


def wait_twiml(words: str, voice: Voice) -> str:
    """What a leg that waits alone hears, again and again."""
    response = VoiceResponse()
    _say(response, words, voice)
    response.pause(length=12)
    return str(response)


def fallback_twiml(words: str, voice: Voice, again: str) -> str:
    """What a call hears while the service cannot answer: words, a pause, and `again` is asked."""
    response = VoiceResponse()
    if words:
        _say(response, words, voice)
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
