"""The OpenAPI 3.1 document, from the same definitions from which the API is served.

flask-openapi3 was judged for this: it wants the whole application to be its own class, answers what pydantic refuses
for all of the application in one way, takes a body that is no JSON for an empty one, and knows neither scopes, ETags
nor keys that make a request once. Pydantic writes the schemas; the rest is this file.
"""

import json
from collections.abc import Sequence
from functools import cache
from typing import Any

from pydantic import BaseModel, create_model
from pydantic.json_schema import models_json_schema

from checkin.domain.scopes import MEANING
from checkin.domain.webhooks import TEST, WebEvent
from checkin.web.api.operation import IDEMPOTENCY_KEY, Operation
from checkin.web.api.problems import MEDIA_TYPE, ProblemDetails
from checkin.web.api.values import MOST_ID

_SCHEMAS = "#/components/schemas/"
_WORDS = {
    400: "It cannot be read.",
    401: "There is no key, or it does not stand.",
    403: "The key lacks the scope.",
    404: "There is no such thing among those that the key is for.",
    409: "It cannot be done as things stand.",
    412: "It was changed since it was read.",
    413: "The body is too large.",
    415: "The body is not JSON.",
    422: "Something in it cannot be used; `errors` says what.",
    429: "The key asks too often; `Retry-After` says how long to wait.",
    500: "Something went wrong here; nothing was done.",
    503: "There is too much at once; nothing was done. `Retry-After` says how long to wait.",
}
_ABOUT = """For other programs, by key: `Authorization: Bearer ck_live_…`. An admin makes keys (`checkin keys add`),
each with scopes and bound to circles; what is of another circle looks as if it were not there.

**Lists** come in parts: give `next` as `after`, or follow the `Link` header. **Moments** are RFC 3339, answered in UTC.
**Errors** are problem details (RFC 9457): one sentence, a `code`, and the fields. **A POST is done once** for an
`Idempotency-Key`: repeated within 24 hours it is answered like the first. **Changes** take `If-Match` with the `ETag`
that was read. **Phone numbers never stand in an address**: look for one by `POST /members/search`.

Each look at a member's record, and each change, is recorded with the number of the key.

Only a person ends an escalation: whoever closes one names the coordinator who answers for it.

**Webhooks** are signed as Standard Webhooks are: `webhook-id`, `webhook-timestamp`, `webhook-signature`. They come at
least once; the id stays the same. They hold ids and codes: no name, number or word."""


@cache
def document(operations: tuple[Operation, ...], server: str) -> str:
    """The document, as JSON."""
    models = _models(operations)
    names, schemas = _schemas(models)
    paths: dict[str, dict[str, Any]] = {}
    for operation in operations:
        paths.setdefault(operation.path, {})[operation.method.lower()] = _operation(operation, names)
    return json.dumps(
        {
            "openapi": "3.1.0",
            "info": {"title": "Check-in service", "version": "1", "description": _ABOUT},
            "servers": [{"url": server}],
            "security": [{"key": []}],
            "tags": [{"name": name} for name in dict.fromkeys(each.subject for each in operations)],
            "paths": paths,
            "webhooks": _webhooks(),
            "components": {
                "schemas": schemas,
                "responses": {str(status): _problem(status) for status in _WORDS},
                "securitySchemes": {"key": {"type": "http", "scheme": "bearer", "description": _scopes()}},
            },
        }
    )


def _scopes() -> str:
    lines = "\n".join(f"- `{scope.value}`: {words}" for scope, words in MEANING.items())
    return f"A key begins with `ck_live_`. Its scopes:\n\n{lines}"


def _models(operations: Sequence[Operation]) -> list[tuple[type[BaseModel], Any]]:
    found: dict[type[BaseModel], Any] = {ProblemDetails: "serialization"}
    for operation in operations:
        if operation.answer is not None:
            found[operation.answer] = "serialization"
        if operation.body is not None:
            found[operation.body] = "validation"
    return list(found.items())


def _schemas(models: list[tuple[type[BaseModel], Any]]) -> tuple[dict[type[BaseModel], str], dict[str, Any]]:
    refs, rest = models_json_schema(models, ref_template=_SCHEMAS + "{model}")
    names = {model: str(refs[(model, mode)]["$ref"]).removeprefix(_SCHEMAS) for model, mode in models}
    return names, _tidy(rest["$defs"])


def _tidy(schema: Any) -> Any:
    """Without pydantic's titles, which only repeat the names, and without the null that stands for "left out"."""
    if isinstance(schema, dict):
        return {
            name: {inner: _tidy(its) for inner, its in value.items()} if name == "properties" else _tidy(value)
            for name, value in schema.items()
            if not (name == "title" and isinstance(value, str)) and not (name == "default" and value is None)
        }
    return [_tidy(each) for each in schema] if isinstance(schema, list) else schema


def _operation(operation: Operation, names: dict[type[BaseModel], str]) -> dict[str, Any]:
    words = " ".join((operation.work.__doc__ or "").split())
    first, _, rest = words.partition(". ")
    described: dict[str, Any] = {
        "operationId": operation.name,
        "tags": [operation.subject],
        "summary": first.rstrip("."),
        "security": [{"key": [operation.scope.value] if operation.scope is not None else []}],
        "parameters": [*_path_parameters(operation), *_query_parameters(operation), *_header_parameters(operation)],
        "responses": _responses(operation, names),
    }
    if rest:
        described["description"] = rest
    if operation.body is not None:
        described["requestBody"] = {"required": True, "content": _content(names[operation.body])}
    return described


def _content(name: str, media: str = "application/json") -> dict[str, Any]:
    return {media: {"schema": {"$ref": _SCHEMAS + name}}}


