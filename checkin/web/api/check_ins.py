"""Check-ins, how they were answered, and what members wrote and said."""

from typing import Any, Literal

from pydantic import Field

from checkin.domain.scopes import Scope
from checkin.domain.terms import CheckInId, MemberId, PersonId
from checkin.handlers.check_in_sent import CannotSend, OutsideHours, send_check_in
from checkin.store import inbox, pages, system
from checkin.store.tables import CheckInRow, InboundRow, MemberRow, PersonRow
from checkin.web.api.members import known_member
from checkin.web.api.operation import Asked, Operations
from checkin.web.api.problems import Problem, bad_field, not_found
from checkin.web.api.values import CirclePageQuery, Id, Model, Moment, Page, PageQuery, QueryId, page

check_ins = Operations("Check-ins")

State = Literal["due", "asked", "reminded", "called", "answered", "missed", "unreached", "skipped"]
Level = Literal["crisis", "distress", "concern", "ok"]


class CheckIn(Model):
    """One occurrence of a schedule, or sent by hand. `reached`: what the carrier told, null: nothing yet."""

    id: int
    member: int
    circle: int
    channel: Literal["sms", "voice"]
    state: State
    due_at: Moment
    asked_at: Moment | None
    answered_at: Moment | None
    rating: int | None
    reached: bool | None


class CheckInPage(Page[CheckIn]):
    """A part of the list of check-ins."""


class CheckInQuery(CirclePageQuery):
    """Which check-ins. `since` and `until`: when they were due."""

    member: QueryId | None = None
    state: State | None = None
    since: Moment | None = None
    until: Moment | None = None


class Reply(Model):
    """What a member wrote or said, and how it was read. `words`: null without the scope words:read."""

    id: int
    channel: str
    received_at: Moment
    kind: str
    level: Level
    rating: int | None
    command: str | None
    check_in: int | None
    escalation: int | None
    words: str | None


class ReplyPage(Page[Reply]):
    """A part of what a member wrote and said."""


class CheckInWithReplies(CheckIn):
    """A check-in with what was answered to it."""

    replies: list[Reply]


class ToSend(Model):
    """Whom to ask. `at_once` true: now or not at all; false: in their next open hour."""

    member: Id
    at_once: bool = Field(default=False, strict=True)


@check_ins.get("/check-ins", Scope.CHECK_INS_READ, CheckInPage, query=CheckInQuery)
def list_check_ins(asked: Asked) -> CheckInPage:
    """Check-ins, in parts, the oldest first."""
    query: CheckInQuery = asked.query
    rows = pages.check_ins(
        asked.session,
        asked.circles(query.circle),
        query.after,
        query.limit,
        member=query.member,
        state=query.state,
        since=query.since,
        until=query.until,
    )
    asked.saw(member.person_id for _, member in rows[: query.limit])
    shown: CheckInPage = page(CheckInPage, [CheckIn(**_values(row, member)) for row, member in rows], query.limit)
    return shown


@check_ins.get("/check-ins/{check_in}", Scope.CHECK_INS_READ, CheckInWithReplies, problems=(404,))
def get_check_in(asked: Asked) -> CheckInWithReplies:
    """One check-in with what was answered to it."""
    row = asked.session.get(CheckInRow, asked.ids["check_in"])
    member = asked.session.get_one(MemberRow, row.member_id) if row is not None else None
    if row is None or member is None or not asked.key.answers_for(member.circle_id):
        raise not_found("check-in")
    asked.saw([member.person_id])
    replies = inbox.answers_to(asked.session, PersonId(member.person_id), CheckInId(row.id))
    return CheckInWithReplies(**_values(row, member), replies=[_reply(asked, each) for each in replies])


@check_ins.post("/check-ins", Scope.CHECK_INS_SEND, CheckIn, body=ToSend, status=201, problems=(409,))
def send_check_in_now(asked: Asked) -> CheckIn:
    """Ask one member how they are, outside of their schedule; never outside of their contact hours."""
    member = asked.session.get(MemberRow, asked.body.member)
    if member is None or not asked.key.answers_for(member.circle_id):
        raise bad_field("member", "This key is for no such member")
    person = asked.session.get_one(PersonRow, member.person_id)
    handbook = asked.services.handbook
    try:
        sent = send_check_in(asked.session, handbook, member, person, asked.now, at_once=asked.body.at_once)
    except OutsideHours as error:
        raise Problem(409, "outside_hours", f"{error}; leave out at_once to wait for them.") from None
    except CannotSend as error:
        raise Problem(409, "cannot_send", f"{error}.") from None
    system.audit(asked.session, asked.key.who, "check-in sent", asked.now, person=person.id, check_in=sent.id)
    asked.headers["Location"] = f"/api/v1/check-ins/{sent.id}"
    row = asked.session.get_one(CheckInRow, sent.id, populate_existing=True)
    return CheckIn(**_values(row, member))


@check_ins.get("/members/{member}/replies", Scope.CHECK_INS_READ, ReplyPage, query=PageQuery, problems=(404,))
def list_replies(asked: Asked) -> ReplyPage:
    """What a member wrote and said, in parts, the oldest first. The words themselves need the scope words:read."""
    known = known_member(asked)
    asked.saw([known.person.id])
    rows = pages.replies(asked.session, known.person.id, asked.query.after, asked.query.limit)
    shown: ReplyPage = page(ReplyPage, [_reply(asked, row) for row in rows], asked.query.limit)
    return shown


def _values(row: CheckInRow, member: MemberRow) -> dict[str, Any]:
    return {
        "id": row.id,
        "member": MemberId(member.id),
        "circle": member.circle_id,
        "channel": row.channel,
        "state": row.state,
        "due_at": row.due_at,
        "asked_at": row.asked_at,
        "answered_at": row.answered_at,
        "rating": row.rating,
        "reached": row.reached,
    }


def _reply(asked: Asked, row: InboundRow) -> Reply:
    return Reply(
        id=row.id,
        channel=row.channel,
        received_at=row.received_at,
        kind=row.kind,
        level=row.level,  # type: ignore[arg-type]
        rating=row.rating,
        command=row.command,
        check_in=row.check_in_id,
        escalation=row.escalation_id,
        words=row.body if asked.key.may(Scope.WORDS_READ) else None,
    )
