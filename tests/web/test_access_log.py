"""The access log: each kind of entry has words; found by person, doer, kind and day; a member's by their circle."""

import ast
from collections.abc import Iterator

import pytest

from checkin.settings import ROOT
from checkin.store.tables import AuditRow, PersonRow
from checkin.web.dashboard.access_words import WORDS, by
from tests.desk import Desk, Page, desk_of
from tests.town import CY, DORA, EVE, SAM, Town
from tests.web.test_doors import pages, place
from tests.web.test_today import left_a_message


def kinds() -> Iterator[str]:
    """What the code writes into the log, where it says so in a plain word."""
    for path in sorted((ROOT / "checkin").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            if not isinstance(node, ast.Call):
                continue
            name = ast.unparse(node.func)
            place = {"system.audit": 2, "looked": 1, "looked_anew": 1, "_audit": 2}.get(name)
            if place is not None and len(node.args) > place:
                for constant in ast.walk(node.args[place]):
                    if isinstance(constant, ast.Constant) and isinstance(constant.value, str):
                        yield constant.value


def whole(kind: str) -> bool:
    """Not a part of an f-string, which begins or ends with a blank."""
    return (kind == kind.strip() and " " in kind) or kind in WORDS


def test_each_kind_of_entry_has_words() -> None:
    found = {kind for kind in kinds() if whole(kind)}
    assert len(found) > 30
    assert found <= set(WORDS), found - set(WORDS)


@pytest.mark.parametrize(
    ("who", "said"),
    [
        ("person 5", "Dora"),
        ("person:5", "Dora"),
        ("person 9", "person 9"),
        ("key 7", "API key 7"),
        ("command line", "somebody at the server"),
        ("something", "something"),
    ],
)
def test_who_did_it_is_named(town: Town, who: str, said: str) -> None:
    with town.client.application.test_request_context("/"):
        assert by(who, {5: "Dora"}) == said


@pytest.fixture
def admin(town: Town) -> Desk:
    desk_of(town, CY, "coordinator", "other").opens("/volunteers")
    desk = desk_of(town, DORA, "admin", None)
    desk.opens("/members/1")
    return desk


def rows(page: Page) -> list[str]:
    return [" ".join(row.get_text(" ").split()) for row in page.select("tbody tr")]


def test_an_admin_sees_who_looked_at_whom(admin: Desk) -> None:
    found = rows(admin.opens("/access-log"))
    assert "today, 9:00 am Dora looked at a member's record Sam" in found
    assert any("Cy looked at the list of volunteers" in row for row in found)


@pytest.mark.parametrize(
    ("asked", "many"),
    [
        ({"person": SAM}, 1),
        ({"person": "1"}, 1),
        ({"person": "+12025550199"}, 0),
        ({"person": "nonsense"}, 0),
        ({"what": "volunteers listed"}, 1),
        ({"start": "2026-11-24"}, 0),
        ({"end": "2026-11-22"}, 0),
        ({"what": "volunteers listed", "start": "2026-11-23", "end": "2026-11-23"}, 1),
        ({"before": "1"}, 0),
    ],
)
def test_entries_are_found(admin: Desk, asked: dict[str, str], many: int) -> None:
    assert len(rows(admin.sends("/access-log", asked))) == many


def test_by_somebody(town: Town, admin: Desk) -> None:
    found = rows(admin.sends("/access-log", who=f"person {admin.person}"))
    assert found
    assert all("Dora" in row for row in found)


def test_it_goes_out_as_a_file_which_is_recorded(town: Town, admin: Desk) -> None:
    page = admin.sends("/access-log", do="csv")
    assert page.text.splitlines()[0] == "at,who,what,person,detail"
    assert "member looked at" in page.text
    assert [row.what for row in town.rows(AuditRow)].count("access log exported") == 1


def test_a_members_log_is_seen_by_their_coordinators_alone(town: Town, admin: Desk) -> None:
    page = desk_of(town, DORA, "coordinator", "main").opens("/members/1/access-log")
    assert any("looked at a member's record" in row for row in rows(page))
    assert desk_of(town, CY, "coordinator", "other").opens("/members/1/access-log").status == 404


def lived(town: Town) -> None:
    """Sam has a case with words, a note and a voice message; a stranger wrote, who is nowhere but in a task."""
    town.sam.sends("i cant do this any more, Karl hits me")
    town.passes(seconds=5)
    desk_of(town, DORA).sends("/members/1/notes", words="Her sister knows of Karl.")
    left_a_message(town)
    town.eve.sends("is this the number for the choir?")
    town.passes(seconds=5)
    with town.in_session() as session:
        session.get_one(PersonRow, 1).name = "Samantha"


def test_no_page_and_no_refused_form_shows_a_member_without_a_trace(town: Town) -> None:
    lived(town)
    desk = desk_of(town, DORA, "admin", None)

    def trace() -> int:
        return sum(row.who == f"person {desk.person}" for row in town.rows(AuditRow))

    silent, showed = [], 0
    for rule, method, need in pages(town.client.application):
        if need is None or "sign-out" in rule.rule:
            continue
        given, before = {"csrf_token": desk.token()}, trace()
        town.client.application.extensions.pop("looks", None)  # as if nothing had been opened before
        asked = desk.client.get if method == "GET" else desk.client.post
        answer = asked(place(rule), **({} if method == "GET" else {"data": given}))
        if any(secret in answer.text for secret in ("Karl", "choir", "Samantha", SAM, EVE)):
            showed += 1
            silent += [(method, rule.rule)] if trace() == before else []
    assert showed > 15
    assert silent == []
