"""Words as people type them on small keys: textspeak, apostrophes left out, one slip in a word that matters.

English stands here; Spanish, Portuguese and French in `lexicon/short_forms.toml`.
"""

import re
from functools import lru_cache

from checkin.domain.reading.lexicon import table, words_of

_MEANT = {
    # apostrophes left out
    "im": "i am", "ive": "i have", "id": "i would", "ill": "i will", "its": "it is", "thats": "that is",
    "whats": "what is", "whos": "who is", "hes": "he is", "shes": "she is", "theyre": "they are",
    "youre": "you are", "theres": "there is", "wheres": "where is", "everyones": "everyone is",
    "theyd": "they would", "youd": "you would", "theyll": "they will", "itll": "it will",
    "itd": "it would", "theyve": "they have", "everythings": "everything is", "nobodys": "nobody is",
    "weve": "we have", "cant": "can not", "cannot": "can not", "cnt": "can not", "dont": "do not",
    "dnt": "do not", "dosent": "does not", "doesnt": "does not", "didnt": "did not", "wont": "will not",
    "isnt": "is not", "wasnt": "was not", "arent": "are not", "werent": "were not", "couldnt": "could not",
    "wouldnt": "would not", "shouldnt": "should not", "havent": "have not", "hasnt": "has not",
    "hadnt": "had not", "aint": "is not", "nt": "not", "couldve": "could have", "wouldve": "would have",
    # short forms
    "u": "you", "ur": "your", "r": "are", "y": "why", "b": "be", "n": "and", "w": "with", "q": "que",
    "cos": "because", "cuz": "because", "coz": "because", "bcuz": "because", "bc": "because",
    "becos": "because", "pls": "please", "plz": "please", "plese": "please", "pleas": "please",
    "plis": "please", "txt": "text", "txts": "texts", "txting": "texting", "msg": "message",
    "msgs": "messages", "ppl": "people", "sum1": "someone", "some1": "someone", "sumone": "someone",
    "any1": "anyone", "every1": "everyone", "no1": "nobody", "nobdy": "nobody", "2day": "today",
    "2nite": "tonight", "2night": "tonight", "tonite": "tonight", "nite": "night", "2moro": "tomorrow",
    "2morrow": "tomorrow", "tmrw": "tomorrow", "tmr": "tomorrow", "tomoz": "tomorrow", "b4": "before",
    "4ever": "forever", "gr8": "great", "l8r": "later", "thx": "thanks", "smth": "something",
    "sth": "something", "rn": "right now", "bf": "boyfriend", "gf": "girlfriend", "luv": "love",
    "wat": "what", "wot": "what", "da": "the", "tht": "that", "thru": "through", "wanna": "want to",
    "wana": "want to", "wnna": "want to", "wnt": "want", "wan": "want", "wnat": "want",
    "gonna": "going to", "gona": "going to", "gunna": "going to", "gotta": "got to", "hafta": "have to",
    "lemme": "let me", "gimme": "give me", "kinda": "kind of", "sorta": "sort of", "outta": "out of",
    "dunno": "do not know", "idk": "i do not know", "idek": "i do not know", "ffs": "for fucks sake",
    "alot": "a lot", "abt": "about", "bout": "about", "nemore": "any more", "anymore": "any more",
    "anymor": "any more", "ne1": "anyone", "evry": "every", "evryone": "everyone", "rly": "really",
    "rlly": "really", "realy": "really", "v": "very", "vry": "very", "soo": "so", "nd": "and",
    "wen": "when", "hav": "have", "havin": "having", "takin": "taking", "goin": "going", "doin": "doing",
    "drinkin": "drinking", "usin": "using", "thinkin": "thinking", "feelin": "feeling", "cryin": "crying",
    "cuttin": "cutting", "livin": "living", "dyin": "dying", "killin": "killing", "hittin": "hitting",
    "wakin": "waking", "imma": "i am going to", "ima": "i am going to", "shud": "should", "wud": "would",
    "cud": "could", "coulda": "could have", "shoulda": "should have",
    # words of despair, shortened or hidden
    "kms": "kill myself", "kys": "kill yourself", "ctb": "kill myself", "unalive": "kill myself",
    "unaliving": "killing myself", "sewerslide": "suicide", "lfe": "life", "lyf": "life", "lyfe": "life",
    "thers": "there is", "stp": "stop", "dprssd": "depressed", "gna": "going to", "sucidal": "suicidal",
    "od": "overdose", "oded": "overdosed", "oding": "overdosing", "dy": "die", "diee": "die",
    "dieing": "dying", "liv": "live", "lif": "life", "kil": "kill", "kiling": "killing", "killl": "kill",
    "myslf": "myself", "meself": "myself", "mself": "myself", "mysel": "myself", "suiside": "suicide",
    "suacide": "suicide", "sucide": "suicide", "suicidle": "suicidal", "suacidal": "suicidal",
    "sooicide": "suicide", "deppressed": "depressed", "depresed": "depressed", "dpressed": "depressed",
    "bye": "goodbye", "byebye": "goodbye", "paracetamols": "paracetamol", "hlp": "help", "halp": "help",
    "lonley": "lonely",
}  # fmt: skip
_ROMANCE = ("es", "pt", "fr")


