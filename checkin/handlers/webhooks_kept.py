"""An admin has another system told of what happens: an address is added, tried, stopped, started again, removed."""

import base64
import random
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from checkin.domain.webhooks import SECRET_MARK, TEST, EventState, WebEvent, check_url
from checkin.store import system, webhooks
from checkin.store.tables import WebhookEventRow, WebhookRow

_SECRET_BYTES = 32


class CannotTell(Exception):
    """It cannot be sent: one sentence, without its full stop."""


def webhook_added(
    session: Session,
    chance: random.Random,
    *,
    url: str,
    events: Sequence[WebEvent],
    circles: Sequence[int] | None,
    who: str,
    now: datetime,
    plain: bool,
    private: bool,
) -> tuple[WebhookRow, str]:
    """Tell this address of these events from now on. Returns its row and its secret. Raises BadUrl.

    `plain`: http will do; `private`: addresses of a private network too.
    """
    secret = SECRET_MARK + base64.b64encode(chance.randbytes(_SECRET_BYTES)).decode()
    row = webhooks.add(
        session,
        url=check_url(url, plain=plain, private=private),
        events=[event.value for event in WebEvent if event in events],
        circles=sorted(circles) if circles is not None else None,
        secret=secret,
        made_by=who,
        created_at=now,
    )
    system.audit(session, who, "webhook added", now, webhook=row.id, events=row.events, circles=row.circles)
    return row, secret


def webhook_removed(session: Session, row: WebhookRow, who: str, now: datetime) -> None:
    """Forget this address, its secret, and what waits for it."""
    webhooks.remove(session, row, now)
    system.audit(session, who, "webhook removed", now, webhook=row.id)


def webhook_stopped(session: Session, row: WebhookRow, who: str, now: datetime) -> None:
    """Send nothing there for now."""
    if row.disabled_at is None:
        webhooks.stop(session, row, "by_hand", now)
        system.audit(session, who, "webhook disabled", now, webhook=row.id)


def webhook_started(session: Session, row: WebhookRow, who: str, now: datetime) -> None:
    """Send there again, beginning with what waits."""
    webhooks.start(session, row, now)
    system.audit(session, who, "webhook enabled", now, webhook=row.id)


def webhook_tried(session: Session, row: WebhookRow, who: str, now: datetime) -> WebhookEventRow:
    """Send a test event to this address. Raises CannotTell."""
    _require_on(row)
    made = webhooks.put(session, row.id, TEST, None, {"webhook": row.id}, now)
    system.audit(session, who, "webhook tried", now, webhook=row.id)
    return made


def event_replayed(session: Session, event: WebhookEventRow, row: WebhookRow, who: str, now: datetime) -> None:
    """Send one event again, under the id that it had. Raises CannotTell."""
    _require_on(row)
    event.state, event.next_action_at = EventState.WAITING.value, now
    system.audit(session, who, "webhook event replayed", now, webhook=row.id, event=event.id)


def _require_on(row: WebhookRow) -> None:
    if row.disabled_at is not None:
        raise CannotTell("This address is disabled; enable it first")
