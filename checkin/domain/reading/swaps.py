"""A volunteer's words of a swap: `SWAP 2`, `SWAP tue`, `SWAP OFF 12`, `COVER 12`, and a yes or no to what was asked."""

import re

from checkin.domain.reading.normalise import bare
from checkin.domain.reading.values import Command, Context

_ANSWER = re.compile(r"(?P<word>yes|yeah|yep|y|si|no|nope|n)(?: (?:to |a )?(?P<number>[0-9]{1,9}))?")
_NO = frozenset({"no", "nope", "n"})
_DAY = re.compile(r"(?:mon|tue|wed|thu|fri|sat|sun|lun|mar|mie|jue|vie|sab|dom)[a-z]{0,6}")
_NUMBER = re.compile(r"[0-9]{1,9}")
_BACK = ("off", "back", "no")


def answer_to_swap(text: str, context: Context) -> Command | None:
    """A yes or no with the number of a shift that they were asked to take; a bare one where it can mean no more.

    A bare one that may as well mean a case has the case's number: they are told how to take that.
    """
    found = _ANSWER.fullmatch(bare(text)) if context.swaps else None
    if found is None:
        return None
    if not found["number"] and context.yes_or_case is not None:
        return Command("swap_or_case", number=context.yes_or_case)
    number = int(found["number"]) if found["number"] else context.yes_means
    if number is None or number not in context.swaps:
        return None
    return Command("decline" if found["word"] in _NO else "cover", number=number)


def swap_command(rest: str) -> Command | None:
    """What stands behind SWAP: nothing, a number of the list, a weekday, or OFF and the number of an offer."""
    rest = rest.strip()
    if not rest:
        return Command("swap")
    first, _, last = rest.partition(" ")
    if first in _BACK and (not last or _NUMBER.fullmatch(last)):
        return Command("swap_off", number=int(last) if last else None)
    if _NUMBER.fullmatch(rest):
        return Command("swap", number=int(rest))
    return Command("swap", rest) if _DAY.fullmatch(rest) else None
