"""What a word is about: one or two of some 280 concepts, the same in four languages (`lexicon/concepts.toml`).

A thesaurus for the model alone: no rule asks it. A word is looked up as it is, then by its longest known beginning.
"""

from functools import lru_cache

from checkin.domain.reading.lexicon import table

_MOST = 2
_SHORTEST_STEM = 4
_SHORT = 3


@lru_cache(maxsize=1)
def _table() -> tuple[dict[str, tuple[str, ...]], dict[str, tuple[str, ...]]]:
    words, stems = dict[str, set[str]](), dict[str, set[str]]()
    for concept, by_language in table("concepts").items():
        for written in " ".join(by_language.values()).split():
            stem = written.removesuffix("*")
            (words if stem == written else stems).setdefault(stem, set()).add(concept)
    return _few(words), _few(stems)


def _few(found: dict[str, set[str]]) -> dict[str, tuple[str, ...]]:
    return {word: tuple(sorted(concepts)[:_MOST]) for word, concepts in found.items()}


@lru_cache(maxsize=8192)
def concepts_of(word: str) -> tuple[str, ...]:
    """The concepts of a word, one or two; a short word that has none is one of its own, a longer one is `?`."""
    words, stems = _table()
    found = words.get(word)
    if found is not None:
        return found
    for end in range(len(word), _SHORTEST_STEM - 1, -1):
        found = stems.get(word[:end])
        if found is not None:
            return found
    return (word,) if len(word) <= _SHORT else ("?",)