def _path_parameters(operation: Operation) -> list[dict[str, Any]]:
    names = [part[1:-1] for part in operation.path.split("/") if part.startswith("{")]
    schema = {"type": "integer", "minimum": 1, "maximum": MOST_ID}
    return [{"name": name, "in": "path", "required": True, "schema": schema} for name in names]


def _query_parameters(operation: Operation) -> list[dict[str, Any]]:
    if operation.query is None:
        return []
    schema = operation.query.model_json_schema()
    parameters = []
    for name, its in schema["properties"].items():
        plain = _tidy(_without_null(its))
        words = plain.pop("description", None)
        parameter = {"name": name, "in": "query", "required": False, "schema": plain}
        parameters.append(parameter if words is None else {**parameter, "description": words})
    return parameters


def _without_null(schema: dict[str, Any]) -> dict[str, Any]:
    """A parameter is left out; there is no null in an address."""
    kinds = [each for each in schema.get("anyOf", ()) if each != {"type": "null"}]
    rest = {name: value for name, value in schema.items() if name != "anyOf"}
    return {**rest, **kinds[0]} if kinds else schema


def _header_parameters(operation: Operation) -> list[dict[str, Any]]:
    parameters = []
    if operation.takes_idempotency_key:
        words = "Any text of your own, new for each request: repeated within 24 hours, it is answered like the first."
        schema = {"type": "string", "pattern": IDEMPOTENCY_KEY}
        parameters.append({"name": "Idempotency-Key", "in": "header", "schema": schema, "description": words})
    if 412 in operation.problems:
        words = "The ETag that was read: 412 where it was changed since then."
        parameters.append({"name": "If-Match", "in": "header", "schema": {"type": "string"}, "description": words})
    return parameters


def _responses(operation: Operation, names: dict[type[BaseModel], str]) -> dict[str, Any]:
    headers: dict[str, Any] = {}
    text = {"schema": {"type": "string"}}
    if operation.tagged and operation.answer is not None:
        headers["ETag"] = text
    if operation.status == 201:
        headers["Location"] = text
    if operation.takes_idempotency_key:
        headers["Idempotency-Replayed"] = {"schema": {"const": "true"}, "description": "it was done before"}
    good: dict[str, Any] = {"description": "Done." if operation.writes else "What was asked for."}
    if operation.answer is not None:
        good["content"] = _content(names[operation.answer])
    if headers:
        good["headers"] = headers
    statuses = {401, 403, 429, 500, 503, *operation.problems}
    if operation.path.count("{"):
        statuses.add(404)
    if operation.body is not None:
        statuses |= {400, 413, 415, 422}
    if operation.query is not None or operation.takes_idempotency_key:
        statuses.add(422)
    if operation.takes_idempotency_key:
        statuses |= {400, 413}
    bad = {str(status): {"$ref": f"#/components/responses/{status}"} for status in sorted(statuses)}
    return {str(operation.status): good, **bad}


def _problem(status: int) -> dict[str, Any]:
    described: dict[str, Any] = {"description": _WORDS[status], "content": _content("ProblemDetails", MEDIA_TYPE)}
    if status in (429, 503):
        described["headers"] = {"Retry-After": {"schema": {"type": "string"}, "description": "seconds"}}
    if status == 401:
        described["headers"] = {"WWW-Authenticate": {"schema": {"type": "string"}}}
    return described


# --- what is sent to others -------------------------------------------------------------------------------------------

_CASE: dict[str, Any] = {"escalation": (int, ...), "level": (str, ...), "cause": (str, ...), "state": (str, ...)}
_DATA: dict[str, dict[str, Any]] = {
    WebEvent.MEMBER_OPTED_OUT: {"member": (int, ...), "how": (str, ...)},
    WebEvent.CHECK_IN_ANSWERED: {
        "check_in": (int, ...),
        "member": (int, ...),
        "rating": (int | None, ...),
        "level": (str | None, ...),
    },
    WebEvent.CHECK_IN_MISSED: {"check_in": (int, ...), "member": (int, ...)},
    WebEvent.ESCALATION_OPENED: {"member": (int, ...), **_CASE},
    WebEvent.ESCALATION_ACKNOWLEDGED: {"member": (int, ...), **_CASE},
    WebEvent.ESCALATION_IN_TOUCH: {"member": (int, ...), **_CASE},
    WebEvent.ESCALATION_CLOSED: {"member": (int, ...), **_CASE},
    TEST: {"webhook": (int, ...)},
}


def _webhooks() -> dict[str, Any]:
    return {name: {"post": _told(name, fields)} for name, fields in _DATA.items()}


def _told(name: str, fields: dict[str, Any]) -> dict[str, Any]:
    circle: dict[str, Any] = {} if name == TEST else {"circle": (int, ...)}
    data: Any = create_model("Data", **fields, **circle)
    schema = {
        "type": "object",
        "properties": {
            "type": {"const": str(name)},
            "timestamp": {"type": "string", "format": "date-time", "description": "when it happened"},
            "data": _tidy(data.model_json_schema()),
        },
        "required": ["type", "timestamp", "data"],
    }
    headers = ("webhook-id", "webhook-timestamp", "webhook-signature")
    return {
        "summary": f"{name} happened" if name != TEST else "A test that was asked for",
        "parameters": [
            {"name": each, "in": "header", "required": True, "schema": {"type": "string"}} for each in headers
        ],
        "requestBody": {"required": True, "content": {"application/json": {"schema": schema}}},
        "responses": {"2XX": {"description": "Taken. Anything else is tried again, for three days."}},
    }
