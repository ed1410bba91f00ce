"""Schedules at the desk: clicked, said in words, shown as dates before they are saved; a circle's moves its members."""

from datetime import UTC, datetime

import pytest

from checkin.handlers import followers_moved
from checkin.store import unfinished
from checkin.store.tables import AuditRow, CheckInRow, CircleScheduleRow, MemberRow, ScheduleRow, VolunteerRow
from tests.desk import Desk, desk_of
from tests.town import CY, EVE, Town
from workers import clock


def dates(page: object) -> list[str]:
    return [" ".join(item.get_text(" ").split()) for item in page.select(".dates li")]  # type: ignore[attr-defined]


def rules(town: Town) -> list[tuple[str, bool]]:
    return [(row.rule, row.follows) for row in town.rows(ScheduleRow)]


def test_what_is_clicked_is_said_and_shown_and_saved_only_then(town: Town, desk: Desk) -> None:
    chosen = {"days": ["1", "3"], "at": "18:00", "weeks": "1"}
    page = desk.sends("/members/1/schedule", {**chosen, "do": "look"})
    assert "Every Tuesday and Thursday at 6 pm , Sam's time" in page.words
    assert dates(page)[:2] == ["tomorrow, 6:00 pm", "Thu 26 Nov, 6:00 pm"]
    assert len(dates(page)) == 10
    assert rules(town) == []
    desk.sends("/members/1/schedule", {**chosen, "do": "save"})
    [row] = town.rows(ScheduleRow)
    assert row.rule == "TU,TH 18:00"
    assert row.next_action_at == datetime(2026, 11, 24, 23, tzinfo=UTC)
    assert [row.what for row in town.rows(AuditRow)].count("schedule changed") == 1


@pytest.mark.parametrize("day", ["--1", "7", "-1", "9" * 5_000, "Monday"])
def test_a_day_that_no_page_offers_is_none(desk: Desk, day: str) -> None:
    page = desk.sends("/members/1/schedule", {"days": [day], "at": "18:00", "weeks": "1", "do": "look"})
    assert page.status == 422
    assert "Choose at least one day." in page.words


def test_every_second_week(town: Town, desk: Desk) -> None:
    page = desk.sends("/members/1/schedule", {"days": ["0"], "at": "18:00", "weeks": "2", "do": "look"})
    assert "Every 2 weeks on Monday at 6 pm , Sam's time, next: Mon 23 Nov" in page.words
    assert dates(page)[:2] == ["today, 6:00 pm", "Mon 7 Dec, 6:00 pm"]
    later = {"days": ["0"], "at": "18:00", "weeks": "2", "first": "2026-11-30"}
    page = desk.sends("/members/1/schedule", later, do="save")
    assert dates(page)[:2] == ["Mon 30 Nov, 6:00 pm", "Mon 14 Dec, 6:00 pm"]
    assert page.select_one("#first option[selected]")["value"] == "2026-11-30"  # type: ignore[index]


def test_a_rule_of_calendars_is_kept_as_it_is(town: Town, desk: Desk) -> None:
    rule = "DTSTART:20261201T180000 RRULE:FREQ=MONTHLY;BYDAY=1TU"
    page = desk.sends("/members/1/schedule", {"kind": "other", "rule": rule, "do": "look"})
    assert dates(page)[0] == "Tue 1 Dec, 6:00 pm"
    desk.sends("/members/1/schedule", {"kind": "other", "rule": rule, "do": "save"})
    assert rules(town) == [(rule, False)]
    page = desk.presses(desk.opens("/members/1/schedule"), "Save")  # drawn, and not clicked at: kept as it is
    assert rules(town) == [(rule, False)]
    assert "On the first Tuesday of each month at 6 pm, from Tue 1 Dec on" in page.words
    assert ticked(page, "kind") == ["month"]


