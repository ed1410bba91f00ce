"""Harmless words beside a danger do not hush it; only a clause that is idiom, past or story itself counts less."""

import pytest

from checkin.domain.reading.level import level_of
from checkin.domain.terms import Level

DANGERS = [
    "im going to crash my car",
    "gonna jump in front of a train",
    "im going to kill myself",
    "baby not breathing",
    "he is going to kill me",
    "took all my pills",
    "hes got a knife and wants to hurt me",
]


@pytest.mark.parametrize("danger", DANGERS)
@pytest.mark.parametrize(
    "around",
    [
        "{} on the bus",
        "{} at the gym",
        "{} after the film",
        "{} before the match",
        "{} at school",
        "{} on christmas day",
        "{} at the station",
        "after the game {}",
        "like last year {}",
        "at school {}",
        "lol {}",
        "{} haha",
    ],
)
def test_a_place_or_a_time_beside_a_danger_does_not_hush_it(danger, around):
    assert level_of(around.format(danger)).level is Level.CRISIS


@pytest.mark.parametrize(
    "text",
    [
        "want to crash my car",
        "having a stroke",
        "hes having a stroke",
        "he says hes going to kill me if he finds me",
        "my husband is going to kill me",
        "hes coming to kill me with the car",
        "i want to die for good",
        "fell and cant get up at the station",
        "ive overdosed on christmas day",
        "wanna hurt myself at work",
        "hes got a knife on the bus",
        "my chest pain is bad lol, arm is numb",
        "i want to die like my dad did years ago",
        "mum wont wake up at home",
        "set a date to end it with a gun",
    ],
)
def test_a_danger_is_no_idiom(text):
    assert level_of(text).level is Level.CRISIS


@pytest.mark.parametrize(
    "text",
    [
        "in 2016 i tried to kill myself",
        "i was suicidal when i was at school",
        "had a stroke in 2019",
        "the killer jumps off a bridge in the film",
        "cut myself shaving",
        "took my meds with breakfast",
        "brush stroke practice",
        "that cake is to die for",
        "my boss will kill me",
        "he will kill me if i forget the milk",
    ],
)
def test_what_is_past_a_story_or_an_idiom_is_no_crisis(text):
    assert level_of(text).level is not Level.CRISIS


def test_what_stands_beside_a_story_explains_no_risk_words():
    """The model still looks at such a clause: nothing in it was found to be harmless."""
    for text in ("not kidding, tonight", "i am alone after the film"):
        assert not level_of(text).explained
