"""The commands of the service. Case, punctuation, smart quotes, a signature line and small typos do not matter."""

import re
from functools import lru_cache

from checkin.domain.reading import command_words as words
from checkin.domain.reading.asked import asked_plainly
from checkin.domain.reading.normalise import bare
from checkin.domain.reading.spans import counted, in_figures, until_day
from checkin.domain.reading.swaps import swap_command
from checkin.domain.reading.values import Command
from checkin.domain.terms import Role

_SPACED = re.compile(r"\b(on|off|take|pass|done|ack|pause|swap|cover)(\d)")
_NOT_AVAILABLE = re.compile(r"^(?:no|nao|pas) (?:estoy |estou )?(?=dispo)")
_NUMBER_AND_UNIT = re.compile(r"(\d{1,3}) ?([a-z]+)")
_LONGEST = 60


@lru_cache(maxsize=4)  # asked of one text before the model, and for what it is
def command_of(text: str, roles: frozenset[Role]) -> Command | None:
    """The command that a text is; None where it is none.

    A command is the whole text, or what a sentence asks beside nothing but the reasons that people give.
    """
    return _in_a_word(text, roles) or asked_plainly(text)


def _in_a_word(text: str, roles: frozenset[Role]) -> Command | None:
    said = said_plainly(text)
    if not said or len(said) > _LONGEST:
        return None
    if said in words.FORGET:
        return Command("forget_me")
    if words.LATER.fullmatch(said):
        return Command("later")
    pause = words.PAUSE.fullmatch(said) or words.PAUSE_ELSEWHERE.fullmatch(said)
    if pause is not None and (pause["verb"] not in ("stop", "hold") or pause["span"]):
        return Command("pause", _span(pause["span"]) if pause["span"] else until_day(said))
    asked = words.IN_LANGUAGE.fullmatch(said)
    if asked is not None:
        return Command("lang", words.LANGUAGES[asked["language"]])
    return _by_name(said, _known(roles))


def said_plainly(text: str) -> str:
    """A text as the words of the commands fit it: bare, without courtesies, numbers in figures and apart."""
    said = bare(text.replace(":", " : ").replace(".", " "))
    said = words.POLITE.sub("", words.POLITE.sub("", said))
    said = in_figures(said)
    said = _NOT_AVAILABLE.sub("in", said)
    said = _SPACED.sub(r"\1 \2", said)
    return re.sub(r"(\d)([ap]m)\b", r"\1 \2", said)


def _known(roles: frozenset[Role]) -> dict[str, str]:
    known = dict(words.MEMBER)
    if Role.COORDINATOR in roles:
        known |= words.COORDINATOR
    if Role.VOLUNTEER in roles:
        known |= words.VOLUNTEER
    return known


def _by_name(said: str, known: dict[str, str]) -> Command | None:
    first, _, rest = said.partition(" ")
    if first in words.NEED_A_NUMBER and not any(map(_is_number, rest.split())):
        return None
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
            return Command("lang", words.LANGUAGES.get(rest, rest)) if rest and " " not in rest else None
        case "pause" | "on" | "off":
            span = words.SPAN.fullmatch(rest)
            return Command(name, _span(span["span"] if span else "")) if span or not rest else None
        case _:
            return Command(name) if rest in words.NOW else None


def _span(said: str) -> str:
    """A span as it is understood further on: `2 weeks`, `3h`, `monday`."""
    span = words.SPAN.fullmatch(said)
    if span is None:
        return said
    found = _NUMBER_AND_UNIT.fullmatch(span["span"])
    if found is None or found[2] in ("h", "d", "w"):
        return words.DAYS.get(span["span"], span["span"])
    return counted(found[1], found[2])


def outcome_in(word: str) -> str:
    """The outcome that a word of the text which asks for it means; empty where it is none of them."""
    return next((key for key, known in words.OUTCOMES.items() if known.fullmatch(word)), "")


def _done(rest: str) -> Command | None:
    """`DONE 42 1`: case 42, outcome 1; `DONE 42 with 4 emergency` too. `DONE 1` is an outcome, `DONE 42` a case.

    Where the number and the word of an outcome differ, the word is meant: it is no slip of a finger.
    """
    found = words.DONE.fullmatch(rest)
    if found is None:
        return None
    case, key, word = found["case"], found["key"], outcome_in(found["word"] or "")
    if key is None and case is not None and (case == word or (not word and case in words.OUTCOMES)):
        case, key = None, case
    return Command("done", word or key or "", int(case) if case is not None else None)


def _numbered(name: str, rest: str) -> Command | None:
    digits = rest.removeprefix("case ").removeprefix("no ").strip()
    if _is_number(digits):
        return Command(name, number=int(digits))
    return Command(name) if not digits else None


def _is_number(word: str) -> bool:
    return re.fullmatch(r"[0-9]{1,9}", word) is not None


def _time(rest: str) -> Command | None:
    found = words.TIME.fullmatch(rest.replace(" : ", ":"))
    if found is None:
        return None
    hour, minute = int(found["hour"]), int(found["minute"] or 0) or 30 * bool(found["half_past"])
    half = (found["half"] or "").replace(" ", "")
    if half and 1 <= hour <= 12:
        hour = hour % 12 + (12 if half in words.AFTER_NOON else 0)
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
    close = {known[name] for name in known if len(name) >= 4 and name in words.REPAIRED and _one_slip(word, name)}
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
