"""The model beside the rules: it raises and never lowers, is one small file, and is made anew from rows and a seed."""

import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checkin.domain.reading import Calls, Context, read
from checkin.domain.reading.asks import NAMES
from checkin.domain.reading.features import BUCKETS
from checkin.domain.reading.level import level_of
from checkin.domain.reading.model import FILE, HEAVIEST, PAIRS, BadModel, closed, model, opened, pack
from checkin.domain.reading.normalise import clauses
from checkin.domain.terms import Level
from checkin.triage.rows import OWN, Row, rows_of
from checkin.triage.training import train

READILY = (Calls.LESS, Calls.BALANCED, Calls.MORE)
WORDS = st.lists(
    st.sampled_from(
        "i not want die to my pills took all happy dog he hit door call me please never was film no quiero morir je "
        "veux mourir nao aguento mais today tired fine goodbye knife garden , . ! 😀 💊".split(" ")
    ),
    max_size=12,
).map(" ".join)


@given(WORDS | st.text(max_size=120))
def test_the_model_raises_what_the_rules_are_sure_of_and_never_lowers_it(text):
    need = level_of(text)
    assert read(text).level.rank >= (need.sure or need).level.rank or len(text) > 2000


@given(WORDS)
def test_a_circle_that_calls_more_readily_calls_for_all_that_another_calls_for(text):
    levels = [read(text, Context(calls=calls)).level.rank for calls in READILY]
    assert levels == sorted(levels)


@given(WORDS)
def test_what_each_setting_would_mean_is_what_it_means(text):
    told = dict(read(text).by_calls)
    for calls in READILY if told else ():
        assert told[calls] is read(text, Context(calls=calls)).level


@pytest.mark.parametrize(
    "text",
    [
        *("not suicidal", "i dont want to kill myself", "no quiero morir"),
        *("my phone died", "dying for a coffee", "j'étais morte de rire", "the film was about suicide"),
    ],
)
def test_what_the_rules_have_explained_is_not_raised_again(text):
    assert read(text).level in (Level.OK, Level.CONCERN)


@pytest.mark.parametrize(
    "text",
    [
        "STOP",
        "please stop texting me",
        "PAUSE 3 days",
        "later please",
        "yes",
        "no",
        "4",
        "4 thanks",
        "HELP",
        "CALL",
        "same as yesterday",
    ],
)
def test_what_is_plainly_something_else_is_not_for_the_model_to_say(text):
    assert not [why for why in read(text).reasons if "sounds like" in why.words]


def test_words_that_no_rule_knows_are_heard_and_the_words_that_decided_are_told():
    text = "my chest holds a stone and nights have no floor"
    assert level_of(text).level is Level.OK
    reading = read(text)
    assert reading.level in (Level.DISTRESS, Level.CRISIS)
    (why,) = [why.words for why in reading.reasons if "sounds like" in why.words]
    assert set(why.split("“")[1].split("”")[0].split()) <= set(" ".join(clauses(text)).split())


def test_the_model_is_one_small_file_and_says_what_it_was_made_of():
    from importlib.resources import files

    assert len(files("checkin.domain.reading").joinpath(FILE).read_bytes()) <= 300_000
    about = model().about
    assert about["rows"] > 40_000
    assert not [source for source in about["sources"] if "blind" in source], "what judges it has not trained it"


@pytest.mark.parametrize(
    "content", [b"", b"{}\n", b'{"format": 1}\nabc', b"\xff\xfe\n\n", b'{"alert": 1, "crisis": 2}\n']
)
def test_a_file_that_holds_no_model_is_one_sentence(content):
    with pytest.raises(BadModel, match="checkin triage train"):
        opened(content)


HEAD = {"step": 0.5, "bias": 0.0, "slope": 1.0, "offset": 0.0}
FIVE = [1.0] * len(NAMES)
ABOUT = {
    "thresholds": {},
    "alert": HEAD,
    "crisis": HEAD,
    "asks": {"steps": FIVE, "biases": FIVE, "surely": FIVE, "probably": FIVE},
}
ASKS = ([3, 99_000], [b"\x21\x0f", b"\x03\x00", b"\x07\x01"])


@given(st.dictionaries(st.integers(0, BUCKETS - 1), st.tuples(*[st.integers(-HEAVIEST, HEAVIEST)] * 2), max_size=40))
def test_what_is_written_to_a_file_is_read_from_it(weights):
    kept = sorted(weights)
    packed = bytes(pack(*weights[number]) for number in kept)
    made = opened(closed(ABOUT, (kept, [packed]), ASKS))
    assert {at: byte for at, byte in enumerate(made.weights) if byte} == {
        at: byte for at, byte in zip(kept, packed, strict=True) if byte
    }
    assert made.asks.weights == {3: (1.0, 2.0, 3.0, 0.0, 7.0), 99_000: (-1.0, 0.0, 0.0, 0.0, 1.0)}
    assert [PAIRS[byte] for byte in packed] == [tuple(map(float, weights[number])) for number in kept]


@pytest.mark.parametrize("change", [lambda body: body[:-1], lambda body: body + b"x", lambda body: b"\x80" * 9 + body])
def test_a_file_that_was_cut_or_changed_is_one_sentence(change):
    head, _, body = closed(ABOUT, ([5, 700, 90_000], [b"abc"]), ASKS).partition(b"\n")
    with pytest.raises(BadModel, match="damaged"):
        opened(head + b"\n" + zlib.compress(change(zlib.decompress(body))))


ROWS = [row for row in rows_of(OWN) if row.lang == "en"][::40]


def test_the_same_rows_and_seed_make_the_same_model():
    first, again, other = (train(ROWS, seed, lambda _: None) for seed in (1, 1, 2))
    assert first == again
    assert first != other
    made = opened(first)
    cry = made.score(clauses("i took all my tablets and i want to be gone"))
    calm = made.score(clauses("the dog and i went to the park"))
    assert cry.crisis > calm.crisis
    assert cry.alert > calm.alert
    assert 0.0 <= made.alert.chance(calm.alert) < made.alert.chance(cry.alert) <= 1.0


def test_own_texts_are_labelled_and_free_to_give_on():
    rows = rows_of(OWN)
    assert len(rows) > 40_000
    assert {row.lang for row in rows} == {"en", "es", "pt", "fr"}
    assert not [row for row in rows if not row.text.strip() or not row.source.startswith("own-")]


def test_a_row_says_its_family():
    assert Row("x", "OK", source="a", category="b").family == "a/b"
