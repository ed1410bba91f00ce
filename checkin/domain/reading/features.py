"""What the model sees of a text, as numbers of buckets: words alone, in twos and threes; pieces of each word; concepts.

Words stand as the rules see them (`normalise.clauses`). Pieces of words make it indifferent to slips and endings.
Concepts (`concepts.py`) let it know a word that it was never trained on by the company of those that mean the same, in
four languages. There are many more buckets than features that a model keeps: what it was never trained on should fall
where nothing lies.
"""

from collections.abc import Iterator, Sequence
from functools import lru_cache
from math import sqrt
from zlib import crc32

from checkin.domain.reading.concepts import concepts_of

BUCKETS = 1 << 21
LONGEST_WORD = 20
PIECE_WEIGHS = 0.5
_SHORTEST_PIECE, _LONGEST_PIECE = 3, 5
GROUPS_KNOWN = 16_384
"""What so many groups of words add to a sum is remembered: most words of a text are small ones."""
_WORDS_READ = 400
"""A model of whole texts learns nothing of novels: so many words of a piece of text are looked at."""

Features = list[tuple[int, float]]


def bucket(key: str) -> int:
    """The number under which a feature is kept; several may share one."""
    return crc32(key.encode()) % BUCKETS


@lru_cache(maxsize=8192)
def pieces(word: str) -> tuple[int, ...]:
    """The buckets of a word's pieces of three to five signs, with its edges."""
    edged = f"<{word[:LONGEST_WORD]}>"
    return tuple(
        bucket(f"p{edged[at : at + length]}")
        for length in range(_SHORTEST_PIECE, _LONGEST_PIECE + 1)
        for at in range(len(edged) - length + 1)
    )


@lru_cache(maxsize=16384)
def pair(first: str, second: str) -> tuple[tuple[int, float], ...]:
    """The buckets of two words, as words and as concepts, with their weights."""
    ones, others = concepts_of(first), concepts_of(second)
    share = 1.0 / (len(ones) * len(others))
    of_concepts = tuple((bucket(f"c{one} {other}"), share) for one in ones for other in others)
    return ((bucket(f"w{first} {second}"), 1.0), *of_concepts)


@lru_cache(maxsize=8192)
def single(word: str) -> tuple[tuple[int, float], ...]:
    """The buckets of one word: itself, its pieces, its concepts."""
    return (
        (bucket(f"w{word}"), 1.0),
        *((number, PIECE_WEIGHS) for number in pieces(word)),
        *((bucket(f"c{concept}"), 1.0) for concept in concepts_of(word)),
    )


def triple(first: str, second: str, third: str) -> tuple[tuple[int, float], ...]:
    """The buckets of three words, and of the outer two, with any word between them."""
    return (bucket(f"w{first} {second} {third}"), 1.0), (bucket(f"w{first} _ {third}"), 1.0)


def split(clauses: Sequence[str]) -> list[list[str]]:
    """The words of each clause, with marks where it begins and ends; of a long text its beginning."""
    found, left = list[list[str]](), _WORDS_READ
    for clause in clauses:
        words = clause.split()[:left]
        left -= len(words)
        if words:
            found.append(["^", *words, "$"])
    return found


def seen_at(words: Sequence[str]) -> Iterator[tuple[int, tuple[str, ...]]]:
    """The words of each group of features of a clause (one, two or three), with the place of the first."""
    last = len(words) - 1
    for at, word in enumerate(words):
        if 0 < at < last:
            yield at, (word,)
        if at < last:
            yield at, (word, words[at + 1])
        if at + 1 < last:
            yield at, (word, words[at + 1], words[at + 2])


def group(words: tuple[str, ...]) -> tuple[tuple[int, float], ...]:
    """The buckets of one, two or three words, with their weights."""
    match words:
        case (word,):
            return single(word)
        case (first, second):
            return pair(first, second)
        case _:
            return triple(*words)


def features_of(clauses: Sequence[str]) -> Features:
    """All features of a text with their weights. Empty for a text without words."""
    values: dict[int, float] = {}
    count = 0
    for words in split(clauses):
        count += len(words) - 2
        for _, together in seen_at(words):
            for number, weight in group(together):
                values[number] = values.get(number, 0.0) + weight
    length = scale(count)
    return [(number, value * length) for number, value in values.items()]


def scale(words: int) -> float:
    """By what each feature of a text of so many words is multiplied: a long text says no more than a short one."""
    return 1.0 / sqrt(words + 2)
