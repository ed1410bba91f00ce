"""What a volunteer's text means beside the case that they hold. A member's reading knows nothing of it."""

import pytest

from checkin.domain.reading import Command, Context, read
from checkin.domain.reading.on_duty import Went, answer_to_offer, done_beside_words, done_of, outcome_of
from checkin.domain.terms import Role

VOLUNTEER = Context(roles=frozenset({Role.VOLUNTEER}))


@pytest.mark.parametrize(
    ("text", "went"),
    [
        ("4", Went("4", surely=False)),
        ("“1.”", Went("1", surely=False)),
        ("emergency", Went("4", surely=False)),
        ("It's an emergency!", Went("4", surely=False)),
        ("Settled, thanks", Went("1", surely=False)),
        ("4 emergency", Went("4", surely=True)),
        ("2 - follow up", Went("2", surely=True)),
        ("3: coordinator", Went("3", surely=True)),
        ("1 bien", Went("1", surely=True)),
        ("2 seguir", Went("2", surely=True)),
        ("3 coordinar", Went("3", surely=True)),
        ("4 emergencia", Went("4", surely=True)),
        ("1 emergency", Went("4", surely=True)),  # the case, and the outcome
        ("5", None),
        ("0", None),
        ("4 of us will come", None),
        ("he is settled in now", None),
        ("4\nI want to die", None),
    ],
)
def test_how_a_talk_went_is_said_by_its_digit_its_word_or_both(text: str, went: Went | None) -> None:
    assert outcome_of(text) == went


@pytest.mark.parametrize(
    ("text", "command"),
    [
        ("DONE 42 with 1", Command("done", "1", 42)),
        ("DONE 42 with 1 settled", Command("done", "1", 42)),
        ("done 42: 2, follow up", Command("done", "2", 42)),
        ("DONE 42 con 3", Command("done", "3", 42)),
        ("done 42 bien", Command("done", "1", 42)),
        ("Hecho 42 con 1", Command("done", "1", 42)),
        ("DONE 4", Command("done", "4")),
        ("done with it", None),
    ],
)
def test_done_is_read_as_the_text_that_asks_for_it_names_it(text: str, command: Command | None) -> None:
    assert read(text, VOLUNTEER).command == command
    assert read(text).command is None, "a member says nothing of cases"


@pytest.mark.parametrize(
    ("text", "command"),
    [
        ("DONE 42 4 emergency", Command("done", "4", 42)),
        ("DONE 4 emergency", Command("done", "4")),
        ("done 1 emergency", Command("done", "4", 1)),
        ("DONE 42 1\ni want to die", None),
    ],
)
def test_done_with_its_own_words_is_no_cry(text: str, command: Command | None) -> None:
    assert done_of(text) == command


@pytest.mark.parametrize(
    ("text", "command"),
    [
        ("DONE 42 4 she took her pills", Command("done", "4", 42)),
        ("DONE 42 we had a long talk", Command("done", "", 42)),
        ("DONE 42 1 i think", Command("done", "", 42)),
        ("done with that", None),
        ("I have done 42 of them", None),
    ],
)
def test_done_before_other_words_is_still_for_us(text: str, command: Command | None) -> None:
    assert done_beside_words(text) == command


@pytest.mark.parametrize(
    ("text", "alert"),
    [
        ("can't take 42", False),
        ("can someone else take 42", False),
        ("take 42 in an hour", False),
        ("take 5 deep breaths", False),
        ("pass 42 i can't go on", True),
        ("i cant go on, pass 42", True),
        ("take 42 pills", True),
        ("take", False),  # there are two
    ],
)
def test_what_is_no_plain_answer_to_an_offer_takes_and_passes_nothing(text: str, alert: bool) -> None:
    assert answer_to_offer(text, frozenset({42, 43}), alert=alert) is None
