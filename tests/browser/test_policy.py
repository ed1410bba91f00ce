"""A policy changed in Chromium: what would happen follows each number, and nothing is saved before it is wanted."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from checkin.store.tables import CircleRow
from tests.town import DORA, Town

pytestmark = pytest.mark.browser


def test_a_number_is_changed_seen_saved_and_put_back(
    town: Town, page: Page, axe: Callable[[Page], None], shot: Callable[[Page, str], None]
) -> None:
    page.goto("/circles/1/policy")
    axe(page)
    shot(page, "policy")
    page.get_by_role("link", name="Distress").click()
    page.get_by_label("Text coordinators after").fill("2 min")
    expect(page.get_by_role("columnheader", name="If you save")).to_be_visible()
    expect(page.locator("#look table")).to_contain_text("2 min")
    axe(page)
    shot(page, "policy-distress")
    assert all(row.policy == {} for row in town.rows(CircleRow))
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("1 setting is changed.")).to_be_visible()
    page.get_by_role("button", name="Put back (Text coordinators after)").click()
    expect(page.get_by_label("Text coordinators after")).to_have_value("10 min")
    assert all(row.policy == {} for row in town.rows(CircleRow))


def test_an_admin_makes_a_circle(
    town: Town, sign_in: Callable[..., Page], axe: Callable[[Page], None], shot: Callable[[Page, str], None]
) -> None:
    page = sign_in(DORA, "admin", None)
    page.goto("/circles")
    axe(page)
    shot(page, "circles")
    page.get_by_role("link", name="New circle").click()
    expect(page.get_by_label("Name of the circle")).to_be_visible()
    axe(page)
    page.get_by_label("Name of the circle").fill("West")
    page.get_by_label("Name in texts").fill("Birch")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("In texts: Birch. Discreet: Hello.")).to_be_visible()
    page.goto("/policy")
    axe(page)
    shot(page, "policies")


def test_how_soon_people_are_rung_is_chosen_beside_what_it_would_have_meant(
    town: Town, page: Page, axe: Callable[[Page], None], shot: Callable[[Page, str], None]
) -> None:
    town.sam.sends("i want to die")
    town.sam.sends("thanks, a good walk today")
    page.goto("/circles/1/policy")
    page.get_by_role("link", name="Reading replies").click()
    expect(page.locator("#what-it-meant")).to_contain_text("2 texts of this circle's members were read.")
    axe(page)
    shot(page, "policy-reading")
    page.get_by_label("How soon people are rung").select_option(
        label="Ring less: fewer who are fine are rung, and more are missed"
    )
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("1 setting is changed.")).to_be_visible()
    page.get_by_role("button", name="Put back (How soon people are rung)").click()
    expect(page.get_by_label("How soon people are rung")).to_have_value("balanced")
