"""`make fuzz`: 100,000 texts that nobody would send are read; then how time grows with length. Prints two tables.

Any Unicode, up to 10,000 signs: control signs, marks heaped on marks, text that runs from the right, halves of signs,
words of the lexicons torn and mixed, and long runs of what a pattern repeats. A text that raises is printed by its
seed, so that it can be made again: `python -m tests.fuzz 1 SEED`.
"""

import random
import sys
from collections.abc import Callable, Iterator
from time import process_time_ns

from checkin.domain.reading import Context, Kind, Offered, Piece, explain, prepare, read
from checkin.domain.reading.level import lexicon
from checkin.domain.terms import Level, Role

TEXTS = 100_000
LONGEST = 10_000
_CONTROL = [*map(chr, range(0x20)), "\x7f", *map(chr, range(0x80, 0xA0)), "\ufeff", "\u200b", "\u200d", "\u00ad"]
_BIDI = [*"\u200e\u200f\u061c\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069", *"אבגדאالعربية"]
_HEAPED = [*map(chr, range(0x300, 0x370)), *map(chr, range(0x1AB0, 0x1AC0)), *map(chr, range(0x20D0, 0x20F1))]
_SIGNS = [*"0123456789/.,:;!?*#+-_'’`´\"()[]{}|\\^$%&@~<>= \n\r\t"]
_FACES = [
    chr(sign) for sign in (*range(0x1F300, 0x1F650), *range(0x2600, 0x27C0), 0xFE0F, 0x20E3, *range(0x1F1E6, 0x1F200))
]
_RUNS = (
    "i want to ", "not ", "1 ", "5/", "n't ", "k.i.l.l ", "kill", "pleaseplease ", "yes please ", "sorry ", "\n--",
    "?a", "disculp", "no no ", "s t o p ", "a1!", "quiero ", "je veux pas ", "à", "e\u0301", "zz", "...", " - ", "'",
    "“", "1 of ",
)  # fmt: skip

Make = Callable[[random.Random, int], str]


def main(count: int, first: int) -> int:
    """Read `count` texts from the seed `first` on; the number that raised."""
    prepare()
    words = sorted({word for phrase in lexicon().phrases.all for word in phrase.written.split() if word.isalpha()})
    kinds: dict[str, Make] = {**_KINDS, "words of the lexicons, torn": _torn(words)}
    names = list(kinds)
    took: dict[str, list[tuple[int, int, int]]] = {name: [] for name in names}
    raised = 0
    for seed in range(first, first + count):
        chance = random.Random(seed)
        name = names[seed % len(names)]
        text = kinds[name](chance, int(10 ** chance.uniform(0, 4)))[:LONGEST]
        context = _context(chance)
        began = process_time_ns()
        try:
            reading = read(text, context)
            sentence = explain(reading)
            assert reading.level in Level
            assert reading.kind in Kind
            assert sentence.endswith(".")
        except Exception as error:
            raised += 1
            print(f"seed {seed} ({name}, {len(text)} signs) raised {error!r}")
        took[name].append((process_time_ns() - began, len(text), seed))
    print(f"{count} texts, seeds {first} to {first + count - 1}: {raised} raised\n")
    print(f"{'':30s}{'texts':>7s}{'signs':>11s}{'median ms':>11s}{'p99 ms':>9s}{'longest ms':>12s}  of signs, seed")
    for name, each in took.items():
        if each:
            times = sorted(time for time, _, _ in each)
            longest, signs, seed = max(each)
            print(
                f"{name:30s}{len(each):7d}{sum(size for _, size, _ in each):11d}{times[len(times) // 2] / 1e6:11.2f}"
                f"{times[int(0.99 * len(times))] / 1e6:9.2f}{longest / 1e6:12.1f}  {signs}, {seed}"
            )
    return raised


def growth() -> None:
    """Milliseconds of processor by length, for runs that a pattern could stumble over: the least of three readings."""
    sizes = (2_000, 4_000, 8_000, 16_000, 32_000, 64_000, 256_000)
    print(f"\n{'ms for so many signs of':30s}" + "".join(f"{size:>9d}" for size in sizes))
    for run in _RUNS:
        times = [min(_timed((run * (size // len(run) + 1))[:size]) for _ in range(3)) for size in sizes]
        print(f"{run!r:30s}" + "".join(f"{time:9.1f}" for time in times))


def _timed(text: str) -> float:
    began = process_time_ns()
    read(text)
    return (process_time_ns() - began) / 1e6


def texts(count: int, first: int) -> Iterator[tuple[str, Context]]:
    """The same kinds of texts, for a test: none longer than 400 signs."""
    names = list(_KINDS)
    for seed in range(first, first + count):
        chance = random.Random(seed)
        yield _KINDS[names[seed % len(names)]](chance, chance.randrange(1, 400)), _context(chance)


def _of(*alphabets: list[str]) -> Make:
    def make(chance: random.Random, size: int) -> str:
        return "".join(chance.choice(chance.choice(alphabets)) for _ in range(size))

    return make


def _any(chance: random.Random, size: int) -> str:
    """Any code point, halves of pairs too, as a broken gateway may send them."""
    return "".join(chr(chance.randrange(0x110000)) for _ in range(size))


def _letters(chance: random.Random, size: int) -> str:
    return "".join(chance.choice("abcdefghijklmnopqrstuvwxyz    '") for _ in range(size))


def _heaped(chance: random.Random, size: int) -> str:
    return "".join(chance.choice("iwantodek ") + "".join(chance.choices(_HEAPED, k=9)) for _ in range(size // 10 + 1))


def _run(chance: random.Random, size: int) -> str:
    parts = chance.sample(_RUNS, 3)
    return "".join(part * chance.randrange(1, size // len(part) + 2) for part in parts)


def _torn(words: list[str]) -> Make:
    def make(chance: random.Random, size: int) -> str:
        said = " ".join(chance.choice(words) for _ in range(size // 5 + 1))
        for _ in range(chance.randrange(0, 1 + len(said) // 8)):
            at = chance.randrange(len(said))
            said = said[:at] + chance.choice(chance.choice((_SIGNS, _HEAPED, _BIDI, _FACES))) + said[at + 1 :]
        return said

    return make


_KINDS: dict[str, Make] = {
    "any code point": _any,
    "control signs": _of(_CONTROL, list("iwantodie ")),
    "from the right": _of(_BIDI, list("iwantodie ")),
    "marks heaped on marks": _heaped,
    "signs and figures": _of(_SIGNS, list("kilme ")),
    "faces": _of(_FACES, list("im ok ")),
    "letters": _letters,
    "runs": _run,
}


def _context(chance: random.Random) -> Context:
    pieces = chance.choice((0, 0, 0, 1, 4))
    before = tuple(Piece(_letters(chance, 40), Kind.WORDS, chance.choice(list(Level))) for _ in range(pieces))
    return Context(
        roles=frozenset(chance.sample(list(Role), chance.randrange(1, len(Role) + 1))),
        invited=chance.random() < 0.2,
        soon_after_check_in=chance.random() < 0.5,
        recent_ratings=tuple(chance.choices(range(6), k=chance.randrange(4))),
        carrier_opt_out=chance.choice((None, None, None, "STOP", "START", "HELP")),
        offered=chance.choice(list(Offered)),
        language=chance.choice(("en", "es", "fr", "pt")),
        before=before,
    )


if __name__ == "__main__":
    asked = [int(each) for each in sys.argv[1:]]
    fell = main(asked[0] if asked else TEXTS, asked[1] if len(asked) > 1 else 1)
    if len(asked) < 2:
        growth()
    sys.exit(1 if fell else 0)
