"""The pages in Chromium: the real application of a town over HTTP, a signed-in coordinator, axe-core, screenshots."""

import os
import shutil
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, expect, sync_playwright
from werkzeug.serving import WSGIRequestHandler, make_server

from tests.desk import desk_of
from tests.town import DORA, Town

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
BROWSER = os.environ.get("CHECKIN_CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)
FLAGS = (
    "--no-sandbox --disable-gpu --no-first-run --disable-sync "
    "--disable-background-networking --disable-component-update"
).split()
expect.set_options(timeout=15_000)  # a machine with other work is no fault of the page
WIDE, NARROW = {"width": 1280, "height": 900}, {"width": 390, "height": 844}


class _Quiet(WSGIRequestHandler):
    def log(self, type: str, message: str, *args: object) -> None:
        """Say nothing: what goes wrong shows in the page."""


@pytest.fixture
def site(town: Town) -> Iterator[str]:
    """The address of the town's application."""
    server = make_server("127.0.0.1", 0, town.client.application, threaded=True, request_handler=_Quiet)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join(5)
    server.server_close()


def _is_wrong(line: ConsoleMessage) -> bool:
    """A form that was refused is no fault of the page: Chromium notes each 422."""
    return line.type in ("error", "warning") and "status of 422" not in line.text


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One Chromium for all tests of this process."""
    if BROWSER is None or not Path(BROWSER).exists():
        pytest.skip(f"no Chromium found (looked for {', '.join(NAMES)}; CHECKIN_CHROMIUM names one)")
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=BROWSER, args=FLAGS)
        yield started
        started.close()


@pytest.fixture
def sign_in(town: Town, site: str, browser: Browser) -> Iterator[Callable[..., Page]]:
    """Open a page as somebody: `sign_in(DORA, "admin", None)`. Whatever its console complains of fails the test."""
    contexts: list[BrowserContext] = []
    wrong: list[str] = []

    def open_as(number: str = DORA, role: str = "coordinator", circle: str | None = "main", **look: object) -> Page:
        desk = desk_of(town, number, role, circle)
        name = town.client.application.config["SESSION_COOKIE_NAME"]  # type: ignore[union-attr]
        cookie = desk.client.get_cookie(name)
        assert cookie is not None
        context = browser.new_context(base_url=site, viewport=WIDE, **look)  # type: ignore[arg-type]
        context.add_cookies([{"name": name, "value": cookie.value, "url": site}])
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda line: wrong.append(line.text) if _is_wrong(line) else None)
        page.on("pageerror", lambda error: wrong.append(str(error)))
        return page

    yield open_as
    for context in contexts:
        context.close()
    assert wrong == []


@pytest.fixture
def page(sign_in: Callable[..., Page]) -> Page:
    """A page of Dora's browser, not opened anywhere yet: `page.goto("/members")`."""
    return sign_in()


@pytest.fixture
def axe() -> Callable[[Page], None]:
    """Assert that axe-core finds nothing wrong, wide and narrow, and that nothing scrolls sideways."""

    def judge(page: Page) -> None:
        for size in (WIDE, NARROW):
            page.set_viewport_size(size)  # type: ignore[arg-type]
            found = Axe().run(page)
            assert found.violations_count == 0, found.generate_report()
            sideways = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
            assert sideways <= 0, f"{page.url} is {sideways} px too wide at {size['width']}"
        page.set_viewport_size(WIDE)  # type: ignore[arg-type]

    return judge


@pytest.fixture
def shot() -> Callable[[Page, str], None]:
    """Keep screenshots, wide and narrow, in the folder that CHECKIN_SHOTS names; without it, none."""
    folder = os.environ.get("CHECKIN_SHOTS")

    def take(page: Page, name: str) -> None:
        if folder is None:
            return
        for size in (WIDE, NARROW):
            page.set_viewport_size(size)  # type: ignore[arg-type]
            page.screenshot(path=f"{folder}/{name}-{size['width']}.png", full_page=True)
        page.set_viewport_size(WIDE)  # type: ignore[arg-type]

    return take
