"""Escalations: list, look at, acknowledge, close. Only a person ends one (promise P2): a coordinator who is named."""

from typing import Any, Literal

from pydantic import Field

from checkin.domain.escalation import Acknowledged, Closed, Event, State
from checkin.domain.scopes import Scope
from checkin.domain.terms import EscalationId, PersonId
from checkin.handlers.case_moved import move_case
from checkin.handlers.coordinator_acted import write_note
from checkin.handlers.coordinator_texted import answers_for
from checkin.store import escalations as store
from checkin.store import pages, system
from checkin.store.tables import CoordinatorRow, EscalationRow, MemberRow
from checkin.web.api.operation import Asked, Operations
from checkin.web.api.problems import Problem, bad_field, not_found
from checkin.web.api.values import CirclePageQuery, Id, Model, Moment, Page, QueryId, Words, page

escalations = Operations("Escalations")

Level = Literal["crisis", "distress", "concern", "ok"]


class Escalation(Model):
    """The case of a member who needs a person. `volunteer`: who has it. `closed_how` needs the scope words:read."""

    id: int
    member: int
    circle: int
    level: Level
    cause: Literal["crisis", "distress", "asked", "missed"]
    state: Literal["offering", "handing_off", "in_touch", "with_coordinators", "closed"]
    opened_at: Moment
    volunteer: int | None
    check_in: int | None
    acknowledged_until: Moment | None
    closed_at: Moment | None
    closed_by: str | None
    closed_how: str | None


class EscalationPage(Page[Escalation]):
    """A part of the list of escalations."""


class EscalationQuery(CirclePageQuery):
    """Which escalations."""

    state: Literal["open", "closed"] | None = None
    level: Level | None = None
    member: QueryId | None = None


class Step(Model):
    """One step of a case: ids and codes. `how` needs the scope words:read."""

    at: Moment
    what: str
    detail: dict[str, Any]


class EscalationWithTimeline(Escalation):
    """A case with all that happened in it."""

    timeline: list[Step]


class InTheNameOf(Model):
    """The coordinator who has it: a person of that circle, who answers for it."""

    coordinator: Id


class Closing(InTheNameOf):
    """The coordinator who closes it, and how it ended."""

    outcome: Literal["settled", "follow_up", "emergency", "other"]
    words: Words | None = Field(default=None, description="more about it, in a few words")


@escalations.get("/escalations", Scope.ESCALATIONS_READ, EscalationPage, query=EscalationQuery)
def list_escalations(asked: Asked) -> EscalationPage:
    """Escalations, in parts, the oldest first."""
    query: EscalationQuery = asked.query
    rows = pages.escalations(
        asked.session,
        asked.circles(query.circle),
        query.after,
        query.limit,
        is_open=query.state == "open" if query.state is not None else None,
        level=query.level,
        member=query.member,
    )
    asked.saw(member.person_id for _, member in rows[: query.limit])
    shown: EscalationPage = page(EscalationPage, [Escalation(**_values(asked, row)) for row, _ in rows], query.limit)
    return shown


@escalations.get("/escalations/{escalation}", Scope.ESCALATIONS_READ, EscalationWithTimeline, problems=(404,))
def get_escalation(asked: Asked) -> EscalationWithTimeline:
    """One escalation with its timeline. That it was looked at is recorded."""
    return _shown(asked, _row(asked))


@escalations.post(
    "/escalations/{escalation}/acknowledge",
    Scope.ESCALATIONS_ACT,
    EscalationWithTimeline,
    body=InTheNameOf,
    problems=(404, 409),
)
def acknowledge_escalation(asked: Asked) -> EscalationWithTimeline:
    """A coordinator has it. It is a promise of that person: if nothing follows in its time, the case goes on."""
    row = _open_row(asked)
    person = _coordinator(asked, row, asked.body.coordinator)
    return _moved(asked, row, Acknowledged(person, "api"), "escalation acknowledged")


@escalations.post(
    "/escalations/{escalation}/close", Scope.ESCALATIONS_ACT, EscalationWithTimeline, body=Closing, problems=(404, 409)
)
def close_escalation(asked: Asked) -> EscalationWithTimeline:
    """A coordinator closes it. Only a person does: name the one who knows how the member is, and answers for that.

    The name and the key stand on the case's timeline and in the access log.
    """
    row = _open_row(asked)
    person = _coordinator(asked, row, asked.body.coordinator)
    if asked.body.words:  # kept sealed, as those written on a page
        write_note(asked.session, EscalationId(row.id), person, asked.body.words, asked.now)
    return _moved(asked, row, Closed(f"coordinator:{person}", asked.body.outcome), "escalation closed")


def _row(asked: Asked) -> EscalationRow:
    row = asked.session.get(EscalationRow, asked.ids["escalation"])
    if row is None or not asked.key.answers_for(row.circle_id):
        raise not_found("escalation")
    return row


def _open_row(asked: Asked) -> EscalationRow:
    row = _row(asked)
    if row.state == State.CLOSED.value:
        raise Problem(409, "is_closed", "This escalation is closed already.")
    return row


def _coordinator(asked: Asked, row: EscalationRow, number: int) -> PersonId:
    """The person behind a coordinator's id, who must answer for the case's circle, and not be its own member."""
    coordinator = asked.session.get(CoordinatorRow, number)
    if coordinator is None or not answers_for(asked.session, PersonId(coordinator.person_id), row.circle_id):
        raise bad_field(
            "coordinator", "It is the id of no coordinator of this circle; only a person ends an escalation"
        )
    if coordinator.person_id == asked.session.get_one(MemberRow, row.member_id).person_id:
        raise bad_field("coordinator", "The case is about them: somebody else must look after them")
    return PersonId(coordinator.person_id)


def _moved(asked: Asked, row: EscalationRow, event: Event, what: str) -> EscalationWithTimeline:
    case = EscalationId(row.id)
    move_case(asked.session, asked.services.handbook, case, event, asked.now)
    detail = {"key": asked.key.id, "coordinator": asked.body.coordinator}
    store.note(asked.session, case, asked.now, "by_api", detail)
    member = asked.session.get_one(MemberRow, row.member_id)
    system.audit(asked.session, asked.key.who, what, asked.now, person=member.person_id, escalation=row.id, **detail)
    asked.session.flush()
    return _shown(asked, asked.session.get_one(EscalationRow, row.id, populate_existing=True))


def _shown(asked: Asked, row: EscalationRow) -> EscalationWithTimeline:
    asked.saw([asked.session.get_one(MemberRow, row.member_id).person_id])
    steps = store.timeline(asked.session, EscalationId(row.id))
    timeline = [Step(at=step.at, what=step.what, detail=_detail(asked, step.detail)) for step in steps]
    return EscalationWithTimeline(**_values(asked, row), timeline=timeline)


def _detail(asked: Asked, detail: dict[str, Any]) -> dict[str, Any]:
    """`how` is in a coordinator's own words where a case was closed."""
    return detail if asked.key.may(Scope.WORDS_READ) else {name: its for name, its in detail.items() if name != "how"}


def _values(asked: Asked, row: EscalationRow) -> dict[str, Any]:
    return {
        "id": row.id,
        "member": row.member_id,
        "circle": row.circle_id,
        "level": row.level,
        "cause": row.cause,
        "state": row.state,
        "opened_at": row.opened_at,
        "volunteer": row.holder_id,
        "check_in": row.check_in_id,
        "acknowledged_until": row.facts.get("acknowledged_until"),
        "closed_at": row.closed_at,
        "closed_by": row.closed_by,
        "closed_how": row.closed_how if asked.key.may(Scope.WORDS_READ) else None,
    }
