"""An admin gives another program a key, or takes it back."""

import random
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from checkin.domain.scopes import Scope
from checkin.store import api_keys, system
from checkin.store.tables import ApiKeyRow


def key_given(
    session: Session,
    chance: random.Random,
    *,
    name: str,
    scopes: Sequence[Scope],
    circles: Sequence[int] | None,
    who: str,
    now: datetime,
    expires_at: datetime | None = None,
) -> tuple[ApiKeyRow, str]:
    """Make a key. Returns its row and the key itself, which cannot be had again."""
    token = api_keys.token_of(chance.randbytes(32))
    row = api_keys.add(
        session,
        token,
        name=name,
        scopes=scopes,
        circles=circles,
        made_by=who,
        now=now,
        expires_at=expires_at,
    )
    system.audit(session, who, "api key made", now, key=row.id, scopes=row.scopes, circles=row.circles)
    return row, token


def key_revoked(session: Session, row: ApiKeyRow, who: str, now: datetime) -> None:
    """From now on this key opens nothing. A second time changes nothing."""
    if row.revoked_at is None:
        row.revoked_at, row.revoked_by = now, who
        system.audit(session, who, "api key revoked", now, key=row.id)
