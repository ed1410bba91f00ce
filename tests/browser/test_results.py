"""Results in Chromium: read, chosen, looked behind, and printed on one page."""

import os
import random
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import update

from checkin.store.tables import AccountRow
from tests.results.people import life
from tests.town import DORA, Town
from workers.day_figures import count_all

pytestmark = pytest.mark.browser


def is_printed_on_one_page(page: Page, name: str) -> None:
    """On A4 and on Letter; A4 is kept beside the screenshots."""
    for size in ("A4", "Letter"):
        pdf = page.pdf(format=size)
        assert pdf.count(b"/Type /Page\n") == 1, f"{name}, {size}: more than one page"
        if size == "A4" and (folder := os.environ.get("CHECKIN_SHOTS")):
            (Path(folder) / f"{name}.pdf").write_bytes(pdf)


def test_results_are_read_chosen_and_printed_on_one_page(
    town: Town,
    sign_in: Callable[..., Page],
    axe: Callable[[Page], None],
    shot: Callable[[Page, str], None],
) -> None:
    life(town, random.Random(5), 84, {1: 12, 2: 3})
    count_all(town.services)
    page = sign_in()
    page.goto("/")
    page.get_by_role("link", name="Results").click()
    expect(page.get_by_role("heading", name="Time to a person")).to_be_visible()
    expect(page.locator("#load ~ figure, .card:has(#load)").first).to_contain_text("Ana")
    axe(page)
    shot(page, "results")
    page.get_by_label("Period", exact=True).select_option("last_3")
    page.get_by_role("button", name="Show", exact=True).last.click()
    expect(page.locator(".of")).to_contain_text("August 2026 – October 2026")
    for summary in page.locator("summary").all():
        summary.click()
    axe(page)
    shot(page, "results-open")
    expect(page.get_by_role("button", name="Print one page")).to_be_visible()
    is_printed_on_one_page(page, "results")
    with town.in_session() as session:
        session.execute(update(AccountRow).values(language="es"))
    dark = sign_in(DORA, "viewer", None, color_scheme="dark")
    dark.goto("/results?period=last_12")
    expect(dark.get_by_role("heading", name="Tiempo hasta una persona")).to_be_visible()
    assert "Ana" not in dark.inner_text("main")
    axe(dark)
    shot(dark, "results-dark-es")
    dark.goto("/results?period=last_month")  # most to say, in the longer language
    is_printed_on_one_page(dark, "results-es")
