"""Keys of other programs: a hash at rest, and the first signs to recognise one by."""

import base64
import hashlib
import hmac
import re
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from checkin.domain.scopes import Scope
from checkin.store.tables import ApiKeyRow

MARK = "ck_live_"
_SHOWN = len(MARK) + 8
_TOKEN = re.compile(r"ck_live_[A-Za-z0-9_-]{43}")
_SEEN_EVERY = timedelta(minutes=1)


def token_of(random_bytes: bytes) -> str:
    """A key from 32 random bytes."""
    return MARK + base64.urlsafe_b64encode(random_bytes).rstrip(b"=").decode()


def add(
    session: Session,
    token: str,
    *,
    name: str,
    scopes: Sequence[Scope],
    circles: Sequence[int] | None,
    made_by: str,
    now: datetime,
    expires_at: datetime | None,
) -> ApiKeyRow:
    """Store a key; of the key itself its hash alone."""
    row = ApiKeyRow(
        name=name,
        prefix=token[:_SHOWN],
        hash=_hash(token),
        scopes=[scope.value for scope in scopes],
        circles=list(circles) if circles is not None else None,
        made_by=made_by,
        created_at=now,
        expires_at=expires_at,
    )
    session.add(row)
    session.flush()
    return row


def _hash(token: str) -> str:
    """A plain hash will do: there are 256 random bits in a key, and no list of guesses is that long."""
    return hashlib.sha256(token.encode()).hexdigest()


def by_token(session: Session, token: str, now: datetime) -> ApiKeyRow | None:
    """The key, where it stands and is neither revoked nor past its time. Compared in constant time."""
    if _TOKEN.fullmatch(token) is None:
        return None
    row = session.scalar(select(ApiKeyRow).where(ApiKeyRow.prefix == token[:_SHOWN]))
    same = hmac.compare_digest(row.hash if row is not None else "0" * 64, _hash(token))
    if row is None or not same or row.revoked_at is not None:
        return None
    return row if row.expires_at is None or row.expires_at > now else None


def was_used(session: Session, key: int, now: datetime) -> None:
    """Note when a key was last used; to the minute, so that not each request writes."""
    session.execute(
        update(ApiKeyRow)
        .where(ApiKeyRow.id == key, or_(ApiKeyRow.last_used_at.is_(None), ApiKeyRow.last_used_at <= now - _SEEN_EVERY))
        .values(last_used_at=now),
        execution_options={"synchronize_session": False},
    )


def is_noted(row: ApiKeyRow, now: datetime) -> bool:
    """Whether its use at this moment is noted already."""
    return row.last_used_at is not None and row.last_used_at > now - _SEEN_EVERY


def listed(session: Session) -> list[ApiKeyRow]:
    """Every key, oldest first; the revoked too."""
    return list(session.scalars(select(ApiKeyRow).order_by(ApiKeyRow.id)))


def by_id(session: Session, key: int) -> ApiKeyRow | None:
    """The key with this number."""
    found: Any = session.get(ApiKeyRow, key)
    return found if isinstance(found, ApiKeyRow) else None
