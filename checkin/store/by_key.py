"""A session that finds rows by their key with a statement made once for each kind of row.

SQLAlchemy's own makes it anew for each row that is not there yet, which takes longer than asking the database.
"""

from functools import cache
from typing import Any

from sqlalchemy import bindparam, inspect, select
from sqlalchemy.orm import Session

_ANEW = {"populate_existing": True}


class KeyedSession(Session):
    """As `Session` in all things."""

    def get(self, entity: Any, ident: Any, *, populate_existing: bool | None = None, **others: Any) -> Any:
        """The row with this key, or None."""
        if isinstance(ident, int | str) and not any(others.values()):
            if populate_existing:
                return self.scalar(_by_key(entity), {"key": ident}, execution_options=_ANEW)
            if inspect(entity).identity_key_from_primary_key((ident,)) not in self.identity_map:
                return self.scalar(_by_key(entity), {"key": ident})
        return super().get(entity, ident, populate_existing=populate_existing, **others)


@cache
def _by_key(kind: Any) -> Any:
    (key,) = inspect(kind).primary_key
    return select(kind).where(key == bindparam("key"))
