"""The promises can be asked of either kind of database: the questions are the same."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from checkin.promises import broken
from checkin.store.session import transaction
from checkin.wiring import Services


@pytest.mark.parametrize("hours", [None, 1])
def test_an_empty_house_breaks_none(make_services: Callable[[], Services], hours: int | None) -> None:
    services = make_services()
    now = services.now()
    since = now - timedelta(hours=hours) if hours is not None else None
    with transaction(services.engine) as session:
        assert broken(session, now, services.handbook.in_hours, since) == []
