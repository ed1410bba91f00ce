"""Hints: phrases that are too often wrong to call somebody alone. They count where nothing can explain them, and
where the model hears them too; else a person reads the text. What is no hint calls whatever the model makes of it."""

import pytest

from checkin.domain.reading import Calls, Context, read
from checkin.domain.reading.asks import NOTHING
from checkin.domain.reading.level import LANGUAGES, Need, level_of, lexicon
from checkin.domain.reading.lexicon import table
from checkin.domain.reading.model import Head, Model, model
from checkin.domain.reading.needs import heard, raised
from checkin.domain.terms import Level, Why


class _Hears:
    """A model that hears so much of every text, and finds nothing by itself."""

    def __init__(self, level: Level) -> None:
        self._level = level

    def score(self, clauses):
        return model().score(clauses)

    def hears(self, score, calls):
        return self._level

    def level(self, score, calls):
        return Level.OK

    def why(self, score, level):
        return Why(level.value, "sounds like")


DEAF, DISTRESSED, ALARMED = _Hears(Level.OK), _Hears(Level.DISTRESS), _Hears(Level.CRISIS)


def a_hint_of(level: Level) -> Need:
    sure = Need(Level.CONCERN, (Why("concern", "a family: words"),), True, "en")
    return Need(level, (Why(level.value, "a family: words"),), True, "en", sure=sure)


@pytest.mark.parametrize(
    ("said", "by", "level"),
    [
        (Level.CRISIS, DEAF, Level.CONCERN),
        (Level.CRISIS, DISTRESSED, Level.DISTRESS),
        (Level.CRISIS, ALARMED, Level.CRISIS),
        (Level.DISTRESS, DEAF, Level.CONCERN),
        (Level.DISTRESS, DISTRESSED, Level.DISTRESS),
        (Level.DISTRESS, ALARMED, Level.DISTRESS),
    ],
)
def test_a_hint_counts_as_far_as_the_model_hears_it(said, by, level):
    for need in (
        *raised(a_hint_of(said), "four words or more of it", by).values(),
        heard(a_hint_of(said), "four words or more of it", by, Calls.BALANCED),
    ):
        assert need.level is level
        assert need.reasons == (Why(level.value, "a family: words"),)


@pytest.mark.parametrize("words", ["drowning", "i am drowning", "so much drowning"])
def test_in_few_words_a_hint_counts_in_full(words):
    assert all(need.level is Level.CRISIS for need in raised(a_hint_of(Level.CRISIS), words, DEAF).values())


@pytest.mark.parametrize("words", ["he is going to", "i am going to", "to", "so what now", "yo no", "eu vou", "il est"])
def test_of_small_words_alone_the_model_says_nothing(words):
    assert read(words).level in (Level.OK, Level.CONCERN)


def test_what_is_no_hint_calls_whatever_the_model_hears():
    sure = Need(Level.CRISIS, (Why("crisis", "a family: words"),), True, "en")
    assert all(need is sure for need in raised(sure, "four words or more of it", DEAF).values())


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_hint_is_a_phrase_of_its_lexicon(language):
    lines = lexicon().phrases.all
    phrases = {line.written for line in lines if line.meaning.language == language and line.meaning.level is not None}
    hints = table("hints")[language]
    assert sorted(set(hints).difference(phrases)) == []
    assert len(hints) == len(set(hints))


def test_what_a_text_says_without_its_hints_is_told_beside_what_it_says():
    need = level_of("the funeral is today, i want to die")
    assert (need.level, need.sure) == (Level.CRISIS, None)
    need = level_of("off to the cremation today, will wear the blue hat")
    assert need.level is Level.DISTRESS
    assert need.sure is not None
    assert need.sure.level is Level.CONCERN


@pytest.mark.parametrize(
    "text",
    [
        "he died by suicide and now i have the same thoughts every night",
        "i am drowning in this grief and nobody would notice if i stopped",
        "heart attack, i think, my left arm is numb and i cant breathe",
        "me estoy ahogando y no quiero seguir aqui manana",
    ],
)
def test_who_means_it_is_heard(text):
    for calls in Calls:
        assert read(text, Context(calls=calls)).level in (Level.CRISIS, Level.DISTRESS)


@pytest.mark.parametrize(
    "text",
    [
        "drowned the pudding in custard as god intended",
        "funeral for my last good sock held today, rip left foot",
        "my team drowned again, four nil, off to the pub",
    ],
)
def test_who_only_jokes_is_read_by_a_person_and_not_rung(text):
    assert read(text).level in (Level.OK, Level.CONCERN)


def test_a_model_says_how_far_it_hears_a_hint():
    about = {"thresholds": {"more": dict(crisis=9, distress=9, concern=9, hinted_crisis=2, hinted_distress=1)}}
    head = Head(1.0, 0.0, 1.0, 0.0)
    made = Model(about, bytes(1), head, head, NOTHING)
    from checkin.domain.reading.model import Score

    assert made.hears(Score(0.5, 0.5), Calls.MORE) is Level.OK
    assert made.hears(Score(1.0, 0.5), Calls.MORE) is Level.DISTRESS
    assert made.hears(Score(0.5, 2.0), Calls.MORE) is Level.CRISIS
