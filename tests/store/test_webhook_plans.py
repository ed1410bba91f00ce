"""What is asked each second reads what is due, and not what was told long ago."""

from datetime import UTC, datetime

from sqlalchemy import event, text

from checkin.store import webhooks
from checkin.store.session import transaction
from tests.town import Town


def test_whom_to_tell_is_found_without_reading_all_events(town: Town) -> None:
    """Found in a simulated town of a thousand: after two months a quarter of its time went into this."""
    asked: list[str] = []
    with transaction(town.services.engine) as session:
        connection = session.connection()
        event.listen(connection, "before_cursor_execute", lambda *given: asked.append(given[2]))
        webhooks.due_addresses(session, datetime(2026, 1, 1, tzinfo=UTC))
        sentence = asked[-1]
        for sign in range(sentence.count("?")):
            sentence = sentence.replace("?", f":given{sign}", 1)
        given = {f"given{sign}": "2026-01-01" for sign in range(sentence.count(":given"))}
        plan = [row[-1] for row in session.execute(text(f"EXPLAIN QUERY PLAN {sentence}"), given)]
    assert not [step for step in plan if step.startswith("SCAN webhook_event")], plan
    assert [step for step in plan if "ix_webhook_event_webhook_id_next_action_at (webhook_id=? AND" in step], plan
