"""What changed between two wordings, word by word. Pure."""

from difflib import SequenceMatcher
from typing import Literal

Change = Literal["same", "gone", "new"]


def difference(before: str, after: str) -> list[tuple[Change, str]]:
    """The words of both in their order: those that stayed, those that went, those that came."""
    old, new = before.split(), after.split()
    found: list[tuple[Change, str]] = []
    for what, old_from, old_to, new_from, new_to in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if what == "equal":
            found.append(("same", " ".join(old[old_from:old_to])))
            continue
        if old_from < old_to:
            found.append(("gone", " ".join(old[old_from:old_to])))
        if new_from < new_to:
            found.append(("new", " ".join(new[new_from:new_to])))
    return found
