"""How readily a circle has people called holds wherever its members' words come in, and never against a rule."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from checkin.domain.reading import Calls, read
from checkin.domain.reading.level import level_of
from checkin.domain.terms import Level
from checkin.store.tables import CircleRow, TaskRow
from checkin.triage.rows import OWN, rows_of
from tests.stories.asked_by_voice import at_the_question, by_voice
from tests.stories.ringing_in import rings_in
from tests.stories.test_erased import erased
from tests.stories.test_voicemail import leaves, settles
from tests.town import Town
from workers import catch_up

PLAIN = "i want to die"


def only_sounds_like_a_need() -> str:
    """Words of ours, as they are said too, that call somebody where most is called and nobody in between."""
    for row in rows_of(OWN):
        levels = dict(read(row.text).by_calls)
        spoken = row.lang in ("", "en") and row.text.replace(" ", "").replace(",", "").isalpha()
        if spoken and levels and levels[Calls.MORE].rank >= Level.DISTRESS.rank > levels[Calls.BALANCED].rank:
            assert level_of(row.text).level.rank < Level.DISTRESS.rank
            return row.text
    raise AssertionError("no text of ours is read differently")


def chooses(town: Town, calls: Calls) -> None:
    with town.in_session() as session:
        circle = session.get_one(CircleRow, 1)
        circle.policy = {**circle.policy, "reading": {"calls": calls.value}}


def writes(town: Town, calls: Calls, words: str) -> None:
    chooses(town, calls)
    town.sam.sends(words)


def is_asked_by_voice(town: Town, calls: Calls, words: str) -> None:
    by_voice(town)
    chooses(town, calls)
    at_the_question(town)
    town.sam.says(words)


def rings_us(town: Town, calls: Calls, words: str) -> None:
    chooses(town, calls)
    rings_in(town, town.sam, "2")
    town.passes(seconds=2)
    town.sam.says(words)


def leaves_a_message(town: Town, calls: Calls, words: str) -> None:
    chooses(town, calls)
    leaves(town, town.sam, words, "3")
    settles(town)


DOORS = [writes, is_asked_by_voice, rings_us, leaves_a_message]


@pytest.mark.parametrize("comes_in", DOORS)
@pytest.mark.parametrize("calls", Calls)
def test_words_that_no_rule_knows_open_a_case_where_the_circle_calls_more(
    town: Town, comes_in: Callable[[Town, Calls, str], None], calls: Calls
) -> None:
    comes_in(town, calls, only_sounds_like_a_need())
    assert len(town.cases()) == (calls is Calls.MORE)


@pytest.mark.parametrize("comes_in", DOORS)
def test_plain_words_of_danger_ring_where_a_circle_calls_less(
    town: Town, comes_in: Callable[[Town, Calls, str], None]
) -> None:
    comes_in(town, Calls.LESS, PLAIN)
    assert len(town.cases()) == 1
    town.rings(town.ana, within=10)


@pytest.mark.parametrize("calls", Calls)
def test_what_an_erased_member_wrote_is_read_as_their_circle_has_it(town: Town, calls: Calls) -> None:
    chooses(town, calls)
    town.down = True
    town.sam.sends(only_sounds_like_a_need())
    town.passes(minutes=1)
    town.down = False
    erased(town)
    catch_up.catch_up(town.services, town.time - timedelta(days=1))
    told = [row.what for row in town.rows(TaskRow) if row.done_at is None]
    assert told == (["wrote_before_erased"] if calls is Calls.MORE else [])
