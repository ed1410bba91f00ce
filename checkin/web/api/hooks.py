"""Webhooks: which addresses are told of which events, and what became of each telling."""

from typing import Annotated, Literal

from pydantic import Field

from checkin.domain.scopes import Scope
from checkin.domain.webhooks import LONGEST_URL, BadUrl, WebEvent
from checkin.handlers import webhooks_kept as kept
from checkin.store import webhooks as store
from checkin.store.tables import WebhookEventRow, WebhookRow
from checkin.web.api.operation import Asked, Operations
from checkin.web.api.problems import Problem, bad_field, not_found
from checkin.web.api.values import Id, Model, Moment, Page, PageQuery, page

hooks = Operations("Webhooks")

EventName = Literal[
    "member.opted_out",
    "check_in.answered",
    "check_in.missed",
    "escalation.opened",
    "escalation.acknowledged",
    "escalation.in_touch",
    "escalation.closed",
]


class Webhook(Model):
    """An address that is told. `disabled`: null while it is not; by_hand, gone (it said so), failing (for 3 days)."""

    id: int
    url: str
    events: list[str]
    circles: list[int] | None = Field(description="null: all that its key is for")
    created_at: Moment
    failing_since: Moment | None
    disabled: Literal["by_hand", "gone", "failing"] | None


class WebhookWithSecret(Webhook):
    """A new address. The secret is shown this once: it verifies the header webhook-signature (Standard Webhooks)."""

    secret: str


class Webhooks(Model):
    """The addresses of the circles of this key."""

    items: list[Webhook]


class NewWebhook(Model):
    """An address to tell: https, on the open internet."""

    url: Annotated[str, Field(min_length=1, max_length=LONGEST_URL, strict=True)]
    events: Annotated[list[EventName], Field(min_length=1, max_length=20)]
    circles: Annotated[list[Id], Field(min_length=1, max_length=100)] | None = Field(
        default=None, description="without it, all that this key is for"
    )


class WebhookEvent(Model):
    """One event for one address. `answer`: what the last try brought."""

    id: int
    uid: str = Field(description="the header webhook-id")
    event: str
    state: Literal["waiting", "delivered", "failed"]
    tries: int
    created_at: Moment
    tried_at: Moment | None
    next_try_at: Moment | None
    answer: str


class WebhookEventPage(Page[WebhookEvent]):
    """What an address was told, in parts, the newest first. `next`: give it as `after` for older ones."""


@hooks.get("/webhooks", Scope.WEBHOOKS, Webhooks)
def list_webhooks(asked: Asked) -> Webhooks:
    """The addresses that are told of what happens in the circles of this key."""
    return Webhooks(items=[_shown(row) for row in store.listed(asked.session) if _is_mine(asked, row)])


@hooks.post("/webhooks", Scope.WEBHOOKS, WebhookWithSecret, body=NewWebhook, status=201)
def add_webhook(asked: Asked) -> WebhookWithSecret:
    """Tell an address of these events from now on. What is sent holds ids and codes: no name, number or word."""
    given: NewWebhook = asked.body
    circles = asked.key.circles if given.circles is None else frozenset(given.circles)
    if circles is not None and not all(asked.key.answers_for(circle) for circle in circles):
        raise bad_field("circles", "This key is not for each of them")
    settings = asked.services.settings
    try:
        row, secret = kept.webhook_added(
            asked.session,
            asked.services.random,
            url=given.url,
            events=[WebEvent(event) for event in given.events],
            circles=sorted(circles) if circles is not None else None,
            who=asked.key.who,
            now=asked.now,
            plain=not settings.twilio_configured,
            private=settings.webhooks_private,
        )
    except BadUrl as error:
        raise bad_field("url", str(error)) from None
    asked.headers["Location"] = f"/api/v1/webhooks/{row.id}"
    return WebhookWithSecret(**_shown(row).model_dump(), secret=secret)


