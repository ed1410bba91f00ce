"""Words are kept for half a year, or as long as a circle says: then they go by night, and what they came to stays."""

import socket
from datetime import timedelta

import pytest
from sqlalchemy import update

from checkin.handlers.words_deleted import delete_old_words
from checkin.illness.look import look as illness_look
from checkin.store import words_kept
from checkin.store.tables import (
    CheckInRow,
    CircleRow,
    CorrectionRow,
    DeliveryRow,
    EscalationRow,
    InboundRow,
    InstallationRow,
    VoicemailRow,
)
from tests.desk import desk_of
from tests.town import DORA, Town
from tests.whole_life import NAME, WORD, lived, traces
from workers import housekeeping

DAYS = 181
KEPT = {"member.topics", "member.prefers", "member_note.body", "case_note.words", "task.note", "person.name"}
"""What is the record's and the coordinators' own, and not a message."""


def ages(town: Town, days: int) -> None:
    """All that was said lies so many days back."""
    back = timedelta(days=days)
    with town.in_session() as session:
        for kind, *columns in (
            (InboundRow, "received_at"),
            (DeliveryRow, "created_at"),
            (EscalationRow, "opened_at", "closed_at"),
            (VoicemailRow, "left_at"),
        ):
            for row in session.query(kind):
                for column in columns:
                    if getattr(row, column) is not None:
                        setattr(row, column, getattr(row, column) - back)


def ailments(town: Town) -> dict[str, str]:
    return {ailment.key: ailment.what for ailment in illness_look(town.services).ill}


def deletes(town: Town) -> int:
    return delete_old_words(town.services.act, town.services.handbook, town.time).count


def test_words_go_everywhere_and_ratings_levels_and_counts_stay(town: Town) -> None:
    lived(town)
    ages(town, DAYS)
    moods = [(row.rating, row.level, row.kind) for row in town.rows(InboundRow)]
    check_ins = [(row.state, row.rating) for row in town.rows(CheckInRow)]
    assert deletes(town)
    left = {place.split(" ")[0] for place in traces(town.services.engine, WORD)}
    assert left <= KEPT | {"consent_record.how", "consent_record.wording", "people_file.raw", "escalation.closed_how",
                           "incoming_call.lead_values", "pin.hash"}  # fmt: skip
    assert [(row.rating, row.level, row.kind) for row in town.rows(InboundRow)] == moods
    assert [(row.state, row.rating) for row in town.rows(CheckInRow)] == check_ins
    assert [row.comment for row in town.rows(CorrectionRow)] == [""]
    assert [row.state for row in town.rows(VoicemailRow)] == ["deleted"]
    assert deletes(town) == 0, "a second time there is nothing to do"


def test_what_is_younger_stays(town: Town) -> None:
    lived(town)
    ages(town, 179)
    assert deletes(town) == 0
    assert any(WORD in row.body for row in town.rows(InboundRow))


def test_the_words_of_an_open_case_and_of_what_is_to_be_read_wait(town: Town) -> None:
    town.sam.sends(f"i cant do this any more {WORD}")
    town.eve.sends(f"is this the group {WORD}")
    town.passes(seconds=5)
    ages(town, DAYS)
    deletes(town)
    assert [WORD in row.body for row in town.rows(InboundRow)] == [True, True]
    desk = desk_of(town, DORA)
    desk.presses(desk.opens("/cases/1"), "Close", ending="settled")
    with town.in_session() as session:
        session.execute(update(EscalationRow).values(closed_at=town.time - timedelta(days=DAYS)))
    deletes(town)
    assert [WORD in row.body for row in town.rows(InboundRow)] == [False, True]


def test_a_circle_keeps_them_as_long_as_it_says(town: Town) -> None:
    with town.in_session() as session:
        session.query(CircleRow).filter_by(name="main").one().policy = {"retention": {"words_days": 40}}
    town.sam.sends(WORD)
    town.eve.sends(WORD)
    town.passes(seconds=5)
    with town.in_session() as session:
        session.execute(update(InboundRow).values(received_at=town.time - timedelta(days=41)))
        session.execute(update(DeliveryRow).values(created_at=town.time - timedelta(days=41)))
    for task in ("1", "2"):
        desk_of(town, DORA).sends(f"/tasks/{task}/done", note="read")
    deletes(town)
    assert [row.body for row in town.rows(InboundRow)] == ["", WORD], "a stranger is of no circle"


