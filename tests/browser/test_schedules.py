"""A schedule clicked in Chromium: words and dates follow each click, and nothing is saved before it is wanted."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from checkin.store.tables import ScheduleRow
from tests.town import Town

pytestmark = pytest.mark.browser


def test_a_circle_is_asked_twice_a_day_by_clicking(
    town: Town, page: Page, axe: Callable[[Page], None], shot: Callable[[Page, str], None]
) -> None:
    page.goto("/circles/1/schedule")
    days = page.get_by_role("group", name="Days", exact=True)
    days.get_by_label("Tuesday").check()
    days.get_by_label("Thursday").check()
    times = page.get_by_role("group", name="Times", exact=True)
    times.get_by_label("Time", exact=True).fill("09:00")
    times.get_by_label("Second time").fill("18:00")
    expect(page.get_by_text("Every Tuesday and Thursday at 9 am and 6 pm")).to_be_visible()
    expect(page.get_by_text("1 member is moved to it.")).to_be_visible()
    expect(page.get_by_text("next: Tue 24 Nov")).to_be_visible()
    page.get_by_text("Other times on other days").click()
    page.get_by_role("group", name="Days, line 2").get_by_label("Sunday").check()
    page.get_by_role("group", name="Times, line 2").get_by_label("Time", exact=True).fill("10:30")
    expect(page.get_by_text("and every Sunday at 10:30 am")).to_be_visible()
    page.get_by_text("Holidays and other days to leave out").click()
    page.get_by_label("Leave out the holidays of").select_option("US")
    expect(page.get_by_label("Thanksgiving")).to_be_visible()
    expect(page.locator("#regions option[value=California]")).to_have_count(1)
    page.get_by_label("Region").fill("California")
    expect(page.locator("#look .dates li").first).to_contain_text("9:00 am")
    axe(page)
    shot(page, "schedule")
    assert town.rows(ScheduleRow) == []
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("The schedule is saved.")).to_be_visible()
    assert [row.rule for row in town.rows(ScheduleRow)] == ["TU,TH 09:00,18:00; SU 10:30"]
    page.goto("/members/1")
    expect(
        page.get_by_text("every Tuesday and Thursday at 9 am and 6 pm, and every Sunday at 10:30 am")
    ).to_be_visible()
    page.goto("/schedules")
    axe(page)
    shot(page, "schedules")


def test_a_month_is_clicked(page: Page, axe: Callable[[Page], None], shot: Callable[[Page, str], None]) -> None:
    page.goto("/members/1/schedule")
    expect(page.get_by_label("first", exact=True)).to_be_hidden()
    page.get_by_label("On a weekday of each month").check()
    expect(page.get_by_role("group", name="Days", exact=True)).to_be_hidden()
    page.get_by_label("first", exact=True).check()
    expect(page.get_by_text("On the first Monday of each month at 6 pm")).to_be_visible()
    axe(page)
    page.get_by_label("On a date of each month").check()
    page.get_by_label("15", exact=True).check()
    expect(page.get_by_text("On the 15th of each month at 6 pm")).to_be_visible()
    axe(page)
    shot(page, "schedule-month")
