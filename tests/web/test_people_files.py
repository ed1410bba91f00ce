"""A file of people at the desk: what would happen, row by row, before it does; then in parts, each once."""

import importlib
import io
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from checkin.handlers import people_file_waits
from checkin.store import system
from checkin.store.session import transaction
from checkin.store.tables import AuditRow, CoordinatorRow, MemberRow, PeopleFileRow, PersonRow, VolunteerRow
from tests.desk import Desk, Page, desk_of
from tests.town import BEN, CY, DORA, EVE, SAM, Town
from workers import housekeeping

GOOD = "phone,name\n+12025550191,Zoe\n+12025550192,Xi\n"
MIXED = f"phone,name,schedule,colour\n+12025550191,Zoe,,red\n12,Bad,,\n{SAM},Sammy,,\n+12025550192,Xi,NEVER,\n"


def looks_at(desk: Desk, text: str, kind: str = "members") -> Page:
    return desk.presses(
        desk.opens("/people-files"), "Look at it", kind=kind, file=(io.BytesIO(text.encode()), "people.csv")
    )


def goes_on(desk: Desk, page: Page) -> Page:
    while "Go on" in page.words:
        page = desk.presses(page, "Go on")
    return page


def test_nothing_happens_before_it_is_wanted(town: Town, desk: Desk) -> None:
    page = looks_at(desk, MIXED)
    rows = [" ".join(row.get_text(" ").split()) for row in page.select("tbody tr")]
    assert [row.split(" ")[0] for row in rows] == ["2", "3", "4", "5"]
    assert ["new" in rows[0], "too short" in rows[1], "changed" in rows[2], "NEVER" in rows[3]] == [True] * 4
    assert "colour" in page.words
    assert len(town.rows(MemberRow)) == 1


def test_bad_rows_stop_it_unless_they_are_left_out(town: Town, desk: Desk) -> None:
    page = desk.presses(looks_at(desk, MIXED), "Import")
    assert "Nothing was imported" in page.words
    page = goes_on(desk, desk.presses(page, "Import", skip_bad="yes"))
    assert "Everything is imported." in page.words
    assert "Line 3: phone: the number is too short" in page.words
    assert len(town.rows(MemberRow)) == 2


def test_a_large_file_goes_in_parts_and_each_part_once(town: Town, desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(people_file_waits, "PART", 1)
    page = desk.presses(looks_at(desk, GOOD), "Import")
    assert "0 of 2" in page.words
    page = desk.presses(page, "Go on")
    assert "1 of 2" in page.words
    page = desk.presses(page, "Go on")
    desk.sends("/people-files/1/part")
    assert len(town.rows(MemberRow)) == 3
    [row] = [row for row in town.rows(AuditRow) if row.what == "members imported"]
    assert row.detail["new"] == 2


def test_the_file_is_sealed_and_soon_gone(town: Town, desk: Desk) -> None:
    looks_at(desk, GOOD)
    with town.services.engine.connect() as connection:
        dump = "\n".join(connection.connection.driver_connection.iterdump())  # type: ignore[union-attr]
    assert "0191" not in dump
    town.time += timedelta(minutes=59)
    housekeeping.look(town.services)
    assert desk.opens("/people-files/1").status == 200
    town.time += timedelta(minutes=2)
    assert desk.opens("/people-files/1").status == 404
    housekeeping.look(town.services)
    assert town.rows(PeopleFileRow) == [], "though nobody uploads another"


def test_a_file_is_its_uploaders_alone(town: Town, desk: Desk) -> None:
    page = looks_at(desk, GOOD)
    assert desk_of(town, BEN, "admin", None).opens(page.place).status == 404


def test_people_of_other_circles_are_not_touched(town: Town) -> None:
    desk = desk_of(town, BEN, "coordinator", "main")
    page = looks_at(
        desk, f"phone,name,circle\n{CY},Mine,\n+12025550191,Zoe,other\n+12025550192,Xi,new one\n", "volunteers"
    )
    assert page.words.count("another circle") == 1
    assert page.words.count("not one of yours") == 2
    goes_on(desk, desk.presses(page, "Import", skip_bad="yes"))
    assert len(town.rows(VolunteerRow)) == 3


@pytest.mark.parametrize("text", ["", "name\nZoe\n", "\x00\x01"])
def test_what_is_no_such_file_is_said_in_one_sentence(desk: Desk, text: str) -> None:
    page = looks_at(desk, text)
    assert page.status == 422
    assert page.select(".error")


def test_only_this_page_takes_more_than_a_webhook(town: Town, desk: Desk) -> None:
    large = "phone,name\n" + "".join(f"+1202555{n:04},Name {n}\n" for n in range(100, 199)) + "#" * 70_000
    assert looks_at(desk, large).status in (200, 422)
    assert desk.sends("/members/1/notes", words="x" * 70_000).status == 413


def test_an_export_holds_ones_own_circles_and_is_recorded(town: Town, desk: Desk) -> None:
    assert SAM in desk.sends("/people-files/export", kind="members").text
    assert CY not in desk.sends("/people-files/export", kind="volunteers").text
    assert desk.sends("/people-files/export", kind="coordinators").status == 404
    assert [row.what for row in town.rows(AuditRow) if "exported" in row.what] == [
        "members exported",
        "volunteers exported",
    ]


def test_who_is_no_admin_makes_no_coordinators_though_they_answer_for_all_circles(town: Town) -> None:
    """Whoever was added with `checkin coordinators add` could make themselves admin by a file."""
    desk = desk_of(town, DORA, circle=None)
    assert looks_at(desk, f"phone,role\n{DORA},admin\n", kind="coordinators").status == 422
    assert desk.sends("/people-files/export", kind="coordinators").status == 404
    admin = desk_of(town, BEN, "admin", None)
    assert "new" in looks_at(admin, f"phone,role\n{EVE},coordinator\n", kind="coordinators").words
    with town.in_session() as session:
        row = session.scalars(select(CoordinatorRow).join(PersonRow).where(PersonRow.phone_index == BEN)).one()
        row.role = "coordinator"
    assert admin.opens("/people-files/1").status == 404
    assert admin.sends("/people-files/1/import").status == 404


def test_a_file_leaves_somebody_who_lets_others_in(town: Town) -> None:
    admin = desk_of(town, BEN, "admin", None)
    assert "this is the last admin" in looks_at(admin, f"phone,role\n{BEN},viewer\n", kind="coordinators").words
    assert "last admin" not in looks_at(admin, f"phone,role\n{BEN},viewer\n{EVE},admin\n", kind="coordinators").words


@pytest.mark.parametrize(
    ("where", "slow"),
    [("checkin.web.dashboard.people_files", "read_people"), ("checkin.handlers.people_exported", "write_sheet")],
)
def test_nobody_who_writes_waits_for_a_large_file_to_be_read_or_made(
    town: Town, desk: Desk, monkeypatch: pytest.MonkeyPatch, where: str, slow: str
) -> None:
    """On SQLite a cry waited for seconds behind each part of an import, and behind all of an export."""
    module = importlib.import_module(where)
    inner, asked = getattr(module, slow), list[str]()

    def meanwhile(*given: Any, **more: Any) -> Any:
        with transaction(town.services.engine) as session:  # raises TooBusy where the turn is taken
            system.beat(session, "somebody", town.time)
        asked.append(slow)
        return inner(*given, **more)

    monkeypatch.setattr(module, slow, meanwhile)
    goes_on(desk, desk.presses(looks_at(desk, GOOD), "Import"))
    assert SAM in desk.sends("/people-files/export", kind="members").text
    assert len(asked) == (2 if slow == "read_people" else 1)
