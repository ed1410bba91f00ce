"""What went wrong, as problem details (RFC 9457): one clear sentence, and which field."""

import json
from collections.abc import Sequence
from http import HTTPStatus
from typing import Any

from flask import Response
from pydantic import BaseModel, ConfigDict, Field, ValidationError

MEDIA_TYPE = "application/problem+json"


class FieldProblem(BaseModel):
    """One field that cannot be used."""

    model_config = ConfigDict(extra="forbid")
    field: str = Field(description="its name, with dots where it lies deeper")
    place: str = Field(description="`body`, `query` or `header`")
    detail: str


class ProblemDetails(BaseModel):
    """What went wrong (RFC 9457)."""

    model_config = ConfigDict(extra="forbid")
    type: str = Field(description="always `about:blank`: `code` says more")
    title: str
    status: int
    detail: str = Field(description="one sentence for a person")
    code: str = Field(description="one word for a program")
    errors: list[FieldProblem] = Field(description="which fields, where it lies at some")


class Problem(Exception):
    """A request that is not answered as asked."""

    def __init__(
        self,
        status: int,
        code: str,
        detail: str,
        *,
        errors: Sequence[FieldProblem] = (),
        headers: dict[str, str] | None = None,
    ) -> None:
        super().__init__(detail)
        self.status, self.code, self.detail = status, code, detail
        self.errors, self.headers = tuple(errors), headers or {}

    def response(self) -> Response:
        """As it is sent."""
        body = ProblemDetails(
            type="about:blank",
            title=HTTPStatus(self.status).phrase,
            status=self.status,
            detail=self.detail,
            code=self.code,
            errors=list(self.errors),
        )
        return Response(body.model_dump_json(), self.status, self.headers, mimetype=MEDIA_TYPE)


def not_found(what: str) -> Problem:
    """There is no such thing, or it is of a circle that the key is not for: both look alike."""
    return Problem(404, "not_found", f"There is no such {what} among those that this key is for.")


def bad_field(field: str, detail: str, place: str = "body") -> Problem:
    """One field cannot be used."""
    words = sentence(detail)
    return Problem(422, "bad_field", f"{field}: {words}", errors=[FieldProblem(field=field, place=place, detail=words)])


def bad_fields(errors: Sequence[FieldProblem]) -> Problem:
    """Several fields cannot be used."""
    first = errors[0]
    more = (
        f" There {'is one field more' if len(errors) == 2 else f'are {len(errors) - 1} fields more'}."
        if errors[1:]
        else ""
    )
    return Problem(422, "bad_field", f"{first.field}: {first.detail}{more}", errors=errors)


def unread(error: ValidationError, place: str) -> Problem:
    """What pydantic says, without what was given: it may be a number or somebody's words."""
    found = [
        FieldProblem(field=_name(each["loc"]) or place, place=place, detail=_sentence(each))
        for each in error.errors(include_url=False, include_context=True, include_input=False)
    ]
    return bad_fields(found)


def _name(where: tuple[int | str, ...]) -> str:
    return ".".join(str(part) for part in where)


def _sentence(each: Any) -> str:
    """A sentence of ours where there is one for the kind, else pydantic's own."""
    match each["type"]:
        case "missing":
            return "It is missing."
        case "extra_forbidden":
            return "There is no such field; check how it is spelt."
        case _:
            return sentence(str(each["msg"]).removeprefix("Value error, "))


def sentence(words: str) -> str:
    """These words as a sentence."""
    return f"{words[:1].upper()}{words[1:]}{'' if words.endswith('.') else '.'}"


def parsed(raw: bytes) -> Any:
    """A request's JSON. Raises Problem."""
    try:
        return json.loads(raw, parse_constant=_no_constant)
    except (ValueError, RecursionError):
        raise Problem(400, "no_json", "The body is no JSON: check its quotes, commas and brackets.") from None


def _no_constant(name: str) -> Any:
    raise ValueError(name)
