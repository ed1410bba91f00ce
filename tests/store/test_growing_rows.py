"""What a long life leaves behind is not read each time: of a house that is years old every step costs what it did.

Found in a simulated town of a thousand: with each month each day of it took longer.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, event

from checkin.simulation.run import Plan, play
from checkin.store.session import make_engine
from tests.new_database import make_tables

GROWING = {
    "audit",
    "check_in",
    "consent_record",
    "delivery",
    "escalation",
    "handoff",
    "inbound",
    "incoming_call",
    "look_in",
    "offer",
    "shift_change",
    "timeline",
    "voicemail",
    "webhook_event",
}
OF_FEW_ROWS = ("uq_escalation_open_member_id", "ix_delivery_calls_under_way", "ix_delivery_troubled")
"""Indexes of what is under way only: to read one whole is to read little."""
ASKED_OF_THE_WHOLE = ("escalation.closed_by, escalation.cause",)
"""The auditor's look back at closed cases, once in a while."""


def test_no_step_of_a_week_reads_all_that_ever_was(tmp_path: Path) -> None:
    with listened() as asked:
        assert play(Plan(seed=5, members=12, days=7)).broken is None
    engine = make_engine(f"sqlite:///{tmp_path / 'rows.sqlite3'}")
    make_tables(engine)
    with engine.connect() as connection:
        rows = connection.connection.driver_connection
        read_whole = {
            statement: step
            for statement, given in asked.items()
            if statement.startswith(("SELECT", "UPDATE", "DELETE", "WITH"))
            and not any(words in statement for words in ASKED_OF_THE_WHOLE)
            for *_, step in rows.execute(f"EXPLAIN QUERY PLAN {statement}", given)  # type: ignore[union-attr]
            if is_read_whole(step, statement)
        }
    assert len(asked) > 200
    assert not read_whole


def is_read_whole(step: str, statement: str) -> bool:
    """Whether a step goes through a table that grows; not where it goes back from the newest row to the first match."""
    scan, _, rest = step.partition(" ")
    table = rest.split(" ")[0]
    backwards = f"ORDER BY {table}.id DESC" in statement and "LIMIT" in statement
    return scan == "SCAN" and table in GROWING and not backwards and not any(index in rest for index in OF_FEW_ROWS)


@contextmanager
def listened() -> Iterator[dict[str, Any]]:
    """Every statement that is asked, with what was given to it the last time."""
    asked: dict[str, Any] = {}

    def hear(_connection: Any, _cursor: Any, statement: str, given: Any, _context: Any, many: bool) -> None:
        asked[statement] = given[0] if many else given

    event.listen(Engine, "before_cursor_execute", hear)
    try:
        yield asked
    finally:
        event.remove(Engine, "before_cursor_execute", hear)
