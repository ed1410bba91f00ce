"""The commands of the service. Case, punctuation, smart quotes, a signature line and small typos do not matter."""

import re

from checkin.domain.reading.normalise import bare
from checkin.domain.reading.values import Command
from checkin.domain.terms import Role

_MEMBER = {
    "pause": "pause", "pausa": "pause", "resume": "resume", "reanudar": "resume", "later": "later", "luego": "later",
    "time": "time", "hora": "time", "call": "call", "talk": "call", "llamar": "call", "llamame": "call",
    "hablar": "call", "lang": "lang", "language": "lang", "idioma": "lang", "info": "info",
}  # fmt: skip
_VOLUNTEER = {name: name for name in ("on", "off", "take", "pass", "done", "shifts", "swap")}
_COORDINATOR = {"ack": "ack", "status": "status"}
_FORGET = frozenset(
    {"forget me", "delete me", "delete my data", "erase me", "olvidame", "borrame", "borra mis datos"}
)
_CALL = frozenset(
    {"call me", "call please", "please call", "talk please", "call me please", "talk to someone", "ring me"}
)
_LATER = re.compile(
    r"(busy |not now )?(ask|text|try|message|call) me (later|tonight|again later)$|busy ask later$|ask later$|not now$"
)
_PAUSE = re.compile(
    r"(?:pause|stop|hold) (?:these |the |all )?(?:texts|messages|check ?ins)?(?: ?for (?:a )?((?:\d+ )?(?:day|week)s?))?(?: im? .{0,20}| on holiday)?$"
)
_TIME = re.compile(r"(\d{1,2})(?:[:.h ](\d{2}))?\s*(am|pm|a m|p m)?$")
_LANGUAGES = {
    "english": "en", "ingles": "en", "en": "en", "spanish": "es", "espanol": "es", "es": "es",
    "french": "fr", "fr": "fr", "portuguese": "pt", "pt": "pt",
}  # fmt: skip
_SPAN = re.compile(
    r"(?:for |till |until |hasta )?(?:\d{1,3} ?(?:h|hours?|d|days?|dias?|w|weeks?|semanas?)?|mon\w*|tue\w*|wed\w*|thu\w*|fri\w*|sat\w*|sun\w*)$"
)


def command_of(text: str, roles: frozenset[Role]) -> Command | None:
    """The command that a text is; None where it is none. A command is the whole text, never a part of a sentence."""
    words = re.sub(r"(\d)([ap]m)", r"\1 \2", bare(text.replace(":", " : ").replace(".", " ")))
    if not words or len(words) > 40:
        return None
    if words in _FORGET:
        return Command("forget_me")
    if words in _CALL:
        return Command("call")
    if _LATER.match(words):
        return Command("later")
    pause = _PAUSE.match(words)
    if pause is not None:
        return Command("pause", (pause[1] or "").strip())
    first, _, rest = words.partition(" ")
    known: dict[str, str] = {}
    if Role.COORDINATOR in roles:
        known |= _COORDINATOR
    if Role.VOLUNTEER in roles:
        known |= _VOLUNTEER
    known |= _MEMBER
    name = known.get(first) or _typo(first, known, rest)
    return None if name is None else _with_argument(name, rest.strip())


def _with_argument(name: str, rest: str) -> Command | None:
    match name:
        case "take" | "pass" | "ack":
            return _numbered(name, rest)
        case "done":
            numbers = rest.split()
            if len(numbers) == 2 and all(number.isdigit() for number in numbers):
                return Command("done", numbers[1], int(numbers[0]))
            if len(numbers) == 1 and numbers[0].isdigit():
                own = numbers[0] in "1234"
                return Command("done", numbers[0] if own else "", None if own else int(numbers[0]))
            return Command("done") if not rest else None
        case "time":
            return _time(rest)
        case "lang":
            return Command("lang", _LANGUAGES.get(rest, rest)) if rest and " " not in rest else None
        case "pause" | "on" | "off":
            if rest and not _SPAN.match(rest):
                return None
            return Command(name, re.sub(r"^(for|till|until|hasta) ", "", rest))
        case _:
            return Command(name) if not rest or rest in ("please", "por favor", "me", "now") else None


def _numbered(name: str, rest: str) -> Command | None:
    digits = rest.removeprefix("case ").strip()
    if digits.isdigit() and len(digits) <= 9:
        return Command(name, number=int(digits))
    return Command(name) if not digits else None


def _time(rest: str) -> Command | None:
    found = _TIME.match(rest.replace(" : ", ":"))
    if found is None:
        return None
    hour, minute, half = int(found[1]), int(found[2] or 0), (found[3] or "").replace(" ", "")
    if half and 1 <= hour <= 12:
        hour = hour % 12 + (12 if half == "pm" else 0)
    return Command("time", f"{hour:02d}:{minute:02d}" if hour < 24 and minute < 60 else "")


def _typo(word: str, known: dict[str, str], rest: str) -> str | None:
    """One slip in a word of four letters or more, where nothing or a number follows."""
    if len(word) < 4 or (rest and not rest.split()[0].isdigit()) or word in _REAL_WORDS:
        return None
    close = {known[name] for name in known if len(name) >= 4 and _one_slip(word, name)}
    return close.pop() if len(close) == 1 else None


_REAL_WORDS = frozenset(
    "fall tall ball hall wall walk calm cold tale cake lake make tame dime lime tired gone bone none done past mass "
    "cause pulse later latter water hater paused resumed cell cool timer times into tank tall tell stake taken".split()
)


def _one_slip(word: str, name: str) -> bool:
    if abs(len(word) - len(name)) > 1 or word == name:
        return word == name
    if len(word) == len(name):
        wrong = [i for i in range(len(name)) if word[i] != name[i]]
        swapped = len(wrong) == 2 and wrong[1] == wrong[0] + 1
        return len(wrong) == 1 or (
            swapped and word[wrong[0]] == name[wrong[1]] and word[wrong[1]] == name[wrong[0]]
        )
    longer, shorter = (word, name) if len(word) > len(name) else (name, word)
    return any(longer[:i] + longer[i + 1 :] == shorter for i in range(len(longer)))
