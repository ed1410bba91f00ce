"""An admin makes a key and adds an address, in Chromium."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.town import DORA, Town

pytestmark = pytest.mark.browser


def test_keys_and_addresses(
    town: Town, sign_in: Callable[..., Page], axe: Callable[[Page], None], shot: Callable[[Page, str], None]
) -> None:
    page = sign_in(DORA, "admin", None)
    page.goto("/keys")
    axe(page)
    page.get_by_role("link", name="Make a key").click()
    page.get_by_label("What it is for").fill("Case notes of the clinic")
    page.get_by_label("See members, with masked numbers").check()
    axe(page)
    shot(page, "new-key")
    page.get_by_label("main").check()
    page.get_by_role("button", name="Make the key").click()
    expect(page.locator(".secret")).to_contain_text("ck_live_")
    axe(page)
    page.goto("/keys/webhooks/new")
    page.get_by_label("Address").fill("https://hooks.example.org/very/long/path/that/goes/on/and/on?with=a&query=too")
    page.get_by_label("An escalation was opened").check()
    page.get_by_label("Every circle").check()
    axe(page)
    page.get_by_role("button", name="Add the address").click()
    expect(page.get_by_role("link", name="Go on: try it")).to_be_visible()
    axe(page)
    page.get_by_role("link", name="Go on: try it").click()
    page.get_by_role("button", name="Send a test").click()
    expect(page.get_by_text("A test is on its way.")).to_be_visible()
    axe(page)
    shot(page, "webhook")
    page.goto("/keys")
    axe(page)
    shot(page, "keys")
