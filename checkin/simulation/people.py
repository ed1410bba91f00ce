"""Members, volunteers and coordinators with lives of their own, who know only what their phones tell them."""

import random
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from checkin.simulation.callers import hears_a_menu
from checkin.simulation.pages import Pages
from checkin.simulation.swaps import Swaps
from checkin.simulation.watch import Watch
from checkin.simulator.phones import Habit, Phone
from checkin.simulator.world import World

ANSWERS = ("4", "3", "5", "4 thank you", "3 ok", "5 great day", "doing fine thanks", "good", "so so", "4/5", "three")
LOW = ("1", "0", "2 not great", "rough week, I can't cope anymore", "I cant go on like this", "please call me")
CRISES = ("I want to die", "I am going to kill myself tonight", "i took all my pills")
STOPS = ("STOP", "please stop texting me", "don't text me anymore", "quit messaging me", "STOP I want to die")
COMMANDS = ("PAUSE 3 days", "RESUME", "LATER", "CALL", "TIME 6pm", "HELP", "INFO", "LANG es", "LANG en", "SHIFTS")
GREETINGS = (
    "Hi, you have reached my phone. Please leave a message after the tone.",
    "I'm doing fine and out for the day ... Leave me a word and I will call you back.",
    "Hello? ... Yes, speaking ... I'm good, thanks ... Got you, this is my voicemail. Leave a message.",
)
"""What the voicemails of members say; the last one plays at being a person (promise P3)."""
CHATTER = ("hmm ok lunch with my sister", "what is this", "who are you", "😀", "my number is {number}", "ok", "?")

_STOPS_A_WEEK = 0.02
_CRIES_OUT_OF_SILENCE = 0.15


@dataclass
class Town:
    """What everybody shares. `kind`: from now on everybody answers, takes and closes, so that all can settle."""

    world: World
    watch: Watch
    pages: Pages
    kind: bool = False


class Somebody:
    """A person with a phone and a stream of chance of their own: what others do does not change what they do."""

    def __init__(self, town: Town, number: str, name: str, seed: str) -> None:
        self.town, self.number, self.name = town, number, name
        town.watch.names[number] = name
        self.chance = random.Random(seed)  # noqa: S311 - a life, not a secret
        self.phone: Phone = town.world.phone(number)
        self.phone.noticed = self.noticed

    def noticed(self, what: str, words: str) -> None:
        """The phone does something."""

    def later(self, least: float, most: float, act: Callable[[], None]) -> None:
        """Do something after a while."""
        self.town.world.after(self.chance.uniform(least, most), act)

    def often(self, share: float) -> bool:
        """Chance; when everybody is kind, always."""
        return self.town.kind or self.chance.random() < share

    def writes(self, body: str) -> None:
        """Send a text."""
        self.town.watch.note(f"{self.name} writes: {body}")
        if body.upper().startswith("TAKE"):
            self.town.watch.pressed.setdefault(self.number, []).append(self.town.world.now)
        if body.upper().startswith("DONE"):
            self.town.watch.ended.setdefault(self.number, []).append(self.town.world.now)
        self.phone.sends(body)

    def presses(self, keys: str) -> None:
        """Press keys, where the line is still open."""
        if self.phone.line not in ("idle", "ringing"):
            self.town.watch.note(f"{self.name} presses {keys}")
            for book in (self.town.watch.pressed, self.town.watch.ended):
                book.setdefault(self.number, []).append(self.town.world.now)
            self.phone.presses(keys)

    def says(self, words: str) -> None:
        """Speak, where the line is still open."""
        if self.phone.line not in ("idle", "ringing"):
            self.town.watch.note(f"{self.name} says: {words}")
            self.phone.says(words)

    def rings_us(self) -> None:
        """Call the service, where the phone is free."""
        if self.phone.line == "idle" and not self.town.kind:
            self.town.watch.note(f"{self.name} rings the service")
            self.phone.rings_the_service()

    def does(self, yearly: float, days: int, act: Callable[[], None]) -> None:
        """Do something so often a year, at any hour."""
        at = self.chance.expovariate(yearly / 365)
        while at < days:
            self.town.world.after(at * 86_400, act)
            at += self.chance.expovariate(yearly / 365)

    def lives(self, days: int) -> None:
        """Plan what they do by themselves in so many days."""

    def hangs_up(self) -> None:
        """Put it down."""
        if self.phone.line != "idle":
            self.phone.hangs_up()

    def loses_the_line(self) -> None:
        """The line drops in a talk."""
        if self.phone.line == "in conference":
            self.town.watch.note(f"{self.name} loses the line")
            self.phone.drops()
            if self.chance.random() < 0.4:
                self.later(20, 900, self.rings_us)

    def picks_up(self) -> None:
        """Answer, if it still rings."""
        if self.phone.line == "ringing":
            self.phone.answers()


