"""A coordinator at a browser without scripts: opens pages, fills in forms, reads what stands there."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from bs4 import BeautifulSoup, Tag
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from checkin.domain.terms import Phone
from checkin.store import accounts, people
from checkin.store.tables import AccountRow, CircleRow, CoordinatorRow
from tests.town import Town

PASSWORD = "four calm words together"
_HASH: list[str] = []


class Page(BeautifulSoup):
    """What the browser shows: soup, with the status and where it was in the end."""

    status: int
    place: str
    headers: Any

    @property
    def words(self) -> str:
        """All that can be read on it, blanks made single."""
        return " ".join(self.get_text(" ").split())


@dataclass
class Desk:
    """A signed-in coordinator."""

    town: Town
    client: FlaskClient
    coordinator: int
    person: int

    def opens(self, place: str, **headers: str) -> Page:
        """Look at a page, and go where it sends us."""
        return self._shown(self.client.get(place, headers=headers), place)

    def sends(self, place: str, fields: dict[str, Any] | None = None, **more: Any) -> Page:
        """Send a form, with the token that a page would have, and go where it sends us."""
        given = {"csrf_token": self.token(), **(fields or {}), **more}
        headers = {"HX-Request": "true"} if given.pop("_htmx", False) else {}
        return self._shown(self.client.post(place, data=given, headers=headers), place)

    def presses(self, page: Page, button: str, **fields: Any) -> Page:
        """Press a button of a page: its form goes off with what stands in it, and with these fields."""
        found = next(
            (tag for tag in page.find_all("button") if button in " ".join(tag.get_text(" ").split())),
            None,
        )
        assert found is not None, (
            f"no button {button!r}: {[tag.get_text(strip=True) for tag in page.find_all('button')]}"
        )
        form = found.find_parent("form")
        assert isinstance(form, Tag)
        given = {**_filled(form), **fields}
        if found.get("name"):
            given[str(found["name"])] = found.get("value", "")
        place = str(found.get("formaction") or form.get("action") or page.place)
        if str(form.get("method", "get")).lower() == "post":
            return self._shown(self.client.post(place, data=given, content_type=form.get("enctype")), place)
        return self._shown(self.client.get(place, query_string=given), place)

    def token(self) -> str:
        """The token of a page of this browser."""
        page = BeautifulSoup(self.client.get("/account").text, "html.parser")
        tag = page.find("meta", attrs={"name": "csrf-token"})
        assert isinstance(tag, Tag)
        return str(tag["content"])

    def _shown(self, answer: TestResponse, place: str) -> Page:
        while answer.status_code in (301, 302, 303):
            place = answer.headers["Location"]
            parts = urlsplit(place)
            answer = self.client.get(f"{parts.path}?{parts.query}" if parts.query else parts.path)
        page = Page(answer.text, "html.parser")
        page.status, page.place, page.headers = answer.status_code, place, answer.headers
        return page


def _filled(form: Tag) -> dict[str, Any]:
    """What a browser would send of a form as it stands."""
    given: dict[str, Any] = {}
    for tag in form.find_all(["input", "textarea", "select"]):
        name = tag.get("name")
        if not name or tag.has_attr("disabled"):
            continue
        if tag.name == "textarea":
            value: Any = tag.get_text().lstrip("\n")
        elif tag.name == "select":
            options = tag.find_all("option")
            chosen = [option for option in options if option.has_attr("selected")] or options[:1]
            value = [option.get("value", option.get_text()) for option in chosen]
        elif tag.get("type") in ("checkbox", "radio"):
            if not tag.has_attr("checked"):
                continue
            value = tag.get("value", "on")
        elif tag.get("type") in ("submit", "button", "file"):
            continue
        else:
            value = tag.get("value", "")
        given.setdefault(str(name), [])
        given[str(name)] += value if isinstance(value, list) else [value]
    return given


def desk_of(town: Town, number: str, role: str = "coordinator", circle: str | None = "main") -> Desk:
    """Sign the person of this number in as a coordinator with this role, in this circle (None: all)."""
    if not _HASH:
        _HASH.append(accounts.hashed(PASSWORD))
    browser = town.client.application.test_client()  # the first one makes the application: not within a transaction
    with town.in_session() as session:
        person = people.ensure(session, Phone(number), town.time, name="Somebody")
        row = session.scalar(select(CoordinatorRow).where(CoordinatorRow.person_id == person.id))
        if row is None:
            row = CoordinatorRow(person_id=person.id, created_at=town.time)
            session.add(row)
        row.role = role
        named = session.scalar(select(CircleRow.id).where(CircleRow.name == circle)) if circle else None
        row.circle_id = named
        session.flush()
        account = accounts.of_coordinator(session, row.id)
        if account is None:
            account = AccountRow(coordinator_id=row.id, password=_HASH[0], recovery=[], created_at=town.time)
            session.add(account)
            session.flush()
        token = accounts.begin(session, account.id, "test", town.time)
        found = Desk(town, browser, row.id, person.id)
    with found.client.session_transaction() as cookie:
        cookie["_user_id"] = token
        cookie["_fresh"] = True
    return found
