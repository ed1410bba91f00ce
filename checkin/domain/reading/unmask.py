"""Words in disguise: signs for letters (`k1ll`), stars (`k*ll`), letters set apart (`d i e`), words run together.

A disguise is taken off only where a word that decides comes to light: `b4`, `co2` and `therapist` stay what they are.
A run of four words of a cry
counts too. Each step looks at every sign a bounded number of times, so time grows with the text and no faster.
"""

import re
from functools import lru_cache

_CORES = tuple(
    frozenset(words.split())
    for words in (
        "i a im ive ill am is are was were be been it its hes she her him his me my myself self you we us they "
        "them the this that these those of to too in on at for with from up out off not no dont cant wont didnt "
        "isnt do did done does can could cannot would will just so really even still now tonight today tomorrow "
        "anymore any more one nobody everyone everything want wanna wants need needs gonna gotta going go get got "
        "had has have took take taken pills die died dying dead death kill killed killing suicide suicidal alive "
        "live living life end ending all here there wish hope hate love hurt hurts hurting cut cutting help "
        "please talk call someone somebody over alone lonely feel feeling like tired sick breathe breathing hit "
        "hits beat beats knife gun bye goodbye sorry without better point cope give giving think thinking about "
        "know tell keep stop crying cry scared afraid panic attack drink drinking using relapsed relapse overdose "
        "overdosed and but or if when why what how who world pain",
        "yo me mi no ya quiero quisiera morir morirme matar matarme vivir vida muerte muerta muerto estar estoy "
        "puedo mas ayuda ayudame necesito hablar con alguien sola solo suicidarme pastillas tome todas adios por "
        "favor que la",
        "eu nao quero morrer viver vida me matar aguento mais preciso ajuda socorro falar com alguem adeus "
        "sozinha sozinho",
        "je ne pas plus veux mourir vivre vie me tuer peux en aide aidez moi seul seule besoin parler suicider adieu",
    )
)
_DECIDES = frozenset(
    "myself die died dying dead death kill killed killing suicide suicidal alive live living life help pills "
    "overdose overdosed hurt hurting cutting cope panic relapsed relapse goodbye alone breathe crying hate anymore "
    "morir morirme matar matarme vivir vida muerte ayuda ayudame suicidarme pastillas morrer viver aguento ajuda "
    "socorro mourir vivre tuer aide suicider".split()
)
_THEMSELVES = frozenset(
    "adieus candied candying convida convivir hispanic hispanica hurtado inbreathe killifishes lifelike "
    "livedo overlive panica porvida suicidei suicideis toadied toadying deadbeat deadbeats deathlike livelong "
    "outlive outlived outliving overkill painkilling".split()
)
"""Words of a dictionary that could be taken apart, and mean themselves."""

_SHORTEST_RUN, _LONGEST_RUN = 6, 48
_SURELY_A_RUN, _LONG = 4, 14
_LONGEST_WORD = 11
_APART = re.compile(r"(?<![a-z0-9])(?:[a-z][ .,_*+-]{1,2}){2,40}[a-z](?![a-z0-9])")
_GAPS = re.compile(r"[^a-z]+")
_RUN = re.compile(rf"(?<![a-z0-9'])[a-z]{{{_SHORTEST_RUN},{_LONGEST_RUN}}}(?![a-z0-9'])")
_SIGNED = re.compile(r"(?<![a-z0-9@$])[a-z0-9@$(][a-z0-9@$!|*#+()]{1,15}(?![a-z0-9@$])")
_LETTERS = str.maketrans("013457@$8!|(", "oieastasbilc")
_HAS_LETTER = re.compile(r"[a-z]")
_HAS_SIGN = re.compile(r"[0-9@$!|*#(]")
_UNSURE = re.compile(r"[*#+]")
_BY_LENGTH: dict[int, tuple[str, ...]] = {
    length: tuple(sorted(word for word in _DECIDES if len(word) == length)) for length in range(3, _LONGEST_WORD + 1)
}


def unmasked(folded: str) -> str:
    """A text in small letters without disguises; itself where there are none."""
    folded = _APART.sub(_together, folded)
    if _HAS_SIGN.search(folded):
        folded = _SIGNED.sub(_spelt, folded)
    return _RUN.sub(_taken_apart, folded)


def _together(apart: re.Match[str]) -> str:
    """Letters set apart as the words that they make; as they were where they make none."""
    word = _GAPS.sub("", apart[0])
    if word in _DECIDES:
        return word
    return parted(word) or apart[0]


def _spelt(signed: re.Match[str]) -> str:
    """A word with signs for letters as the word that decides; as it was where it is none."""
    word = signed[0]
    if not (_HAS_SIGN.search(word) and _HAS_LETTER.search(word)):
        return word
    stem = word.rstrip("!*)")
    for each in (stem, word):
        found = _sign_by_sign(each) if _HAS_SIGN.search(each) else None
        if found is not None:
            return f"{found} {word[len(each) :]}"
    return word


def _sign_by_sign(word: str) -> str | None:
    read = word.translate(_LETTERS)
    for each in (read, word.replace("1", "l").translate(_LETTERS)):
        if each in _DECIDES and each != word:
            return each
        if _HAS_SIGN.search(word) and each.isalpha() and len(each) >= _SHORTEST_RUN and parted(each):
            return parted(each)
    if not _UNSURE.search(read) or len(read) < 3 or not _HAS_LETTER.match(read):
        return None
    return next((meant for meant in _BY_LENGTH.get(len(read), ()) if _fits(read, meant)), None)


def _fits(read: str, meant: str) -> bool:
    """Whether a starred word can be this one: at most half of its letters are hidden."""
    hidden = sum(sign in "*#+" for sign in read)
    return hidden * 2 <= len(read) and all(a == b or a in "*#+" for a, b in zip(read, meant, strict=True))


def _taken_apart(run: re.Match[str]) -> str:
    return parted(run[0]) or run[0]


@lru_cache(maxsize=4096)
def parted(run: str) -> str | None:
    """Words run together, with blanks between; None where it is no run of them or nothing in it decides.

    All pieces are words of a cry in one language; of two ways to part it the one with fewer words is taken.
    """
    if len(run) > _LONGEST_RUN or run in _THEMSELVES or any(run in core for core in _CORES):
        return None
    return next((words for words in (_parted(run, core) for core in _CORES) if words is not None), None)


def _parted(run: str, core: frozenset[str]) -> str | None:
    best: list[tuple[str, ...] | None] = [()] + [None] * len(run)
    for end in range(1, len(run) + 1):
        for start in range(max(0, end - _LONGEST_WORD), end):
            before = best[start]
            if before is not None and run[start:end] in core:
                here = best[end]
                if here is None or len(before) + 1 < len(here):
                    best[end] = (*before, run[start:end])
    words = best[-1]
    if words is None or sum(len(word) == 1 for word in words) > 2:
        return None
    surely = len(words) >= _SURELY_A_RUN and len(run) >= _LONG
    return " ".join(words) if surely or _DECIDES.intersection(words) else None
