"""Volunteers offer shifts, take those of others, and change their minds. They know only what their phones tell them."""

import random
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from checkin.simulation.people import Volunteer

_OFFERS_A_YEAR = 40
_DAY = 86_400


class Swaps:
    """One volunteer's swaps, by a stream of chance of their own: what they do beside it stays what it was."""

    def __init__(self, volunteer: "Volunteer", chance: random.Random) -> None:
        self.volunteer, self.chance = volunteer, chance

    def lives(self, days: int) -> None:
        """They ask for their shifts now and then, at any hour."""
        at = self.chance.expovariate(_OFFERS_A_YEAR / 365)
        while at < days:
            self.volunteer.town.world.after(at * _DAY, lambda: self._writes("SWAP"))
            at += self.chance.expovariate(_OFFERS_A_YEAR / 365)

    def reads(self, words: str) -> None:
        """Offer one of the list; answer those of others, some at the same time; take an offer back."""
        asked, mine = re.search(r"Reply COVER (\d+)", words), re.search(r"SWAP OFF (\d+)", words)
        if "Your shifts: 1" in words:
            which = self.chance.choice(("1", "1", "2", "9"))
            self._later(5, 600, f"SWAP {which}")
        elif asked:
            said = self.chance.choices(("COVER {}", "YES {}", "yes", "no {}", ""), (30, 20, 20, 5, 25))[0]
            self._later(30, self.chance.choice((45, 3_600, 40_000)), said.format(asked.group(1)))
        elif mine and self.chance.random() < 0.15:
            self._later(60, 20_000, f"SWAP OFF {mine.group(1)}")

    def _later(self, least: float, most: float, words: str) -> None:
        if words:
            at = self.chance.uniform(least, most)
            self.volunteer.town.world.after(at, lambda: self._writes(words))

    def _writes(self, words: str) -> None:
        if not self.volunteer.town.kind:
            self.volunteer.writes(words)
