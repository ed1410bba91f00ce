"""What a text says beside what came before it: the last answer, our last text, the texts of the last minutes."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checkin.domain.reading import Context, Kind, LastAnswer, Offered, Piece, read
from checkin.domain.reading.bursts import joined
from checkin.domain.reading.compared import Compared, compared
from checkin.domain.reading.corrections import meant_rating, takes_back
from checkin.domain.reading.offers import offered_by
from checkin.domain.reading.older import older_answer
from checkin.domain.terms import Level

WROTE = Context(wrote_lately=True, answered_before=True)
COMPARED = {
    Compared.SAME: "same|Same.|same as yesterday|as always|no change|still the same|about the same today"
    "|same old same old|the usual|ditto|not better|no worse|I'm the same|igual|lo mismo|igual que ayer|sigo igual"
    "|como siempre|sin cambios"
    "|pareil|pareil qu'hier|comme d'habitude|la même chose|mesma coisa|o mesmo|na mesma|igual a ontem|sem mudança",
    Compared.WORSE: "worse|worse than yesterday|even lower|down again|much worse|getting worse|not as good as yesterday"
    "|peor|peor que ayer|cada vez peor|pire|pire qu'hier|moins bien|pior|pior que ontem|piorou",
    Compared.BETTER: "better|a bit better|better than yesterday|feeling better|mejor|un poco mejor|mieux|ça va mieux"
    "|melhor|bem melhor|melhorei",
    None: "|hello|same old pub tonight|i had better go|the same man hurt me|4|better off dead|my sister is worse|no|ok"
    "|i would be better off dead|same time tomorrow|it gets worse every night i cant sleep",
}


def last(rating: int | None, level: Level = Level.OK, days: int = 1) -> Context:
    recent = (rating,) if rating is not None else ()
    return Context(last=LastAnswer(level, rating, timedelta(days=days)), recent_ratings=recent)


def after(*words: str) -> Context:
    """These texts came a minute ago, each read by itself."""
    readings = [(text, read(text)) for text in words]
    return Context(before=tuple(Piece(text, each.kind, each.level, each.rating) for text, each in readings))


@pytest.mark.parametrize(("how", "text"), [(how, text) for how, texts in COMPARED.items() for text in texts.split("|")])
def test_only_a_comparison_is_one(how, text):
    assert compared(text) is how


@pytest.mark.parametrize(
    ("text", "context", "kind", "level", "rating"),
    [
        ("same", last(4), Kind.RATING, Level.OK, 4),
        ("same", last(2, Level.CONCERN), Kind.RATING, Level.CONCERN, 2),
        ("same", last(1, Level.DISTRESS), Kind.RATING, Level.DISTRESS, 1),
        ("same", last(4, Level.DISTRESS), Kind.RATING, Level.DISTRESS, 4),
        ("same", last(None, Level.CONCERN), Kind.WORDS, Level.CONCERN, None),
        ("same", last(4, days=31), Kind.NOT_UNDERSTOOD, Level.CONCERN, None),
        ("same", Context(), Kind.NOT_UNDERSTOOD, Level.CONCERN, None),
        ("worse", last(5), Kind.WORDS, Level.CONCERN, None),
        ("worse", last(2, Level.CONCERN), Kind.WORDS, Level.DISTRESS, None),
        ("worse", last(1, Level.DISTRESS), Kind.WORDS, Level.DISTRESS, None),
        ("worse", last(None, Level.CONCERN), Kind.WORDS, Level.DISTRESS, None),
        ("worse", Context(), Kind.WORDS, Level.CONCERN, None),
        ("better", last(1, Level.DISTRESS), Kind.WORDS, Level.CONCERN, None),
        ("better", last(3), Kind.WORDS, Level.OK, None),
        ("better", Context(), Kind.WORDS, Level.OK, None),
    ],
)
def test_a_comparison_counts_by_the_last_answer(text, context, kind, level, rating):
    reading = read(text, context)
    assert (reading.kind, reading.level, reading.rating) == (kind, level, rating)


@given(
    st.sampled_from([text for how, texts in COMPARED.items() if how is Compared.WORSE for text in texts.split("|")]),
    st.none() | st.integers(0, 5),
    st.sampled_from(list(Level)),
)
def test_worse_is_never_less_than_the_last_answer(text, rating, level):
    assert read(text, last(rating, level)).level.rank >= max(level.rank, Level.CONCERN.rank)


@pytest.mark.parametrize(
    "text", "yes|Yes please!|ok please|sí|Sí, por favor|oui|oui svp|sim|yeah|yes that would be nice".split("|")
)
def test_a_yes_to_an_offer_is_a_call(text):
    reading = read(text, Context(offered=Offered.OFFERED))
    assert reading.command is not None
    assert reading.command.name == "call"
    assert read(text, Context(invited=True, offered=Offered.OFFERED)).kind is not Kind.COMMAND or "call" in text


@pytest.mark.parametrize("text", "ok|ok thanks|no|no thanks|4|yes but not now".split("|"))
def test_what_is_no_yes_to_an_offer(text):
    assert read(text, Context(offered=Offered.OFFERED)).kind is not Kind.COMMAND


def test_ok_is_a_yes_only_to_a_question():
    assert read("ok", Context(offered=Offered.ASKED)).kind is Kind.COMMAND
    assert read("yes i want to die", Context(offered=Offered.ASKED)).level is Level.CRISIS


@pytest.mark.parametrize(
    ("template", "words", "offered"),
    [
        ("thanks_low", "", Offered.OFFERED),
        ("check_in", "Oak: How are you today? 1 rough to 5 great. 0 for a person.", Offered.NO),
        ("paused", "Oak: Reply RESUME to start sooner, CALL for a peer.", Offered.NO),
        ("asked_first", "Oak: Need to talk now? You can call 988.", Offered.NO),
        ("coordinator_message", "Oak: Do you want a call?", Offered.ASKED),
        ("coordinator_message", "Oak: ¿Quieres que te llamemos?", Offered.ASKED),
        ("coordinator_message", "Voulez-vous qu'on vous appelle ?", Offered.ASKED),
        ("coordinator_message", "Quer falar com alguém?", Offered.ASKED),
        ("coordinator_message", "Oak: Did Ana call you?", Offered.NO),
        ("coordinator_message", "Can you call the clinic?", Offered.NO),
        ("relay_to_member", "From your peer: shall i ring you?", Offered.ASKED),
    ],
)
def test_what_offers_a_call(template, words, offered):
    assert offered_by(template, words) is offered


@pytest.mark.parametrize(
    ("before", "text"),
    [
        (["i cant"], "do this any more"),
        (["i cant."], "do this any more"),
        (["do this any more"], "i cant"),
        (["ok watching a movie", "i want"], "to die"),
        (["to", "i want"], "die"),
        (["no quiero"], "vivir"),
        (["so it was a long day and then the evening came and in the end i want to d"], "ie"),
        (["ie"], "so it was a long day and then the evening came and in the end i want to d"),
    ],
)
def test_pieces_say_together_what_none_says_alone(before, text):
    reading, alone = read(text, after(*before)), read(text)
    assert reading.level in (Level.DISTRESS, Level.CRISIS)
    assert reading.level.rank > alone.level.rank
    assert "read together with the text before" in [why.words for why in reading.reasons]


def test_where_the_order_is_known_it_is_kept():
    before = after("b", "c").before
    assert "a b c" in joined("a", Context(before=before, place=0))
    assert "b c a" not in joined("a", Context(before=before, place=0))
    assert {"b c a", "a b c", "b a c"} <= set(joined("a", Context(before=before)))


WORDS = st.sampled_from("i cant|want to|die|do this any more|4|1|stop|pause|fine|END|help|yes|typo|same|😀|".split("|"))


@given(st.lists(WORDS, max_size=7), WORDS)
def test_what_came_before_only_raises_and_makes_no_commands(before, text):
    alone, together = read(text), read(text, after(*before))
    assert together.level.rank >= alone.level.rank
    assert together.command == alone.command
    assert (together.kind is Kind.OPT_OUT) == (alone.kind is Kind.OPT_OUT)


@pytest.mark.parametrize(
    "text",
    (
        "sorry wrong person|typo|ignore that|oops that was meant for my sister|*typo|ignore my last text"
        "|autocorrect|never mind|wrong chat|sorry wrong number|just kidding|didn't mean to send that"
        "|lo siento, me equivoqué"
        "|era para mi hermana"
        "|persona equivocada|je me suis trompé|c'était pour ma sœur|faute de frappe|pessoa errada|era para minha irmã"
        "|ignora isso|desculpa foi engano"
    ).split("|"),
)
def test_a_text_is_taken_back_only_where_there_is_one(text):
    assert read(text, WROTE).kind is Kind.CORRECTION
    assert read(text, WROTE).level is Level.CONCERN
    assert read(text).kind is not Kind.CORRECTION


@pytest.mark.parametrize(
    "text",
    (
        "wrong number|you have the wrong person|sorry, you have the wrong number|i was asleep sorry|4|fine"
        "|going to my sister"
        "|they ignore what i say at work|dinner was for my sister|that was good for me|walk was good for my head"
    ).split("|"),
)
def test_what_takes_nothing_back(text):
    assert not takes_back(text, WROTE)


@pytest.mark.parametrize(
    ("text", "rating"),
    [
        ("sorry meant 4", 4),
        ("*4", 4),
        ("4*", 4),
        ("i meant 2 not 5", 2),
        ("oops, 2", 2),
        ("sorry i meant two", 2),
        ("quise decir 4", 4),
        ("digo 4", 4),
        ("je voulais dire 4", 4),
        ("desculpa, 4", 4),
        ("4", None),
        ("i meant to be there at 4", None),
        ("sorry 4 days late", None),
    ],
)
def test_a_rating_that_was_meant(text, rating):
    assert meant_rating(text) == rating


@given(st.integers(0, 5), st.integers(0, 5))
def test_a_corrected_rating_never_takes_away_what_the_first_called_for(first, meant):
    context = after(str(first))
    reading = read(f"sorry meant {meant}", context)
    assert (reading.kind, reading.rating, reading.corrects) == (Kind.RATING, meant, first)
    if read(str(first)).level is not Level.OK:
        assert reading.level is not Level.OK
    assert reading.level.rank >= read(str(meant)).level.rank


@pytest.mark.parametrize(
    ("text", "then", "now"),
    [
        ("4 for yesterday", 4, None),
        ("yesterday was a 2", 2, None),
        ("yesterday was a 2, today 4", 2, 4),
        ("today 4 yesterday 2", 2, 4),
        ("ayer fue un 2", 2, None),
        ("3 pour hier", 3, None),
        ("ontem foi um 2", 2, None),
        ("the last one was a 3", 3, None),
    ],
)
def test_a_rating_for_an_older_day(text, then, now):
    found = older_answer(text)
    assert found is not None
    assert (found[0].rating, found[1], found[0].alone) == (then, now, now is None)


@pytest.mark.parametrize("text", "4|4 today|yesterday was rough|2 kids yesterday|yesterday i slept 3 hours".split("|"))
def test_what_is_no_older_answer(text):
    assert older_answer(text) is None
