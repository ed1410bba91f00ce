"""Addresses of other systems and what they are told: written with what happened, claimed by whoever carries it."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, or_, select, update
from sqlalchemy.orm import Session

from checkin.domain.webhooks import EventState, WebEvent, address_is_over, event_is_over, pause_after
from checkin.store.session import forget, once
from checkin.store.tables import WebhookEventRow, WebhookRow

_LIVE = (WebhookRow.removed_at.is_(None), WebhookRow.disabled_at.is_(None))
_UNSAVED = {"synchronize_session": False}
_KEPT = timedelta(days=30)
_FORGOTTEN_AT_ONCE = 1000
_ASKED_FOR = ("webhooks",)


def happened(session: Session, event: WebEvent, circle: int | None, data: dict[str, Any], now: datetime) -> None:
    """Write one event for each address that asked for it."""
    for webhook, events, circles in once(session, _ASKED_FOR, lambda: _addresses(session)):
        if event.value in events and (circles is None or circle in circles):
            put(session, webhook, event.value, circle, data, now)


def _addresses(session: Session) -> list[tuple[int, Any, Any]]:
    rows = session.execute(select(WebhookRow.id, WebhookRow.events, WebhookRow.circles).where(*_LIVE))
    return [(row.id, row.events, row.circles) for row in rows]


def put(
    session: Session, webhook: int, event: str, circle: int | None, data: dict[str, Any], now: datetime
) -> WebhookEventRow:
    """Write one event for one address."""
    row = WebhookEventRow(
        uid=f"evt_{secrets.token_hex(16)}",
        webhook_id=webhook,
        event=event,
        circle_id=circle,
        data=data,
        created_at=now,
        state=EventState.WAITING.value,
        next_action_at=now,
    )
    session.add(row)
    session.flush()
    return row


def add(session: Session, **values: Any) -> WebhookRow:
    """A new address."""
    row = WebhookRow(**values)
    session.add(row)
    session.flush()
    forget(session, _ASKED_FOR)
    return row


def by_id(session: Session, webhook: int) -> WebhookRow | None:
    """An address that was not removed."""
    return session.scalar(select(WebhookRow).where(WebhookRow.id == webhook, WebhookRow.removed_at.is_(None)))


def listed(session: Session) -> list[WebhookRow]:
    """All addresses that were not removed."""
    return list(session.scalars(select(WebhookRow).where(WebhookRow.removed_at.is_(None)).order_by(WebhookRow.id)))


def events_of(session: Session, webhook: int, *, before: int | None = None, limit: int = 50) -> list[WebhookEventRow]:
    """What an address was told, newest first."""
    where = [WebhookEventRow.webhook_id == webhook]
    if before is not None:
        where.append(WebhookEventRow.id < before)
    return list(session.scalars(select(WebhookEventRow).where(*where).order_by(WebhookEventRow.id.desc()).limit(limit)))


def stop(session: Session, row: WebhookRow, how: str, now: datetime) -> None:
    """Nothing is sent to this address from now on; what waits stays, and can be sent when it is enabled again."""
    row.disabled_at, row.disabled_how = now, how
    _set_waiting(session, row.id, None)


def start(session: Session, row: WebhookRow, now: datetime) -> None:
    """Send to it again, beginning with what waits."""
    row.disabled_at = row.disabled_how = row.failing_since = row.rests_until = None
    row.failures = 0
    _set_waiting(session, row.id, now)


def remove(session: Session, row: WebhookRow, now: datetime) -> None:
    """Nobody sees it any more. Its secret is forgotten."""
    row.removed_at, row.secret, row.url = now, "", ""
    session.execute(delete(WebhookEventRow).where(WebhookEventRow.webhook_id == row.id), execution_options=_UNSAVED)


def _set_waiting(session: Session, webhook: int, at: datetime | None) -> None:
    session.flush()
    forget(session, _ASKED_FOR)
    session.execute(
        update(WebhookEventRow)
        .where(WebhookEventRow.webhook_id == webhook, WebhookEventRow.state == EventState.WAITING.value)
        .values(next_action_at=at),
        execution_options=_UNSAVED,
    )
    session.expire_all()


# --- carrying ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Telling:
    """One event in the hand of whoever carries it. `tries` fences it."""

    id: int
    webhook: int
    url: str = field(repr=False)
    secret: str = field(repr=False)
    uid: str
    event: str
    circle: int | None
    data: dict[str, Any]
    happened_at: datetime
    tries: int


def due_addresses(session: Session, now: datetime) -> list[int]:
    """The addresses that have something due and do not rest. It claims nothing."""
    due = select(WebhookEventRow.id).where(
        WebhookEventRow.webhook_id == WebhookRow.id, WebhookEventRow.next_action_at <= now
    )  # asked of each address, so that no scan reads what was told long ago
    return list(
        session.scalars(
            select(WebhookRow.id)
            .where(due.exists(), *_LIVE, or_(WebhookRow.rests_until.is_(None), WebhookRow.rests_until <= now))
            .order_by(WebhookRow.id)
        )
    )


def claim(session: Session, webhook: int, now: datetime, lease: timedelta, limit: int) -> list[Telling]:
    """Take the oldest events of an address; of one that failed last only one, to see whether it is back."""
    address = session.scalar(select(WebhookRow).where(WebhookRow.id == webhook, *_LIVE).with_for_update())
    if address is None or (address.rests_until is not None and address.rests_until > now):
        return []
    due = (
        select(WebhookEventRow.id)
        .where(WebhookEventRow.webhook_id == webhook, WebhookEventRow.next_action_at <= now)
        .order_by(WebhookEventRow.next_action_at, WebhookEventRow.id)
        .limit(1 if address.failures else limit)
    )
    rows = session.scalars(select(WebhookEventRow).where(WebhookEventRow.id.in_(due)).order_by(WebhookEventRow.id))
    taken = []
    for row in rows:
        row.next_action_at, row.tries = now + lease, row.tries + 1
        taken.append(_telling(row, address))
    session.flush()
    return taken


def _telling(row: WebhookEventRow, address: WebhookRow) -> Telling:
    return Telling(
        id=row.id,
        webhook=address.id,
        url=address.url,
        secret=address.secret,
        uid=row.uid,
        event=row.event,
        circle=row.circle_id,
        data=row.data,
        happened_at=row.created_at,
        tries=row.tries,
    )


def was_taken(session: Session, telling: Telling, answer: str, now: datetime) -> None:
    """The address has it. What waited because the address was away is sent now."""
    row, address = _fenced(session, telling)
    if row is not None:
        row.state, row.next_action_at = EventState.DELIVERED.value, None
        row.tried_at, row.answer = now, answer
    if address.failures:
        address.failures, address.failing_since, address.rests_until = 0, None, None
        session.flush()
        session.execute(
            update(WebhookEventRow)
            .where(
                WebhookEventRow.webhook_id == address.id, WebhookEventRow.next_action_at > now + timedelta(minutes=1)
            )
            .values(next_action_at=now),
            execution_options=_UNSAVED,
        )


def was_not_taken(session: Session, telling: Telling, answer: str, gone: bool, now: datetime) -> str | None:
    """Try it later. Returns how the address was disabled ("gone", "failing"), or "event" where the event alone failed.

    `gone`: the address says that it is no more.
    """
    row, address = _fenced(session, telling)
    if row is None:
        return None
    row.tried_at, row.answer, row.next_action_at = now, answer, now + pause_after(row.tries)
    address.failures += 1
    address.failing_since = address.failing_since or now
    address.rests_until = now + pause_after(address.failures)
    session.flush()
    if address.disabled_at is not None:
        row.next_action_at = None
        return None
    if gone or address_is_over(address.failing_since, now):
        stop(session, address, "gone" if gone else "failing", now)
        return "gone" if gone else "failing"
    if event_is_over(row.created_at, row.tries, now):
        row.state, row.next_action_at = EventState.FAILED.value, None
        return "event"
    return None


def _fenced(session: Session, telling: Telling) -> tuple[WebhookEventRow | None, WebhookRow]:
    """The event, while this attempt is the newest, and its address; both locked."""
    address = session.scalars(
        select(WebhookRow).where(WebhookRow.id == telling.webhook).with_for_update(), execution_options=_FRESH
    ).one()
    row = session.scalar(select(WebhookEventRow).where(WebhookEventRow.id == telling.id), execution_options=_FRESH)
    mine = row is not None and row.tries == telling.tries and row.state == EventState.WAITING.value
    return row if mine else None, address


_FRESH = {"populate_existing": True}


def forget_old(session: Session, now: datetime) -> int:
    """Delete what was delivered or given up 30 days ago, some at a time. How many."""
    old: Sequence[int] = session.scalars(
        select(WebhookEventRow.id)
        .where(WebhookEventRow.created_at < now - _KEPT, WebhookEventRow.state != EventState.WAITING.value)
        .limit(_FORGOTTEN_AT_ONCE)
    ).all()
    if old:
        session.execute(delete(WebhookEventRow).where(WebhookEventRow.id.in_(old)), execution_options=_UNSAVED)
    return len(old)
