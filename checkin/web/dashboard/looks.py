"""Looking leaves a trace (promise P10): who opened whose record is written down."""

from datetime import datetime, timedelta
from typing import Any

from flask import current_app

from checkin.domain.sign_in import DAY
from checkin.store import system
from checkin.web.dashboard.signed import signed
from checkin.wiring import Services

_MOST = 1_000
"""Looks that one process remembers; then it begins anew, which costs some rows that say the same."""

_Key = tuple[str, int, str, int]


def looked(services: Services, what: str, *, person: int | None = None, **ids: Any) -> None:
    """Write down that whoever is signed in looked at something; `ids` say what else it was about, never in words."""
    me = signed()
    services.act(lambda session: system.audit(session, me.who, what, services.now(), person=person, **ids))


def looked_anew(
    services: Services,
    what: str,
    about: int,
    shown: object = None,
    *,
    opened: bool = False,
    for_: timedelta = DAY,
    person: int | None = None,
    **ids: Any,
) -> None:
    """Write down a look at what a browser asks for again and again by itself, once for as long as it is the same.

    `about`: the id of what is looked at. `shown`: what of it is shown now; where it differs from the last time it is a
    look again, and so it is after `for_`. `opened`: somebody opened the page anew, which always is one.
    """
    me, now = signed(), services.now()
    seen: dict[_Key, tuple[object, datetime]] = current_app.extensions.setdefault("looks", {})
    key = (me.who, me.browser, what, about)
    known = seen.get(key)
    if not opened and known is not None and known[0] == shown and now - known[1] < for_:
        return
    looked(services, what, person=person, **ids)
    if len(seen) >= _MOST:
        seen.clear()
    seen[key] = (shown, now)