def test_it_is_done_each_night_by_one_clock_in_parts(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("checkin.handlers.words_deleted.PART", 2)
    lived(town)
    ages(town, DAYS)
    housekeeping.look(town.services)
    assert any(row.body for row in town.rows(InboundRow)), "not in the middle of the day"
    with town.in_session() as session:
        due = session.get_one(InstallationRow, 1).words_due_at
    assert due is not None
    assert f"{due.astimezone(town.services.handbook.timezone):%H:%M}" == "03:00"
    town.time = due
    parts: list[int] = []
    housekeeping.look(town.services, lambda: parts.append(1) or True)  # type: ignore[func-returns-value]
    assert len(parts) > 3
    assert not any(row.body for row in town.rows(InboundRow) if row.person_id == 1)
    with town.in_session() as session:
        again = session.get_one(InstallationRow, 1).words_due_at
    assert again == due + timedelta(days=1)


def the_night_comes(town: Town) -> None:
    housekeeping.look(town.services)
    with town.in_session() as session:
        town.time = session.get_one(InstallationRow, 1).words_due_at  # type: ignore[assignment]


def place(town: Town, table: str) -> list[int]:
    with town.in_session() as session:
        row = session.get_one(InstallationRow, 1)
        return list((row.words_place or {})[table])


def old_texts(town: Town, count: int) -> None:
    with town.in_session() as session:
        session.add_all(
            InboundRow(
                sid=f"SM{number}", person_id=1, body=NAME, received_at=town.time - timedelta(days=DAYS),
                kind="words", level="ok", reasons=[],
            )
            for number in range(count)
        )  # fmt: skip


def test_a_long_pass_rests_after_some_parts_and_goes_on_where_it_was_at_the_next_look(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever was erased meanwhile has their turn: a look has an end, however much is old."""
    monkeypatch.setattr("checkin.handlers.words_deleted.PART", 2)
    monkeypatch.setattr(housekeeping, "_PARTS", 3)
    old_texts(town, 10)
    the_night_comes(town)
    housekeeping.look(town.services)
    assert [bool(row.body) for row in town.rows(InboundRow)] == [False] * 6 + [True] * 4
    assert place(town, "inbound") == [0, 6]
    town.time += timedelta(minutes=1)
    housekeeping.look(town.services)
    assert not any(row.body for row in town.rows(InboundRow))


def test_the_next_night_begins_at_the_first_row_with_words(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("checkin.handlers.words_deleted.PART", 2)
    old_texts(town, 10)
    with town.in_session() as session:
        session.get_one(InboundRow, 8).received_at = town.time  # must stay: the next night looks from here on
    the_night_comes(town)
    housekeeping.look(town.services)
    assert place(town, "inbound") == [7, 7]
    the_night_comes(town)
    parts: list[int] = []
    housekeeping.look(town.services, lambda: parts.append(1) or True)  # type: ignore[func-returns-value]
    assert len(parts) == 2
    assert [row.id for row in town.rows(InboundRow) if row.body] == [8]


def test_a_pass_that_is_told_to_stop_goes_on_at_the_next_look_and_one_that_died_ten_minutes_later(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    old_texts(town, 10)
    the_night_comes(town)

    def dies(*_given: object) -> None:
        raise SystemExit

    with monkeypatch.context() as broken:
        broken.setattr(housekeeping, "delete_old_words", dies)
        with pytest.raises(SystemExit):
            housekeeping.look(town.services)
    housekeeping.look(town.services)
    assert all(row.body for row in town.rows(InboundRow)), "it may still be at it"
    town.time += timedelta(minutes=10)
    housekeeping.look(town.services, lambda: False)
    assert place(town, "inbound") == [0, 10]
    assert not any(row.body for row in town.rows(InboundRow))
    housekeeping.look(town.services)
    assert place(town, "inbound") == [10, 10], "the pass is over"


def test_who_was_at_it_too_long_changes_nothing_of_whoever_went_on(town: Town) -> None:
    old_texts(town, 10)
    the_night_comes(town)
    slow = town.services.act(lambda session: words_kept.claim(session, town.time, town.time))
    town.time += timedelta(minutes=10)
    housekeeping.look(town.services)
    town.services.act(lambda session: words_kept.rests(session, slow, {}, town.time))
    assert place(town, "inbound") == [10, 10]


def fails_on(town: Town, minutes: int) -> None:
    """The work is tried each minute, as it is while a clock runs."""
    for _ in range(minutes):
        town.time += timedelta(minutes=1)
        housekeeping.look(town.services)


def test_when_nobody_looks_for_old_words_at_all_it_is_told(town: Town) -> None:
    the_night_comes(town)
    town.time += timedelta(hours=2.9)
    assert "housekeeping" not in ailments(town)
    town.time += timedelta(hours=0.2)
    assert "old words" in ailments(town)["housekeeping"]


def test_a_list_that_cannot_be_written_holds_up_nothing_and_is_told_after_an_hour(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    lived(town)
    ages(town, DAYS)
    housekeeping.look(town.services)
    with town.in_session() as session:
        town.time = session.get_one(InstallationRow, 1).words_due_at  # type: ignore[assignment]

    def no_room(*_given: object) -> int:
        raise OSError("no space left on the device")

    with monkeypatch.context() as broken:
        broken.setattr(housekeeping.erased, "written", no_room)
        housekeeping.look(town.services)
        assert not any(row.body for row in town.rows(InboundRow) if row.person_id == 1)
        assert "housekeeping" not in ailments(town)
        fails_on(town, minutes=59)
        assert "housekeeping" not in ailments(town)
        fails_on(town, minutes=1)
        assert "list of the erased" in ailments(town)["housekeeping"]
    housekeeping.look(town.services)
    assert "housekeeping" not in ailments(town)


def test_what_a_machine_failed_at_that_is_no_more_is_not_told_for_ever(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A list was not written once, and the machine got another name: the debt of the old one stood for ever."""

    def no_room(*_given: object) -> int:
        raise OSError("no space left on the device")

    for minutes in (0, 70):
        with monkeypatch.context() as broken:
            broken.setattr(housekeeping.erased, "written", no_room)
            broken.setattr(socket, "gethostname", lambda: "before")
            housekeeping.look(town.services)
            fails_on(town, minutes)
            assert ("housekeeping" in ailments(town)) is bool(minutes)
            broken.setattr(socket, "gethostname", lambda: "after")
            broken.setattr(housekeeping.erased, "written", lambda *_given: 0)
            fails_on(town, minutes=31)
            assert "housekeeping" not in ailments(town)
            town.time += timedelta(hours=1)
            assert "housekeeping" not in ailments(town)


def test_a_machine_that_fails_is_told_though_another_does_not(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    def only_there(*_given: object) -> int:
        if socket.gethostname() == "full":
            raise OSError("no space left on the device")
        return 0

    monkeypatch.setattr(housekeeping.erased, "written", only_there)
    for _ in range(61):
        for machine in ("full", "roomy"):
            monkeypatch.setattr(socket, "gethostname", lambda name=machine: name)
            housekeeping.look(town.services)
        town.time += timedelta(minutes=1)
    assert "list of the erased" in ailments(town)["housekeeping"]


def test_words_that_cannot_be_deleted_are_told_after_an_hour_until_they_are(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    housekeeping.look(town.services)
    with town.in_session() as session:
        town.time = session.get_one(InstallationRow, 1).words_due_at  # type: ignore[assignment]

    def fails(*_given: object) -> int:
        raise ValueError("a row that cannot be read")

    with monkeypatch.context() as broken:
        broken.setattr(housekeeping, "delete_old_words", fails)
        for _ in range(65):
            housekeeping.look(town.services)
            town.time += timedelta(minutes=1)
    assert "old words" in ailments(town)["housekeeping"]
    town.time += timedelta(hours=1)
    housekeeping.look(town.services)
    assert "housekeeping" not in ailments(town)


def test_the_members_page_says_so(town: Town) -> None:
    town.sam.sends("4 thanks")
    town.passes(seconds=5)
    ages(town, DAYS)
    deletes(town)
    page = desk_of(town, DORA).opens("/members/1")
    assert "deleted after 180 days; how it was read stays" in page.words
    assert "(words deleted after 180 days)" in page.words
    assert "4 thanks" not in page.words


def test_many_old_texts_are_emptied_in_short_parts(town: Town) -> None:
    """Each part is one transaction over a thousand ids at most."""
    old_texts(town, 2500)
    calls: list[int] = []

    def act(work):  # type: ignore[no-untyped-def]
        calls.append(1)
        return town.services.act(work)

    assert delete_old_words(act, town.services.handbook, town.time).count == 2500
    assert len(calls) == 1 + 2 + 3 + 2 + 2
