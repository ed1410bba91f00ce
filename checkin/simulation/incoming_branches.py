"""Branches in which somebody rings the service: see `branches.py`."""

from collections.abc import Callable, Mapping

from checkin.simulation.rehearsal import Rehearsal

PIN = "4829"
Branch = Callable[[Rehearsal, str], None]

_SPEAKS = {"en": "please ring my sister", "es": "llamen a mi hermana por favor"}
_CRY = {"en": "i want to die", "es": "quiero morir"}
_CONCERN = {"en": "i am in hospital", "es": "estoy en el hospital"}
_CALL = "CALL"


def _member(*keys: str, then: float = 40) -> Branch:
    def play(here: Rehearsal, language: str) -> None:
        here.rings_us(here.sam)
        for key in keys:
            here.presses(here.sam, key)
        here.passes(then)

    return play


def _member_says(words: Mapping[str, str]) -> Branch:
    def play(here: Rehearsal, language: str) -> None:
        here.rings_us(here.sam)
        here.says(here.sam, words.get(language, _CALL))
        here.passes(10)

    return play


def _member_leaves_a_message(here: Rehearsal, language: str) -> None:
    here.rings_us(here.sam)
    here.presses(here.sam, "3")
    here.says(here.sam, _SPEAKS.get(language, "…"))
    here.presses(here.sam, "#")
    here.passes(10)


def _waits(here: Rehearsal) -> None:
    here.rings_us(here.sam)
    here.presses(here.sam, "1")
    here.until_it_rings(here.ana)


def _member_waits_and_is_joined(here: Rehearsal, language: str) -> None:
    _waits(here)
    here.passes(50)
    here.until_it_rings(here.ana)
    here.presses(here.ana, "1")
    here.passes(60)
    here.hangs_up(here.sam)
    here.hangs_up(here.ana)
    here.passes(10)


def _member_waits_long(here: Rehearsal, language: str) -> None:
    for volunteer in (here.ana, here.ben):
        volunteer.becomes("off")
    here.rings_us(here.sam)
    here.presses(here.sam, "1")
    here.passes(110)
    here.hangs_up(here.sam)


def _member_is_called_back(here: Rehearsal, language: str) -> None:
    _waits(here)
    here.presses(here.sam, "1")
    here.presses(here.ana, "1")
    here.until_it_rings(here.sam)
    here.presses(here.sam, "1")
    here.passes(10)


def _number_is_forged(here: Rehearsal, language: str) -> None:
    here.rings_us(here.sam, forged=True)
    here.presses(here.sam, "1")
    here.presses(here.ana, "1")
    here.until_it_rings(here.sam)


def _volunteer(*keys: str, pin: str = PIN) -> Branch:
    def play(here: Rehearsal, language: str) -> None:
        here.has_pin(here.ana, PIN)
        here.rings_us(here.ana)
        first, *rest = keys
        here.presses(here.ana, first)
        here.presses(here.ana, f"{pin}#")
        for key in rest:
            here.presses(here.ana, key)
        here.passes(10)

    return play


def _volunteer_has_no_pin(here: Rehearsal, language: str) -> None:
    here.rings_us(here.ana)
    here.presses(here.ana, "1")
    here.presses(here.ana, f"{PIN}#")
    here.passes(10)


def _volunteer_forgets_it(here: Rehearsal, language: str) -> None:
    here.has_pin(here.ana, PIN)
    here.rings_us(here.ana)
    here.presses(here.ana, "3")
    for wrong in ("1112", "1113", "1114"):
        here.presses(here.ana, f"{wrong}#")
        here.passes(4)
    here.passes(10)


def _volunteer_takes_what_waits(here: Rehearsal, language: str) -> None:
    here.has_pin(here.ana, PIN)
    here.texts(here.sam, _CALL)
    here.until_it_rings(here.ana)
    here.hangs_up(here.ana)
    here.until_it_rings(here.ben)
    here.hangs_up(here.ben)
    _volunteer("1")(here, language)
    here.until_it_rings(here.sam)
    here.presses(here.sam, "1")
    here.passes(20)


