"""A member is erased: nothing of them can be found, nobody writes to them again, and what must stay stays."""

import sqlite3
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import JSON, Boolean, Connection, Integer, String, select

from checkin.domain.consent import Consent, How
from checkin.domain.terms import PersonId, Phone
from checkin.handlers.handbook import Handbook
from checkin.handlers.member_erased import CannotErase, Hinders, erase_member
from checkin.handlers.people_files.terms import Kind
from checkin.handlers.people_imported import people_imported, read_people
from checkin.store import consent, erasures, people
from checkin.store.columns import Row, UtcDateTime
from checkin.store.emptied import ERASED, _is_about
from checkin.store.sealed import BlindIndex, Sealed, SealedBytes, blind
from checkin.store.tables import (
    AuditRow,
    CheckInRow,
    ConsentRow,
    DeliveryRow,
    ErasureRow,
    InboundRow,
    MemberRow,
    PersonRow,
    TaskRow,
    VoicemailRow,
    VolunteerRow,
)
from tests.town import ANA, DORA, SAM, Town
from tests.whole_life import MARY, NAME, TOPIC, WORD, lived, traces
from workers import catch_up, voicemails

NEEDLES = (NAME, WORD, TOPIC, SAM, SAM[2:], MARY)
NOBODYS = {
    "account.email": "a coordinator's, and a coordinator is not erased",
    "account.email_index": "a coordinator's",
    "account.totp_secret": "a coordinator's",
    "coordinator.email": "a coordinator's",
    "passkey.name": "a coordinator's",
    "installation.index_key": "the installation's own",
    "webhook.url": "another system's",
    "webhook.secret": "another system's",
}
"""Sealed columns and fingerprints in which nothing of a member stands, and why."""


STAYS = {
    "check_in": "that it was, and how it was answered, counts for results",
    "consent_record": "when contact began and ended must be shown",
    "delivery": "how much was sent counts for results",
    "escalation": "that there was a case counts for results",
    "handoff": "that there was a talk counts for results",
    "inbound": "how it was read counts for results",
    "incoming_call": "that somebody rang counts for results",
    "look_in": "that contacts were rung counts for results",
    "member": "check-ins and cases hang on it",
    "offer": "who was asked, of a case of others",
    "shift_swap": "whoever took the shift has it by this",
    "swap_cover": "that a shift was taken, and went back",
    "task": "that there was something to do",
    "voicemail": "the carrier is asked to delete the sound",
    "volunteer": "cases of others hang on it",
}
"""Tables in which rows of somebody who was erased stay, emptied, and why."""
POINTING = [
    table
    for table in Row.metadata.sorted_tables
    if any(key.column.table.name in ("person", "member", "volunteer") for key in table.foreign_keys)
    and table.name != "coordinator"  # who is one is not erased
]


def one_in_each(connection: Connection, rows: dict[str, int], town: Town) -> None:
    """Write a row of this person into every table that points at people, with a word in all that is sealed."""
    kinds = {Boolean: False, Integer: 1, String: "in", JSON: {}, UtcDateTime: town.time}
    for table in (table for table in POINTING if table.name not in rows):
        values: dict[str, Any] = {}
        for column in table.columns:
            to = next((key.column.table.name for key in column.foreign_keys), None)
            if isinstance(column.type, Sealed | SealedBytes):
                values[column.name] = WORD if isinstance(column.type, Sealed) else WORD.encode()
            elif to in ("person", "member", "volunteer") or (to is not None and not column.nullable):
                values[column.name] = rows[to]
            elif not column.nullable and not column.primary_key and column.default is None:
                values[column.name] = next(plain for kind, plain in kinds.items() if isinstance(column.type, kind))
        rows[table.name] = connection.execute(table.insert().values(values)).inserted_primary_key[0]


def pointing_at(town: Town, person: int, volunteer: int) -> set[str]:
    """The tables with a row that points at this person, at the first member, or at this volunteer."""
    them = {"person": person, "member": 1, "volunteer": volunteer}
    with town.in_session() as session:
        return {
            table.name
            for table in POINTING
            for key in table.foreign_keys
            if (number := them.get(key.column.table.name)) is not None
            and session.execute(select(key.parent).where(key.parent == number)).first() is not None
        }


def erased(town: Town, member: int = 1) -> None:
    town.services.act(lambda session: erase_member(session, town.services.handbook, member, "person 5", town.time))


def state_of(town: Town, number: str) -> Consent:
    with town.in_session() as session:
        person = people.by_phone(session, Phone(number))
        return consent.current(session, PersonId(person.id)) if person is not None else Consent.NONE


