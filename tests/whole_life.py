"""A member of whom something stands in every table that can hold something of a person."""

from datetime import timedelta

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from checkin.domain.terms import Level, PersonId, Phone
from checkin.handlers import coordinator_wrote, members_kept
from checkin.handlers.contacts_named import name_contact
from checkin.store import api_answers, people
from checkin.store.columns import Row
from checkin.store.sealed import CannotUnseal, unseal_bytes
from checkin.store.tables import (
    CaseNoteRow,
    ConsentRow,
    EscalationRow,
    ExclusionRow,
    InboundRow,
    IncomingCallRow,
    MemberRow,
    PeopleFileRow,
    PinRow,
    TaskRow,
    VoicemailRow,
)
from tests.town import DORA, SAM, Town

NAME, WORD, TOPIC = "Samantha", "marmalade", "beekeeping"
MARY = "+12025550151"
"""A contact whom Sam alone named."""


def lived(town: Town) -> None:
    """Sam is asked, answers, cries, talks with Ana who writes too, leaves a message, is noted about; all is closed."""
    with town.in_session() as session:
        person = people.by_phone(session, Phone(SAM))
        assert person is not None
        person.name = NAME
        row = session.scalars(select(MemberRow)).one()
        row.topics, row.prefers = [TOPIC], f"{WORD} women"
        row.recent_ratings = [3]
        name_contact(
            session, Phone(SAM), Phone(MARY), town.time, who="test", agreed=WORD, hears_name=True, name=f"{WORD} Mary"
        )
        session.add(ExclusionRow(member_id=1, volunteer_id=2, created_at=town.time))
    town.schedule("MO 9:05")
    town.passes(minutes=6)
    town.sam.sends(f"4 {WORD}")
    town.passes(minutes=1)
    town.sam.sends(f"i cant do this any more {WORD}")
    town.rings(town.ana).presses("1")
    town.rings(town.sam).presses("1")
    town.passes(seconds=40)
    town.ana.sends(f"hello {NAME} it is about {WORD}")
    town.passes(seconds=20)
    town.ana.hangs_up()
    town.sam.hangs_up()
    town.passes(seconds=30)
    _closed(town)
    _message_left(town)
    town.passes(minutes=30)
    _written_about(town)


def _closed(town: Town) -> None:
    desk = town.desk(DORA)
    page = desk.opens("/cases/1")
    if "closed" not in page.words:
        town.ana.sends("DONE 1 1")
        town.passes(minutes=2)
    assert [case.state for case in town.cases()] == ["closed"]


def _message_left(town: Town) -> None:
    town.sam.rings_the_service()
    town.passes(seconds=2)
    town.sam.presses("3")
    town.passes(seconds=6)
    town.sam.says(f"it is about the {WORD} on monday")
    town.sam.presses("#")
    town.passes(seconds=20)


def _written_about(town: Town) -> None:
    with town.in_session() as session:
        members_kept.noted(session, 1, f"{NAME} likes {WORD}", "test", town.time)
        text = session.scalars(select(InboundRow.id).order_by(InboundRow.id)).first()
        assert text is not None
        members_kept.corrected(session, text, Level.CONCERN, f"{WORD}!", "test", town.time)
        session.add(CaseNoteRow(escalation_id=1, person_id=1, at=town.time, about="note", words=f"{NAME} and {WORD}"))
        session.add(
            PeopleFileRow(
                kind="members", by="test", raw=f"phone,name\n(202) 555-0101,{NAME}\n".encode(), lines=1,
                created_at=town.time, expires_at=town.time + timedelta(hours=1),
            )
        )  # fmt: skip
        api_answers.begin(session, "mark", "asked", town.time)
        api_answers.end(session, "mark", 200, f'{{"id": 1, "name": "{NAME}", "phone": "...01"}}', {})
        for task in session.scalars(select(TaskRow).where(TaskRow.done_at.is_(None))).all():
            if task.person_id is not None:
                coordinator_wrote.task_done(session, task.id, _dora(session), f"rang {NAME} about {WORD}", town.time)
        session.get_one(EscalationRow, 1).matters = f"{TOPIC}, {WORD}"
        session.get_one(EscalationRow, 1).closed_how = f"with {WORD}"  # as versions before this one kept it
        session.scalars(select(ConsentRow).where(ConsentRow.person_id == 1)).one().wording = f"yes {WORD}"
        session.scalars(select(IncomingCallRow)).first().lead_values = {"words": WORD}  # type: ignore[union-attr]
        first = session.get_one(InboundRow, text)
        first.reasons_words = WORD
        session.add(PinRow(person_id=1, hash=WORD, set_at=town.time, set_how="test"))
        session.get_one(VoicemailRow, 1).sound = WORD.encode()
    assert town.rows(VoicemailRow), "a message was left"


def _dora(session: Session) -> PersonId:
    person = people.by_phone(session, Phone(DORA))
    assert person is not None
    return PersonId(person.id)


def everything(engine: Engine) -> dict[str, str]:
    """Each value that the database itself holds, of all tables, decrypted where it is sealed."""
    found: dict[str, str] = {}
    with engine.connect() as connection:
        for table in Row.metadata.sorted_tables:
            rows = connection.exec_driver_sql(f'SELECT * FROM "{table.name}"').mappings()
            for number, row in enumerate(rows):
                found |= {f"{table.name}.{name} {number}": _plain(value) for name, value in row.items()}
    return found


def traces(engine: Engine, *needles: str) -> dict[str, str]:
    """Where any of these still stands. A password's hash is left out: it is random and may hold "Ana"."""
    return {
        place: value
        for place, value in everything(engine).items()
        if not place.startswith("account.password") and any(needle.casefold() in value.casefold() for needle in needles)
    }


def _plain(value: object) -> str:
    if isinstance(value, bytes | memoryview):
        try:
            return unseal_bytes(bytes(value)).decode(errors="replace")
        except CannotUnseal:
            return bytes(value).decode(errors="replace")
    return str(value)
