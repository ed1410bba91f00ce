"""What a route of the API is: one definition, from which it is served and documented."""

import hashlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from checkin.domain.scopes import Scope
from checkin.web.api.problems import Problem, bad_field
from checkin.web.api.values import Model, Query
from checkin.wiring import Services


@dataclass(frozen=True)
class Key:
    """Who asks. `circles` None: all of them."""

    id: int
    scopes: frozenset[Scope]
    circles: frozenset[int] | None

    @property
    def who(self) -> str:
        """As it stands in the audit."""
        return f"key {self.id}"

    def may(self, scope: Scope) -> bool:
        """Whether it has a scope."""
        return scope in self.scopes

    def answers_for(self, circle: int | None) -> bool:
        """Whether it is for this circle."""
        return self.circles is None or circle in self.circles


@dataclass
class Asked:
    """One request in its transaction. `ids`: those in the address; `seen`: whose records are looked at."""

    services: Services
    session: Session
    key: Key
    now: datetime
    ids: dict[str, int]
    query: Any
    body: Any
    if_match: str | None
    seen: set[int] = field(default_factory=set)
    headers: dict[str, str] = field(default_factory=dict)

    def saw(self, persons: Iterable[int]) -> None:
        """The records of these people are in the answer: it is recorded before it goes out (promise P10)."""
        self.seen.update(persons)

    def circles(self, wanted: int | None) -> frozenset[int] | None:
        """The circles that a list is limited to; None for all. Raises Problem for one that the key is not for."""
        if wanted is None:
            return self.key.circles
        if not self.key.answers_for(wanted):
            raise bad_field("circle", "this key is for no such circle", "query")
        return frozenset({wanted})

    def require_match(self, current: Model) -> None:
        """Refuse a change of what was changed since it was read. Without If-Match nothing is required."""
        if self.if_match is None or self.if_match.strip() == "*":
            return
        if etag_of(current) not in [each.strip() for each in self.if_match.split(",")]:
            raise Problem(412, "was_changed", "It was changed since you read it; read it again, then change it.")


IDEMPOTENCY_KEY = "^[!-~]{1,255}$"
"""What names a request: visible signs without blanks."""

Work = Callable[[Asked], Model | None]


@dataclass(frozen=True)
class Operation:
    """One method of one path. `tagged`: its answer has an ETag, or it takes If-Match. `writes`: not only reads."""

    method: str
    path: str
    scope: Scope | None
    work: Work
    subject: str
    answer: type[Model] | None
    status: int = 200
    query: type[Query] | None = None
    body: type[Model] | None = None
    writes: bool = False
    tagged: bool = False
    problems: tuple[int, ...] = ()

    @property
    def name(self) -> str:
        """The name of the function, as operationId and as endpoint."""
        return self.work.__name__

    @property
    def takes_idempotency_key(self) -> bool:
        """Whether a repeated request is answered like the first."""
        return self.method == "POST" and self.writes


class Operations:
    """The routes of one subject, in the order in which they stand in the file."""

    def __init__(self, subject: str) -> None:
        self.subject = subject
        self.all: list[Operation] = []

    def get(self, path: str, scope: Scope | None, answer: type[Model], **more: Any) -> Callable[[Work], Work]:
        """Something to read."""
        return self._route("GET", path, scope, answer, **more)

    def post(self, path: str, scope: Scope, answer: type[Model], **more: Any) -> Callable[[Work], Work]:
        """Something to do; `writes=False` for a question that is too private for an address."""
        return self._route("POST", path, scope, answer, **{"writes": True, **more})

    def patch(self, path: str, scope: Scope, answer: type[Model], **more: Any) -> Callable[[Work], Work]:
        """Something to change."""
        return self._route("PATCH", path, scope, answer, writes=True, **more)

    def put(self, path: str, scope: Scope, answer: type[Model], **more: Any) -> Callable[[Work], Work]:
        """Something to set."""
        return self._route("PUT", path, scope, answer, writes=True, **more)

    def delete(self, path: str, scope: Scope, **more: Any) -> Callable[[Work], Work]:
        """Something to take away; it is answered with 204."""
        return self._route("DELETE", path, scope, None, writes=True, status=204, **more)

    def _route(
        self, method: str, path: str, scope: Scope | None, answer: type[Model] | None, **more: Any
    ) -> Callable[[Work], Work]:
        def keep(work: Work) -> Work:
            self.all.append(Operation(method, path, scope, work, self.subject, answer, **more))
            return work

        return keep


def etag_of(answer: Model) -> str:
    """A strong tag of what is answered."""
    return f'"{hashlib.sha256(answer.model_dump_json().encode()).hexdigest()[:24]}"'
