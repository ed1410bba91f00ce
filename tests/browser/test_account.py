"""A new coordinator in Chromium: the invitation's link, a password, the authenticator, signing in again."""

from collections.abc import Callable

import pyotp
import pytest
from playwright.sync_api import Page, expect

from checkin.handlers.coordinators_invited import coordinator_invited
from tests.desk import desk_of
from tests.town import DORA, Town

pytestmark = pytest.mark.browser
WORDS = "kettle lamp river sparrow"


@pytest.fixture
def link(town: Town) -> str:
    """Dora's invitation."""
    desk = desk_of(town, DORA, "admin", None)
    with town.in_session() as session:
        return f"/invitation/{coordinator_invited(session, desk.coordinator, 'test', town.time)}"


def test_from_the_invitation_to_the_pages(
    town: Town,
    link: str,
    sign_in: Callable[..., Page],
    axe: Callable[[Page], None],
    shot: Callable[[Page, str], None],
) -> None:
    page = sign_in(DORA, "admin", None)
    page.context.clear_cookies()
    page.goto(link)
    axe(page)
    shot(page, "invitation")
    page.get_by_label("E-mail address (optional)").fill("dora@example.org")
    page.get_by_label("New password").fill(WORDS)
    page.get_by_label("The same password again").fill(WORDS)
    page.get_by_role("button", name="Go on").click()
    expect(page.locator(".secret")).to_be_visible()
    axe(page)
    shot(page, "authenticator")
    secret = page.locator(".secret").inner_text().replace(" ", "")
    page.get_by_label("Code", exact=True).fill(pyotp.TOTP(secret).at(town.time))
    page.get_by_role("button", name="Go on").click()
    expect(page.get_by_role("heading", name="Recovery codes")).to_be_visible()
    recovery = page.locator(".secret").first.inner_text()
    axe(page)
    page.goto("/account")
    axe(page)
    shot(page, "account")
    page.goto("/coordinators")
    axe(page)
    shot(page, "coordinators")
    page.get_by_role("button", name="Sign out").first.click()
    expect(page.get_by_text("You are signed out.")).to_be_visible()
    axe(page)
    shot(page, "sign_in")
    page.get_by_label("E-mail address or phone number").fill("(202) 555-0105")
    page.get_by_label("Password").fill(WORDS)
    page.keyboard.press("Enter")
    page.get_by_label("Code", exact=True).fill(recovery)
    shot(page, "second")
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Sign out")).to_be_visible()
    assert page.url.endswith("/")