def test_what_cannot_be_drawn_is_said_and_kept_unless_it_is_changed(town: Town, desk: Desk) -> None:
    rule = "DTSTART:20261113T180000 RRULE:FREQ=MONTHLY;BYDAY=FR;BYMONTHDAY=13"
    with town.in_session() as session:
        session.add(ScheduleRow(member_id=1, rule=rule, skip=[]))
    page = desk.opens("/members/1/schedule")
    assert "As it is: by a calendar rule that has no plain words (FREQ=MONTHLY;BYDAY=FR;BYMONTHDAY=13)." in page.words
    assert dates(page)[0] == "Fri 13 Aug 2027, 6:00 pm"
    desk.presses(page, "Save")
    assert rules(town) == [(rule, False)]
    desk.presses(page, "Save", kind="week", days=["1"], at="18:00")
    assert rules(town) == [("TU 18:00", False)]


def ticked(page: object, name: str) -> list[str]:
    return [str(tag["value"]) for tag in page.select(f"[name={name}][checked]")]  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("chosen", "rule", "words", "first"),
    [
        (
            {"kind": "day", "at": ["09:00", "18:00"]},
            "MO,TU,WE,TH,FR,SA,SU 09:00,18:00",
            "Every day at 9 am and 6 pm",
            ["today, 6:00 pm", "tomorrow, 9:00 am"],
        ),
        (
            {"kind": "week", "days": ["1"], "at": ["09:00", "18:00"], "days2": ["3"], "at2": ["10:30"]},
            "TU 09:00,18:00; TH 10:30",
            "Every Tuesday at 9 am and 6 pm, and every Thursday at 10:30 am",
            ["tomorrow, 9:00 am", "tomorrow, 6:00 pm", "Thu 26 Nov, 10:30 am"],
        ),
        (
            {"kind": "month", "nth": ["1", "-1"], "weekday": "0", "at": "18:00"},
            "DTSTART:20261101T180000 RRULE:FREQ=MONTHLY;BYDAY=1MO,-1MO",
            "On the first and last Monday of each month at 6 pm",
            ["Mon 30 Nov, 6:00 pm", "Mon 7 Dec, 6:00 pm"],
        ),
        (
            {"kind": "date", "date": ["15", "-1"], "at": ["09:00", "18:30"]},
            "DTSTART:20261101T090000 RRULE:FREQ=MONTHLY;BYMONTHDAY=15,-1;BYHOUR=9,18;BYMINUTE=0,30;BYSETPOS=1,4,5,8",
            "On the 15th and last day of each month at 9 am and 6:30 pm",
            ["Mon 30 Nov, 9:00 am", "Mon 30 Nov, 6:30 pm", "Tue 15 Dec, 9:00 am"],
        ),
    ],
)
def test_whatever_is_clicked_is_saved_and_drawn_again(
    town: Town, desk: Desk, chosen: dict[str, object], rule: str, words: str, first: list[str]
) -> None:
    page = desk.sends("/members/1/schedule", {"weeks": "1", **chosen}, do="save")
    assert rules(town) == [(rule, False)]
    assert words in page.words
    assert dates(page)[: len(first)] == first
    for name in ("kind", "days", "days2", "nth", "date"):
        given = chosen.get(name, [])
        if name != "days" or chosen["kind"] == "week":
            assert ticked(page, name) == ([given] if isinstance(given, str) else given), name
    desk.presses(page, "Save")
    assert rules(town) == [(rule, False)]


@pytest.mark.parametrize(
    ("chosen", "field"),
    [
        ({"at": "18:00"}, "Choose at least one day."),
        ({"days": ["1"], "at": ""}, "Choose a time."),
        ({"kind": "other", "rule": "FREQ=HOURLY"}, "This cannot be kept: the rule comes more often"),
        ({"days": ["1"], "at": "6 pm"}, "Write a time of day"),
        ({"days": ["1"], "at": "18:00", "days2": ["2"]}, "Choose days and a time in each line, or neither."),
        ({"kind": "month", "at": "18:00"}, "Choose at least one day."),
        ({"kind": "date", "date": ["31"], "at": ["09:00", "18:30"]}, "on days that some months lack"),
        ({"days": ["1"], "at": "18:00", "skip": "Christmas"}, "Write each date like"),
        ({"days": ["1"], "at": "18:00", "country": "US", "region": "XX"}, "Nobody knows the holidays"),
    ],
)
def test_what_is_wrong_stands_beside_its_field_and_nothing_is_saved(
    town: Town, desk: Desk, chosen: dict[str, object], field: str
) -> None:
    page = desk.sends("/members/1/schedule", {"weeks": "1", "do": "save", **chosen})
    assert page.status == 422
    assert field in page.words
    assert rules(town) == []


