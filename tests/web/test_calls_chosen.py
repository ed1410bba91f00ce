"""How readily the people of a circle are called: chosen on a page, with what each choice would have meant lately."""

from datetime import timedelta

import pytest

from checkin.domain.reading import Calls, Reading, read
from checkin.domain.reading.values import Context
from checkin.domain.terms import Level
from checkin.handlers.calls_compared import Would, calls_compared, compared
from checkin.handlers.words_heard import stored_levels
from checkin.store.tables import AuditRow, CircleRow, EscalationRow, InboundRow
from checkin.triage.rows import OWN, rows_of
from tests.desk import desk_of
from tests.town import DORA, Town
from tests.web.test_policy import fields

PLACE = "/circles/1/policy/reading"


def differing() -> tuple[str, Reading]:
    """A text that calls somebody where most is called, and nobody in between."""
    for row in rows_of(OWN):
        levels = dict(read(row.text).by_calls)
        if levels and levels[Calls.MORE].rank > Level.CONCERN.rank >= levels[Calls.BALANCED].rank:
            return row.text, read(row.text)
    raise AssertionError("no text of ours is read differently")


def test_the_more_is_called_the_more_texts_call_somebody() -> None:
    """And rules always count: no setting reads less than they do."""
    for row in rows_of(OWN[:1]):
        levels = dict(read(row.text).by_calls)
        if levels:
            assert levels[Calls.MORE].rank >= levels[Calls.BALANCED].rank >= levels[Calls.LESS].rank, row.text
        assert read("i want to die", Context(calls=Calls.LESS)).level is Level.CRISIS


def test_a_circle_that_calls_more_gets_a_case_where_another_gets_none(town: Town) -> None:
    text, _ = differing()
    town.sam.sends(text)
    assert not town.rows(EscalationRow)
    desk = desk_of(town, DORA)
    page = desk.sends(PLACE, {**fields(desk.opens(PLACE)), "calls": "more"}, do="save")
    assert "1 setting is changed." in page.words
    assert town.rows(CircleRow)[0].policy == {"reading": {"calls": "more"}}
    [row] = [row for row in town.rows(AuditRow) if row.what == "policy changed"]
    assert row.detail["changes"] == {"reading.calls": ["balanced", "more"]}
    town.sam.sends(text)
    assert len(town.rows(EscalationRow)) == 1


def test_the_page_says_what_each_choice_would_have_meant(town: Town) -> None:
    desk = desk_of(town, DORA)
    assert "No member of this circle has written in this time." in desk.opens(PLACE).words
    text, reading = differing()
    town.sam.sends(text)
    town.sam.sends("i want to die")
    assert [row.levels_by_calls for row in town.rows(InboundRow)] == [stored_levels(reading), ""]
    page = desk.opens(PLACE)
    told = [
        [cell.get_text(strip=True) for cell in row.select("th, td")] for row in page.select("#what-it-meant tbody tr")
    ]
    assert [row[:2] for row in told] == [["Ring more", "2"], ["In between", "1"], ["Ring less", "1"]]
    assert "2 texts of this circle's members were read." in page.words
    with town.in_session() as session:
        assert calls_compared(session, 1, town.time + timedelta(days=89)).texts == 2
        assert calls_compared(session, 1, town.time + timedelta(days=91)).texts == 0


def test_another_value_is_refused_in_one_sentence(town: Town) -> None:
    desk = desk_of(town, DORA)
    page = desk.sends(PLACE, {**fields(desk.opens(PLACE)), "calls": "never"}, do="save")
    assert page.status == 422
    assert "Choose one of these." in page.words


@pytest.mark.parametrize(
    ("read_as", "would", "unknown"),
    [
        ([], [(0, 0)] * 3, 0),
        ([("crisis", "", 2), ("ok", None, 5)], [(2, 2)] * 3, 5),
        ([("concern", "crisis concern ok", 3), ("distress", None, 1)], [(4, 3), (1, 0), (1, 0)], 1),
        ([("distress", "distress distress concern", 2)], [(2, 0), (2, 0), (0, 0)], 0),
    ],
)
def test_texts_are_counted_by_the_level_that_each_setting_gives(read_as, would, unknown) -> None:
    found = compared(read_as)
    assert found.would == tuple(Would(calls, *counts) for calls, counts in zip(Calls, would, strict=True))
    assert (found.texts, found.unknown) == (sum(count for *_, count in read_as), unknown)
