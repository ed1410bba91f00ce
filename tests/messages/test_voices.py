"""Each language that has prompts says how it is spoken and heard."""

from pathlib import Path

import pytest

from checkin.messages import BadTemplate, Messages
from checkin.settings import ROOT

GOOD = 'locale = "de-DE"\nname = "Polly.Vicki"\nrate = "85%"\nhears = "de-DE"\n'


def write(root: Path, text: str | None) -> Path:
    folder = root / "voice" / "de"
    folder.mkdir(parents=True)
    if text is not None:
        (folder / "voice.toml").write_text(text)
    return root


def test_a_language_brings_its_voice_by_a_file(tmp_path: Path) -> None:
    write(tmp_path, GOOD + '[hints]\ncheck_in = ["gut"]\n')
    voice = Messages.load(tmp_path, "de").voice("de-AT")
    assert (voice.name, voice.rate, voice.hears) == ("Polly.Vicki", "85%", "de-DE")
    assert voice.hints == {"check_in": ("gut",)}


def test_ours_have_one_and_what_has_none_is_spoken_as_the_programme_speaks() -> None:
    messages = Messages.load(ROOT / "templates")
    assert messages.voice("es").locale == "es-MX"
    assert messages.voice("xx") == messages.voice("en")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (None, "The language de has prompts but no voice/de/voice.toml."),
        ("locale = ", "The file voice/de/voice.toml is no TOML."),
        ('locale = "de-DE"', "The file voice/de/voice.toml needs locale, name, rate and hears, each as a text."),
        (
            GOOD.replace('"85%"', "85"),
            "The file voice/de/voice.toml needs locale, name, rate and hears, each as a text.",
        ),
        (GOOD + "hints = 3", "The file voice/de/voice.toml needs locale, name, rate and hears, each as a text."),
    ],
)
def test_a_voice_that_cannot_be_used_is_one_sentence(tmp_path: Path, text: str | None, said: str) -> None:
    with pytest.raises(BadTemplate, match=f"^{said}$"):
        Messages.load(write(tmp_path, text))
