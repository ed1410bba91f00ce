"""Words in Chromium: typed, seen on a basic phone, refused, saved, tried on her own phone, put back."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.town import Town

pytestmark = pytest.mark.browser

HELP = (
    "{{ programme }}: We text you to ask how you are. In an emergency, {{ line }}. Reply CALL for a peer, STOP to end."
)


def test_a_text_is_typed_seen_refused_saved_tried_and_put_back(
    town: Town, page: Page, axe: Callable[[Page], None], shot: Callable[[Page, str], None]
) -> None:
    page.goto("/words")
    expect(page.get_by_role("link", name="main")).to_have_attribute("aria-current", "page")
    axe(page)
    shot(page, "words")
    page.get_by_role("heading", name="What a member asks for by a word").click()
    page.get_by_role("link", name="We check in with you by text.").click()
    look, text = page.locator("#look"), page.get_by_role("textbox", name="Words")
    expect(look).to_contain_text("GSM-7")
    text.fill(HELP)
    expect(look).to_contain_text("Oak: We text you to ask how you are.")
    expect(look).to_contain_text("of 160 characters, 1 text")
    axe(page)
    shot(page, "words-text")
    text.press_sequentially(" \U0001f600")
    expect(look).to_contain_text("UCS-2")
    expect(look.locator(".over")).to_contain_text("3 texts")
    expect(look).to_contain_text("leaves the whole text 70 characters")
    axe(page)
    shot(page, "words-emoji")

    without = HELP.replace(", STOP to end", "")
    text.fill(without)
    expect(look).to_contain_text("It lacks 'STOP'.")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_role("alert")).to_contain_text("It was not saved:")
    expect(text).to_have_value(without)
    shot(page, "words-refused")

    text.fill(HELP)
    expect(look).to_contain_text("Nothing to mend.")
    page.get_by_role("button", name="Send a test to my phone").click()
    expect(page.get_by_role("alert")).to_contain_text("A test is on its way to your phone.")
    town.passes(seconds=5)
    assert town.dora.received[-1].startswith("Oak: We text you to ask how you are. In an emergency, call or text 988.")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("Saved.")).to_be_visible()
    axe(page)
    shot(page, "words-saved")
    town.sam.sends("help")
    town.passes(seconds=5)
    assert town.sam.received[-1].startswith("Oak: We text you to ask how you are.")
    page.get_by_role("button", name="Put these back").click()
    expect(text).to_have_value("{{ programme }}: We check in with you by text. In an emergency, {{ line }}. "
                               "Reply CALL for a peer, STOP to end.")  # fmt: skip
    page.get_by_role("button", name="Insert first_name").click()
    expect(look).to_contain_text("STOP to end.Sam")
    page.goto("/words/1?kind=voice")
    axe(page)
    shot(page, "words-voice")
    page.goto("/words/1/voice/check_in_ask/en")
    axe(page)
    shot(page, "words-prompt")
