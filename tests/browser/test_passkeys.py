"""A passkey in Chromium, with the browser's own virtual authenticator: set, used, refused when it is another's."""

import threading
from collections.abc import Iterator
from dataclasses import replace

import pyotp
import pytest
from playwright.sync_api import Browser, Page, expect
from werkzeug.serving import make_server

from checkin.app import create_app
from checkin.handlers.coordinators_invited import coordinator_invited
from tests.browser.conftest import _Quiet
from tests.desk import desk_of
from tests.live import free_port
from tests.town import DORA, Town

pytestmark = pytest.mark.browser
WORDS = "kettle lamp river sparrow"


@pytest.fixture
def local_page(town: Town, browser: Browser) -> Iterator[Page]:
    """A page of an installation whose address is localhost: a passkey needs a name, not a number."""
    port = free_port()
    settings = town.services.settings.model_copy(update={"public_base_url": f"http://localhost:{port}"})
    app = create_app(replace(town.services, settings=settings))
    server = make_server("127.0.0.1", port, app, threaded=True, request_handler=_Quiet)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    context = browser.new_context(base_url=settings.public_base_url)
    page = context.new_page()
    devtools = context.new_cdp_session(page)
    devtools.send("WebAuthn.enable")
    options = {"protocol": "ctap2", "transport": "internal", "hasUserVerification": True, "isUserVerified": True}
    devtools.send("WebAuthn.addVirtualAuthenticator", {"options": {**options, "automaticPresenceSimulation": True}})
    yield page
    context.close()
    server.shutdown()
    thread.join(5)
    server.server_close()


def test_a_passkey_is_set_and_lets_its_owner_in(town: Town, local_page: Page) -> None:
    page, desk = local_page, desk_of(town, DORA, "admin", None)
    with town.in_session() as session:
        token = coordinator_invited(session, desk.coordinator, "test", town.time)
    page.goto(f"/invitation/{token}")
    page.get_by_label("New password").fill(WORDS)
    page.get_by_label("The same password again").fill(WORDS)
    page.get_by_role("button", name="Go on").click()
    secret = page.locator(".secret").inner_text().replace(" ", "")
    page.get_by_label("Code", exact=True).fill(pyotp.TOTP(secret).at(town.time))
    page.get_by_role("button", name="Go on").click()
    page.get_by_role("link", name="I have kept them").click()
    page.goto("/account")
    page.get_by_role("button", name="Set a passkey here").click()
    expect(page.get_by_text("The passkey is set.")).to_be_visible()
    page.get_by_role("button", name="Sign out").first.click()
    page.get_by_label("E-mail address or phone number").fill(DORA)
    page.get_by_label("Password").fill(WORDS)
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Use a passkey").click()
    expect(page.get_by_role("button", name="Sign out")).to_be_visible()
    page.goto("/account")
    page.get_by_role("button", name="Remove").click()
    expect(page.get_by_text("The passkey is removed.")).to_be_visible()
