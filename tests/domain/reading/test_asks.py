"""What sounds asked of the service is done where nobody is in need, and never instead of hearing a cry."""

import copy

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checkin.domain.reading import Context, Kind, read
from checkin.domain.reading.asks import LONGEST, NAMES, NOTHING, Asks
from checkin.domain.reading.model import Model, model
from checkin.domain.reading.normalise import clauses
from checkin.domain.terms import Level, Role

CALM = "I made some soup with carrots today"


def hears(name: str, *, surely: bool) -> Model:
    """The package's model, but that every text sounds so."""
    deaf = copy.copy(model())
    biases = tuple(5.0 if each == name else 0.0 for each in NAMES)
    deaf.asks = Asks({}, biases, (4.0 if surely else 6.0,) * len(NAMES), (1.0,) * len(NAMES))
    return deaf


@pytest.mark.parametrize(
    ("name", "kind", "command"),
    [
        ("stop", Kind.OPT_OUT, None),
        ("pause", Kind.COMMAND, "pause"),
        ("later", Kind.COMMAND, "later"),
        ("start", Kind.OPT_IN, None),
        ("help", Kind.HELP, None),
    ],
)
def test_what_surely_sounds_asked_is_done(name: str, kind: Kind, command: str | None) -> None:
    reading = read(CALM, by=hears(name, surely=True))
    assert (reading.kind, reading.command.name if reading.command else None) == (kind, command)
    assert reading.level is Level.OK
    assert not reading.gives_up_or_stop
    assert any("sounds like others who asked for this" in why.words for why in reading.reasons)


def test_after_a_stop_that_is_only_probable_a_person_asks() -> None:
    reading = read(CALM, by=hears("stop", surely=False))
    assert (reading.kind, reading.gives_up_or_stop) == (Kind.OPT_OUT, True)


def test_nobody_agrees_to_texts_by_what_is_only_probable() -> None:
    assert read(CALM, by=hears("start", surely=False)).kind is Kind.WORDS


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize(
    "text",
    [
        "i want to die",
        "took all my pills, never mind the texts",
        "i cant cope any more, what is the use of texts",
        "quiero morirme, ya no me escriban",
        "je veux mourir, plus de messages",
        "nao aguento mais, quero morrer",
    ],
)
def test_a_cry_is_never_heard_as_a_wish_of_the_service(name: str, text: str) -> None:
    without, beside = read(text, by=hears(name, surely=True)), read(text)
    assert without.level is beside.level
    assert without.level in (Level.CRISIS, Level.DISTRESS)
    assert not any(why.code.startswith("sounds_like_") for why in without.reasons)


@given(st.text(max_size=300), st.sampled_from(NAMES))
def test_it_lowers_no_level(text: str, name: str) -> None:
    deaf = copy.copy(model())
    deaf.asks = NOTHING
    without = read(text, by=deaf)
    if without.kind is not Kind.NOT_UNDERSTOOD:  # which is heard now
        assert read(text, by=hears(name, surely=True)).level is without.level


@pytest.mark.parametrize("roles", [{Role.VOLUNTEER}, {Role.MEMBER, Role.VOLUNTEER}, {Role.COORDINATOR}, set()])
def test_a_volunteer_who_cannot_come_is_not_let_go(roles: set[Role]) -> None:
    reading = read("cannot do my shift on monday sorry", Context(roles=frozenset(roles)), hears("stop", surely=True))
    assert reading.kind is not Kind.OPT_OUT


def test_of_a_stranger_nothing_is_guessed() -> None:
    reading = read(CALM, Context(stranger=True), hears("help", surely=True))
    assert reading.kind is Kind.WORDS


def test_a_long_story_is_no_command() -> None:
    assert hears("stop", surely=True).asks.asked(clauses(" ".join(["cake"] * (LONGEST + 1)))) is None
    assert hears("stop", surely=True).asks.asked([]) is None


@pytest.mark.parametrize(
    ("text", "kind", "command"),
    [
        ("me tira desse grupo de mensagem ai moço", Kind.OPT_OUT, None),
        ("sin mensajes hasta el lunes q me voy al pueblo", Kind.COMMAND, "pause"),
        ("j'suis au taf la, redemande moi ce soir", Kind.COMMAND, "later"),
    ],
)
def test_people_ask_in_their_own_words(text: str, kind: Kind, command: str | None) -> None:
    reading = read(text)
    assert (reading.kind, reading.command.name if reading.command else None) == (kind, command)


@pytest.mark.parametrize(
    "text",
    [
        "finally stopped smoking, three weeks now",
        "my daughter never texts me these days",
        "ela não me manda mensagem há um mês",
        "mon fils ne m'écrit plus du tout",
        "mi hijo no me escribe desde enero",
        "see you later, off to the shop",
        "started my new job and i love it",
        "texted my sister, we laughed a lot",
        "helped my nan with her shopping",
    ],
)
def test_what_only_has_the_words_asks_for_nothing(text: str) -> None:
    assert not any(why.code.startswith("sounds_like_") for why in read(text).reasons)