_SHORT = table("short_forms")
for _language in _ROMANCE:
    _MEANT |= _SHORT[_language]["anywhere"]
_WRITTEN = {_language: frozenset(re.findall(r"[a-z]+", words_of(_language))) for _language in _ROMANCE}
# In a clause of its own language a word of the lexicon is itself: "bout" is no English "about" in French.
_WITHIN: dict[str, dict[str, str]] = {
    _language: {word: word for word in _WRITTEN[_language] & _MEANT.keys()}
    | _SHORT[_language]["anywhere"]
    | _SHORT[_language]["within"]
    for _language in _ROMANCE
}

_KIN = (
    "mum mom dad mother father husband wife partner boyfriend girlfriend brother sister son daughter "
    "friend mate ex roommate flatmate neighbour neighbor cousin uncle aunt nan gran grandma grandad "
    "stepdad stepmum stepmom boss"
).split()
_MEANT |= {f"{kin}s": kin for kin in _KIN if kin not in ("friend", "mate")}

_MATTERS = (
    "suicide suicidal myself overdose overdosed killing kill hopeless worthless depressed depression "
    "struggling struggle lonely anxious anxiety panic panicking terrified scared relapsed relapse "
    "craving cravings drinking breathe breathing bleeding tonight goodbye please someone somebody "
    "nobody anyone everyone everything nothing tomorrow another anything without disappear existing "
    "living alive forever family children friend husband daughter brother sister mother father "
    "overwhelmed miserable terrible horrible desperate useless crying heartbroken devastated exhausted "
    "pills tablets paracetamol ambulance hospital threatening strangled suffering burden pointless "
    "because really feeling people thoughts thinking thought happy tired afraid alone hurting panicked "
    "nightmares flashbacks homeless evicted funeral counsellor worried stressed messages texting "
    "unsubscribe"
).split() + [word for language in _ROMANCE for word in _SHORT[language]["matters"].split()]

# Real words that are one slip from one of those. They mean what they say.
_THEMSELVES = frozenset(
    "skill skills kills killed kilt krill till chill kiln bill billing filling pilling willing milling "
    "tilling skilling shilling loving giving lining liking diving riding hiding having living lively "
    "lovely lone along clone scare scarf scares sacred cared shared stared spared carved picnic manic "
    "panics breath breathed breathes breaths breeding bleedin pleading feeding needing seeding trying "
    "drying frying dying prying cringe crying fried friends fiend trend rebound burden hardens tires "
    "tried fired hired wired pies pill bills fills hills mills wills gills tables stablets table tablet "
    "mister sisters blister brothers mothers father fathers farther rather bother other smother anther "
    "happen harpy nappy thoughtful through though brought bought taught fought ought seeling reeling "
    "peeling healing dealing stealing fueling feelings failing falling thinning shrinking sinking "
    "linking drinking blinking drinkings raving graving craven carvings savings ravings hunting hurling "
    "hurtling turning burning worries worrier married hurried curried buried varied stresses dressed "
    "pressed impressed misses missed massages message massage passages testing resting nesting tasting "
    "tester texture exiting exciting existing live alike olive alice arrive alert useful uselessly "
    "hopes hopeful pleased pleasant plead please peoples purple triste tristan tries marie amor moral "
    "moria quieto quieres quiere ayudar ayude ayudo ayudas ayudan matarte anyones something nothings "
    "everybody somebodys tomorrows tonights relapses anxiously panama moves mover motion quero quer "
    "mourir ajuda nightmare nightmares faster terribly terrible relax released depressing morrer "
    "tristes alone suicida suicidio scary friendly frien fold finding".split()
    + [word for language in _ROMANCE for word in _SHORT[language]["themselves"].split()]
    + [word for language in _ROMANCE for word in _WRITTEN[language]]
)


def _deletions(word: str) -> set[str]:
    return {word[:at] + word[at + 1 :] for at in range(len(word))}


