"""What callers leave after the beep: kept, read, listened to, deleted; and nothing of it lost with a callback."""

import stat
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner

from checkin.cli import voicemails as cli
from checkin.domain.terms import Phone
from checkin.simulator.phones import Phone as Handset
from checkin.store import people
from checkin.store import voicemails as store
from checkin.store.tables import (
    AuditRow,
    CoordinatorRow,
    InboundRow,
    IncomingCallRow,
    MemberRow,
    TaskRow,
    VoicemailRow,
)
from tests.town import CY, DORA, SAM, Town
from workers import catch_up, voicemails

CALM = "it is about the meeting on monday and i come a bit later"
CRY = "i cant do this any more"


def leaves(town: Town, phone: Handset, words: str, *keys: str, ends: str = "#") -> None:
    town.passes(seconds=3)
    phone.rings_the_service()
    for key in keys:
        town.passes(seconds=2)
        phone.presses(key)
    town.passes(seconds=6)
    phone.says(words)
    phone.presses(ends) if ends else phone.hangs_up()
    town.works()


def settles(town: Town, seconds: float = 15) -> None:
    """Callbacks come, and the carrier is asked what is due."""
    town.passes(seconds=seconds)
    voicemails.look(town.services)
    voicemails.look(town.services)
    town.works()


def tasks(town: Town) -> list[str]:
    return [task.what for task in town.rows(TaskRow) if task.done_at is None]


def kept(town: Town) -> VoicemailRow:
    [row] = town.rows(VoicemailRow)
    with town.in_session() as session:
        found = store.with_sound(session, row.id)
        assert found is not None
        return found


def test_a_members_message_is_fetched_sealed_and_deleted_at_the_carrier(town: Town) -> None:
    leaves(town, town.sam, CALM, "3")
    assert len(town.world.recordings) == 1
    settles(town)
    row = kept(town)
    assert (row.state, row.at_carrier, row.transcript) == ("here", False, CALM)
    assert row.sound is not None
    assert row.sound.startswith(b"RIFF")
    assert not town.world.recordings
    assert tasks(town) == ["voicemail"]
    assert not town.cases()
    assert "Thank you. A person will listen to it." in town.sam.heard[-1]


def test_its_sound_and_its_words_are_sealed_in_the_database(town: Town) -> None:
    leaves(town, town.sam, CALM, "3")
    settles(town)
    with town.in_session() as session:
        raw = session.connection().exec_driver_sql("SELECT sound, transcript FROM voicemail").one()
    assert b"RIFF" not in bytes(raw[0])
    assert b"monday" not in bytes(raw[1])


def test_a_cry_in_a_voicemail_is_a_cry(town: Town) -> None:
    leaves(town, town.sam, CRY, "3")
    settles(town)
    [case] = town.cases()
    assert case.cause == "distress"
    town.rings(town.ana, within=10)
    assert "an urgent voice message" in " ".join(town.dora.received)
    [inbound] = town.rows(InboundRow)
    assert "cant" not in inbound.body, "its words stand with the message alone, behind its rights"
    assert kept(town).escalation_id == case.id


@pytest.mark.parametrize("words", ["stop", "start", "pause 3 weeks", "5", "i am fine"])
def test_words_on_a_caller_id_change_nothing_for_good(town: Town, words: str) -> None:
    town.sam.sends(CRY)
    town.passes(seconds=5)
    leaves(town, town.sam, words, "3")
    settles(town)
    [case] = town.cases()
    assert case.closed_at is None
    with town.in_session() as session:
        assert people.coordinators(session, None)
        member = session.query(MemberRow).one()
        assert not member.recent_ratings
    assert "thank" not in " ".join(town.sam.received[1:]).lower()


def test_what_no_machine_understands_is_listened_to(town: Town) -> None:
    town.world.faults["mumble"] = 1
    leaves(town, town.sam, CALM, "3")
    settles(town)
    assert "a voice message to listen to, number 1" in town.dora.received[-1]


def test_a_transcript_that_does_not_come_in_time_is_told_within_minutes(town: Town) -> None:
    leaves(town, town.sam, CALM, "3")
    town.passes(seconds=3)
    town.world.faults["lose_webhook"] = 1
    town.passes(minutes=3)
    assert "a voice message to listen to, number 1" in town.dora.received[-1]
    assert kept(town).transcript is None


