"""The thread that reads the carrier's log: what fails there holds up none of the others."""

import threading

import pytest

from tests.town import Town
from workers import catch_up, voicemails


def test_a_log_that_cannot_be_taken_in_keeps_nobody_from_being_asked_after(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Deliveries' last words and callers' messages waited behind it for as long as it lasted."""
    stopping, done = threading.Event(), list[str]()

    def fails(*_: object) -> bool:
        raise LookupError

    def asks(_: object) -> int:
        done.append("asked after")
        return 0

    def fetches(_: object) -> bool:
        done.append("fetched")
        stopping.set()
        return False

    monkeypatch.setattr(catch_up, "look", fails)
    monkeypatch.setattr(catch_up, "ask_after", asks)
    monkeypatch.setattr(voicemails, "look", fetches)
    catch_up.follow(town.services, stopping)
    assert done == ["asked after", "fetched"]
