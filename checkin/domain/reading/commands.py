"""The commands of the service. Case, punctuation, smart quotes, a signature line and small typos do not matter."""

import re

from checkin.domain.reading.normalise import bare
from checkin.domain.reading.swaps import swap_command
from checkin.domain.reading.values import Command
from checkin.domain.terms import Role

_MEMBER = {
    "pause": "pause", "pausa": "pause", "pausar": "pause", "resume": "resume", "unpause": "resume",
    "reanudar": "resume", "later": "later", "luego": "later", "time": "time", "hora": "time", "call": "call",
    "talk": "call", "llamar": "call", "hablar": "call", "lang": "lang", "language": "lang", "idioma": "lang",
    "info": "info",
}  # fmt: skip
_VOLUNTEER = {
    **{name: name for name in ("on", "off", "take", "pass", "done", "add", "shifts", "swap", "cover", "page")},
    **{"cambiar": "swap", "cambio": "swap", "cubro": "cover", "cubrir": "cover", "pagina": "page"},
}
_COORDINATOR = {"ack": "ack", "status": "status"}
_FORGET = frozenset(
    {
        *("forget me", "delete me", "delete my data", "erase me", "erase my data", "forget my data"),
        *("olvidame", "borrame", "borra mis datos", "borren mis datos"),
    }
)
_LATER = re.compile(
    r"(?:(?:im |i am )?busy|not now|cant talk|(?:can you|could you|can u))? ?(?:now|right now)? ?"
    r"(?:ask|text|try|message)(?: me)? (?:later|again later|tonight|this evening|another time)"
    r"|not now(?: sorry)?|(?:im |i am )?busy(?: now| right now)?|mas tarde|ahora no"
)
_PAUSE = re.compile(
    r"(?:can you |could you )?(?P<verb>pause|stop|hold)(?: (?:these|the|all|my))?(?: (?:texts|messages|check ?ins))?"
    r"(?: (?:for|till|until))? ?(?P<span>(?:\d{1,3} (?:day|week|month)s?)|(?:mon|tues?|wednes|thurs?|fri|satur|sun)day"
    r"|next week)?(?: (?:im|i am|as im|while im|because im) .{1,25}| on holiday)?"
)
_TIME = re.compile(r"(?:at )?(\d{1,2})(?:[:.h ](\d{2}))?\s*(am|pm|a m|p m)?")
_LANGUAGES = {
    "english": "en", "ingles": "en", "en": "en", "spanish": "es", "espanol": "es", "es": "es",
    "french": "fr", "francais": "fr", "fr": "fr", "portuguese": "pt", "portugues": "pt", "pt": "pt",
}  # fmt: skip
_SPAN = re.compile(
    r"(?:(?:for|till|til|until|hasta|por) )?(?P<span>\d{1,3} ?(?:h|hours?|hrs?|d|days?|dias?|w|weeks?|semanas?)?"
    r"|mon\w{0,7}|tue\w{0,7}|wed\w{0,7}|thu\w{0,7}|fri\w{0,7}|sat\w{0,7}|sun\w{0,7})"
)
_SAID = {
    "a": "1", "an": "1", "one": "1", "two": "2", "three": "3", "four": "4", "five": "5", "six": "6", "una": "1",
    "un": "1", "dos": "2", "tres": "3",
}  # fmt: skip
_NUMBER_SAID = re.compile(rf"\b({'|'.join(_SAID)}) (hour|day|week|month|semana|dia)")
_UNITS = {"hrs": "hours", "hr": "hour", "dias": "days", "dia": "day", "semanas": "weeks", "semana": "week"}
_POLITE = re.compile(r"^(?:please|pls|plz|hi|hello|por favor) | (?:please|pls|plz|thanks|thank you|ty|thx|por favor)$")
_LONGEST = 60


def command_of(text: str, roles: frozenset[Role]) -> Command | None:
    """The command that a text is; None where it is none. A command is the whole text, never a part of a sentence."""
    words = _said_plainly(text)
    if not words or len(words) > _LONGEST:
        return None
    if words in _FORGET:
        return Command("forget_me")
    if _LATER.fullmatch(words):
        return Command("later")
    pause = _PAUSE.fullmatch(words)
    if pause is not None and (pause["verb"] == "pause" or pause["span"]):
        return Command("pause", _span(pause["span"] or ""))
    return _by_name(words, _known(roles))


def _said_plainly(text: str) -> str:
    words = bare(text.replace(":", " : ").replace(".", " "))
    words = _POLITE.sub("", _POLITE.sub("", words))
    words = _NUMBER_SAID.sub(lambda said: f"{_SAID[said[1]]} {said[2]}", words)
    words = re.sub(r"\b(on|off|take|pass|done|ack|pause|swap|cover)(\d)", r"\1 \2", words)
    return re.sub(r"(\d)([ap]m)\b", r"\1 \2", words)


