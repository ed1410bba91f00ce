"""People who ring the service's number: what they press and say at its menus."""

from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from checkin.simulation.people import Somebody

PIN = "4829"
MESSAGES = ("please ring my sister", "I can't cope anymore", "thank you for yesterday", "what time is it", "call me")

_MEMBER = {"1": 50, "2": 20, "3": 12, "0": 8, "say": 6, "down": 4}
_VOLUNTEER = {"1": 35, "2": 25, "3": 15, "4": 15, "0": 5, "down": 5}
_COORDINATOR = {"1": 80, "3": 15, "down": 5}
_STRANGER = {"1": 60, "down": 25, "9": 15}
_MENUS: tuple[tuple[str, Mapping[str, int]], ...] = (
    ("Press 1 for a peer", _MEMBER),
    ("Press 1 to take what waits", _VOLUNTEER),
    ("Press 1 to say that you have", _COORDINATOR),
    ("Press 1 to leave a message, and a person", _STRANGER),
)


def hears_a_menu(somebody: "Somebody", words: str) -> bool:
    """Let somebody who rang us do something; False where these words are none of the menus'."""
    for first, choices in _MENUS:
        if first in words:
            chosen = somebody.chance.choices(list(choices), list(choices.values()))[0]
            somebody.later(1, 6, partial(_does, somebody, chosen))
            return True
    if "key in your PIN" in words:
        pin = PIN if somebody.often(0.9) else "1111"
        somebody.later(1, 5, lambda: somebody.presses(f"{pin}#"))
    elif "Press 1 to be on shift" in words:
        somebody.later(1, 5, lambda: somebody.presses("1"))
    elif "speak after the tone" in words:
        _leaves_a_message(somebody)
    else:
        return False
    return True


def _does(somebody: "Somebody", chosen: str) -> None:
    if chosen == "down":
        somebody.hangs_up()
    elif chosen == "say":
        somebody.says(somebody.chance.choice(MESSAGES))
    else:
        somebody.presses(chosen)


def _leaves_a_message(somebody: "Somebody") -> None:
    """Most speak; some put it down at once, or in the middle of it."""
    if somebody.often(0.8):
        words = somebody.chance.choice(MESSAGES)
        somebody.later(1, 4, lambda: somebody.says(words))
    if somebody.chance.random() < 0.5:
        somebody.later(4, 9, somebody.hangs_up)
    elif somebody.chance.random() < 0.5:
        somebody.later(5, 9, lambda: somebody.presses("#"))
