"""What values look like in the API: ids, moments, lines of words, pages."""

from datetime import UTC, datetime
from typing import Annotated, Any, Generic, TypeVar

from pydantic import AfterValidator, AwareDatetime, BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints

MOST_ID = 2_147_483_647
MOST_AT_ONCE = 100
USUAL_AT_ONCE = 50
_DIGITS = frozenset("0123456789")


class Model(BaseModel):
    """What goes in or out: it holds what is named here and nothing else."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)


class Query(Model):
    """The part of an address behind the question mark."""


def _whole(value: Any) -> Any:
    """Digits alone: pydantic would take 1_000 and blanks too."""
    if isinstance(value, str) and (not value or set(value) - _DIGITS):
        raise ValueError("it is not a whole number")
    return value


def _utc(value: datetime) -> datetime:
    try:
        return value.astimezone(UTC)
    except (OverflowError, ValueError):
        raise ValueError("it lies outside of the calendar") from None


def _text(value: Any) -> Any:
    """A moment is written out: pydantic would take seconds since 1970 too."""
    if not isinstance(value, str | datetime) or (isinstance(value, str) and "T" not in value.upper()):
        raise ValueError("it is no moment in RFC 3339, such as 2026-11-24T18:00:00Z")
    return value


Id = Annotated[int, Field(ge=1, le=MOST_ID, strict=True)]
"""An id in a body."""
QueryId = Annotated[int, BeforeValidator(_whole), Field(ge=1, le=MOST_ID)]
"""An id in a query."""
Moment = Annotated[AwareDatetime, BeforeValidator(_text), AfterValidator(_utc)]
"""RFC 3339; answered in UTC."""
Words = Annotated[str, StringConstraints(min_length=1, max_length=200, pattern=r"^[^\x00-\x1f\x7f]+$", strict=True)]
"""Words on one line."""


class PageQuery(Query):
    """Which part of a list."""

    limit: Annotated[int, BeforeValidator(_whole), Field(ge=1, le=MOST_AT_ONCE)] = USUAL_AT_ONCE
    after: QueryId | None = Field(default=None, description="the `next` of the page before")


class CirclePageQuery(PageQuery):
    """Which part of a list, and of which circle."""

    circle: QueryId | None = None


_T = TypeVar("_T")


class Page(Model, Generic[_T]):
    """A part of a list, by ascending id. What is added meanwhile comes behind; nothing comes twice."""

    items: list[_T]
    next: int | None = Field(description="give it as `after` for the next page; null: this is the last one")


def page(kind: Any, rows: list[Any], limit: int) -> Any:
    """The page of these rows, of which one more than `limit` was asked for."""
    shown = rows[:limit]
    return kind(items=shown, next=shown[-1].id if len(rows) > limit else None)
