"""Every TwiML that we can say is valid by what the twilio library's own classes know of verbs and attributes."""

import inspect
import re
from xml.etree import ElementTree

import pytest
from twilio.twiml import voice_response
from twilio.twiml.voice_response import VoiceResponse

from checkin.carrier.twiml import Links, empty_twiml, fallback_twiml, to_twiml, wait_twiml
from checkin.domain.call_script import Ask, CallScript, HangUp, Join, Pause, Say, Step, Voice

LINKS = Links(
    lambda step: f"https://x.test/keys/{step}?a=1&b=2", "https://x.test/after", "https://x.test/c", "https://x.test/w"
)
VOICE = Voice("en-US", "Polly.Joanna", "85%", "en-US", {"check_in": ("fine", "so so & so")})
STEPS: tuple[Step, ...] = (
    Say("Hello & <welcome>"),
    Say("¿Cómo estás? ☕ \x0b\x00\ud800 fin"),
    Ask("Press 1", "offer"),
    Ask("Press", "outcome", wait_seconds=30, digits=2),
    Ask("Press or say", "check_in", listens=True),
    Pause(3),
    Join("handoff-7"),
    Join("handoff-7", "wait", ends_for_all=False),
    HangUp(),
)
SCRIPTS = [CallScript(language, (step,)) for language in ("en", "es", "xx") for step in STEPS]
SAID = [
    *(to_twiml(script, LINKS, VOICE) for script in [*SCRIPTS, CallScript("es", STEPS), CallScript("en", ())]),
    wait_twiml("Please wait & hold", VOICE),
    wait_twiml("\x01", VOICE),
    fallback_twiml("Hold on", VOICE, "https://x.test/answered"),
    fallback_twiml("", VOICE, "https://x.test/answered"),
    empty_twiml(),
]
METHOD_OF = {
    "Say": "say",
    "Gather": "gather",
    "Dial": "dial",
    "Pause": "pause",
    "Hangup": "hangup",
    "Redirect": "redirect",
}
METHOD_OF |= {"Conference": "conference", "prosody": "prosody"}
VALUES = {
    ("Gather", "input"): r"dtmf( speech)?",
    ("Gather", "finishOnKey"): r"[0-9*#]?",
    ("Gather", "speechTimeout"): r"auto|[1-9]\d*",
    ("prosody", "rate"): r"\d+%",
    ("Gather", "numDigits"): r"[1-9]\d?",
    ("Gather", "timeout"): r"[1-9]\d*",
    ("Gather", "actionOnEmptyResult"): r"true|false",
    ("Conference", "beep"): r"true|false|onEnter|onExit",
    ("Conference", "record"): r"do-not-record|record-from-start",
    ("Conference", "startConferenceOnEnter"): r"true|false",
    ("Conference", "endConferenceOnExit"): r"true|false",
    ("Conference", "statusCallbackEvent"): r"(start|end|join|leave|mute|hold|modify|speaker|announcement)( \w+)*",
    ("Pause", "length"): r"\d+",
}
"""What the library does not check and Twilio's reference says."""


def attributes_of(method: object) -> set[str]:
    """The attributes that a method of the library knows, as TwiML writes them."""
    names = set(inspect.signature(method).parameters) - {"self", "kwargs"}  # type: ignore[arg-type]
    return {re.sub(r"_(\w)", lambda found: found[1].upper(), name.rstrip("_")) for name in names}


def judge(element: ElementTree.Element, parent: type) -> None:
    method = getattr(parent, METHOD_OF[element.tag], None)
    assert method is not None, f"{element.tag} does not nest in {parent.__name__}"
    assert set(element.attrib) <= attributes_of(method), f"{element.tag} has unknown attributes"
    for name, value in element.attrib.items():
        assert re.fullmatch(VALUES.get((element.tag, name), r".+"), value), f"{element.tag} {name}={value}"
    for child in element:
        judge(child, getattr(voice_response, element.tag, parent))


@pytest.mark.parametrize("twiml", SAID)
def test_every_script_is_valid(twiml: str) -> None:
    root = ElementTree.fromstring(twiml)
    assert root.tag == "Response"
    for element in root:
        judge(element, VoiceResponse)


def test_the_judge_sees_unknown_attributes_and_wrong_nests() -> None:
    for wrong in ('<Say colour="red">x</Say>', "<Conference>x</Conference>", '<Gather input="thought"/>'):
        with pytest.raises(AssertionError):
            judge(ElementTree.fromstring(wrong), VoiceResponse)


def test_each_step_says_what_it_is_given() -> None:
    twiml = to_twiml(CallScript("en", (Ask("Press 1 & wait", "offer", 8, 1),)), LINKS, VOICE)
    gather = ElementTree.fromstring(twiml)[0]
    assert "".join(gather[0].itertext()) == "Press 1 & wait"
    assert gather.get("action") == LINKS.keys("offer")
    assert (gather.get("timeout"), gather.get("actionOnEmptyResult")) == ("8", "true")
