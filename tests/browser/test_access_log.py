"""The access log in Chromium: who looked is found by person and by doer, with the keyboard, on a phone's width too."""

from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.desk import desk_of
from tests.town import CY, DORA, SAM, Town

Axe = Callable[[Page], None]
Shot = Callable[[Page, str], None]


def test_an_admin_finds_who_looked_at_a_member(town: Town, sign_in: Callable[..., Page], axe: Axe, shot: Shot) -> None:
    desk_of(town, DORA).opens("/members/1")
    page = sign_in(CY, "admin", None)
    page.goto("/access-log")
    expect(page.get_by_role("row").filter(has_text="Dora").first).to_contain_text("Sam")
    axe(page)
    shot(page, "access-log")
    page.get_by_label("About whom").fill(SAM)
    page.keyboard.press("Enter")
    found = page.locator("tbody tr")
    expect(found).to_have_count(1)
    expect(found).to_contain_text("looked at a member's record")
    page.get_by_label("About whom").fill("+12025550199")
    page.get_by_role("button", name="Find").press("Enter")
    expect(found).to_have_count(0)
    axe(page)
