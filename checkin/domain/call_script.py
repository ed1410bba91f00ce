"""What a call says and asks, and what it hears, as data. `carrier/twiml.py` turns it into the carrier's own language.

A script is a sequence of steps; `Ask`, `Join`, `GoOn` and `HangUp` end it. Texts are already rendered.
"""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Voice:
    """How one language is spoken and heard on calls.

    `locale` and `name`: what the carrier speaks with. `rate`: how fast, beside its usual speed. `hears`: the locale it
    listens in. `hints`: words that it should expect, by the question's step.
    """

    locale: str
    name: str
    rate: str
    hears: str
    hints: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True)
class Say:
    """Words to speak. `voice`: where they are of another language than the script."""

    words: str
    voice: Voice | None = None


@dataclass(frozen=True)
class Pause:
    """Say nothing for so many seconds."""

    seconds: int


@dataclass(frozen=True)
class Ask:
    """Speak, and wait for one key; any key cuts the words short (barge-in).

    `step` names the question, and after a dot which time it is put, where that counts; the answer comes back to the
    call's `keys` door with it. With no key within `wait_seconds` the door is called all the same, with no keys.
    `listens`: a spoken answer counts too; it cuts the words short as a key does. `ends_on`: a key that ends the input
    before its last digit. `more`: what is said after the words, in other languages. `music`: after the words, holding
    music plays until it ends or a key is pressed.
    """

    words: str
    step: str
    wait_seconds: int = 8
    digits: int = 1
    listens: bool = False
    ends_on: str = ""
    more: tuple[Say, ...] = ()
    music: bool = False


@dataclass(frozen=True)
class Said:
    """What came back to a question: keys, or words as the carrier understood them; neither where nothing came.

    `sure`: how sure the carrier is of the words, from 0 to 1.
    """

    keys: str = ""
    words: str = ""
    sure: float = 1.0


@dataclass(frozen=True)
class Join:
    """Put this leg into a conference. It starts when the second leg enters.

    `ends_for_all`: when this leg leaves, the other is released too (it then goes on to its `after` door).
    `wait_words` is said, again and again, to a leg that waits alone. `star`: the star key leads out of it again, to the
    call's `after` door.
    """

    conference: str
    wait_words: str = ""
    ends_for_all: bool = True
    star: bool = False


@dataclass(frozen=True)
class Record:
    """A beep, and what is said after it is kept by the carrier until `#`, silence or `longest_seconds`.

    The call's `keys` door is called with `step` when it ends; where nothing was said, the next step comes instead.
    `transcribed`: the carrier is asked to write it down too.
    """

    step: str
    longest_seconds: int = 120
    silence_seconds: int = 6
    transcribed: bool = False


@dataclass(frozen=True)
class GoOn:
    """Call the `keys` door with `step` and no answer."""

    step: str


@dataclass(frozen=True)
class HangUp:
    """End the call."""


Step = Say | Pause | Ask | Join | Record | GoOn | HangUp


@dataclass(frozen=True)
class CallScript:
    """What one person hears next, in their language (a two-letter code)."""

    language: str
    steps: tuple[Step, ...]
