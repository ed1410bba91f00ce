"""Every TwiML that we can say is valid by what the twilio library's own classes know of verbs and attributes."""

from xml.etree import ElementTree

import pytest

from checkin.carrier.twiml import Links, empty_twiml, fallback_twiml, to_twiml, wait_twiml
from checkin.carrier.twiml_judge import flaw_of
from checkin.domain.call_script import Ask, CallScript, GoOn, HangUp, Join, Pause, Record, Say, Step, Voice

LINKS = Links(
    lambda step: f"https://x.test/keys/{step}?a=1&b=2",
    "https://x.test/after",
    "https://x.test/c",
    "https://x.test/w",
    "https://x.test/recording",
    "https://x.test/transcript",
    "https://x.test/m.wav",
)
VOICE = Voice("en-US", "Polly.Joanna", "85%", "en-US", {"check_in": ("fine", "so so & so")})
STEPS: tuple[Step, ...] = (
    Say("Hello & <welcome>"),
    Say("¿Cómo estás? ☕ \x0b\x00\ud800 fin"),
    Ask("Press 1", "offer"),
    Ask("Press", "outcome", wait_seconds=30, digits=2),
    Ask("Press or say", "check_in", listens=True),
    Ask("PIN", "pin.3", digits=8, ends_on="#"),
    Ask("Press", "language", more=(Say("Marque", Voice("es-MX", "Polly.Mia", "85%", "es-MX", {})),)),
    Record("record.2"),
    Record("record.2", transcribed=True),
    GoOn("record.2"),
    Pause(3),
    Join("handoff-7"),
    Join("handoff-7", "wait", ends_for_all=False),
    Join("handoff-7", "wait", star=True),
    Ask("", "waiting", wait_seconds=1, music=True),
    HangUp(),
)
SCRIPTS = [CallScript(language, (step,)) for language in ("en", "es", "xx") for step in STEPS]
SAID = [
    *(to_twiml(script, LINKS, VOICE) for script in [*SCRIPTS, CallScript("es", STEPS), CallScript("en", ())]),
    wait_twiml("Please wait & hold", VOICE, "https://x.test/m.wav", "https://x.test/wait"),
    wait_twiml("\x01", VOICE, "https://x.test/m.wav", "https://x.test/wait"),
    fallback_twiml("Hold on", VOICE, "https://x.test/answered"),
    fallback_twiml("", VOICE, "https://x.test/answered"),
    empty_twiml(),
]


@pytest.mark.parametrize("twiml", SAID)
def test_every_script_is_valid(twiml: str) -> None:
    assert flaw_of(twiml) is None


@pytest.mark.parametrize(
    "wrong",
    [
        '<Say colour="red">x</Say>',
        "<Conference>x</Conference>",
        '<Gather input="thought"/>',
        "<Play>x",
        "<Shout>x</Shout>",
        '<Dial><Conference beep="loud">x</Conference></Dial>',
    ],
)
def test_the_judge_sees_unknown_attributes_and_wrong_nests(wrong: str) -> None:
    assert flaw_of(f"<Response>{wrong}</Response>") is not None


def test_only_a_response_is_a_response() -> None:
    assert flaw_of("<Answer/>") == "its root is Answer, not Response"


def test_each_step_says_what_it_is_given() -> None:
    twiml = to_twiml(CallScript("en", (Ask("Press 1 & wait", "offer", 8, 1),)), LINKS, VOICE)
    gather = ElementTree.fromstring(twiml)[0]
    assert "".join(gather[0].itertext()) == "Press 1 & wait"
    assert gather.get("action") == LINKS.keys("offer")
    assert (gather.get("timeout"), gather.get("actionOnEmptyResult")) == ("8", "true")
