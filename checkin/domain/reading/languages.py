"""Texts in none of our four languages: recognised, never read as "ok", and a cry in them heard where it is plain.

Nothing here understands a language. It names it, by script or by its commonest words, for the person who will read it.
"""

import re
import unicodedata
from collections import Counter
from functools import lru_cache
from typing import Any

from checkin.domain.reading.lexicon import table
from checkin.domain.reading.normalise import bare, plain
from checkin.domain.reading.spelling import is_ours

UNKNOWN = "a script that we do not know"
_LOOKED_AT = 400
_DENSE = {"CJK": 4, "HIRAGANA": 2, "KATAKANA": 2, "HANGUL": 2}
"""How many Latin letters one sign stands for: "我想我很沮丧, I'm just very 累" is mostly Chinese."""


@lru_cache(maxsize=1)
def _data() -> dict[str, Any]:
    return table("languages")


@lru_cache(maxsize=1)
def _languages_of() -> dict[str, tuple[str, ...]]:
    """Each telling word with the languages that it tells."""
    found: dict[str, tuple[str, ...]] = {}
    for language, words in _data()["words"].items():
        for word in set(words.split()):
            found[word] = (*found.get(word, ()), language)
    return found


@lru_cache(maxsize=1)
def _cries() -> tuple[re.Pattern[str], re.Pattern[str], dict[str, str]]:
    """The cries in Latin letters, those in other scripts, and the language of each."""
    languages: dict[str, str] = {}
    latin, others = list[str](), list[str]()
    for language, cries in _data()["cries"].items():
        for cry in cries:
            folded = " ".join(plain(cry).split())
            languages[folded] = language
            (latin if folded.isascii() else others).append(re.escape(folded))
    return re.compile(rf"\b(?:{'|'.join(latin)})"), re.compile("|".join(others)), languages


def cry_in_another(text: str) -> str | None:
    """The language and the words of a cry in one that we do not read; None where none is plain."""
    latin, others, languages = _cries()
    folded = " ".join(plain(text).split())
    found = latin.search(folded) or (None if folded.isascii() else others.search(folded))
    return None if found is None else f"{languages[found[0]]}: {found[0]}"


@lru_cache(maxsize=4)  # asked of one text before the model, beside a rating, and at the end
def other_language(text: str) -> str | None:
    """The language that a text is mostly in, where that is none of ours; None where it is ours, or cannot be told."""
    letters = [sign for sign in text[:_LOOKED_AT] if sign.isalpha()]
    if not text.isascii():
        foreign = [script for sign in letters if (script := _script(sign)) is not None]
        weight = sum(_DENSE.get(script, 1) for script in foreign)
        if weight * 2 > len(letters) - len(foreign) + weight:
            commonest = Counter(_data()["scripts"].get(script, UNKNOWN) for script in foreign)
            return "Japanese" if "Japanese" in commonest else commonest.most_common(1)[0][0]
        folded = text[:_LOOKED_AT].lower()
        for language, signs in _data()["signs"].items():
            if sum(folded.count(sign) for sign in signs) >= 2 and _by_words(text, language) >= _ours(text):
                return str(language)
    return _told_by_words(text)


def _told_by_words(text: str) -> str | None:
    words = _words(text)
    counts = Counter(language for word in words for language in _languages_of().get(word, ()))
    if not counts:
        return None
    language, most = counts.most_common(1)[0]
    return language if most >= min(2, (len(words) + 1) // 2) and most > _ours(text) else None


def _by_words(text: str, language: str) -> int:
    return 1 + sum(language in _languages_of().get(word, ()) for word in _words(text))


def _ours(text: str) -> int:
    return sum(is_ours(word) for word in _words(text))


def _words(text: str) -> list[str]:
    return [word for word in bare(text[:_LOOKED_AT].replace("\n", " ")).split() if word.isalpha()]


def _script(sign: str) -> str | None:
    """The script of a letter that is not Latin."""
    name = unicodedata.name(sign, "UNKNOWN")
    return None if name.startswith(("LATIN", "FULLWIDTH LATIN", "MODIFIER", "MATHEMATICAL")) else name.split(" ", 1)[0]
