"""A text without numbers, addresses and names, so that it can be used to test how texts are read. Pure.

Names are those of people whom the service knows, in any case of letters; and whatever is written with a capital inside
a sentence, for a name that nobody here knows. A name that is an ordinary word too ("will") counts with its capital
only.
Rather a word too many is taken out than one too few.
"""

import re
import unicodedata
from collections.abc import Collection, Iterable

NUMBER, NAME, ADDRESS = "[number]", "[name]", "[address]"

_ADDRESS = re.compile(r"\S+@\S+\.\S+|https?://\S+|www\.\S+|@\w+", re.IGNORECASE)
_NUMBER = re.compile(r"\(?\+?\d(?:[\s().-]{0,2}\d){4,}")
_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
_SENTENCE_ENDS = re.compile(r"[.!?\n]\s*[\"'“(]*$")
_ORDINARY = frozenset(
    "angel art autumn bill bob buck cash chance cliff dawn dean destiny drew faith frank gene grace grant guy "
    "hope iris ivy jack joy june lily love mark may melody mercy miles olive page pat pearl penny ray rich rob "
    "rod rose ruby rusty sky star sue summer sunny tab ted trinity violet wade will worth alba amor angeles "
    "blanca clara cruz dolores luz mar rosa sol".split()
)
_NEVER = frozenset({"I", "I'm", "I’m", "I'll", "I’ll", "I've", "I’ve", "I'd", "I’d", "Id", "Im", "Ive"})
_SHORTEST = 2


def tokens_of(names: Iterable[str]) -> frozenset[str]:
    """The words of names as they are compared."""
    return frozenset(_folded(word) for name in names for word in _WORD.findall(name) if len(word) >= _SHORTEST)


def _folded(word: str) -> str:
    """Without capitals and accents."""
    return "".join(sign for sign in unicodedata.normalize("NFKD", word.casefold()) if not unicodedata.combining(sign))


def nobody_named(text: str, names: Collection[str]) -> str:
    """The text without them. `names`: of `tokens_of`."""
    plain = _NUMBER.sub(NUMBER, _ADDRESS.sub(ADDRESS, text))
    made, at = [], 0
    for found in _WORD.finditer(plain):
        if _bracketed(plain, found.start(), found.end()):
            continue
        if _is_name(found.group(), plain[: found.start()], names):
            made += [plain[at : found.start()], NAME]
            at = found.end()
    return "".join([*made, plain[at:]])


def _bracketed(text: str, start: int, end: int) -> bool:
    """Whether it is one of our own marks."""
    return text[start - 1 : start] == "[" and text[end : end + 1] == "]"


def _is_name(word: str, before: str, names: Collection[str]) -> bool:
    bare = re.sub(r"['’]s$", "", word)
    capital, shouted = bare[:1].isupper(), bare.isupper() and len(bare) > 1
    inside = bool(before.strip()) and not _SENTENCE_ENDS.search(before)
    folded = _folded(bare)
    known = folded in names or any(part in names for part in folded.split("-"))
    if known and folded not in _ORDINARY:
        return True
    if known:
        return capital and (inside or shouted)
    return capital and inside and not shouted and word not in _NEVER
