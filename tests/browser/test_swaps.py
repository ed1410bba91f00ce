"""Swaps and a volunteer's own page in Chromium: from the link in a text to a shift that changes hands."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, Page, expect

from checkin.store.tables import SwapRow, VolunteerRow
from tests.browser.conftest import NARROW
from tests.town import Town

pytestmark = pytest.mark.browser


def link_in(texts: list[str]) -> str:
    return next(found[1] for text in reversed(texts) if (found := re.search(r"(/my/\S{22}) ", text)))


def test_a_shift_changes_hands_between_two_phones_and_the_desk_sees_it(
    town: Town,
    site: str,
    browser: Browser,
    sign_in: Callable[..., Page],
    axe: Callable[[Page], None],
    shot: Callable[[Page, str], None],
) -> None:
    with town.in_session() as session:
        session.get_one(VolunteerRow, 1).shifts = "TU,TH 18:00-22:00"
        session.get_one(VolunteerRow, 2).shifts = "MO-SU 06:00-12:00"
    town.ana.sends("PAGE")
    town.ben.sends("PAGE")
    town.passes(seconds=10)
    phones = [browser.new_context(base_url=site, viewport=NARROW) for _ in range(2)]  # type: ignore[arg-type]
    try:
        ana, ben = (context.new_page() for context in phones)
        ana.goto(link_in(town.ana.received))
        axe(ana)
        shot(ana, "own-link")
        ana.get_by_role("button", name="Open my page").click()
        expect(ana.get_by_role("heading", name="Hello, Ana")).to_be_visible()
        ana.get_by_role("button", name="Offer to others").first.click()
        expect(ana.get_by_text("We ask others.")).to_be_visible()
        axe(ana)
        shot(ana, "own-offered")
        desk = sign_in()
        for place, name in (("/shifts", "week"), ("/shifts/offers/1", "offer"), ("/volunteers/1", "volunteer")):
            desk.goto(place)
            expect(desk.get_by_role("heading", level=1)).to_be_visible()
            axe(desk)
            shot(desk, f"swaps-{name}")
        ben.goto(link_in(town.ben.received))
        ben.get_by_role("button", name="Open my page").click()
        axe(ben)
        shot(ben, "own-asked")
        ben.get_by_role("button", name="I take it").focus()
        ben.keyboard.press("Enter")
        expect(ben.get_by_text("Thank you. The shift is yours.")).to_be_visible()
        assert [row.state for row in town.rows(SwapRow)] == ["taken"]
        ben.get_by_role("button", name="Make an address").click()
        expect(ben.get_by_text(".ics")).to_be_visible()
        ben.get_by_role("button", name="Close this page").click()
        expect(ben.get_by_role("heading", name="This page is closed")).to_be_visible()
        axe(ben)
        shot(ben, "own-closed")
    finally:
        for context in phones:
            context.close()
