"""How many years of school a text asks for: the Flesch-Kincaid grade, for English.

Source: Kincaid and others, 1975: 0.39 words a sentence + 11.8 syllables a word - 15.59. Syllables are counted
by groups of vowels, which is off by little over a text and by much over a word: short texts get no grade.
"""

import re

FEWEST_WORDS = 9
_WORD = re.compile(r"[A-Za-z][A-Za-z'-]*")
_SENTENCE = re.compile(r"[.!?:]+(?:\s|$)")
_VOWELS = re.compile(r"[aeiouy]+")


def grade(text: str) -> float | None:
    """The grade of an English text; None where it has too few words to tell."""
    words = _WORD.findall(text)
    if len(words) < FEWEST_WORDS:
        return None
    sentences = max(1, len([part for part in _SENTENCE.split(text) if _WORD.search(part)]))
    return 0.39 * len(words) / sentences + 11.8 * sum(map(syllables, words)) / len(words) - 15.59


def syllables(word: str) -> int:
    """How many syllables an English word has, near enough."""
    letters = re.sub(r"[^a-z]", "", word.lower())
    count = len(_VOWELS.findall(letters))
    silent = letters.endswith("e") and not letters.endswith(("le", "ee", "ye", "oe"))
    silent = silent or (letters.endswith("ed") and not letters.endswith(("ted", "ded", "eed")))
    silent = silent or (letters.endswith("es") and not re.search(r"(s|x|z|ch|sh|c|g)es$", letters))
    return max(1, count - silent)