class Member(Somebody):
    """Somebody who is checked in on."""

    def __init__(
        self, town: Town, number: str, name: str, seed: str, wrong_number: str, asked_in: timedelta | None
    ) -> None:
        super().__init__(town, number, name, seed)
        self.wrong_number, self.asked_in = wrong_number, asked_in
        self._seed = seed
        self._silence = random.Random(f"{seed}:silence")  # noqa: S311 - a life, not a secret
        self.phone.greeting = random.Random(f"{seed}:greeting").choice(GREETINGS)  # noqa: S311 - a life, not a secret
        self.habit = self.chance.choices(
            ("prompt", "late", "never", "bursts", "wrong number", "off and on"), (62, 16, 8, 6, 4, 4)
        )[0]
        if self.chance.random() < 0.02:
            self.phone.habit = Habit.UNREACHABLE

    def lives(self, days: int) -> None:
        """Plan what they do by themselves in so many days, at any hour."""
        for yearly, act in (
            (1.5, lambda: self.writes(self.chance.choice(LOW))),
            (0.4, lambda: self.writes(self.chance.choice(CRISES))),
            (0.2, self._stops),
            (3.0, lambda: self.writes(self.chance.choice(COMMANDS))),
            (2.0, self._chats),
            (1.5, self.rings_us),
            (2.0, self._switches_off),
        ):
            self.does(yearly, days, act)
        if self.asked_in is not None:
            self._plans_to_stop(self.asked_in, days)

    def _plans_to_stop(self, asked_in: timedelta, days: int) -> None:
        """They have enough of it in the very seconds in which they are asked, or while a text waits for the morning."""
        chance = random.Random(f"{self._seed}:stops")  # noqa: S311 - a life, not a secret
        for week in range(days // 7):
            if chance.random() < _STOPS_A_WEEK:
                after = chance.uniform(-3, 6) if chance.random() < 0.5 else chance.uniform(0, 12 * 3_600)
                at = (asked_in + timedelta(weeks=week)).total_seconds() + after
                self.town.world.after(max(at, 0.0), lambda: self.writes("STOP"))
                self.town.world.after(max(at, 0.0) + chance.uniform(3_600, 6 * 86_400), self._starts)

    def noticed(self, what: str, words: str) -> None:
        """A check-in is answered by habit; a peer's call mostly."""
        if what == "text" and "rough to 5" in words:
            self._asked()
        elif what == "text" and "No answer is fine too" in words:
            self._breaks_the_silence()
        elif what == "rings":
            self._rung()
        elif what == "hears":
            self._hears(words)
        elif what == "joined":
            self.later(*((60, 300) if self.town.kind else (5, 900)), self.hangs_up)
            if not self.town.kind and self.chance.random() < 0.2:
                self.later(5, 400, self.loses_the_line)

    def _breaks_the_silence(self) -> None:
        """Some are moved by the word that silence is fine: they cry while others are asked to look after them."""
        if not self.town.kind and self._silence.random() < _CRIES_OUT_OF_SILENCE:
            self.town.world.after(self._silence.uniform(60, 7_200), lambda: self.writes(self._silence.choice(LOW)))

    def _asked(self) -> None:
        answer = self.chance.choice(LOW) if self.chance.random() < 0.03 else self.chance.choice(ANSWERS)
        match self.habit:
            case "prompt":
                self.later(30, 7_200, lambda: self.writes(answer))
            case "late":
                self.later(7_200, 3 * 86_400, lambda: self.writes(answer))
            case "bursts":
                for _ in range(self.chance.randrange(2, 7)):
                    self.later(60, 90, lambda: self.writes(self.chance.choice(ANSWERS)))
            case "wrong number":
                stranger = self.town.world.phone(self.wrong_number)
                self.later(60, 3_600, lambda: stranger.sends(answer))
            case "off and on":
                self._switches_off()
                self.later(7_200, 90_000, lambda: self.writes(answer))
            case _:
                pass

    def _rung(self) -> None:
        if self.phone.habit in (Habit.OFF, Habit.UNREACHABLE):
            return
        self.phone.habit = Habit.RINGS
        if self.often(0.75):
            self.later(2, 18, self.picks_up)
        elif self.chance.random() < 0.5:
            self.phone.habit = Habit.VOICEMAIL

    def _hears(self, words: str) -> None:
        if self.phone.habit is Habit.VOICEMAIL:
            return
        if "Press 1 to talk" in words:
            if self.chance.random() < 0.2:
                self.later(10, 40, lambda: self.writes(f"thank you. my number is {self.number}"))
            act = (lambda: self.presses("1")) if self.often(0.85) else self.hangs_up
            self.later(1, 6, act)
        elif "Press 1 or say yes" in words or "If this call is for you" in words:
            self.later(1, 5, lambda: self.presses("1" if self.often(0.9) else "2"))
        elif "Press 1 for rough" in words:
            self._answers_by_voice()
        elif "Please press any key" in words:
            self.later(1, 5, lambda: self.presses("5"))
        elif not hears_a_menu(self, words):
            self._hears_of_a_talk(words)

    def _answers_by_voice(self) -> None:
        if self.chance.random() < 0.3:
            words = self.chance.choice(LOW) if self.chance.random() < 0.05 else self.chance.choice(ANSWERS)
            self.later(2, 8, lambda: self.says(words))
        else:
            keys = self.chance.choices(("1", "3", "4", "5", "0", "*", "9"), (3, 30, 30, 30, 2, 3, 1))[0]
            self.later(2, 8, lambda: self.presses(keys))

    def _hears_of_a_talk(self, words: str) -> None:
        """They wait for a peer, are apart from theirs, were cut off, or are asked for a third."""
        if "Press 1 to talk on" in words:
            self.later(1, 6, lambda: self.presses("1" if self.often(0.8) else "2"))
        elif "we bring you back together" in words:
            if self.town.kind or self.chance.random() < 0.4:
                self.later(1, 4, lambda: self.presses("1"))
            elif self.chance.random() < 0.4:
                self.later(1, 30, self.hangs_up)
        elif "called back" in words:
            if self.chance.random() < 0.2:
                self.later(1, 4, lambda: self.presses("1"))
            elif self.chance.random() < 0.1:
                self.later(5, 200, self.hangs_up)
        elif "bring a coordinator" in words:
            self.later(1, 8, lambda: self.presses(self.chance.choice("112")))

    def _stops(self) -> None:
        self.writes(self.chance.choice(STOPS))
        if self.chance.random() < 0.5:
            self.later(3_600, 20 * 86_400, self._starts)

    def _starts(self) -> None:
        """They want to be asked again; not after the end, when nobody is asked any more and all must come to rest."""
        if not self.town.kind:
            self.writes("START")

    def _chats(self) -> None:
        self.writes(self.chance.choice(CHATTER).replace("{number}", self.number))

    def _switches_off(self) -> None:
        if self.phone.habit is not Habit.UNREACHABLE:
            self.phone.becomes("off")
            self.later(600, 40 * 3_600, lambda: self.phone.becomes("rings"))


class Volunteer(Somebody):
    """A peer with a life: asleep, on voicemail, at once, too late, cut off."""

    mood = "takes"

    def __init__(self, town: Town, number: str, name: str, seed: str) -> None:
        super().__init__(town, number, name, seed)
        self.swaps = Swaps(self, random.Random(f"{seed}:swaps"))  # noqa: S311 - a life, not a secret

    def lives(self, days: int) -> None:
        """They ring us too: to take what waits, to join again, for their shift."""
        self.does(6, days, self.rings_us)
        self.swaps.lives(days)

    def rings_us(self) -> None:
        """Call the service, and listen."""
        self.mood = "takes"
        super().rings_us()

    def noticed(self, what: str, words: str) -> None:
        """Texts with TAKE and DONE, calls with keys."""
        if what == "text":
            self._reads(words)
        elif what == "rings":
            self._rung()
        elif what == "hears":
            self._hears(words)
        elif what == "joined":
            self._joined()

    def _joined(self) -> None:
        if self.chance.random() < 0.5:
            self.later(*((60, 300) if self.town.kind else (5, 900)), self.hangs_up)
        if self.town.kind:
            return
        if self.chance.random() < 0.15:
            self.later(5, 400, self.loses_the_line)
        if self.chance.random() < 0.15:
            self.later(5, 60, lambda: self.presses("*"))
        elif self.chance.random() < 0.1:
            self.later(5, 60, lambda: self.writes("ADD"))

    def _reads(self, words: str) -> None:
        self.swaps.reads(words)
        offered, over = re.search(r"TAKE (\d+)", words), re.search(r"DONE (\d+) 1", words)
        if offered:
            word = self.chance.choices(("TAKE", "PASS", ""), (15, 10, 75))[0]
            if self.town.kind:
                word = "TAKE"
            if word:
                self.later(4, 70, lambda: self.writes(f"{word} {offered.group(1)}"))
        elif over and self.often(0.8):
            key = "1" if self.town.kind else self.chance.choices("1234", (75, 12, 8, 5))[0]
            self.later(20, 900, lambda: self.writes(f"DONE {over.group(1)} {key}"))

    def _rung(self) -> None:
        self.phone.habit = Habit.RINGS
        moods = ("takes", "passes", "late", "drops", "voicemail", "asleep", "speechless")
        self.mood = "takes" if self.town.kind else self.chance.choices(moods, (45, 8, 7, 7, 15, 13, 5))[0]
        if self.mood == "voicemail":
            self.phone.habit = Habit.VOICEMAIL
        elif self.mood == "late":
            self.later(22, 26, self.picks_up)
        elif self.mood != "asleep":
            self.later(2, 12, self.picks_up)

    def _hears(self, words: str) -> None:
        if self.mood in ("voicemail", "speechless", "asleep"):
            return
        if "Press 1 to take it" in words or "Press 1 to ring them" in words or "Press 1 to be joined" in words:
            self.later(1, 6, lambda: self.presses("2" if self.mood == "passes" else "1"))
            if self.mood == "drops":
                self.later(2, 9, self.hangs_up)
        elif "Press 1 to hold it" in words:
            self.later(1, 5, lambda: self.presses(self.chance.choice("12")))
        elif "Press 1 to talk on" in words:
            self.later(1, 6, lambda: self.presses("1" if self.often(0.8) else "2"))
        elif "You are out of the talk" in words or "They can ring us" in words:
            key = "1" if self.town.kind else self.chance.choice(("1", "3", "", ""))
            if key:
                self.later(1, 4, lambda: self.presses(key))
        elif "How did it go" in words:
            key = "1" if self.town.kind else self.chance.choices("1234", (75, 12, 8, 5))[0]
            self.later(1, 6, lambda: self.presses(key))
        else:
            hears_a_menu(self, words)


class Contact(Somebody):
    """Somebody whom a member named: a neighbour, a daughter."""

    def noticed(self, what: str, words: str) -> None:
        """Calls only: will you look in, and what did you find."""
        if what == "rings":
            self.phone.habit = Habit.VOICEMAIL if not self.often(0.8) else Habit.RINGS
            if self.often(0.7):
                self.later(2, 20, self.picks_up)
        elif what == "hears" and self.phone.habit is Habit.RINGS:
            if "if you can look in on them" in words:
                key = "1" if self.town.kind else self.chance.choices("12*9", (60, 25, 12, 3))[0]
                self.later(1, 9, lambda: self.presses(key))
            elif "if you did not reach them" in words:
                key = "1" if self.town.kind else self.chance.choices("123", (70, 12, 18))[0]
                self.later(1, 9, lambda: self.presses(key))


class Stranger(Somebody):
    """Somebody whom nobody knows: they found the number, or misdialled."""

    def lives(self, days: int) -> None:
        """They ring now and then."""
        self.does(5, days, self.rings_us)

    def noticed(self, what: str, words: str) -> None:
        """They choose English, and leave a message or do not."""
        if what == "hears" and "For English, press" in words:
            self.later(1, 4, lambda: self.presses("1"))
        elif what == "hears":
            hears_a_menu(self, words)
