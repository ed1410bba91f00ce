"""What holds for every text."""

from hypothesis import given
from hypothesis import strategies as st

from checkin.domain.reading import Context, Kind, explain, read
from checkin.domain.terms import Level, Role

ANY_TEXT = st.text(max_size=400) | st.text(alphabet="iwantodeskl 012345!'’.\n️⃣", max_size=200)
CRIES = st.sampled_from(
    ["I want to die.", "i am going to kill myself", "quiero morir", "I took all my pills", "my friend is suicidal"]
)
CONTEXTS = st.builds(
    Context,
    roles=st.frozensets(st.sampled_from(list(Role)), min_size=1),
    invited=st.booleans(),
    soon_after_check_in=st.booleans(),
    recent_ratings=st.lists(st.integers(0, 5), max_size=8).map(tuple),
    carrier_opt_out=st.sampled_from([None, "STOP", "START", "HELP"]),
)


@given(ANY_TEXT, CONTEXTS)
def test_any_text_has_a_kind_a_level_and_one_sentence(text, context):
    reading = read(text, context)
    sentence = explain(reading)
    assert reading.level in Level
    assert sentence.endswith(".")
    assert "\n" not in sentence
    assert ". " not in sentence


@given(ANY_TEXT, CRIES, ANY_TEXT)
def test_nothing_around_a_cry_makes_it_less(before, cry, after):
    assert read(f"{before}\n{cry}\n{after}").level is Level.CRISIS


@given(st.text(alphabet=st.characters(categories=["L", "Z", "P"]), max_size=60), CONTEXTS)
def test_what_is_not_understood_is_never_ok(text, context):
    reading = read(text, context)
    if reading.kind in (Kind.NOT_UNDERSTOOD, Kind.EMPTY):
        assert reading.level is not Level.OK


@given(ANY_TEXT, CONTEXTS)
def test_an_alert_is_never_only_a_command(text, context):
    reading = read(text, context)
    if reading.level in (Level.CRISIS, Level.DISTRESS):
        assert reading.kind not in (Kind.COMMAND, Kind.HELP, Kind.YES, Kind.NO) or context.carrier_opt_out == "HELP"


def test_a_text_of_five_megabytes_is_read_at_both_ends_and_by_a_person():
    for filling in ("i am fine. ", "\n", "😭", "k\u0301", "want to "):
        text = filling * (5_000_000 // len(filling))
        assert read(text).level is not Level.OK
        assert read("i want to die. " + text).level is Level.CRISIS
        assert read(text + ". i want to die").level is Level.CRISIS
