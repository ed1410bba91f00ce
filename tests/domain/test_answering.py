"""Who is on the line, and whether what was heard is a person's word (promise P3, field rule R7)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checkin.domain.answering import (
    LONGEST_ANSWER,
    MACHINES,
    Heard,
    Verdict,
    held_words_count,
    replaces,
    says_it_is_them,
    says_not_here,
    weigh,
)
from checkin.domain.reading import read
from checkin.domain.reading.on_the_phone import asks_who, sounds_recorded, without_announcements
from checkin.domain.terms import Level

GREETINGS = [
    "Hi this is Sam, I'm fine but not here, leave a message after the tone",
    "You've reached 555 0101. Please leave your name and number.",
    "The person you are trying to reach is not available. At the tone, please record your message.",
    "I can't come to the phone right now, I'll get back to you",
    "Hello, this is Sam",
    "Hi, sorry I missed your call",
    "The wireless customer is not available. Please try again later.",
    "Your call has been forwarded to an automated voice messaging system",
    "Hi, if you record your name and reason for calling, I'll see if this person is available",
    "Thank you for calling the Oak residence. Press 1 for the front desk.",
    "The number you have dialed is not in service",
    "Hola, soy Sam, deje su mensaje después del tono",
    "En este momento no puedo contestar",
    "El número que usted marcó no está disponible",
    "Ha llamado a casa de los Pérez",
    "Buzón de voz",
]
ANSWERS = [
    "fine",
    "I'm fine thanks",
    "not so good",
    "four",
    "number two",
    "so so",
    "pretty good today",
    "bien",
    "más o menos",
    "muy mal",
    "I had a rough night",
]


@pytest.mark.parametrize("words", GREETINGS)
@pytest.mark.parametrize("verdict", [None, *Verdict])
def test_a_greeting_is_no_answer_whatever_the_carrier_says(words: str, verdict: Verdict | None) -> None:
    assert weigh(words, 1.0, read(words), by_key=False, verdict=verdict, enough=0.5) is Heard.RECORDED
    assert not says_it_is_them(words, 1.0, verdict=verdict, enough=0.5)


@pytest.mark.parametrize("words", GREETINGS)
def test_a_greeting_is_no_cry(words: str) -> None:
    assert read(without_announcements(words)).level in (Level.OK, Level.CONCERN)


@pytest.mark.parametrize("words", ANSWERS)
@pytest.mark.parametrize(
    ("by_key", "verdict", "heard"),
    [
        (True, None, Heard.COUNTS),
        (True, Verdict.BEEP, Heard.COUNTS),
        (False, Verdict.HUMAN, Heard.COUNTS),
        (False, None, Heard.HELD),
        (False, Verdict.UNKNOWN, Heard.HELD),
        (False, Verdict.MACHINE, Heard.RECORDED),
        (False, Verdict.BEEP, Heard.RECORDED),
        (False, Verdict.FAX, Heard.RECORDED),
    ],
)
def test_an_answer_counts_by_a_key_or_a_person(words: str, by_key: bool, verdict: Verdict | None, heard: Heard) -> None:
    assert weigh(words, 0.9, read(words), by_key=by_key, verdict=verdict, enough=0.5) is heard


@pytest.mark.parametrize("words", ["hello", "yes", "no", "who is this", "brxl", "hola", "start"])
def test_what_is_no_answer_to_the_question_is_asked_for_again(words: str) -> None:
    assert weigh(words, 0.9, read(words), by_key=True, verdict=Verdict.HUMAN, enough=0.5) is Heard.UNCLEAR


def test_of_words_that_the_carrier_is_not_sure_of_none_counts() -> None:
    assert weigh("fine", 0.49, read("fine"), by_key=True, verdict=None, enough=0.5) is Heard.UNCLEAR
    assert not says_it_is_them("yes", 0.49, verdict=None, enough=0.5)


def test_more_than_one_says_to_a_question_is_asked_for_again_unless_a_person_is_known() -> None:
    words = " ".join(["fine and my sister was here today"] * 3)
    assert len(words.split()) > LONGEST_ANSWER
    assert weigh(words, 0.9, read(words), by_key=False, verdict=None, enough=0.5) is Heard.UNCLEAR
    assert weigh(words, 0.9, read(words), by_key=False, verdict=Verdict.HUMAN, enough=0.5) is Heard.COUNTS


@given(st.text(max_size=200), st.sampled_from(sorted(MACHINES)), st.floats(0, 1))
def test_nothing_said_on_a_machine_counts_without_a_key(words: str, verdict: Verdict, sure: float) -> None:
    assert weigh(words, sure, read(words), by_key=False, verdict=verdict, enough=0.0) is Heard.RECORDED
    assert not says_it_is_them(words, sure, verdict=verdict, enough=0.0)
    assert not says_not_here(words, verdict=verdict)
    assert not held_words_count(False, verdict, False)


INTRODUCED = "Hello, this is Sam"
"""All that a person says too: behind an answer it is theirs, if the carrier hears one."""


@given(
    st.sampled_from(ANSWERS),
    st.sampled_from([each for each in GREETINGS if each != INTRODUCED]),
    st.sampled_from([None, *Verdict]),
    st.booleans(),
)
def test_an_answer_beside_a_greeting_counts_only_by_key(
    answer: str, greeting: str, verdict: Verdict | None, first: bool
) -> None:
    words = f"{answer}. {greeting}" if first else f"{greeting}. {answer}"
    assert weigh(words, 1.0, read(words), by_key=False, verdict=verdict, enough=0.5) is not Heard.COUNTS


@pytest.mark.parametrize(
    ("words", "them", "away"),
    [
        ("yes", True, False),
        ("Yes, speaking.", True, False),
        ("it's me", True, False),
        ("sí, soy yo", True, False),
        ("yes leave a message", False, False),
        ("this is Sam", False, False),
        ("no", False, True),
        ("no he's not here", False, True),
        ("she is asleep", False, True),
        ("no está", False, True),
        ("he's not here right now, leave a message", False, False),
        ("hello?", False, False),
        ("who is this", False, False),
        ("fine", False, False),
    ],
)
def test_who_says_that_it_is_them_and_who_that_they_are_away(words: str, them: bool, away: bool) -> None:
    assert says_it_is_them(words, 1.0, verdict=None, enough=0.5) is them
    assert says_not_here(words, verdict=None) is away


@pytest.mark.parametrize(("words", "asks"), [("who is this?", True), ("¿quién habla?", True), ("fine", False)])
def test_who_asks_who_it_is(words: str, asks: bool) -> None:
    assert asks_who(words) is asks


@pytest.mark.parametrize(
    ("words", "level"),
    [
        ("You have reached Oak. If this is an emergency hang up and dial 911.", Level.OK),
        ("I want to die. You have reached Oak. If this is an emergency, dial 911.", Level.CRISIS),
        ("If this is an emergency dial 911 I want to kill myself", Level.CRISIS),
        ("this is an emergency I took all my pills", Level.CRISIS),
    ],
)
def test_a_cry_is_heard_beside_anything(words: str, level: Level) -> None:
    assert read(without_announcements(words)).level is level


@pytest.mark.parametrize(
    ("old", "new", "believed"),
    [
        (None, Verdict.HUMAN, True),
        (Verdict.UNKNOWN, Verdict.HUMAN, True),
        (Verdict.HUMAN, Verdict.BEEP, True),
        (Verdict.BEEP, Verdict.HUMAN, False),
        (Verdict.BEEP, Verdict.FAX, False),
        (Verdict.HUMAN, Verdict.UNKNOWN, False),
    ],
)
def test_that_it_was_a_machine_is_believed_whenever_it_is_said(
    old: Verdict | None, new: Verdict, believed: bool
) -> None:
    assert replaces(old, new) is believed


def test_ordinary_answers_do_not_sound_recorded() -> None:
    assert [words for words in ANSWERS if sounds_recorded(words)] == []
