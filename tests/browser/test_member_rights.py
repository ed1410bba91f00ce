"""What a member may ask for, in Chromium: all that is held, another number, to be erased."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.desk import desk_of
from tests.town import DORA, Town
from tests.whole_life import NAME, WORD, lived

pytestmark = pytest.mark.browser


def test_held_another_number_corrections_and_erased(
    town: Town,
    sign_in: Callable[..., Page],
    axe: Callable[[Page], None],
    shot: Callable[[Page, str], None],
    tmp_path: Path,
) -> None:
    lived(town)
    desk_of(town, DORA).sends("/members/1/texts/2/correction", level="crisis")
    page = sign_in()  # half an hour went by
    page.goto("/members/1")
    axe(page)
    shot(page, "member_record")
    page.get_by_role("link", name="All that is held, to give to them").click()
    expect(page.get_by_text(f"4 {WORD}")).to_be_visible()
    axe(page)
    shot(page, "held")
    with page.expect_download() as download:
        page.get_by_role("button", name="Download as a file (JSON)").click()
    download.value.save_as(tmp_path / "sam.json")
    assert json.loads((tmp_path / "sam.json").read_text())["about"]["first name"] == NAME
    page.goto("/members/1")
    page.get_by_role("link", name="They have another number").click()
    axe(page)
    shot(page, "number")
    page.get_by_label("New number").fill("(202) 555-0177")
    page.get_by_role("button", name="Change the number").click()
    expect(page.get_by_text("The new phone is asked by text")).to_be_visible()
    town.passes(seconds=30)
    page.get_by_role("link", name="Erase this member").click()
    axe(page)
    shot(page, "erase")
    page.get_by_label("Type it here to erase them").fill(NAME)
    page.get_by_role("button", name="Erase for good").click()
    expect(page.get_by_text("They are erased.")).to_be_visible()
    expect(page.get_by_text("0 members", exact=True)).to_be_visible()
    axe(page)
    shot(page, "erased")


def test_corrections_for_an_admin(
    town: Town, sign_in: Callable[..., Page], axe: Callable[[Page], None], shot: Callable[[Page, str], None]
) -> None:
    town.sam.sends("not my best day, my sister Karen knows")
    town.passes(seconds=5)
    desk_of(town, DORA).sends("/members/1/texts/1/correction", level="distress")
    page = sign_in(DORA, "admin", None)
    page.goto("/corrections")
    expect(page.get_by_text("1 correction", exact=True)).to_be_visible()
    axe(page)
    shot(page, "corrections")
