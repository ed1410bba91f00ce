"""Every branch of the calls, as people would go through it: `checkin voice preview` writes what they hear."""

from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory

from checkin.simulation import incoming_branches
from checkin.simulation.incoming_branches import Branch
from checkin.simulation.rehearsal import Heard, Rehearsal

_A_CRY = {"en": "i cant do this any more", "es": "ya no puedo más"}
_A_CRISIS = {"en": "i want to die", "es": "quiero morir"}
_ASKS = "CALL"


def rehearsed(branch: str, language: str) -> list[Heard]:
    """What happens in one branch. Raises KeyError for no such branch."""
    play = BRANCHES[branch]
    with TemporaryDirectory(prefix="rehearsal-") as folder:
        rehearsal = Rehearsal(Path(folder), language)
        try:
            play(rehearsal, language)
            return list(rehearsal.lines)
        finally:
            rehearsal.close()


def _check_in(*keys: str) -> Branch:
    def play(here: Rehearsal, language: str) -> None:
        here.member_is_asked_by_voice()
        here.until_it_rings(here.sam)
        here.answers(here.sam)
        for key in keys:
            here.presses(here.sam, key)
        here.passes(60)

    return play


def _offered(here: Rehearsal, language: str) -> None:
    here.texts(here.sam, _A_CRY.get(language, _ASKS))
    here.until_it_rings(here.ana)


def _taken(here: Rehearsal, language: str) -> None:
    _offered(here, language)
    here.presses(here.ana, "1")
    here.until_it_rings(here.sam)


def _offer_passed(here: Rehearsal, language: str) -> None:
    _offered(here, language)
    here.presses(here.ana, "2")
    here.until_it_rings(here.ben)


def _offer_without_a_key(here: Rehearsal, language: str) -> None:
    _offered(here, language)
    here.answers(here.ana)
    here.passes(20)


def _offer_taken_by_another(here: Rehearsal, language: str) -> None:
    here.texts(here.sam, _A_CRISIS.get(language, _ASKS))
    here.until_it_rings(here.ana)
    here.until_it_rings(here.ben)
    here.presses(here.ana, "1")
    here.passes(5)


def _joined(here: Rehearsal, language: str) -> None:
    _taken(here, language)
    here.presses(here.sam, "1")
    here.passes(120)
    here.hangs_up(here.sam)
    here.passes(5)
    here.presses(here.ana, "1")
    here.passes(5)


def _member_without_a_key(here: Rehearsal, language: str) -> None:
    _taken(here, language)
    here.answers(here.sam)
    here.passes(20)


def _member_not_there(here: Rehearsal, language: str) -> None:
    _taken(here, language)
    here.sam.becomes("off")
    here.hangs_up(here.sam)
    here.passes(150)


def _taken_by_text(here: Rehearsal, language: str) -> None:
    _offered(here, language)
    here.hangs_up(here.ana)
    here.texts(here.ana, "TAKE 1")
    here.until_it_rings(here.ana)
    here.presses(here.ana, "1")
    here.until_it_rings(here.sam)


def _coordinator(here: Rehearsal, language: str) -> None:
    for volunteer in (here.ana, here.ben):
        volunteer.becomes("off")
    here.texts(here.sam, _A_CRISIS.get(language, _ASKS))
    here.until_it_rings(here.dora)
    here.presses(here.dora, "1")


def _contact(*keys: str, hears_name: bool = True) -> Branch:
    def play(here: Rehearsal, language: str) -> None:
        here.member_named_a_contact(here.stranger(), hears_name=hears_name)
        here.member_is_asked_by_voice()
        here.until_it_rings(here.eve, most=5 * 3_600)
        for key in keys:
            if here.eve.line != "ringing":
                here.until_it_rings(here.eve)
            here.presses(here.eve, key)
        here.passes(60)

    return play


def _drops(who: str, *, back: bool) -> Branch:
    """One of the two loses the line in their talk."""

    def play(here: Rehearsal, language: str) -> None:
        _taken(here, language)
        here.presses(here.sam, "1")
        here.passes(60)
        lost = here.sam if who == "sam" else here.ana
        if not back:
            lost.becomes("off")
        here.loses_the_line(lost)
        if back:
            here.until_it_rings(lost)
            here.presses(lost, "1")
        here.passes(40)

    return play


def _third(*, agrees: bool) -> Branch:
    def play(here: Rehearsal, language: str) -> None:
        _taken(here, language)
        here.presses(here.sam, "1")
        here.passes(60)
        here.presses(here.ana, "*")
        here.presses(here.ana, "3")
        here.presses(here.sam, "1" if agrees else "2")
        if agrees:
            here.until_it_rings(here.dora)
            here.presses(here.dora, "1")
        here.passes(20)

    return play


def _check_in_by_words(*words: Mapping[str, str]) -> Branch:
    def play(here: Rehearsal, language: str) -> None:
        here.member_is_asked_by_voice()
        here.until_it_rings(here.sam)
        here.answers(here.sam)
        for each in words:
            here.says(here.sam, each.get(language, "…"))
        here.passes(60)

    return play


def _check_in_meets(habit: str) -> Branch:
    """Nobody answers the calls, or a machine does."""

    def play(here: Rehearsal, language: str) -> None:
        here.member_is_asked_by_voice()
        here.sam.becomes(habit)
        here.passes(2_400)

    return play


def _discreet_check_in(here: Rehearsal, language: str) -> None:
    here.member_is_discreet()
    _check_in("1", "4")(here, language)


_YES = {"en": "yes", "es": "sí"}
_WELL = {"en": "pretty good thanks", "es": "bastante bien gracias"}
_ODD = {"en": "the kettle is blue", "es": "la tetera es azul"}

BRANCHES: Mapping[str, Branch] = {
    "check-in: a good day": _check_in("1", "4"),
    "check-in: a rough day": _check_in("1", "1"),
    "check-in: a person is asked for": _check_in("1", "0"),
    "check-in: heard again, then answered": _check_in("1", "*", "3"),
    "check-in: no more calls": _check_in("9"),
    "check-in: somebody else picks up": _check_in("2"),
    "check-in: discreet": _discreet_check_in,
    "check-in: answered in words": _check_in_by_words(_YES, _WELL),
    "check-in: words of distress": _check_in_by_words(_YES, _A_CRY),
    "check-in: words that nobody understands": _check_in_by_words(_YES, _ODD, _ODD),
    "check-in: no key": _check_in(),
    "check-in: a voicemail": _check_in_meets("voicemail"),
    "contact: looks in, and the member is fine": _contact("1", "1"),
    "contact: looks in, and the member needs help": _contact("1", "2"),
    "contact: cannot": _contact("2"),
    "contact: may not hear the name": _contact("1", hears_name=False),
    "contact: no more calls": _contact("9"),
    "offer: passed": _offer_passed,
    "offer: no key": _offer_without_a_key,
    "offer: another was faster": _offer_taken_by_another,
    "offer: taken, both are joined, the outcome is told": _joined,
    "offer: taken by text": _taken_by_text,
    "member's leg: no key": _member_without_a_key,
    "member's leg: not reached": _member_not_there,
    "talk: the member's line drops, and they come back": _drops("sam", back=True),
    "talk: the member's line drops, and they do not come back": _drops("sam", back=False),
    "talk: the volunteer's line drops, and they come back": _drops("ana", back=True),
    "talk: the volunteer's line drops, and they do not come back": _drops("ana", back=False),
    "talk: a coordinator comes in": _third(agrees=True),
    "talk: the member wants no third person": _third(agrees=False),
    "coordinator: paged, and has it": _coordinator,
    **incoming_branches.BRANCHES,
}
