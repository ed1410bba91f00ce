"""Members in Chromium: found as one types, a record with its plot, a file imported with two bad rows."""

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from checkin.store.tables import PersonRow
from tests.town import DORA, Town

pytestmark = pytest.mark.browser
FILE = """phone,name,schedule
+12025550191,Zoe,"TU,TH 18:00"
12,Bad,
+12025550193,Xi,NEVER
+12025550192,Olga,daily 9:00
"""


def test_a_file_with_two_bad_rows_is_imported_and_its_people_found(
    town: Town, page: Page, axe: Callable[[Page], None], shot: Callable[[Page, str], None], tmp_path: Path
) -> None:
    (tmp_path / "people.csv").write_text(FILE)
    page.goto("/people-files")
    axe(page)
    shot(page, "upload")
    page.get_by_label("File", exact=True).set_input_files(tmp_path / "people.csv")
    page.get_by_role("button", name="Look at it").click()
    expect(page.get_by_label("Leave the bad rows out")).to_be_visible()
    axe(page)
    shot(page, "preview")
    page.get_by_label("Leave the bad rows out").check()
    page.get_by_role("button", name="Import", exact=True).click()
    expect(page.get_by_text("Everything is imported.")).to_be_visible()
    axe(page)
    page.get_by_role("link", name="See them").click()
    page.get_by_label("Name or number").fill("zo")
    expect(page.get_by_text("1 member", exact=True)).to_be_visible()
    expect(page.get_by_role("link", name="Zoe")).to_be_visible()
    axe(page)
    shot(page, "members")


def test_a_members_record(
    town: Town, page: Page, axe: Callable[[Page], None], shot: Callable[[Page, str], None]
) -> None:
    town.schedule("TU,TH 18:00")
    for words in ("4", "3 tired", "2", "4 thanks", "i cant do this any more"):
        town.sam.sends(words)
        town.passes(minutes=9)
    page.goto("/members/1")
    page.get_by_text("Why, and correct it").first.click()
    axe(page)
    shot(page, "member")
    page.get_by_label("Note", exact=True).fill("Prefers mornings.")
    page.get_by_role("button", name="Keep the note").click()
    expect(page.get_by_text("Prefers mornings.")).to_be_visible()
    page.get_by_role("link", name="Change", exact=True).click()
    expect(page.get_by_role("button", name="Save", exact=True)).to_be_visible()
    axe(page)
    shot(page, "member_edit")


def test_long_and_right_to_left_names_keep_the_page_in_its_width(
    town: Town, sign_in: Callable[..., Page], axe: Callable[[Page], None], shot: Callable[[Page, str], None]
) -> None:
    with town.in_session() as session:
        session.get_one(PersonRow, 1).name = "محمد عبد الرحمن"
        session.get_one(PersonRow, 2).name = "Wolfeschlegelsteinhausenbergerdorff-Featherstonehaugh Maximiliana"
    page = sign_in(DORA, "admin", None)  # of all circles: with the picker of circles in the bar
    for place in ("/members", "/volunteers", "/shifts"):
        page.goto(place)
        axe(page)
        shot(page, f"names{place.replace('/', '-')}")
    page.goto("/members")
    name = page.locator("th bdi").first.bounding_box()
    cell = page.locator("th", has_text="محمد").bounding_box()
    assert name is not None
    assert cell is not None
    assert name["x"] - cell["x"] < 40  # the end of the number stands behind the name, not before it
