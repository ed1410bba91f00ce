"""One request of another program: who asks, may they, what do they say, do it, record it, answer.

In this order: 503 (too many at once), 401 (no key), 429 (too often), 403 (not this key), 415, 400, 422 (what is said),
404, 409, 412 (what is there). Each as problem details.
"""

import hashlib
import re
from collections.abc import Callable
from functools import partial
from typing import Any
from urllib.parse import urlencode

import structlog
from flask import Blueprint, Response, g, request
from pydantic import ValidationError
from sqlalchemy import insert
from sqlalchemy.orm import Session
from werkzeug.exceptions import HTTPException, NotFound

from checkin.domain.scopes import Scope
from checkin.store import api_answers, api_keys
from checkin.store.session import reading
from checkin.store.tables import AuditRow
from checkin.web.api.check_ins import check_ins
from checkin.web.api.circles import circles
from checkin.web.api.document import document
from checkin.web.api.escalations import escalations
from checkin.web.api.hooks import hooks
from checkin.web.api.limits import AT_ONCE, Buckets
from checkin.web.api.members import members
from checkin.web.api.operation import IDEMPOTENCY_KEY, Asked, Key, Operation, etag_of
from checkin.web.api.problems import Problem, not_found, parsed, unread
from checkin.web.api.results import results
from checkin.web.api.schedules import schedules
from checkin.web.api.values import MOST_ID, Model
from checkin.web.line import NOT_NOW, Line
from checkin.wiring import Services

log = structlog.get_logger()

PREFIX = "/api/v1"
OPERATIONS: tuple[Operation, ...] = tuple(
    operation
    for subject in (circles, members, schedules, check_ins, escalations, results, hooks)
    for operation in subject.all
)


_MOST_DIGITS = 10


def api(services: Services) -> Blueprint:
    """The routes below /api/v1."""
    door = Blueprint("api", __name__, url_prefix=PREFIX)
    line, buckets = Line(AT_ONCE), Buckets(lambda: services.now().timestamp())

    @door.before_request
    def take_a_place() -> Response | None:
        if not line.enter():
            return _busy().response()
        g.in_api_line = True
        return None

    @door.teardown_request
    def leave(_error: BaseException | None) -> None:
        if g.pop("in_api_line", False):
            line.leave()

    @door.get("/openapi.json")
    def openapi() -> Response:
        """The document of this API. It needs no key."""
        return Response(document(OPERATIONS, services.settings.public_base_url + PREFIX), mimetype="application/json")

    for operation in OPERATIONS:
        door.add_url_rule(
            _rule(operation.path),
            endpoint=operation.name,
            view_func=partial(_answered, services, buckets, operation),
            methods=[operation.method],
            provide_automatic_options=False,
        )
    for kind in (Problem, HTTPException, *NOT_NOW, Exception):
        door.register_error_handler(kind, problem_for)
    return door


def _rule(path: str) -> str:
    return path.replace("{", "<").replace("}", ">")


def problem_for(error: Exception) -> Response:
    """Whatever went wrong, as problem details. What is not known is logged, never shown."""
    if isinstance(error, Problem):
        return error.response()
    if isinstance(error, NOT_NOW):
        log.error("database_does_not_keep_up", error=type(error).__name__)
        return _busy().response()
    if isinstance(error, NotFound):
        return Problem(404, "not_found", "There is no such address in this API.").response()
    if isinstance(error, HTTPException):
        status = error.code or 500
        allowed = {"Allow": ", ".join(sorted(getattr(error, "valid_methods", None) or ()))} if status == 405 else {}
        words = {405: "This address does not take that method.", 413: "The body is too large."}
        detail = words.get(status, f"{error.name}.")
        return Problem(status, error.name.lower().replace(" ", "_"), detail, headers=allowed).response()
    log.exception("request_failed")
    return Problem(500, "failed", "Something went wrong here; nothing of this was done. Try again.").response()


def _busy() -> Problem:
    detail = "There is too much at once; nothing of this was done. Try again in a moment."
    return Problem(503, "busy", detail, headers={"Retry-After": "1"})


# --- one request ------------------------------------------------------------------------------------------------------


def _answered(services: Services, buckets: Buckets, operation: Operation, **given: str) -> Response:
    key, is_noted = _key(services)
    wait = buckets.take(key.id)
    if wait:
        detail = "This key asks too often; wait as long as Retry-After says."
        raise Problem(429, "too_often", detail, headers={"Retry-After": str(wait)})
    if operation.scope is not None and not key.may(operation.scope):
        raise Problem(403, "not_in_scope", f"This key lacks the scope {operation.scope.value}.")
    ids = _ids(given)
    query = _query(operation)
    raw, body = _body(operation)
    make = partial(Asked, services, key=key, ids=ids, query=query, body=body, if_match=request.headers.get("If-Match"))
    if operation.writes:
        return services.act(lambda session: _written(session, services, operation, make, raw))
    return _read(services, operation, make, is_noted)


def _ids(given: dict[str, str]) -> dict[str, int]:
    """The ids in the address. Raises Problem for what is no id: there is no such thing."""
    if not all(each.isascii() and each.isdecimal() and len(each) <= _MOST_DIGITS for each in given.values()):
        raise not_found("thing")
    ids = {name: int(each) for name, each in given.items()}
    if not all(1 <= each <= MOST_ID for each in ids.values()):
        raise not_found("thing")
    return ids


