"""A rating: one scale, in one direction, told from numbers that are none (field rules R1, R16, R164)."""

import pytest

from checkin.domain.reading import Context, Kind, read
from checkin.domain.reading.rating import level_of_rating
from checkin.domain.terms import Level


@pytest.mark.parametrize(
    ("text", "rating"),
    [
        ("4", 4),
        (" 4. ", 4),
        ("4️⃣", 4),
        ("４", 4),
        ("٤", 4),
        ("5!!", 5),
        ("😊5", 5),
        ("two", 2),
        ("FOUR thanks", 4),
        ("cuatro", 4),
        ("zero please", 0),
        ("4/5", 4),
        ("3 out of 5", 3),
        ("4 I guess", 4),
        ("no 2", 2),
        ("#3", 3),
        ("I'd say a 3", 3),
        ("feeling about a 4 today", 4),
        ("4, slept 3 hours", 4),
        ("5 stars", 5),
        ("1 :(", 1),
        ("3\nSent from my Galaxy S4", 3),
    ],
)
def test_a_rating_is_heard_in_many_forms(text, rating):
    reading = read(text)
    assert (reading.kind, reading.rating) == (Kind.RATING, rating)


@pytest.mark.parametrize(
    "text",
    ["1 month sober", "3pm works", "2 kids and a dog", "one of those days", "10", "7", "2/10", "$5", "1:30", "5k run"],
)
def test_other_numbers_are_no_rating(text):
    assert read(text).rating is None


@pytest.mark.parametrize("text", ["2 or 3", "2-3", "4. actually 2", "3, no 5"])
def test_two_ratings_that_contradict_are_not_understood(text):
    reading = read(text)
    assert (reading.kind, reading.rating, reading.level) == (Kind.NOT_UNDERSTOOD, None, Level.CONCERN)


def test_of_two_ratings_the_lower_says_how_soon():
    assert read("0 or 1").level is Level.DISTRESS


@pytest.mark.parametrize(
    ("text", "level"),
    [
        ("4 but i want to die", Level.CRISIS),
        ("3 but really im falling apart", Level.DISTRESS),
        ("5 bit tired", Level.CONCERN),
        ("1 - great day", Level.DISTRESS),
        ("4 not bad", Level.OK),
    ],
)
def test_a_rating_with_words_takes_the_worse_of_both(text, level):
    reading = read(text)
    assert (reading.kind, reading.level) == (Kind.RATING, level)


@pytest.mark.parametrize(
    ("rating", "recent", "level"),
    [
        (0, (), Level.DISTRESS),
        (1, (5, 5), Level.DISTRESS),
        (2, (), Level.CONCERN),
        (3, (), Level.OK),
        (3, (2, 2, 3), Level.CONCERN),  # a cluster of low answers
        (3, (5, 5, 5), Level.CONCERN),  # a fall from the member's own mean
        (3, (5, 5), Level.CONCERN),  # too few to have a mean: a fall from each of them
        (3, (5,), Level.CONCERN),
        (3, (5, 4), Level.OK),
        (2, (5,), Level.CONCERN),
        (1, (4,), Level.DISTRESS),
        (4, (5, 5, 5, 5), Level.OK),
    ],
)
def test_falls_and_clusters_are_concerns(rating, recent, level):
    assert level_of_rating(rating, recent)[0] is level
    assert read(str(rating), Context(recent_ratings=recent)).level is level