_NEAR: dict[str, str] = {}
for _word in _MATTERS:
    if len(_word) >= 5:
        for _shape in _deletions(_word):
            _NEAR.setdefault(_shape, _word)
_KNOWN = frozenset(_MATTERS)


@lru_cache(maxsize=8192)
def spelled(word: str) -> str:
    """A word as it was meant; itself where there is nothing to repair.

    One letter left out, doubled, wrong or swapped with its neighbour is repaired, in words that decide and only
    where the writing is no word of its own.
    """
    meant = _MEANT.get(word)
    if meant is not None:
        return meant
    apart = _je_apart(word)
    if apart is not None:
        return apart
    if word in _KNOWN or word in _THEMSELVES or len(word) < 4 or len(word) > 16:
        return word
    once = _once(word)
    if once in _KNOWN or once in _MEANT:
        return _MEANT.get(once, once)
    return _one_slip(word)


def _je_apart(word: str) -> str | None:
    """French "jcraque", "jattends": no word of our languages begins with j and a consonant; before a vowel the rest
    must be a word of the lexicon, and the whole none."""
    rest = word[1:]
    if not word.startswith("j") or len(rest) < 3 or word in _THEMSELVES:
        return None
    if rest[0] not in "aeiouhy":
        return f"je {rest}" if rest in _WRITTEN["fr"] or len(rest) > 3 else None
    return f"j {rest}" if rest in _WRITTEN["fr"] and len(rest) > 4 else None


def _elided(word: str) -> str | None:
    """French written without its apostrophe, in a clause that is French: "lalcool", "sarrete", "mappelle"."""
    rest = word[1:]
    if word[0] not in "dlmnst" or len(rest) < 4 or rest[0] not in "aeiouh" or word in _WRITTEN["fr"]:
        return None
    return f"{word[0]} {rest}" if rest in _WRITTEN["fr"] else None


_ENGLISH = (
    "the a an and or to of in for with is are was were be it this that i you he she we they my your not do did have "
    "had will would can could so just what when how who up out from been am u ur at but all no on me im"
).split()
_TELLS: dict[str, tuple[str, ...]] = {}
for _language, _words in (
    ("en", _ENGLISH),
    *((_each, [*_SHORT[_each]["tells"].split(), *_SHORT[_each]["anywhere"]]) for _each in _ROMANCE),
):
    for _word in _words:
        _TELLS[_word] = (*_TELLS.get(_word, ()), _language)


def spelled_out(words: list[str]) -> str:
    """The words of a clause as they were meant. A short form means what it means in the language of its clause:
    "n" is "and" in English and "nao" in Portuguese."""
    tongue = _tongue(words)
    own = _WITHIN.get(tongue)
    if own is None:
        return " ".join([spelled(word) for word in words])
    if tongue == "fr":
        return " ".join([own.get(word) or _elided(word) or spelled(word) for word in words])
    return " ".join([own.get(word) or spelled(word) for word in words])


def _tongue(words: list[str]) -> str:
    """Which of our languages most of the telling words of a clause belong to; English where none is ahead of it."""
    counts = {"en": 0, "es": 0, "pt": 0, "fr": 0}
    for word in words:
        for language in _TELLS.get(word, ()):
            counts[language] += 1
    return max(counts, key=counts.__getitem__)


def is_ours(word: str) -> bool:
    """Whether a word is among the commonest of one of our languages."""
    return word in _TELLS


def _once(word: str) -> str:
    """A word with every doubled letter single: `soo` and `so` meet."""
    return "".join(sign for at, sign in enumerate(word) if at == 0 or sign != word[at - 1])


def _one_slip(word: str) -> str:
    if len(word) < 5 or not word.isalpha():
        return word
    if word in _NEAR:  # one letter left out
        return _NEAR[word]
    for shape in sorted(_deletions(word)):
        if shape in _KNOWN and len(shape) >= 5:  # one letter too many
            return shape
        near = _NEAR.get(shape)
        if near is not None and _swapped_or_wrong(word, near):
            return near
    return word


def _swapped_or_wrong(word: str, meant: str) -> bool:
    """Two neighbours swapped, or one letter wrong in a long word."""
    if len(word) != len(meant) or word[0] != meant[0]:
        return False
    wrong = [at for at in range(len(word)) if word[at] != meant[at]]
    if len(wrong) == 1:
        return len(word) >= 7
    first, last = wrong[0], wrong[-1]
    return len(wrong) == 2 and last == first + 1 and word[first] == meant[last] and word[last] == meant[first]
