"""Other programs: their keys, what they were answered, the addresses that are told of events, and what of."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from checkin.store.columns import Row
from checkin.store.sealed import Sealed


class ApiKeyRow(Row):
    """A key of another program. Of the key itself only a hash is kept, and its first signs to recognise it by.

    `scopes`: see `domain/scopes.py`; `circles`: their ids, null for all. Neither is ever changed.
    """

    __tablename__ = "api_key"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(80))
    prefix: Mapped[str] = mapped_column(String(16), unique=True)
    hash: Mapped[str] = mapped_column(String(64))
    scopes: Mapped[list[Any]]
    circles: Mapped[list[Any] | None]
    made_by: Mapped[str] = mapped_column(String(60))
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime | None]
    last_used_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]
    revoked_by: Mapped[str | None] = mapped_column(String(60))


class ApiAnswerRow(Row):
    """What a request with an Idempotency-Key was answered, written in the transaction that did it.

    `mark` names the API key and the idempotency key; `asked` is a hash of the request.
    """

    __tablename__ = "api_answer"
    __table_args__ = (Index("ix_api_answer_created_at", "created_at"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    mark: Mapped[str] = mapped_column(String(64), unique=True)
    asked: Mapped[str] = mapped_column(String(64))
    status: Mapped[int]
    body: Mapped[str] = mapped_column(Sealed)
    headers: Mapped[dict[str, Any]] = mapped_column(default=dict)
    created_at: Mapped[datetime]


class WebhookRow(Row):
    """An address of another system that is told of events. `circles`: their ids, null for all.

    `failures`: in a row, since `failing_since`; until `rests_until` nothing is sent there. `disabled_how`: by_hand,
    gone, failing.
    """

    __tablename__ = "webhook"
    id: Mapped[int] = mapped_column(primary_key=True)
    url: Mapped[str] = mapped_column(Sealed)
    events: Mapped[list[Any]]
    circles: Mapped[list[Any] | None]
    secret: Mapped[str] = mapped_column(Sealed)
    made_by: Mapped[str] = mapped_column(String(60))
    created_at: Mapped[datetime]
    failures: Mapped[int] = mapped_column(default=0)
    failing_since: Mapped[datetime | None]
    rests_until: Mapped[datetime | None]
    disabled_at: Mapped[datetime | None]
    disabled_how: Mapped[str | None] = mapped_column(String(12))
    removed_at: Mapped[datetime | None]


class WebhookEventRow(Row):
    """One event for one address, written in the transaction in which it happened. `data`: ids and codes alone.

    `uid` is what the receiver knows it by, the same at each attempt. `answer`: what the last attempt brought.
    """

    __tablename__ = "webhook_event"
    __table_args__ = (
        Index("ix_webhook_event_next_action_at", "next_action_at"),
        Index("ix_webhook_event_webhook_id_next_action_at", "webhook_id", "next_action_at"),
        Index("ix_webhook_event_created_at", "created_at"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    uid: Mapped[str] = mapped_column(String(40), unique=True)
    webhook_id: Mapped[int] = mapped_column(ForeignKey("webhook.id"))
    event: Mapped[str] = mapped_column(String(40))
    circle_id: Mapped[int | None] = mapped_column(ForeignKey("circle.id"))
    data: Mapped[dict[str, Any]]
    created_at: Mapped[datetime]
    state: Mapped[str] = mapped_column(String(10))
    tries: Mapped[int] = mapped_column(default=0)
    tried_at: Mapped[datetime | None]
    answer: Mapped[str] = mapped_column(String(60), default="")
    next_action_at: Mapped[datetime | None]