def test_a_caller_in_an_open_case_is_listened_to_at_once(town: Town) -> None:
    town.sam.sends("i want to die")
    town.passes(seconds=5)
    leaves(town, town.sam, CALM, "3")
    town.passes(seconds=1)
    assert "a voice message to listen to" in town.dora.received[-1]
    assert "voicemail_left" in town.steps()


def test_the_carriers_machine_knows_english_alone(town: Town) -> None:
    with town.in_session() as session:
        people.by_phone(session, Phone(SAM)).language = "es"  # type: ignore[union-attr]
    leaves(town, town.sam, "quiero hablar con alguien", "3")
    assert "transcribe" not in next(twiml for twiml in town.twiml if "<Record" in twiml)
    town.passes(seconds=1)
    assert "a voice message to listen to" in town.dora.received[-1]


def test_a_stranger_leaves_a_message_that_any_coordinator_who_was_told_may_open(town: Town, tmp_path: Path) -> None:
    leaves(town, town.eve, CALM, "1", "1")
    settles(town)
    assert tasks(town) == ["voicemail"]
    assert "Written to" in opened(town, tmp_path / "a.wav", DORA)


def test_a_strangers_cry_is_told_at_once(town: Town) -> None:
    leaves(town, town.eve, CRY, "1", "1")
    settles(town)
    assert "an urgent voice message" in " ".join(town.dora.received)


def test_who_hangs_up_while_speaking_has_left_a_message(town: Town) -> None:
    leaves(town, town.sam, CALM, "3", ends="")
    settles(town)
    assert kept(town).transcript == CALM
    town.passes(minutes=5)
    assert tasks(town) == ["voicemail"]


def test_silence_after_the_beep_is_asked_again_and_ends_with_a_task(town: Town) -> None:
    town.passes(seconds=1)
    town.sam.rings_the_service()
    town.passes(seconds=2)
    town.sam.presses("3")
    town.passes(minutes=2)
    assert not town.rows(VoicemailRow)
    assert town.sam.line == "idle"
    assert "A person will see that you rang" in town.sam.heard[-1]
    assert tasks(town) == ["member_rang"]


@pytest.mark.parametrize("fault", ["double_webhook", "late_webhook"])
def test_callbacks_that_come_twice_or_late_make_one_message(town: Town, fault: str) -> None:
    town.world.faults[fault] = 4
    leaves(town, town.sam, CRY, "3")
    settles(town, 20)
    assert kept(town).transcript == CRY
    assert len(town.cases()) == 1
    assert tasks(town) == ["voicemail"]
    assert len([text for text in town.dora.received if "urgent voice message" in text]) == 1


def test_all_callbacks_lost_it_is_found_in_the_carriers_log(town: Town) -> None:
    catch_up.look(town.services)
    town.passes(seconds=3)
    town.sam.rings_the_service()
    town.passes(seconds=2)
    town.sam.presses("3")
    town.passes(seconds=6)
    town.sam.says(CALM)
    town.world.faults["lose_webhook"] = 2
    town.down = True  # the action is lost too
    town.sam.hangs_up()
    town.passes(seconds=30)
    town.down = False
    town.passes(seconds=31)
    assert catch_up.look(town.services)
    settles(town, 1)
    row = kept(town)
    assert row.state == "here"
    assert row.person_id is not None, "whose it is, the call's own row says"
    town.passes(minutes=3)
    assert "a voice message to listen to" in town.dora.received[-1]
    assert catch_up.look(town.services)
    assert len(town.rows(VoicemailRow)) == 1


def test_a_carrier_that_is_away_is_asked_again(town: Town) -> None:
    leaves(town, town.sam, CALM, "3")
    town.passes(seconds=10)
    town.world.faults["busy"] = 1
    voicemails.look(town.services)
    assert kept(town).state == "left"
    settles(town, 20)
    assert kept(town).state == "here"


def test_killed_between_fetching_and_deleting_it_is_deleted_later(town: Town) -> None:
    leaves(town, town.sam, CALM, "3")
    town.passes(seconds=10)
    town.world.faults["lose_answer"] = 1  # deleted, and the answer lost
    voicemails.look(town.services)
    assert (kept(town).state, kept(town).at_carrier) == ("here", True)
    settles(town, 20)
    assert (kept(town).state, kept(town).at_carrier) == ("here", False)


