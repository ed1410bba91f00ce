"""Another program at the door of the town."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import pytest
from sqlalchemy import select
from werkzeug.test import TestResponse

from checkin.domain.scopes import Scope
from checkin.domain.terms import Phone
from checkin.handlers.keys_given import key_given
from checkin.store import people
from checkin.store.session import transaction
from checkin.store.tables import AuditRow, MemberRow
from tests.town import Town

FRANK = "+12025550151"
"""A member of the other circle, where there is one."""


@dataclass
class Program:
    """Another program, with its key."""

    town: Town
    key: int
    token: str

    def asks(self, method: str, path: str, body: Any = None, **headers: str) -> TestResponse:
        """One request. `headers`: with _ for -."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        given = {} if body is None else {"json": body}
        client = self.town.client
        answer: TestResponse = client.open(
            f"/api/v1{path}", method=method, headers={"Authorization": f"Bearer {self.token}", **named}, **given
        )
        assert answer.status_code < 500, answer.text
        return answer

    def gets(self, path: str) -> Any:
        """What is answered to a question."""
        answer = self.asks("GET", path)
        assert answer.status_code == 200, answer.text
        return answer.json

    def refused(self, method: str, path: str, body: Any = None, **headers: str) -> tuple[int, str]:
        """The status and the code of a refusal, which must be problem details."""
        answer = self.asks(method, path, body, **headers)
        assert answer.mimetype == "application/problem+json", answer.text
        assert answer.json is not None
        assert answer.json["status"] == answer.status_code
        assert answer.json["detail"].endswith(".")
        return answer.status_code, answer.json["code"]

    def looked_at(self) -> list[tuple[str, int | None]]:
        """What stands in the access log of this key."""
        with transaction(self.town.services.engine) as session:
            rows = session.scalars(select(AuditRow).where(AuditRow.who == f"key {self.key}").order_by(AuditRow.id))
            return [(row.what, row.person_id) for row in rows]


def program(town: Town, scopes: Iterable[Scope] = tuple(Scope), circles: list[int] | None = None) -> Program:
    """Another program with a key of its own."""

    def work(session: Any) -> tuple[int, str]:
        row, token = key_given(
            session,
            town.services.random,
            name="a test",
            scopes=tuple(scopes),
            circles=circles,
            who="test",
            now=town.time,
        )
        return row.id, token

    return Program(town, *town.services.act(work))


@pytest.fixture
def other(town: Town) -> Program:
    """A program that may do everything."""
    return program(town)


def frank(town: Town) -> int:
    """Make Frank, a member of the other circle, and return his id as a member."""
    with transaction(town.services.engine) as session:
        circle = people.ensure_circle(session, "other", "Elm", "Hello", town.time)
        person = people.ensure(session, Phone(FRANK), town.time, name="Frank")
        member = MemberRow(person_id=person.id, circle_id=circle.id, created_at=town.time)
        session.add(member)
        session.flush()
        return member.id
