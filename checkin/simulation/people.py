"""Members, volunteers and coordinators with lives of their own, who know only what their phones tell them."""

import random
import re
from collections.abc import Callable
from dataclasses import dataclass

from checkin.simulation.watch import Watch
from checkin.simulator.phones import Habit, Phone
from checkin.simulator.world import World

ANSWERS = ("4", "3", "5", "4 thank you", "3 ok", "5 great day", "doing fine thanks", "good", "so so", "4/5", "three")
LOW = ("1", "0", "2 not great", "rough week, I can't cope anymore", "I cant go on like this", "please call me")
CRISES = ("I want to die", "I am going to kill myself tonight", "i took all my pills")
STOPS = ("STOP", "please stop texting me", "don't text me anymore", "quit messaging me", "STOP I want to die")
COMMANDS = ("PAUSE 3 days", "RESUME", "LATER", "CALL", "TIME 6pm", "HELP", "INFO", "LANG es", "LANG en", "SHIFTS")
CHATTER = ("hmm ok lunch with my sister", "what is this", "who are you", "😀", "my number is {number}", "ok", "?")


@dataclass
class Town:
    """What everybody shares. `kind`: from now on everybody answers, takes and closes, so that all can settle."""

    world: World
    watch: Watch
    close_case: Callable[[int, str], None]
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

    def hangs_up(self) -> None:
        """Put it down."""
        if self.phone.line != "idle":
            self.phone.hangs_up()

    def picks_up(self) -> None:
        """Answer, if it still rings."""
        if self.phone.line == "ringing":
            self.phone.answers()


class Member(Somebody):
    """Somebody who is checked in on."""

    def __init__(self, town: Town, number: str, name: str, seed: str, wrong_number: str) -> None:
        super().__init__(town, number, name, seed)
        self.wrong_number = wrong_number
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
            (0.7, lambda: self.phone.rings_the_service()),
            (2.0, self._switches_off),
        ):
            at = self.chance.expovariate(yearly / 365)
            while at < days:
                self.town.world.after(at * 86_400, act)
                at += self.chance.expovariate(yearly / 365)

    def noticed(self, what: str, words: str) -> None:
        """A check-in is answered by habit; a peer's call mostly."""
        if what == "text" and "rough to 5" in words:
            self._asked()
        elif what == "rings":
            self._rung()
        elif what == "hears":
            self._hears(words)
        elif what == "joined":
            self.later(*((60, 300) if self.town.kind else (5, 900)), self.hangs_up)

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
        elif "Press 1 for rough" in words:
            self.later(2, 8, lambda: self.presses(self.chance.choice("1345" if self.chance.random() < 0.1 else "345")))
        elif "a peer will call you back" in words:
            self.later(1, 5, lambda: self.presses("1"))

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

    def noticed(self, what: str, words: str) -> None:
        """Texts with TAKE and DONE, calls with keys."""
        if what == "text":
            self._reads(words)
        elif what == "rings":
            self._rung()
        elif what == "hears":
            self._hears(words)
        elif what == "joined" and self.chance.random() < 0.5:
            self.later(*((60, 300) if self.town.kind else (5, 900)), self.hangs_up)

    def _reads(self, words: str) -> None:
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
        elif "How did it go" in words:
            key = "1" if self.town.kind else self.chance.choices("1234", (75, 12, 8, 5))[0]
            self.later(1, 6, lambda: self.presses(key))


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


class Coordinator(Somebody):
    """Answers for a circle, mostly."""

    hearing = ""

    def noticed(self, what: str, words: str) -> None:
        """Pages by text and by call."""
        if what == "text":
            paged = re.search(r"ACK (\d+)", words) or re.search(r"(\d+): they talked", words)
            if paged and self.often(0.6):
                self._takes(int(paged.group(1)), by_text="ACK" in words)
        elif what == "rings" and self.often(0.6):
            self.later(3, 20, self.picks_up)
        elif what == "hears":
            paged = re.search(r"Number (\d+) needs you", words)
            if paged:
                number = int(paged.group(1))
                self.later(1, 8, lambda: self.presses("1"))
                self._closes(number)

    def _takes(self, number: int, *, by_text: bool) -> None:
        if by_text:
            self.later(30, 1_200, lambda: self.writes(f"ACK {number}"))
        self._closes(number)

    def _closes(self, number: int) -> None:
        if self.often(0.7):
            self.later(600, 6 * 3_600, lambda: self.town.close_case(number, self.number))
