"""Questions whose answer nobody in the house gives: whose hand moved, and whether everything has come to an end."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from checkin.promises import Broken
from checkin.simulation.due import Due, when
from checkin.simulation.watch import Watch

_BY_HAND = (
    (
        "SELECT 'step ' || t.id, v.person_id, t.at FROM timeline t JOIN volunteer v "
        "ON v.id = json_extract(t.detail, '$.volunteer') WHERE t.what = 'taken' AND t.at >= ?",
        timedelta(hours=2), timedelta(minutes=2),  # who holds a case that rests had their hand on it before that
        "P3", "a case was taken, and its volunteer pressed no key and wrote nothing",
    ),
    (
        "SELECT 'handoff ' || h.id, v.person_id || ',' || m.person_id, h.joined_at FROM handoff h "
        "JOIN volunteer v ON v.id = h.volunteer_id JOIN escalation e ON e.id = h.escalation_id "
        "JOIN member m ON m.id = e.member_id WHERE h.joined_at >= ?",
        timedelta(hours=5), timedelta(minutes=2),  # a key may have been pressed at the start of a long wait on the line
        "P3", "two were joined of whom one had pressed no key",
    ),
    (
        "SELECT 'escalation ' || id, substr(closed_by, 13), closed_at FROM escalation "
        "WHERE closed_at >= ? AND closed_by LIKE 'coordinator:%'",
        timedelta(minutes=3), timedelta(minutes=2),
        "P2", "an escalation was closed, and its coordinator did nothing",
    ),
)  # fmt: skip
"""What the database says that a person did: when, and how long before and after that their hand may have moved."""

_AT_REST = {
    "a case is open": "SELECT id FROM escalation WHERE state != 'closed'",
    "a delivery waits": "SELECT id FROM delivery WHERE state IN ('queued', 'sending', 'unsure')",
    "a delivery's last word was never heard": "SELECT id FROM delivery WHERE state = 'sent'",
    "a handoff is under way": "SELECT id FROM handoff WHERE next_action_at IS NOT NULL",
    "a look-in is under way": "SELECT id FROM look_in WHERE next_action_at IS NOT NULL",
    "a member's place is kept, and nobody waits in it": "SELECT id FROM waiting WHERE ended_at IS NULL",
    "a call to us has no end": "SELECT id FROM incoming_call WHERE next_action_at IS NOT NULL",
    "a message was never fetched": "SELECT id FROM voicemail WHERE state = 'left'",
    "a check-in is open": "SELECT id FROM check_in WHERE state IN ('due', 'asked', 'reminded', 'called')",
}


def without_a_hand(due: Due, watch: Watch, numbers: Mapping[int, str], since: datetime) -> list[Broken]:
    """P3 and P2: what the database calls taken, joined or closed since then was done by somebody's hand."""
    found = []
    for question, before, after, promise, what in _BY_HAND:
        for row, persons, happened in due.rows(question, _stored(since)):
            start, end = when(happened) - before, when(happened) + after
            theirs = [numbers[int(person)] for person in str(persons).split(",")]
            if not all(watch.did(number, start, end) for number in theirs):
                found.append(Broken(promise, what, str(row)))
    return found


def see_that_all_rests(due: Due, watch: Watch) -> None:
    """Trouble is over and everybody answered: nothing is open, nothing is lost, no cry rang nobody."""
    for what, question in _AT_REST.items():
        row = due.row(question)
        if row is not None:
            watch.fails("P2" if "case" in what else "P6", f"at rest, {what}", f"id {row[0]}")
    lost = watch.lost()
    if lost:
        watch.fails("P7", "a text that the carrier has never reached the database", lost)
    talking = next((call for call in watch.world.calls.values() if call.ended_at is None), None)
    if talking is not None:
        watch.fails("P6", "at rest, the carrier still holds a call", talking.sid)
    unheard = [sid for sid in watch.world.recordings if not _is_known(due, sid)]
    if unheard:
        watch.fails("P7", "a message that a caller left never reached the database", unheard[0])
    if watch.unrung():
        watch.fails("P1", "words of distress rang no phone", f"{watch.unrung()} cases")


def _is_known(due: Due, recording: str) -> bool:
    return due.row("SELECT id FROM voicemail WHERE recording_sid = ?", recording) is not None


def _stored(at: datetime) -> str:
    """A time as SQLite keeps it."""
    return at.astimezone(UTC).replace(tzinfo=None).isoformat(" ", "microseconds")