def imported(town: Town, text: str) -> None:
    handbook: Handbook = town.services.handbook
    file = read_people(Kind.MEMBERS, text.encode(), handbook, town.time)
    town.services.act(lambda session: people_imported(session, handbook, file, town.time, who="test"))


def test_in_what_way_a_consent_came_or_went_stays_but_not_what_a_coordinator_wrote(town: Town) -> None:
    """A STOP said on a call was kept as an erasure, and was none of the STOPs of its month."""
    with town.in_session() as session:
        for how in (*How, "a form, with her sister Mary"):
            consent.record(session, PersonId(1), Consent.OUT, how, town.time)
    erased(town)
    kept = [row.how for row in town.rows(ConsentRow) if row.person_id == 1]
    assert kept[-len(How) - 1 :] == [*How, ERASED]


def test_nothing_of_the_person_can_be_found_in_any_table(town: Town) -> None:
    lived(town)
    held = {place.split(" ")[0] for place in traces(town.services.engine, *NEEDLES, blind(SAM))}
    sealed = {
        f"{table.name}.{column.name}"
        for table in Row.metadata.sorted_tables
        for column in table.columns
        if isinstance(column.type, Sealed | SealedBytes | BlindIndex)
    }
    assert sealed - held == set(NOBODYS), "the life that is erased here has something in each of them"
    erased(town)
    assert traces(town.services.engine, *NEEDLES, blind(SAM), blind(MARY)) == {}


def test_of_every_table_that_points_at_somebody_the_rows_go_or_stay_for_a_reason(town: Town) -> None:
    """The tables are asked of the database's own plan: a new one is in here the day it is made."""
    with town.in_session() as session:
        volunteer = VolunteerRow(person_id=1, circle_id=1, created_at=town.time)
        session.add(volunteer)
        session.flush()
        one_in_each(session.connection(), {"person": 1, "member": 1, "volunteer": volunteer.id, "circle": 1}, town)
    assert pointing_at(town, 1, volunteer.id) == {table.name for table in POINTING}
    with town.in_session() as session:
        erasures.erase(session, session.get_one(PersonRow, 1), "test", town.time)
    assert pointing_at(town, 1, volunteer.id) == set(STAYS)
    assert traces(town.services.engine, WORD) == {}, "what stays says nothing"


def test_what_was_encrypted_is_written_over_in_the_file_itself(town: Town) -> None:
    lived(town)
    file = Path(str(town.services.engine.url.database))
    beside = sqlite3.connect(file, isolation_level=None)
    [[phone]] = beside.execute("SELECT phone FROM person WHERE id = 1")
    words = [row[0] for row in beside.execute("SELECT body FROM inbound WHERE person_id = 1")]
    beside.execute("PRAGMA wal_checkpoint(FULL)")
    assert phone in file.read_bytes()
    erased(town)
    beside.execute("PRAGMA wal_checkpoint(FULL)")
    raw = file.read_bytes()
    assert not [each for each in [phone, *words] if each in raw]
    beside.close()


def test_what_counts_stays_without_anybody_in_it(town: Town) -> None:
    lived(town)
    before = [(row.state, row.rating, row.due_at) for row in town.rows(CheckInRow)]
    levels = [row.level for row in town.rows(InboundRow)]
    erased(town)
    assert [(row.state, row.rating, row.due_at) for row in town.rows(CheckInRow)] == before
    assert [row.level for row in town.rows(InboundRow)] == levels
    assert [case.state for case in town.cases()] == ["closed"]
    [entry] = [row for row in town.rows(AuditRow) if row.what == "member erased"]
    assert (entry.who, entry.person_id, entry.detail) == ("person 5", 1, {"member": 1})


def test_an_open_case_hinders_it_and_nothing_is_done(town: Town) -> None:
    town.sam.sends("i cant do this any more")
    town.passes(seconds=5)
    with pytest.raises(CannotErase) as hindered:
        erased(town)
    assert hindered.value.why is Hinders.OPEN_CASE
    with town.in_session() as session:
        assert people.by_phone(session, Phone(SAM)) is not None
    assert [case.state for case in town.cases()] != ["closed"]
    assert town.rows(ErasureRow) == []


def test_a_call_under_way_hinders_it(town: Town) -> None:
    town.sam.rings_the_service()
    town.passes(seconds=1)
    with pytest.raises(CannotErase, match="under way"):
        erased(town)


