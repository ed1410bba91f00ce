"""Shifts on offer at the desk: seen, given with a warning, called off, given back; and limits in the week."""

from datetime import UTC, datetime

import pytest

from checkin.store.tables import CircleRow, ShiftChangeRow, SwapRow, TaskRow, VolunteerRow
from tests.desk import Desk, desk_of
from tests.town import CY, DORA, Town

TUESDAY_6 = datetime(2026, 11, 24, 23, 0, tzinfo=UTC)


@pytest.fixture
def town(town: Town) -> Town:
    """Ana has Tuesday evenings, Ben Mondays."""
    with town.in_session() as session:
        session.get_one(VolunteerRow, 1).shifts = "TU 18:00-22:00"
        session.get_one(VolunteerRow, 2).shifts = "MO 18:00-22:00"
    return town


def state(town: Town) -> list[str]:
    return [row.state for row in town.rows(SwapRow)]


def test_a_shift_is_offered_for_a_volunteer_seen_and_called_off(town: Town, desk: Desk) -> None:
    page = desk.presses(desk.opens("/volunteers/1"), "Offer to others")
    assert "Those who are free for it are asked by text." in page.words
    town.passes(seconds=30)
    assert "Can you take a shift of Ana: Tue 24 6-10 pm? Reply COVER 1." in town.ben.received[-1]
    week = desk.opens("/shifts")
    assert "Shifts on offer" in week.words
    assert "one was asked; open until" in week.words
    assert "on offer" in desk.opens("/volunteers/1").words
    page = desk.presses(week, "Call the offer off")
    assert "no longer on offer" in page.words
    assert state(town) == ["called_off"]
    town.passes(seconds=30)
    assert "You keep your shift" in town.ana.received[-1]
    assert "Nothing was changed" in desk.sends("/shifts/offers/1/call-off").words


def test_it_is_given_to_somebody_and_the_limit_is_shown_before(town: Town, desk: Desk) -> None:
    with town.in_session() as session:
        session.get_one(CircleRow, 1).policy = {"shifts": {"hours_a_week": 5}}
    page = desk.presses(desk.opens("/volunteers/1"), "Offer to others")
    assert "nobody else is free for it" in page.words
    assert [row.what for row in town.rows(TaskRow)] == ["swap_open"]
    assert "more hours in that week than the limit" in page.words
    refused = desk.presses(page, "Give them the shift", volunteer="2")
    assert refused.status == 422
    assert "With it Ben has more hours" in refused.words
    assert refused.select_one("input[value='2']").has_attr("checked")  # type: ignore[union-attr]
    assert state(town) == ["open"]
    done = desk.presses(refused, "Give them the shift", volunteer="2", sure="yes")
    assert "Ben has the shift now" in done.words
    assert state(town) == ["taken"]
    assert town.rows(TaskRow)[0].done_at is not None
    town.passes(seconds=30)
    assert "A coordinator gave you a shift: Tue 24 6-10 pm." in town.ben.received[-1]
    assert "Ben takes your shift" in town.ana.received[-1]


@pytest.mark.parametrize("choice", [{"volunteer": "1"}, {"volunteer": "3"}, {"volunteer": "x"}, {}])
def test_only_who_can_have_it_is_given_it(town: Town, desk: Desk, choice: dict[str, str]) -> None:
    desk.presses(desk.opens("/volunteers/1"), "Offer to others")
    with town.in_session() as session:
        session.get_one(VolunteerRow, 2).shifts = "always"
    assert desk.sends("/shifts/offers/1/give", choice).status == 422
    assert "on call then already" in desk.sends("/shifts/offers/1/give", {"volunteer": "2", "sure": "yes"}).words
    assert state(town) == ["open"]


def test_a_change_of_a_swap_taken_back_gives_the_shift_back_whole(town: Town, desk: Desk) -> None:
    page = desk.presses(desk.opens("/volunteers/1"), "Offer to others")
    desk.presses(page, "Give them the shift", volunteer="2")
    assert len(town.rows(ShiftChangeRow)) == 2
    desk.presses(desk.opens("/volunteers/2"), "Take back")
    assert town.rows(ShiftChangeRow) == []
    town.passes(seconds=30)
    assert "is yours again" in town.ana.received[-1]
    assert "no longer yours" in town.ben.received[-1]


def test_another_circle_sees_and_moves_nothing(town: Town, desk: Desk) -> None:
    desk.presses(desk.opens("/volunteers/1"), "Offer to others")
    other = desk_of(town, CY, "coordinator", "other")
    assert other.opens("/shifts/offers/1").status == 404
    for what in ("give", "call-off", "give-back"):
        assert other.sends(f"/shifts/offers/1/{what}", volunteer="3").status == 404
    assert other.sends("/volunteers/1/offer", start=TUESDAY_6.isoformat()).status == 404
    assert desk.sends("/volunteers/1/offer", start="tomorrow").status == 404
    assert "no longer theirs" in desk.sends("/volunteers/1/offer", start="2026-11-24T10:00:00+00:00").words
    assert state(town) == ["open"]


def test_the_week_marks_too_many_hours_and_too_little_rest(town: Town) -> None:
    with town.in_session() as session:
        session.get_one(VolunteerRow, 1).shifts = "MO-FR 09:00-21:00; WE 02:00-05:00"
    words = desk_of(town, DORA).opens("/shifts").words
    assert words.count("over the limit of 48") == 1
    assert words.count("too little rest before") == 1