def test_what_the_carrier_never_had_is_said_in_the_end(town: Town) -> None:
    leaves(town, town.sam, CALM, "3")
    town.world.recordings.clear()
    for _ in range(12):
        town.passes(hours=1)
        voicemails.look(town.services)
    assert kept(town).state == "lost"
    assert "voicemail_lost" in tasks(town)


def test_it_is_deleted_after_the_policys_days(town: Town) -> None:
    leaves(town, town.sam, CALM, "3")
    settles(town)
    town.time += timedelta(days=30)
    voicemails.look(town.services)
    row = kept(town)
    assert (row.state, row.sound, row.transcript, row.carrier_at) == ("deleted", None, None, None)


def test_it_may_stay_with_the_carrier_and_is_deleted_there_in_time(town: Town) -> None:
    town.services.handbook.policy_data["voicemail"]["here"] = False  # type: ignore[index]
    leaves(town, town.sam, CALM, "3")
    settles(town)
    assert (kept(town).state, kept(town).sound) == ("at_carrier", None)
    assert len(town.world.recordings) == 1
    town.time += timedelta(days=30)
    voicemails.look(town.services)
    assert kept(town).state == "deleted"
    assert not town.world.recordings


# --- who may listen ---------------------------------------------------------------------------------------------------


def opened(town: Town, file: Path, by: str, *, number: str = "1") -> str:
    ran = CliRunner().invoke(
        cli.command, ["play", number, "--by", by, "--to", str(file)], obj=lambda: town.services, standalone_mode=False
    )
    return ran.output if ran.exception is None else str(ran.exception.format_message())  # type: ignore[attr-defined]


def test_a_coordinator_of_the_circle_opens_it_and_that_is_recorded(town: Town, tmp_path: Path) -> None:
    leaves(town, town.sam, CALM, "3")
    settles(town)
    said = opened(town, tmp_path / "a.wav", DORA)
    assert CALM in said
    file = tmp_path / "a.wav"
    assert file.read_bytes() == kept(town).sound
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert [row.what for row in town.rows(AuditRow)].count("voicemail opened") == 1
    assert "cannot be written" in opened(town, file, DORA)


def test_a_coordinator_of_another_circle_opens_nothing(town: Town, tmp_path: Path) -> None:
    leaves(town, town.sam, CALM, "3")
    settles(town)
    with town.in_session() as session:
        cy = people.by_phone(session, Phone(CY))
        other = people.ensure_circle(session, "other", "Elm", "Hello", town.time)
        session.add(CoordinatorRow(person_id=cy.id, circle_id=other.id, created_at=town.time))  # type: ignore[union-attr]
    for by in (CY, SAM):
        assert "no coordinator of this circle" in opened(town, tmp_path / "a.wav", by)
    assert not (tmp_path / "a.wav").exists()


def test_a_message_that_stays_with_the_carrier_is_fetched_to_be_opened(town: Town, tmp_path: Path) -> None:
    town.services.handbook.policy_data["voicemail"]["here"] = False  # type: ignore[index]
    leaves(town, town.sam, CALM, "3")
    town.passes(seconds=10)
    assert "Written to" in opened(town, tmp_path / "a.wav", DORA)
    assert (tmp_path / "a.wav").read_bytes().startswith(b"RIFF")


def test_a_coordinator_deletes_it_here_and_there(town: Town, tmp_path: Path) -> None:
    leaves(town, town.sam, CALM, "3")
    town.passes(seconds=10)
    ran = CliRunner().invoke(cli.command, ["delete", "1", "--by", DORA], obj=lambda: town.services)
    assert "is deleted" in ran.output
    voicemails.look(town.services)
    assert kept(town).state == "deleted"
    assert not town.world.recordings
    assert "no voicemail 1" in opened(town, tmp_path / "a.wav", DORA)
    ran = CliRunner().invoke(cli.command, ["list"], obj=lambda: town.services)
    assert "Nobody left a message" in ran.output


def test_a_message_found_without_its_call_is_kept_for_admins(town: Town) -> None:
    """A database that was restored knows nothing of the call."""
    leaves(town, town.sam, CALM, "3")
    with town.in_session() as session:
        for row in session.query(TaskRow):
            session.delete(row)
        session.flush()
        for row in [*session.query(VoicemailRow), *session.query(IncomingCallRow)]:
            session.delete(row)
    town.passes(minutes=1)
    catch_up.catch_up(town.services, town.time - timedelta(minutes=5))
    assert kept(town).circle_id is None
    assert tasks(town).count("voicemail") == 1
