"""A call script in Twilio's language."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

from twilio.twiml.voice_response import Dial, Gather, VoiceResponse

from checkin.domain.call_script import Ask, CallScript, HangUp, Join, Say

_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_VOICES = {"en": ("en-US", "Polly.Joanna"), "es": ("es-MX", "Polly.Mia")}


@dataclass(frozen=True)
class Links:
    """Where the carrier finds what is next: keys by step, what follows a conference, its events and waiting words."""

    keys: Callable[[str], str]
    after: str
    conference: str
    wait: str


def to_twiml(script: CallScript, links: Links) -> str:
    """Write a script as TwiML."""
    response = VoiceResponse()
    language, voice = _VOICES.get(script.language[:2], _VOICES["en"])
    for step in script.steps:
        match step:
            case Say(words):
                response.say(_sayable(words), language=language, voice=voice)
            case Ask(words, name, wait_seconds, digits):
                gather = Gather(
                    input="dtmf",
                    num_digits=digits,
                    timeout=wait_seconds,
                    action=links.keys(name),
                    method="POST",
                    action_on_empty_result=True,
                )
                gather.say(_sayable(words), language=language, voice=voice)
                response.append(gather)
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


def wait_twiml(words: str, language: str) -> str:
    """What a leg that waits alone hears, again and again."""
    response = VoiceResponse()
    locale, voice = _VOICES.get(language[:2], _VOICES["en"])
    response.say(_sayable(words), language=locale, voice=voice)
    response.pause(length=12)
    return str(response)


def fallback_twiml(words: str, language: str, again: str) -> str:
    """What a call hears while the service cannot answer: words, a pause, and `again` is asked."""
    response = VoiceResponse()
    locale, voice = _VOICES.get(language[:2], _VOICES["en"])
    if words:
        response.say(_sayable(words), language=locale, voice=voice)
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
