"""How a language is spoken and heard on calls: `voice/<language>/voice.toml` beside the prompts of that language."""

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from checkin.domain.call_script import Voice
from checkin.messages.source import BadTemplate

_FILE = "voice.toml"


def read_voices(root: Path) -> dict[str, Voice]:
    """Read the voice of each language that has prompts below `root`/voice. Raises BadTemplate."""
    voices: dict[str, Voice] = {}
    for folder in sorted(path for path in (root / "voice").glob("*") if path.is_dir()):
        name = f"voice/{folder.name}/{_FILE}"
        try:
            voices[folder.name] = _voice(tomllib.loads((folder / _FILE).read_text(encoding="utf-8")))
        except FileNotFoundError:
            raise BadTemplate(f"The language {folder.name} has prompts but no {name}.") from None
        except (tomllib.TOMLDecodeError, UnicodeDecodeError):
            raise BadTemplate(f"The file {name} is no TOML.") from None
        except (KeyError, TypeError, AttributeError):
            raise BadTemplate(f"The file {name} needs locale, name, rate and hears, each as a text.") from None
    return voices


def _voice(data: Mapping[str, Any]) -> Voice:
    locale, name, rate, hears = (data[key] for key in ("locale", "name", "rate", "hears"))
    if not all(isinstance(each, str) and each for each in (locale, name, rate, hears)):
        raise TypeError
    hints = {step: tuple(str(word) for word in words) for step, words in data.get("hints", {}).items()}
    return Voice(locale, name, rate, hears, hints)