@hooks.get("/webhooks/{webhook}", Scope.WEBHOOKS, Webhook, problems=(404,))
def get_webhook(asked: Asked) -> Webhook:
    """One address."""
    return _shown(_row(asked))


@hooks.delete("/webhooks/{webhook}", Scope.WEBHOOKS, problems=(404,))
def remove_webhook(asked: Asked) -> None:
    """Forget an address, its secret, and what waits for it."""
    kept.webhook_removed(asked.session, _row(asked), asked.key.who, asked.now)


@hooks.post("/webhooks/{webhook}/disable", Scope.WEBHOOKS, Webhook, problems=(404,))
def disable_webhook(asked: Asked) -> Webhook:
    """Send nothing there for now. What happens meanwhile is not kept for it."""
    row = _row(asked)
    kept.webhook_stopped(asked.session, row, asked.key.who, asked.now)
    return _shown(row)


@hooks.post("/webhooks/{webhook}/enable", Scope.WEBHOOKS, Webhook, problems=(404,))
def enable_webhook(asked: Asked) -> Webhook:
    """Send there again, beginning with what waited when it was disabled."""
    row = _row(asked)
    kept.webhook_started(asked.session, row, asked.key.who, asked.now)
    return _shown(row)


@hooks.post("/webhooks/{webhook}/test", Scope.WEBHOOKS, WebhookEvent, status=202, problems=(404, 409))
def try_webhook(asked: Asked) -> WebhookEvent:
    """Send a test event there, within a second or two. Look at the events of the address for what became of it."""
    try:
        return _event(kept.webhook_tried(asked.session, _row(asked), asked.key.who, asked.now))
    except kept.CannotTell as error:
        raise Problem(409, "is_disabled", f"{error}.") from None


@hooks.get("/webhooks/{webhook}/events", Scope.WEBHOOKS, WebhookEventPage, query=PageQuery, problems=(404,))
def list_webhook_events(asked: Asked) -> WebhookEventPage:
    """What an address was told in the last 30 days, the newest first."""
    row, query = _row(asked), asked.query
    found = store.events_of(asked.session, row.id, before=query.after, limit=query.limit + 1)
    shown: WebhookEventPage = page(WebhookEventPage, [_event(each) for each in found], query.limit)
    return shown


@hooks.post("/webhooks/{webhook}/events/{event}/replay", Scope.WEBHOOKS, WebhookEvent, status=202, problems=(404, 409))
def replay_webhook_event(asked: Asked) -> WebhookEvent:
    """Send one event again, under the id that it had."""
    row = _row(asked)
    event = asked.session.get(WebhookEventRow, asked.ids["event"])
    if event is None or event.webhook_id != row.id:
        raise not_found("event")
    try:
        kept.event_replayed(asked.session, event, row, asked.key.who, asked.now)
    except kept.CannotTell as error:
        raise Problem(409, "is_disabled", f"{error}.") from None
    asked.session.flush()
    return _event(event)


def _is_mine(asked: Asked, row: WebhookRow) -> bool:
    """Whether all that this address is told of is of the key's circles."""
    if asked.key.circles is None:
        return True
    return row.circles is not None and set(row.circles) <= asked.key.circles


def _row(asked: Asked) -> WebhookRow:
    row = store.by_id(asked.session, asked.ids["webhook"])
    if row is None or not _is_mine(asked, row):
        raise not_found("webhook")
    return row


def _shown(row: WebhookRow) -> Webhook:
    return Webhook(
        id=row.id,
        url=row.url,
        events=row.events,
        circles=row.circles,
        created_at=row.created_at,
        failing_since=row.failing_since,
        disabled=row.disabled_how,  # type: ignore[arg-type]
    )


def _event(row: WebhookEventRow) -> WebhookEvent:
    return WebhookEvent(
        id=row.id,
        uid=row.uid,
        event=row.event,
        state=row.state,  # type: ignore[arg-type]
        tries=row.tries,
        created_at=row.created_at,
        tried_at=row.tried_at,
        next_try_at=row.next_action_at,
        answer=row.answer,
    )
