"""A coordinator with a life: a phone, and some with a browser beside it."""

import re

from checkin.simulation.callers import hears_a_menu
from checkin.simulation.people import Somebody


class Coordinator(Somebody):
    """Answers for a circle, mostly. `by_page`: sits at a browser too, and acts on what stands there."""

    by_page = False

    def lives(self, days: int) -> None:
        """They ring us now and then, to say that they have what is open; some look at the pages."""
        self.does(4, days, self.rings_us)
        if self.by_page:
            self.does(60, days, self._looks)
            self.does(80, days, self._sits_down)

    def noticed(self, what: str, words: str) -> None:
        """Pages by text and by call."""
        if what == "text":
            if self.by_page and not self.town.kind and self.chance.random() < 0.6:
                self.later(20, 600, self._looks)
            over = re.search(r"DONE (\d+) 1", words)
            if over and self.often(0.8):
                self.later(20, 900, lambda: self.writes(f"DONE {over.group(1)} 1"))
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
            elif "Press 1 to join the" in words or "Press 1 to join," in words:
                self.later(1, 8, lambda: self.presses(self.chance.choice("112")))
            elif self._hears_of_their_case(words):
                pass
            else:
                self._hears_of_their_call(words)
        elif what == "joined":
            self.later(5, 200, self.hangs_up)

    def _looks(self) -> None:
        """They look at the pages, and do something."""
        if not self.town.kind:
            self.town.watch.pressed.setdefault(self.number, []).append(self.town.world.now)
            self.town.pages.looks(self.number, self.chance)

    def _sits_down(self) -> None:
        """A quiet hour."""
        if not self.town.kind:
            self.town.pages.sits_down(self.number, self.chance)

    def _hears_of_their_case(self, words: str) -> bool:
        """They took a case themselves, and talk as a peer does."""
        if "Press 1 to be joined" in words:
            self.later(1, 6, lambda: self.presses("1" if self.often(0.9) else "2"))
        elif "Press 1 to hold it" in words:
            self.later(1, 5, lambda: self.presses(self.chance.choice("12")))
        elif "Press 1 to talk on" in words:
            self.later(1, 6, lambda: self.presses("1" if self.often(0.8) else "2"))
        elif "You are out of the talk" in words or "They can ring us" in words:
            self.later(1, 4, lambda: self.presses("1"))
        elif "How did it go" in words:
            self.later(1, 6, lambda: self.presses("1" if self.town.kind else self.chance.choice("1123")))
        else:
            return False
        return True

    def _hears_of_their_call(self, words: str) -> None:
        """They rang us; what they acknowledged there they see to."""
        mine = re.search(r"[Nn]umber (\d+) is with you", words)
        if mine:
            self._closes(int(mine.group(1)))
        else:
            hears_a_menu(self, words)

    def _takes(self, number: int, *, by_text: bool) -> None:
        if by_text:
            self.later(30, 1_200, lambda: self.writes(f"ACK {number}"))
        self._closes(number)

    def _closes(self, number: int) -> None:
        if self.often(0.7):
            self.later(600, 6 * 3_600, lambda: self.town.pages.closes(number, self.number))