def _volunteer_joins_again(here: Rehearsal, language: str) -> None:
    here.texts(here.sam, _CALL)
    here.until_it_rings(here.ana)
    here.presses(here.ana, "1")
    here.until_it_rings(here.sam)
    here.presses(here.sam, "1")
    here.passes(60)
    here.hangs_up(here.ana)
    here.hangs_up(here.sam)
    here.passes(60)
    _volunteer("2")(here, language)
    here.until_it_rings(here.sam)
    here.presses(here.sam, "1")
    here.passes(10)


def _volunteer_tells_the_outcome(here: Rehearsal, language: str) -> None:
    here.texts(here.sam, _CALL)
    here.until_it_rings(here.ana)
    here.presses(here.ana, "1")
    here.until_it_rings(here.sam)
    here.presses(here.sam, "1")
    here.passes(60)
    here.hangs_up(here.ana)
    here.hangs_up(here.sam)
    here.passes(20)
    _volunteer("4", "1")(here, language)


def _coordinator_acknowledges(here: Rehearsal, language: str) -> None:
    here.has_pin(here.dora, PIN)
    here.texts(here.sam, _CRY.get(language, _CALL))
    here.rings_us(here.dora)
    here.presses(here.dora, "1")
    here.presses(here.dora, f"{PIN}#")
    here.passes(10)


def _stranger(*keys: str) -> Branch:
    def play(here: Rehearsal, language: str) -> None:
        here.rings_us(here.stranger())
        here.presses(here.eve, here.key_of(language))
        for key in keys:
            here.presses(here.eve, key)
        here.passes(30)

    return play


def _stranger_leaves_a_message(here: Rehearsal, language: str) -> None:
    _stranger("1")(here, language)
    here.says(here.eve, _SPEAKS.get(language, "…"))
    here.hangs_up(here.eve)
    here.passes(10)


def _stranger_cries(here: Rehearsal, language: str) -> None:
    here.rings_us(here.stranger())
    here.presses(here.eve, here.key_of(language))
    here.says(here.eve, _CRY.get(language, "…"))
    here.says(here.eve, _SPEAKS.get(language, "…"))
    here.hangs_up(here.eve)
    here.passes(10)


def _service_is_away(seconds: float) -> Branch:
    def play(here: Rehearsal, language: str) -> None:
        here.fails_for(seconds)
        here.rings_us(here.sam)
        here.passes(60)

    return play


BRANCHES: Mapping[str, Branch] = {
    "incoming: a member waits for a peer, and is joined": _member_waits_and_is_joined,
    "incoming: a member waits, and nobody comes": _member_waits_long,
    "incoming: a member would rather be called back": _member_is_called_back,
    "incoming: the carrier says that the number is forged": _number_is_forged,
    "incoming: a member answers the check-in": _member("2", "4"),
    "incoming: a member answers the check-in with a 1": _member("2", "1"),
    "incoming: a member leaves a message": _member_leaves_a_message,
    "incoming: a member asks for a coordinator": _member("0"),
    "incoming: a member says that they want to die": _member_says(_CRY),
    "incoming: a member says something that worries": _member_says(_CONCERN),
    "incoming: a member hears it again, then presses nothing": _member("*"),
    "incoming: a volunteer takes what waits": _volunteer_takes_what_waits,
    "incoming: a volunteer finds nothing that waits": _volunteer("1"),
    "incoming: a volunteer joins again": _volunteer_joins_again,
    "incoming: a volunteer goes on shift": _volunteer("3", "1"),
    "incoming: a volunteer goes off shift": _volunteer("3", "2"),
    "incoming: a volunteer says how it went": _volunteer_tells_the_outcome,
    "incoming: a volunteer has no PIN": _volunteer_has_no_pin,
    "incoming: a volunteer forgets their PIN": _volunteer_forgets_it,
    "incoming: a coordinator has what is open": _coordinator_acknowledges,
    "incoming: somebody unknown leaves a message": _stranger_leaves_a_message,
    "incoming: somebody unknown says that they want to die": _stranger_cries,
    "incoming: somebody unknown presses nothing": _stranger(),
    "incoming: the service is away for a moment": _service_is_away(6),
    "incoming: the service is away for long": _service_is_away(120),
}