def test_a_coordinator_is_not_erased_as_a_member(town: Town) -> None:
    with town.in_session() as session:
        dora = people.by_phone(session, Phone(DORA))
        assert dora is not None
        session.add(MemberRow(person_id=dora.id, circle_id=1, topics=[], created_at=town.time))
    with pytest.raises(CannotErase, match="coordinator"):
        erased(town, 2)


def test_who_is_a_volunteer_too_goes_as_both(town: Town) -> None:
    with town.in_session() as session:
        ana = people.by_phone(session, Phone(ANA))
        assert ana is not None
        session.add(MemberRow(person_id=ana.id, circle_id=1, topics=[], created_at=town.time))
    erased(town, 2)
    assert traces(town.services.engine, ANA, "Ana") == {}
    town.sam.sends("i cant do this any more")
    town.rings(town.ben)
    assert town.ana.line == "idle"
    assert [row.stand_in for row in town.rows(VolunteerRow)] == [True, False, False], "in no list of volunteers"


def test_nothing_is_sent_to_the_number_until_its_owner_texts_start(town: Town) -> None:
    town.schedule("MO,TU,WE,TH,FR,SA,SU 9:05")
    erased(town)
    town.passes(hours=24)
    assert town.sam.texts == []
    imported(town, f"phone,name\n{SAM},Sam\n")
    town.passes(hours=24)
    assert town.sam.texts == [], "a list with the number in it invites nobody"
    assert state_of(town, SAM) is Consent.OUT
    town.sam.sends("START")
    town.passes(minutes=1)
    assert state_of(town, SAM) is Consent.IN
    assert [text.mine for text in town.sam.texts] == [True, False]


def test_consent_on_paper_counts_when_it_is_later_than_the_erasure(town: Town) -> None:
    erased(town)
    at = town.time
    town.passes(hours=1)
    imported(town, f"phone,consent_source,consent_at\n{SAM},paper,{(at - timedelta(days=1)).isoformat()}\n")
    assert state_of(town, SAM) is Consent.OUT
    imported(town, f"phone,consent_source,consent_at\n{SAM},paper,{(at + timedelta(minutes=5)).isoformat()}\n")
    assert state_of(town, SAM) is Consent.IN


def test_who_was_erased_and_writes_is_a_stranger_who_said_stop_and_their_cry_is_heard(town: Town) -> None:
    erased(town)
    town.sam.sends("i want to die")
    town.passes(seconds=5)
    assert state_of(town, SAM) is Consent.OUT
    assert [task.what for task in town.rows(TaskRow) if task.done_at is None] == ["opted_out_wrote"]
    assert town.dora.texts, "coordinators are told at once"


def test_what_waits_to_be_sent_is_not_sent(town: Town) -> None:
    town.schedule("MO 9:05")
    town.passes(minutes=5)
    with town.in_session() as session:  # a worker was handed it, and comes late
        row = session.scalars(select(DeliveryRow).where(DeliveryRow.person_id == 1)).first()
        waiting = None if row is None else row.id
    erased(town)
    town.passes(minutes=30)
    sent = [row for row in town.rows(DeliveryRow) if row.person_id == 1 and row.first_tried_at is not None]
    assert all(row.id == waiting for row in sent)
    assert len(town.sam.texts) == len(sent)


def test_the_carriers_log_does_not_bring_them_back(town: Town) -> None:
    town.sam.sends(f"4 {WORD}")
    town.sam.rings_the_service()
    town.passes(seconds=2)
    town.sam.hangs_up()
    town.passes(minutes=2)
    erased(town)
    people_before = len(town.rows(PersonRow))
    catch_up.catch_up(town.services, town.time - timedelta(days=1))
    assert len(town.rows(PersonRow)) == people_before
    assert traces(town.services.engine, SAM, WORD) == {}
    town.down = True
    town.passes(minutes=1)
    town.sam.sends("are you there")
    town.passes(minutes=1)
    town.down = False
    catch_up.catch_up(town.services, town.time - timedelta(days=1))
    assert len(town.rows(PersonRow)) == people_before + 1, "what they write afterwards is heard"


def cried_unheard_and_erased(town: Town, words: str) -> None:
    """Sam texts while we are down, and is erased before the carrier's log is read."""
    town.down = True
    town.sam.sends(words)
    town.passes(minutes=1)
    town.down = False
    erased(town)
    catch_up.catch_up(town.services, town.time - timedelta(days=1))
    town.passes(seconds=30)


