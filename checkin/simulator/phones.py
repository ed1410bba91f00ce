"""A basic phone: texts come and go, it rings, keys are pressed, and what is said is kept as text."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class Habit(StrEnum):
    """What a phone does when it rings. `off`: texts wait for it until they expire. `unreachable`: nothing arrives."""

    RINGS = "rings"
    ANSWERS = "answers"
    VOICEMAIL = "voicemail"
    BUSY = "busy"
    OFF = "off"
    UNREACHABLE = "unreachable"


@dataclass(frozen=True)
class Shown:
    """One text on the screen. `mine`: written on this phone."""

    at: datetime
    body: str
    mine: bool


@dataclass
class Phone:
    """One phone and what it shows. Its buttons call back into the network.

    `talks_to` is the service's number that it heard from last, and so the one that it answers. `greeting`: what its
    voicemail says first (`...` where it draws breath), `recorded`: what was said to it after the beep. `judged_as`,
    `judged_after`: whom the carrier hears on it, and after how many seconds, where that is not the truth.
    """

    number: str
    label: str = ""
    habit: Habit = Habit.RINGS
    texts: list[Shown] = field(default_factory=list)
    heard: list[str] = field(default_factory=list)
    line: str = "idle"
    caller_id: str = ""
    talks_to: str = ""
    call: str | None = None
    greeting: str = "Hi, you have reached my phone. Please leave a message after the tone."
    recorded: list[str] = field(default_factory=list)
    judged_as: str = ""
    judged_after: float | None = None
    buttons: "dict[str, Callable[[str], None]]" = field(default_factory=dict)
    noticed: "Callable[[str, str], None]" = lambda what, words: None
    """Whoever carries the phone: told of `text`, `rings`, `hears`, `plays`, `joined` and `over`, with the words."""
    played: int = 0

    @property
    def received(self) -> list[str]:
        """The texts that came, oldest first."""
        return [text.body for text in self.texts if not text.mine]

    def sends(self, body: str) -> None:
        """Write a text to the service."""
        self.buttons["send"](body)

    def rings_the_service(self) -> None:
        """Call the service's number."""
        self.buttons["dial"]("")

    def answers(self) -> None:
        """Pick up."""
        self.buttons["answer"]("")

    def presses(self, keys: str) -> None:
        """Press keys; a ringing phone is picked up first."""
        if self.line == "ringing":
            self.answers()
        self.buttons["keys"](keys)

    def says(self, words: str) -> None:
        """Say something on a call; a ringing phone is picked up first."""
        if self.line == "ringing":
            self.answers()
        self.buttons["speak"](words)

    def hangs_up(self) -> None:
        """Put it down, or decline."""
        self.buttons["hang_up"]("")

    def drops(self) -> None:
        """The line is lost: nobody put anything down, and the carrier notices a little later."""
        self.buttons["drop"]("")

    def becomes(self, habit: str) -> None:
        """Change what it does from now on; a phone that is switched on gets what waited for it. Raises ValueError."""
        self.buttons["habit"](Habit(habit))