def _known(roles: frozenset[Role]) -> dict[str, str]:
    known = dict(_MEMBER)
    if Role.COORDINATOR in roles:
        known |= _COORDINATOR
    if Role.VOLUNTEER in roles:
        known |= _VOLUNTEER
    return known


def _by_name(words: str, known: dict[str, str]) -> Command | None:
    first, _, rest = words.partition(" ")
    name = known.get(first) or _typo(first, known, rest)
    return None if name is None else _with_argument(name, rest.strip())


def _with_argument(name: str, rest: str) -> Command | None:
    match name:
        case "swap":
            return swap_command(rest)
        case "take" | "pass" | "ack" | "add" | "cover":
            return _numbered(name, rest)
        case "done":
            return _done(rest)
        case "time":
            return _time(rest)
        case "lang":
            return Command("lang", _LANGUAGES.get(rest, rest)) if rest and " " not in rest else None
        case "pause" | "on" | "off":
            span = _SPAN.fullmatch(rest)
            return Command(name, _span(span["span"] if span else "")) if span or not rest else None
        case _:
            return Command(name) if rest in ("", "me", "now") else None


def _span(said: str) -> str:
    return " ".join(_UNITS.get(word, word) for word in said.split())


def _done(rest: str) -> Command | None:
    """`DONE 42 1`: case 42, outcome 1. `DONE 1` is an outcome, `DONE 42` a case."""
    numbers = rest.removeprefix("case ").split()
    if any(not _is_number(number) for number in numbers) or len(numbers) > 2:
        return None
    if len(numbers) == 2:
        return Command("done", numbers[1], int(numbers[0]))
    if len(numbers) == 1:
        outcome = numbers[0] in ("1", "2", "3", "4")
        return Command("done", numbers[0] if outcome else "", None if outcome else int(numbers[0]))
    return Command("done")


def _numbered(name: str, rest: str) -> Command | None:
    digits = rest.removeprefix("case ").removeprefix("no ").strip()
    if _is_number(digits):
        return Command(name, number=int(digits))
    return Command(name) if not digits else None


def _is_number(word: str) -> bool:
    return re.fullmatch(r"[0-9]{1,9}", word) is not None


def _time(rest: str) -> Command | None:
    found = _TIME.fullmatch(rest.replace(" : ", ":"))
    if found is None:
        return None
    hour, minute, half = int(found[1]), int(found[2] or 0), (found[3] or "").replace(" ", "")
    if half and 1 <= hour <= 12:
        hour = hour % 12 + (12 if half == "pm" else 0)
    return Command("time", f"{hour:02d}:{minute:02d}" if hour < 24 and minute < 60 else "")


_REAL_WORDS = frozenset(
    "fall tall ball hall wall walk calm cold tale cake lake make tame dime lime tired gone bone none "
    "past mass call's cause pulse latter water hater paused resumed cell cool timer times into tank "
    "tell stake taken tone dune dove done's swat swam swan statue states cull cally calls called talks "
    "takes tape mine fine line dine late layer lager eater later's info's lung long land fang sang bang "
    "hang rang gang path bass pays pas pause's band lane laugh ring "
    "over lover hover covers covert cove snap slap sway swamp soap swaps cambie "
    "wage rage cage sage mage pace pale pane pare pave gage pages paged paige".split()
)


def _typo(word: str, known: dict[str, str], rest: str) -> str | None:
    """One slip in a word of four letters or more, where nothing or a number follows."""
    if len(word) < 4 or word in _REAL_WORDS or (rest and not rest.removeprefix("for ")[:1].isdigit()):
        return None
    close = {known[name] for name in known if len(name) >= 4 and _one_slip(word, name)}
    return close.pop() if len(close) == 1 else None


def _one_slip(word: str, name: str) -> bool:
    """One letter left out, added or wrong, or two neighbours swapped."""
    if abs(len(word) - len(name)) > 1 or word == name:
        return word == name
    if len(word) == len(name):
        wrong = [at for at in range(len(name)) if word[at] != name[at]]
        swapped = len(wrong) == 2 and wrong[1] == wrong[0] + 1
        crossed = swapped and word[wrong[0]] == name[wrong[1]] and word[wrong[1]] == name[wrong[0]]
        return crossed or len(wrong) == 1
    longer, shorter = (word, name) if len(word) > len(name) else (name, word)
    return any(longer[:at] + longer[at + 1 :] == shorter for at in range(len(longer)))