def test_holidays_are_left_out_but_for_those_that_are_ticked(town: Town, desk: Desk) -> None:
    chosen = {"days": ["3"], "at": "18:00", "weeks": "1", "country": "US"}
    page = desk.sends("/members/1/schedule", {**chosen, "do": "look"})
    assert dates(page)[0] == "Thu 3 Dec, 6:00 pm"
    assert "Thu 26 Nov : Thanksgiving" in page.words
    page = desk.sends("/members/1/schedule", {**chosen, "kept": ["2026-11-26"], "do": "save"})
    assert dates(page)[0] == "Thu 26 Nov, 6:00 pm"


def test_a_holiday_passes_without_a_question(town: Town, desk: Desk) -> None:
    desk.sends("/members/1/schedule", {"days": ["2", "3"], "at": "18:00", "weeks": "1", "country": "US", "do": "save"})
    town.passes(hours=24 * 5)
    assert [row.due_at.day for row in town.rows(CheckInRow)] == [25]


def test_hours_that_find_nobody_on_shift_are_named(town: Town, desk: Desk) -> None:
    with town.in_session() as session:
        for row in session.query(VolunteerRow):
            row.shifts = "MO-FR 09:00-12:00"
    page = desk.sends("/members/1/schedule", {"days": ["1"], "at": "21:30", "weeks": "1", "do": "look"})
    assert "no volunteer on shift" in dates(page)[0]
    assert "outside contact hours: sent later" in dates(page)[0]


def test_who_said_stop_is_not_on_shift_for_a_schedule(town: Town, desk: Desk) -> None:
    chosen = {"days": ["1"], "at": "18:00", "weeks": "1", "do": "look"}
    for phone, nobody in ((town.ana, False), (town.ben, True)):
        phone.sends("STOP")
        town.passes(seconds=5)
        page = desk.sends("/members/1/schedule", chosen)
        assert ("no volunteer on shift" in dates(page)[0]) is nobody


def test_a_question_that_the_night_swallows_is_said_to_be_left_out(town: Town, desk: Desk) -> None:
    page = desk.sends("/members/1/schedule", {"kind": "day", "at": "21:30", "do": "look"})
    assert "outside contact hours: left out" in dates(page)[0]
    page = desk.sends("/members/1/schedule", {"kind": "day", "at": "07:30", "do": "look"})
    assert "outside contact hours: sent later" in dates(page)[0]
    desk.sends("/members/1/schedule", {"kind": "day", "at": "21:30", "do": "save"})
    town.passes(hours=24)
    assert [row.state for row in town.rows(CheckInRow)] == ["skipped"]


