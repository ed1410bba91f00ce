"""One shape for many ways of writing: case, accents, apostrophes, stretched words, textspeak, slips, clauses."""

import re
import unicodedata
from functools import lru_cache

from checkin.domain.reading.faces import told
from checkin.domain.reading.spelling import spelled_out
from checkin.domain.reading.unmask import unmasked

LONGEST = 2000

_APOSTROPHES = re.compile(r"[\u2018\u2019\u201b\u02bc\u02b9\u2032\uff07`\u00b4]")
_CONTRACTED = (
    (re.compile(r"\b(?:can't|cannot)\b"), "can not"),
    (re.compile(r"\bwon't\b"), "will not"),
    (re.compile(r"n't\b"), " not"),
    (re.compile(r"\b(he|she|it|that|what|who|there|where|here|how|everyone|everything|nobody)'s\b"), r"\1 is"),
    (re.compile(r"'s\b"), ""),
    (re.compile(r"'re\b"), " are"),
    (re.compile(r"'ve\b"), " have"),
    (re.compile(r"'ll\b"), " will"),
    (re.compile(r"'m\b"), " am"),
    (re.compile(r"'d\b"), " would"),
    (re.compile(r"\b([cdjlmnst]|qu)'"), r"\1 "),  # French: "j'ai", "qu'il"
)
_STRETCHED = re.compile(r"([a-z])\1{2,}")
_BREAKS = re.compile(
    r"[.,;:!?\n\r()\u2026\u2013\u2014]+|\s-+\s"
    r"|\b(?:but|though|however|pero|aunque|sino que|sin embargo|porem|contudo|so que|pourtant|cependant)\b"
    # "but" in French, "more" in Portuguese; "but" in Portuguese, "more" in Spanish
    r"|\bmais(?= (?:je|j|jai|jsuis|chui|jveux|g|ca|c|cest|il|elle|on|la|ce|maintenant|tout|personne)\b)"
    r"|\bmas(?= (?:eu|ja|to|tou|estou|tomei|quero|vou|ele|ela|agora|hoje|nao|n|minha|meu|tenho|preciso|engoli)\b)"
)
_NOISE = re.compile(r"[^a-z0-9\s/+%&]+")
_SPACES = re.compile(r"[^\S\n]+")


@lru_cache(maxsize=8)  # a text is asked for in many ways
def plain(text: str) -> str:
    """Lower case, straight apostrophes, no accents or invisible signs, each stretched letter at most twice."""
    if not text.isascii():
        text = "".join(filter(None, map(_plain_sign, unicodedata.normalize("NFKD", text).casefold())))
    folded = _APOSTROPHES.sub("'", text.lower()).replace("\0", "")
    return _STRETCHED.sub(r"\1\1", folded)


def _plain_sign(sign: str) -> str:
    """A sign as it counts: marks and direction signs not at all, digits of every script as 0 to 9."""
    if sign.isascii():
        return sign
    category = unicodedata.category(sign)
    if category in ("Mn", "Me", "Cf", "Mc"):
        return ""
    return str(unicodedata.decimal(sign)) if category == "Nd" else sign


@lru_cache(maxsize=4)  # one text is asked for its level, an opt-out and a wrong number
def clauses(text: str) -> tuple[str, ...]:
    """The parts of a text that stand for themselves, each as plain words with a space before and after.

    Rules and model read the same words: disguises are off, and signs with a meaning are words (`faces`).
    """
    folded = unmasked(plain(told(text)))
    if "'" in folded or "cannot" in folded:
        for written, meant in _CONTRACTED:
            folded = written.sub(meant, folded)
        folded = folded.replace("'", "")
    found = []
    for part in _BREAKS.split(folded):
        words = spelled_out(_NOISE.sub(" ", part).split())
        if words:
            found.append(f" {words} ")
    return tuple(found)


@lru_cache(maxsize=4)
def bare(text: str) -> str:
    """A short answer without what surrounds it: quotes, punctuation, a signature line."""
    first = next((line for line in text.splitlines() if line.strip()), "")
    return " ".join(_NOISE.sub(" ", plain(first).replace("'", "")).split())


_SIGNATURE = re.compile(
    r"\n[ \t]*(?:--|__|(?:sent|envoye|enviado|get|gesendet)\s+(?:from|by|via|de|desde|outlook|do|do meu)\b)[^\0]*"
)


def spoken(text: str) -> str:
    """A whole text as words alone, for patterns that a whole text must fit: no sign, no signature, no line."""
    return " ".join(_NOT_WORDS.sub(" ", unsigned(plain(text))).split())


_NOT_WORDS = re.compile(r"[^a-z0-9]+")


def unsigned(folded: str) -> str:
    """A plain text without the lines that a telephone or a mail program adds."""
    return _SIGNATURE.sub("", folded, count=1)
