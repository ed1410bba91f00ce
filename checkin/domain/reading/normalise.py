"""One shape for many ways of writing: case, accents, apostrophes, stretched words, textspeak, clauses."""

import re
import unicodedata

LONGEST = 2000
_APOSTROPHES = re.compile(r"['\u2018\u2019\u02bc`\u00b4]")
_STRETCHED = re.compile(r"([a-z])\1{2,}")
_BREAKS = re.compile(r"[.,;:!?\n\r()\u2026\u2014]+|\s-\s|\b(?:but|though|however|pero|aunque|mais)\b")
_NOISE = re.compile(r"[^a-z0-9\s/+%&]+")
_SHORT = {
    "u": "you", "ur": "your", "r": "are", "im": "i am", "ive": "i have", "id": "i would", "ill": "i will",
    "wanna": "want to", "gonna": "going to", "gotta": "got to", "cant": "can not", "cannot": "can not",
    "dont": "do not", "dnt": "do not", "doesnt": "does not", "didnt": "did not", "wont": "will not",
    "isnt": "is not", "wasnt": "was not", "arent": "are not", "couldnt": "could not", "wouldnt": "would not",
    "shouldnt": "should not", "havent": "have not", "hasnt": "has not", "aint": "is not", "cnt": "can not",
    "kms": "kill myself", "kys": "kill yourself", "unalive": "kill", "pls": "please", "plz": "please", "plese": "please", "nt": "not", "unaliving": "killing",
    "txt": "text", "txting": "texting", "msg": "message", "msgs": "messages", "ppl": "people", "2day": "today",
    "2nite": "tonight", "tonite": "tonight", "bcuz": "because", "cuz": "because", "wnt": "want", "wana": "want to",
    "n": "and", "w": "with", "smth": "something", "rn": "right now", "sumone": "someone", "thx": "thanks",
    "suiside": "suicide", "suicidle": "suicidal", "suacide": "suicide", "sucidal": "suicidal", "hopless": "hopeless",
    "alot": "a lot", "theres": "there is", "its": "it is", "thats": "that is", "whats": "what is", "hes": "he is",
    "shes": "she is", "theyre": "they are", "youre": "you are", "dy": "die", "liv": "live", "lif": "life", "kil": "kill", "kiling": "killing", "wnat": "want", "wan": "want to",
    "suicdal": "suicidal", "b": "be", "nemore": "any more", "anymore": "any more", "nite": "night", "sh": "self harm",
    "bye": "goodbye", "mum": "mum", "whos": "who is", "od": "overdose", "odd": "odd",
    "myslef": "myself", "mysef": "myself", "diee": "die", "dieing": "dying", "hapy": "happy", "cryin": "crying",
    "feelin": "feeling", "strugling": "struggling", "relapst": "relapsed", "lonly": "lonely", "wont": "will not",
    "q": "que", "xq": "porque", "tmb": "tambien",
}  # fmt: skip


def plain(text: str) -> str:
    """Lower case, without accents and apostrophes, each stretched letter once or twice; punctuation kept."""
    folded = unicodedata.normalize("NFKD", text).casefold()
    folded = "".join(sign for sign in folded if not unicodedata.combining(sign))
    folded = _APOSTROPHES.sub("", folded).replace("\u20e3", "").replace("\ufe0f", "")
    return _STRETCHED.sub(r"\1\1", folded)


def clauses(text: str) -> list[str]:
    """The parts of a text that stand for themselves, each as plain words with a space before and after."""
    found = []
    for part in _BREAKS.split(plain(text)):
        words = [_SHORT.get(word, word) for word in _NOISE.sub(" ", part).split()]
        if words:
            found.append(f" {' '.join(words)} ")
    return found


def bare(text: str) -> str:
    """A short answer without what surrounds it: quotes, punctuation, a signature line."""
    first = text.strip().split("\n")[0] if len(text.strip().split("\n")) > 1 else text
    return " ".join(_NOISE.sub(" ", plain(first)).split())


def squeezed(clause: str) -> str:
    """A clause with every doubled letter single, so that `sooo` and `so` meet."""
    return re.sub(r"([a-z])\1+", r"\1", clause)
