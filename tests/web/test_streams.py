"""The streams of Today: few, short, woken by what changes in their circles, ended with the process."""

from collections.abc import Iterator

import pytest

from checkin.store.tables import TaskRow
from checkin.web.dashboard.today import live as module
from checkin.web.dashboard.today.live import STREAMS, Live
from tests.desk import desk_of
from tests.town import DORA, Town


@pytest.fixture(autouse=True)
def fast(monkeypatch: pytest.MonkeyPatch) -> None:
    """The watcher looks twenty times a second."""
    monkeypatch.setattr(module, "_EVERY", 0.05)


def next_mark(events: Iterator[str]) -> str:
    """The next mark that a stream tells of."""
    for event in events:
        if "event: mark" in event:
            return event
    raise AssertionError("the stream ended without a mark")


def test_a_stream_tells_what_changes_in_its_own_circles(town: Town) -> None:
    live = Live(town.services)
    mine, others = live.stream(frozenset({1})), live.stream(frozenset({2}))
    assert live.enter()
    assert live.enter()
    first = next_mark(mine)
    next_mark(others)
    town.sam.sends("i cant do this any more")
    assert next_mark(mine) != first
    beats = [next(others) for _ in range(2)]
    assert all("event: beat" in beat for beat in beats), "nothing changed for the other circle"


def test_what_belongs_to_no_circle_is_told_to_all(town: Town) -> None:
    live = Live(town.services)
    stream = live.stream(frozenset({2}))
    live.enter()
    first = next_mark(stream)
    with town.in_session() as session:
        session.add(TaskRow(key="x", what="unknown_wrote", created_at=town.time))
    assert next_mark(stream) != first


def test_a_mark_is_the_same_while_nothing_changes_and_names_nothing(town: Town) -> None:
    live = Live(town.services)
    town.sam.sends("i cant do this any more")
    town.passes(seconds=1)
    assert live.mark(None) == live.mark(None)
    assert len(live.mark(None)) == 16


def test_there_are_so_many_streams_and_then_the_page_asks_instead(town: Town) -> None:
    desk = desk_of(town, DORA)
    streams = [desk.client.get("/today/stream", buffered=False) for _ in range(STREAMS)]
    assert [stream.status_code for stream in streams] == [200] * STREAMS
    refused = desk.client.get("/today/stream")
    assert (refused.status_code, refused.headers["Retry-After"]) == (503, "5")
    assert len(desk.client.get("/today/mark").text) == 16
    for stream in streams:
        stream.close()
    again = desk.client.get("/today/stream", buffered=False)
    assert again.status_code == 200
    again.close()


def test_who_asks_for_a_stream_and_never_reads_it_keeps_no_place(town: Town) -> None:
    desk = desk_of(town, DORA)
    for method in ("HEAD", "GET"):
        for _ in range(STREAMS + 5):
            answer = desk.client.open("/today/stream", method=method, buffered=False)
            assert answer.status_code == 200, method
            answer.close()
    read = desk.client.get("/today/stream", buffered=False)
    assert read.status_code == 200
    assert "event: mark" in next(read.iter_encoded()).decode()
    read.close()


def test_a_stream_ends_by_itself_and_when_the_process_is_to_end(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_TURNS", 3)
    live = Live(town.services)
    live.enter()
    assert len(list(live.stream(None))) == 1
    ending = Live(town.services, is_ending=lambda: True)
    ending.enter()
    assert len(list(ending.stream(None))) == 1
