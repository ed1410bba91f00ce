"""Whether a document is TwiML that the carrier understands, by what its own library knows of verbs and attributes.

The simulator's phones refuse what is not, so that no test and no simulated day passes over a wrong word.
"""

import inspect
import re
from functools import cache, lru_cache
from xml.etree import ElementTree

from twilio.twiml import voice_response
from twilio.twiml.voice_response import VoiceResponse

_METHOD_OF = {
    "Say": "say",
    "Play": "play",
    "Gather": "gather",
    "Dial": "dial",
    "Pause": "pause",
    "Hangup": "hangup",
    "Redirect": "redirect",
    "Reject": "reject",
    "Record": "record",
    "Conference": "conference",
    "prosody": "prosody",
}
_TRUTH = r"true|false"
_VALUES = {
    ("Gather", "input"): r"dtmf( speech)?",
    ("Gather", "finishOnKey"): r"[0-9*#]?",
    ("Gather", "speechTimeout"): r"auto|[1-9]\d*",
    ("prosody", "rate"): r"\d+%",
    ("Gather", "numDigits"): r"[1-9]\d?",
    ("Gather", "timeout"): r"[1-9]\d*",
    ("Gather", "actionOnEmptyResult"): _TRUTH,
    ("Dial", "hangupOnStar"): _TRUTH,
    ("Conference", "beep"): r"true|false|onEnter|onExit",
    ("Conference", "record"): r"do-not-record|record-from-start",
    ("Conference", "startConferenceOnEnter"): _TRUTH,
    ("Conference", "endConferenceOnExit"): _TRUTH,
    ("Conference", "statusCallbackEvent"): r"(start|end|join|leave|mute|hold|modify|speaker|announcement)( \w+)*",
    ("Pause", "length"): r"\d+",
    ("Record", "timeout"): r"[1-9]\d*",
    ("Record", "maxLength"): r"[1-9]\d{0,4}",
    ("Record", "finishOnKey"): r"[0-9*#]+",
    ("Record", "playBeep"): _TRUTH,
    ("Record", "transcribe"): _TRUTH,
    ("Record", "recordingStatusCallbackEvent"): r"(in-progress|completed|absent)( (in-progress|completed|absent))*",
    ("Play", "loop"): r"\d+",
}
"""What the library does not check and Twilio's reference says."""


@lru_cache(maxsize=2048)
def flaw_of(document: str) -> str | None:
    """What is wrong with a document, in one sentence; None where nothing is."""
    try:
        root = ElementTree.fromstring(document)  # noqa: S314 - our own answer, judged
    except ElementTree.ParseError as error:
        return f"it is no XML: {error}"
    if root.tag != "Response":
        return f"its root is {root.tag}, not Response"
    return next((flaw for element in root if (flaw := _flaw(element, VoiceResponse)) is not None), None)


def _flaw(element: ElementTree.Element, parent: type) -> str | None:
    method = getattr(parent, _METHOD_OF.get(element.tag, "") or "-", None)
    if method is None:
        return f"{element.tag} does not nest in {parent.__name__}"
    unknown = set(element.attrib) - _attributes(method)
    if unknown:
        return f"{element.tag} knows no {', '.join(sorted(unknown))}"
    for name, value in element.attrib.items():
        if not re.fullmatch(_VALUES.get((element.tag, name), r".+"), value):
            return f'{element.tag} has {name}="{value}"'
    within = getattr(voice_response, element.tag, parent)
    return next((flaw for child in element if (flaw := _flaw(child, within)) is not None), None)


@cache
def _attributes(method: object) -> frozenset[str]:
    """The attributes that a method of the library knows, as TwiML writes them."""
    names = set(inspect.signature(method).parameters) - {"self", "kwargs"}  # type: ignore[arg-type]
    return frozenset(re.sub(r"_(\w)", lambda found: found[1].upper(), name.rstrip("_")) for name in names)