def test_a_cry_from_before_the_erasure_that_nobody_heard_is_put_before_the_coordinators(town: Town) -> None:
    cried_unheard_and_erased(town, f"i want to die {WORD}")
    [task] = [row for row in town.rows(TaskRow) if row.done_at is None]
    assert (task.what, task.circle_id) == ("wrote_before_erased", 1)
    assert [text.mine for text in town.sam.texts] == [True], "nothing goes to who asked to be forgotten"
    assert town.ana.line == town.ben.line == "idle"
    assert "an urgent text from no member" in town.dora.texts[-1].body
    desk = town.desk(DORA)
    page = desk.opens("/")
    assert WORD in page.words
    desk.sends(f"/tasks/{task.id}/done", note=f"rang {NAME}")
    assert traces(town.services.engine, SAM, SAM[2:], WORD, NAME, blind(SAM)) == {}, "seen to, and forgotten again"
    catch_up.catch_up(town.services, town.time - timedelta(days=1))
    assert [row for row in town.rows(TaskRow) if row.done_at is None] == [], "the log is read again and again"


@pytest.mark.parametrize("words", ["4", f"thank you {WORD}", "CALL", "STOP"])
def test_what_needs_nobody_from_before_the_erasure_is_not_stored(town: Town, words: str) -> None:
    cried_unheard_and_erased(town, words)
    assert [row for row in town.rows(TaskRow) if row.done_at is None] == []
    assert traces(town.services.engine, SAM, WORD) == {}


def test_a_cry_that_was_heard_before_the_erasure_is_not_raised_again(town: Town) -> None:
    lived(town)
    erased(town)
    tasks = len(town.rows(TaskRow))
    catch_up.catch_up(town.services, town.time - timedelta(days=1))
    assert len(town.rows(TaskRow)) == tasks
    assert traces(town.services.engine, *NEEDLES, blind(SAM)) == {}


def test_who_cried_and_has_said_start_since_keeps_their_number_and_loses_the_words(town: Town) -> None:
    cried_unheard_and_erased(town, f"i want to die {WORD}")
    town.sam.sends("START")
    town.passes(minutes=1)
    [task] = [row for row in town.rows(TaskRow) if row.what == "wrote_before_erased"]
    town.desk(DORA).sends(f"/tasks/{task.id}/done", note="rang them")
    assert traces(town.services.engine, WORD) == {}
    assert state_of(town, SAM) is Consent.IN


def test_a_cry_from_before_the_erasure_is_a_case_where_they_are_a_member_again(town: Town) -> None:
    town.down = True
    town.sam.sends("i want to die")
    town.passes(minutes=1)
    town.down = False
    erased(town)
    town.passes(minutes=10)
    imported(town, f"phone,consent_source,consent_at\n{SAM},paper,{(town.time - timedelta(minutes=5)).isoformat()}\n")
    catch_up.catch_up(town.services, town.time - timedelta(days=1))
    assert [case.cause for case in town.cases()] == ["crisis"]
    town.rings(town.ana, within=5)


def test_a_message_that_the_carrier_still_has_is_deleted_there(town: Town) -> None:
    with town.in_session() as session:
        session.add(
            VoicemailRow(
                recording_sid="RE1", call_sid="CA1", person_id=1, state="left", at_carrier=True, left_at=town.time,
                delete_at=town.time + timedelta(days=30), carrier_at=town.time + timedelta(days=9),
            )
        )  # fmt: skip
    deleted: list[str] = []
    erased(town)
    town.services.carrier.delete_recording = deleted.append  # type: ignore[method-assign]
    voicemails.look(town.services)
    assert deleted == ["RE1"]
    [row] = town.rows(VoicemailRow)
    assert (row.state, row.at_carrier) == ("deleted", False)


def test_what_came_at_the_very_moment_is_swept(town: Town) -> None:
    erased(town)
    with town.in_session() as session:
        session.add(
            InboundRow(
                sid="SM1", person_id=1, body=WORD, received_at=town.time, kind="words", level="ok", reasons=[]
            )
        )  # fmt: skip
    with town.in_session() as session:
        assert erasures.swept(session, timedelta(hours=1), town.time) == 1
    with town.in_session() as session:
        assert erasures.swept(session, timedelta(hours=1), town.time) == 0
    assert traces(town.services.engine, WORD) == {}


def test_erased_twice_is_erased_once(town: Town) -> None:
    erased(town)
    erased(town)
    assert len(town.rows(ErasureRow)) == 1
    assert len([row for row in town.rows(AuditRow) if row.what == "member erased"]) == 1


def test_what_other_programs_were_answered_about_others_stays_when_a_contact_is_erased() -> None:
    """A contact is no member: that does not mean every answer without one."""
    assert not _is_about('{"id": 7, "name": "Gus"}', "+12025550188", None)
    assert _is_about('{"member": 1}', "+12025550188", 1)