def test_a_circles_schedule_moves_who_follows_it_and_nobody_else(
    town: Town, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(followers_moved, "PART", 1)
    desk.presses(desk.opens("/members/new"), "Add", name="Eve", phone=EVE, schedule="MO 10:00", agreed="paper")
    desk.presses(desk.opens("/members/new"), "Add", name="Zoe", phone="+12025550177", agreed="paper")
    page = desk.sends("/circles/1/schedule", {"days": ["1"], "at": "18:00", "weeks": "1", "do": "look"})
    assert "2 members are moved to it. 2 of them have no schedule now, and will be asked." in page.words
    assert "1 has their own schedule, which stays." in page.words
    desk.sends("/circles/1/schedule", {"days": ["1"], "at": "18:00", "weeks": "1", "do": "save"})
    assert sorted(rules(town)) == [("MO 10:00", False), ("TU 18:00", True), ("TU 18:00", True)]
    desk.sends("/circles/1/schedule", {"days": ["2"], "at": "17:00", "weeks": "1", "do": "save"})
    assert sorted(rules(town)) == [("MO 10:00", False), ("WE 17:00", True), ("WE 17:00", True)]
    assert "2 members follow it" in desk.opens("/schedules").words


def test_what_a_change_would_move_names_them_and_what_it_leaves_out(town: Town, desk: Desk) -> None:
    desk.sends("/circles/1/schedule", {"days": ["1"], "at": "18:00", "weeks": "1", "do": "save"})
    desk.presses(desk.opens("/members/new"), "Add", name="Eve", phone=EVE)  # invited, and has not agreed yet
    with town.in_session() as session:
        row = session.get_one(ScheduleRow, 1)
        row.paused_until = datetime(2026, 12, 2, tzinfo=UTC)
    page = desk.sends("/circles/1/schedule", {"days": ["3"], "at": "18:00", "weeks": "1"}, do="look")
    assert "2 members are moved to it. 1 is paused, and asked only after that. 1 has not agreed" in page.words
    moves = [[cell.get_text(" ", strip=True) for cell in row.select("th, td")] for row in page.select("#look tbody tr")]
    assert moves == [
        ["Sam", "tomorrow, 6:00 pm", "Thu 3 Dec, 6:00 pm paused"],
        ["Eve", "tomorrow, 6:00 pm", "Thu 26 Nov, 6:00 pm"],
    ]


def test_times_that_do_not_exist_or_come_twice_are_said(town: Town, desk: Desk) -> None:
    page = desk.sends("/circles/1/schedule", {"days": ["6"], "at": ["01:30", "02:30"], "weeks": "1"}, do="look")
    assert (
        "This time does not exist: Sun 14 Mar 2027, 2:30 am. They are asked at 3:00 am (America/New_York)" in page.words
    )
    assert "comes twice, and the first is meant: Sun 7 Nov 2027, 1:30 am (America/New_York)" in page.words
    page = desk.sends("/circles/1/schedule", {"days": ["6"], "at": "18:00", "weeks": "1"}, do="look")
    assert "When the clocks change" not in page.words


def test_whoever_dies_between_two_parts_the_clock_moves_the_rest(
    town: Town, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, phone in (("Eve", EVE), ("Zoe", "+12025550177"), ("Kim", "+12025550178")):
        desk.presses(desk.opens("/members/new"), "Add", name=name, phone=phone, agreed="paper")
    desk.sends("/circles/1/schedule", {"days": ["1"], "at": "18:00", "weeks": "1", "do": "save"})
    monkeypatch.setattr(followers_moved, "PART", 1)
    parts, next_part = [], followers_moved.next_part

    def dies(*given: object, **more: object) -> bool:
        if parts:
            raise KeyboardInterrupt  # as kill -9: nothing of the request goes on
        parts.append(given)
        return next_part(*given, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(followers_moved, "next_part", dies)
    with pytest.raises(KeyboardInterrupt):
        desk.sends("/circles/1/schedule", {"days": ["2"], "at": "17:00", "weeks": "1", "do": "save"})
    monkeypatch.setattr(followers_moved, "next_part", next_part)
    assert sorted(rules(town)) == [("TU 18:00", True)] * 3 + [("WE 17:00", True)]
    assert "Some members are still being moved" in desk.opens("/circles/1/schedule").words
    town.passes(seconds=30)
    assert rules(town) == [("WE 17:00", True)] * 4
    assert {row.next_action_at for row in town.rows(ScheduleRow)} == {datetime(2026, 11, 25, 22, tzinfo=UTC)}
    assert "Some members are still being moved" not in desk.opens("/circles/1/schedule").words


def test_a_circle_that_cannot_be_moved_holds_up_no_other(
    town: Town, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    with town.in_session() as session:
        for circle in (1, 2):
            unfinished.begun(session, followers_moved.WORK, circle, town.time)
    next_part = followers_moved.next_part

    def fails_for_the_first(session: object, handbook: object, circle: int, *given: object, **more: object) -> bool:
        if circle == 1:
            raise ValueError("a schedule that cannot be read")
        return next_part(session, handbook, circle, *given, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(clock, "next_part", fails_for_the_first)
    town.passes(seconds=3)
    with town.in_session() as session:
        assert unfinished.waiting(session, followers_moved.WORK) == [1], "the second is done, the first is tried again"


def test_a_large_circle_is_moved_by_the_clock_while_nobody_waits(
    town: Town, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(followers_moved, "PART", 1)
    for number in range(70, 76):
        desk.presses(desk.opens("/members/new"), "Add", name="Zoe", phone=f"+120255501{number}", agreed="paper")
    desk.sends("/circles/1/schedule", {"days": ["1"], "at": "18:00", "weeks": "1", "do": "save"})
    assert len(rules(town)) == 4
    town.passes(seconds=10)
    assert len(rules(town)) == 7


def test_a_region_is_written_in_words_and_suggested(town: Town, desk: Desk) -> None:
    chosen = {"days": ["2"], "at": "18:00", "weeks": "1", "country": "US"}
    page = desk.sends("/circles/1/schedule", {**chosen, "region": "california"}, do="save")
    assert [row.holidays for row in town.rows(CircleScheduleRow)] == ["US-CA"]
    assert page.select_one("#region")["value"] == "California"  # type: ignore[index]
    assert "Massachusetts" in [str(tag["value"]) for tag in page.select("#regions option")]
    part = desk.sends("/circles/1/schedule", {**chosen, "country": "DE"}, _htmx=True)
    assert "Bayern" in [str(tag["value"]) for tag in part.select("#regions[hx-swap-oob] option")]


def test_somebody_new_is_asked_as_their_circle_is(town: Town, desk: Desk) -> None:
    desk.sends("/circles/1/schedule", {"days": ["1"], "at": "18:00", "weeks": "1", "do": "save"})
    desk.presses(desk.opens("/members/new"), "Add", name="Eve", phone=EVE, agreed="paper")
    assert rules(town) == [("TU 18:00", True)] * 2


def test_a_members_own_time_makes_the_schedule_their_own(town: Town, desk: Desk) -> None:
    desk.sends("/circles/1/schedule", {"days": ["1"], "at": "18:00", "weeks": "1", "do": "save"})
    town.sam.sends("TIME 5pm")
    town.passes(seconds=5)
    assert rules(town) == [("TU 17:00", False)]
    page = desk.sends("/members/1/schedule", do="follow")
    assert "follow" in page.words
    assert rules(town) == [("TU 18:00", True)]


def test_a_circle_without_a_schedule_asks_nobody_who_followed_it(town: Town, desk: Desk) -> None:
    desk.sends("/circles/1/schedule", {"days": ["1"], "at": "18:00", "weeks": "1", "do": "save"})
    desk.sends("/circles/1/schedule", do="rest")
    assert rules(town) == []


def test_another_circles_schedules_are_no_pages(town: Town) -> None:
    desk = desk_of(town, CY, "coordinator", "other")
    for place in ("/circles/1/schedule", "/members/1/schedule"):
        assert desk.opens(place).status == 404
        assert desk.sends(place, {"days": ["1"], "at": "18:00", "weeks": "1", "do": "save"}).status == 404
    assert [circle["id"] for circle in desk.opens("/schedules").select("h2[id]")] == ["circle-2"]
    assert len(town.rows(MemberRow)) == 1


def test_a_circles_schedule_and_policy_are_found_below_their_own_in_the_navigation(desk: Desk) -> None:
    here = desk.opens("/circles/1/schedule").select('nav [aria-current="page"]')
    assert [link.get_text() for link in here] == ["Schedules"]
    here = desk.opens("/circles/1/policy").select('nav [aria-current="page"]')
    assert [link.get_text() for link in here] == ["Policy"]
