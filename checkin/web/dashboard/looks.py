"""Looking leaves a trace (promise P10): who opened whose record is written down."""

from typing import Any

from checkin.store import system
from checkin.web.dashboard.signed import signed
from checkin.wiring import Services


def looked(services: Services, what: str, *, person: int | None = None, **ids: Any) -> None:
    """Write down that whoever is signed in looked at something; `ids` say what else it was about, never in words."""
    me = signed()
    services.act(lambda session: system.audit(session, me.who, what, services.now(), person=person, **ids))