def _key(services: Services) -> tuple[Key, bool]:
    """Who asks, and whether their asking is noted already. Raises Problem."""
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    now = services.now()
    if scheme.lower() == "bearer":
        with reading(services.engine) as session:
            row = api_keys.by_token(session, token.strip(), now)
            if row is not None:
                known = {scope.value for scope in Scope}
                scopes = frozenset(Scope(scope) for scope in row.scopes if scope in known)
                circles = frozenset(row.circles) if row.circles is not None else None
                return Key(row.id, scopes, circles), api_keys.is_noted(row, now)
    detail = "Send a key that stands, as `Authorization: Bearer ck_live_…`."
    raise Problem(401, "no_key", detail, headers={"WWW-Authenticate": "Bearer"})


def _query(operation: Operation) -> Any:
    given = request.args.to_dict(flat=False)
    twice = [name for name, values in given.items() if len(values) > 1]
    if operation.query is None:
        return None
    try:
        values: dict[str, Any] = {name: values if name in twice else values[0] for name, values in given.items()}
        return operation.query.model_validate(values)
    except ValidationError as error:
        raise unread(error, "query") from None


def _body(operation: Operation) -> tuple[bytes, Any]:
    """The body as it came, and as what it is."""
    raw = request.get_data(cache=False)
    if operation.body is None:
        return raw, None
    if request.mimetype != "application/json":
        raise Problem(415, "not_json", "Send the body as application/json.")
    given = parsed(raw)
    try:
        return raw, operation.body.model_validate(given)
    except ValidationError as error:
        raise unread(error, "body") from None


def _read(services: Services, operation: Operation, make: Callable[..., Asked], is_noted: bool) -> Response:
    now = services.now()
    with reading(services.engine) as session:
        asked = make(session=session, now=now)
        answer = operation.work(asked)
    if asked.seen or not is_noted:
        services.act(lambda session: _record(session, operation, asked))
    return _response(operation, asked, answer)


def _record(session: Session, operation: Operation, asked: Asked) -> None:
    """Who was looked at, and that the key was used."""
    api_keys.was_used(session, asked.key.id, asked.now)
    rows = [
        {
            "at": asked.now,
            "who": asked.key.who,
            "what": f"api: {operation.name}"[:60],
            "person_id": person,
            "detail": {},
        }
        for person in sorted(asked.seen)
    ]
    if rows:
        session.execute(insert(AuditRow), rows)


def _written(
    session: Session, services: Services, operation: Operation, make: Callable[..., Asked], raw: bytes
) -> Response:
    """Do it, record it, and keep the answer where the request names itself: all in one transaction."""
    asked = make(session=session, now=services.now())
    mark = _mark(operation, asked.key)
    asks = hashlib.sha256(b"\0".join([operation.method.encode(), request.path.encode(), raw])).hexdigest()
    if mark is not None:
        before = api_answers.begin(session, mark, asks, asked.now)
        if before is not None:
            return _as_before(
                session, operation, asked, before.asked == asks, before.status, before.body, before.headers
            )
    answer = operation.work(asked)
    _record(session, operation, asked)
    response = _response(operation, asked, answer)
    if mark is not None:
        kept = {name: response.headers[name] for name in ("ETag", "Location") if name in response.headers}
        api_answers.end(session, mark, response.status_code, response.get_data(as_text=True), kept)
    return response


def _mark(operation: Operation, key: Key) -> str | None:
    given = request.headers.get("Idempotency-Key")
    if given is None or not operation.takes_idempotency_key:
        return None
    if re.fullmatch(IDEMPOTENCY_KEY, given) is None:
        raise Problem(400, "bad_idempotency_key", "Idempotency-Key must have 1 to 255 visible signs and no blank.")
    return hashlib.sha256(f"{key.id}:{given}".encode()).hexdigest()


def _as_before(
    session: Session, operation: Operation, asked: Asked, same: bool, status: int, body: str, headers: dict[str, Any]
) -> Response:
    if not same:
        detail = "This Idempotency-Key was used for another request; take a new one for each."
        raise Problem(422, "idempotency_key_reused", detail)
    session.add(
        AuditRow(at=asked.now, who=asked.key.who, what=f"api: {operation.name}"[:60], detail={"repeated": True})
    )
    return Response(body, status, {**headers, "Idempotency-Replayed": "true"}, mimetype="application/json")


def _response(operation: Operation, asked: Asked, answer: Model | None) -> Response:
    if answer is None:
        return Response(status=204)
    headers = dict(asked.headers)
    if operation.tagged:
        headers["ETag"] = etag_of(answer)
    following = getattr(answer, "next", None)
    if operation.query is not None and following is not None:
        headers["Link"] = f'<{_next_address(following)}>; rel="next"'
    return Response(answer.model_dump_json(), operation.status, headers, mimetype="application/json")


def _next_address(after: int) -> str:
    given = {**request.args.to_dict(), "after": str(after)}
    return f"{request.path}?{urlencode(given)}"
