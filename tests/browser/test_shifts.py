"""Volunteers and their week in Chromium."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from checkin.store.tables import VolunteerRow
from tests.town import Town

pytestmark = pytest.mark.browser


def test_a_gap_is_seen_and_somebody_put_on_call(
    town: Town, page: Page, axe: Callable[[Page], None], shot: Callable[[Page, str], None]
) -> None:
    with town.in_session() as session:
        for row, shifts in zip(session.query(VolunteerRow), ("MO-FR 09:00-17:00", "SA,SU 10:00-22:00"), strict=False):
            row.shifts = shifts
    page.goto("/shifts")
    expect(page.get_by_text("Nobody is on call for 104 hours")).to_be_visible()
    axe(page)
    shot(page, "shifts")
    page.get_by_label("Volunteer", exact=True).select_option("Ben")
    page.get_by_label("From", exact=True).fill("17:00")
    page.get_by_label("Until").fill("21:00")
    page.get_by_role("button", name="Keep the change").click()
    expect(page.get_by_text("Nobody is on call for 100 hours")).to_be_visible()
    for place, name in (("/volunteers", "volunteers"), ("/volunteers/1", "volunteer"), ("/volunteers/1/edit", "edit")):
        page.goto(place)
        axe(page)
        shot(page, f"shifts-{name}")


def test_who_writes_hours_into_the_week_has_chosen_it(town: Town, page: Page) -> None:
    page.goto("/volunteers/1/edit")
    expect(page.get_by_role("radio", name="In writing")).to_be_checked()
    friday = page.get_by_role("group", name="Friday")
    friday.get_by_label("From").fill("18:00")
    friday.get_by_label("Until").fill("22:00")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Fri 6 pm-10 pm")).to_be_visible()
