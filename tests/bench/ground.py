"""What every measurement stands on: many people by few statements, texts as the carrier posts them, the table."""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import LargeBinary, bindparam, text
from sqlalchemy.orm import Session

from checkin.domain.terms import Phone
from checkin.store import people
from checkin.store.columns import UtcDateTime
from checkin.store.sealed import seal
from checkin.store.session import transaction
from checkin.store.tables import ConsentRow, CoordinatorRow, MemberRow, PersonRow, VolunteerRow
from checkin.wiring import Services
from tests.live import ACCOUNT, NUMBER
from tests.postgres import Postgres

WORDS = ("4", "3 ok i guess", "5!", "pretty good thanks", "a bit tired but fine", "2", "went for a walk with the dog")
PACES = "[pacing]\ntexts_per_second = 1000.0\ncalls_per_second = 1000.0\n"


@dataclass(frozen=True)
class Ground:
    """A database of one kind, and a folder for what is measured on it."""

    name: str
    folder: Path
    postgres: Postgres | None

    def database(self) -> str:
        """An empty one. An empty text is SQLite in the data folder."""
        return self.postgres.new_database() if self.postgres is not None else ""

    def place(self, name: str) -> Path:
        """A new folder."""
        made = self.folder / name
        made.mkdir(parents=True)
        return made

    def row(self, what: str, measured: str, beside: str = "") -> None:
        """Print one line of the table."""
        print(f"| {self.name} | {what} | {measured} | {beside} |", flush=True)


def member_number(place: int) -> str:
    """A number of its own for each member of the bench."""
    return f"+1202{5_550_000 + place:07d}"


def settle(services: Services, members: int, volunteers: int) -> None:
    """People to text and to ring."""
    with transaction(services.engine) as session:
        now = services.now()
        circle = people.ensure_circle(session, "main", "Oak", "Hello", now)
        several(session, [member_number(place) for place in range(members)], circle.id, now)
        for place in range(volunteers):
            person = people.ensure(session, Phone(f"+1303555{place:04d}"), now, name="Ana")
            row = VolunteerRow(
                person_id=person.id, circle_id=circle.id, languages=["en"], max_per_day=9999, created_at=now
            )
            row.reach = "call"
            session.add(row)
        person = people.ensure(session, Phone("+13035559999"), now, name="Dora")
        session.add(CoordinatorRow(person_id=person.id, circle_id=circle.id, created_at=now))


def several(session: Session, numbers: Sequence[str], circle: int, now: datetime) -> None:
    """Members who have agreed, each with a number that can be texted from."""
    rows = [PersonRow(phone=number, phone_index=number, name="Sam", country="US", created_at=now) for number in numbers]
    session.add_all(rows)
    session.flush()
    session.add_all(MemberRow(person_id=row.id, circle_id=circle, created_at=now) for row in rows)
    session.add_all(ConsentRow(person_id=row.id, state="in", how="bench", at=now, recorded_at=now) for row in rows)


_NUMBERS = "WITH RECURSIVE n(i) AS (SELECT CAST(:first AS INTEGER) UNION ALL SELECT i + 1 FROM n WHERE i < :last) "
_MANY = (
    "INSERT INTO person (id, phone, phone_index, name, language, timezone, country, line_type, textable, created_at) "
    "{} SELECT i, :phone, 'bench ' || i, :name, 'en', :zone, 'US', 'unknown', true, :now FROM n",
    "INSERT INTO member (id, person_id, circle_id, channel, topics, prefers, discreet, misses, recent_ratings, "
    "created_at) {} SELECT i, i, :circle, 'sms', '[]', '', true, 0, '[]', :now FROM n",
    "INSERT INTO consent_record (person_id, state, how, wording, at, recorded_at) "
    "{} SELECT i, 'in', 'bench', :nothing, :now, :now FROM n",
    "INSERT INTO schedule (member_id, rule, skip, next_action_at) {} SELECT i, 'daily 9:00', '[]', :due FROM n",
)


def crowd(services: Services, first: int, last: int, due: datetime) -> None:
    """Members with these ids and a schedule, made inside the database: a million in seconds. They share one phone."""
    now, number = services.now(), member_number(1)
    values = {
        "first": first, "last": last, "phone": seal(number), "name": seal("Sam"), "zone": open_zone(now.hour),
        "now": now, "nothing": seal(""), "due": due,
    }  # fmt: skip
    sqlite = services.engine.dialect.name == "sqlite"
    with transaction(services.engine) as session:
        values["circle"] = people.ensure_circle(session, "main", "Oak", "Hello", now).id
        for statement in _MANY:
            sql = statement.format(_NUMBERS)
            if not sqlite:  # PostgreSQL wants to hear what JSON is
                sql = sql.replace("'[]'", "CAST('[]' AS json)")
            made = text(sql)
            typed = [bindparam(name, type_=UtcDateTime()) for name in ("now", "due") if f":{name}" in sql]
            typed += [
                bindparam(name, type_=LargeBinary()) for name in ("phone", "name", "nothing") if f":{name}" in sql
            ]
            session.execute(made.bindparams(*typed), {key: value for key, value in values.items() if f":{key}" in sql})
    with services.engine.connect() as connection:
        connection.execute(text("ANALYZE"))
        connection.commit()


_PAST = (
    "INSERT INTO check_in (member_id, due_at, channel, state, asked_at, reached, answered_at, rating, policy, version) "
    "SELECT id, :then, 'sms', 'answered', :then, true, :then, 4, '{}', 3 FROM member"
)


def past(services: Services, then: datetime) -> None:
    """Each member has answered once: the tables are as large as those of a service that has run, and it knows that."""
    with transaction(services.engine) as session:
        session.execute(text(_PAST).bindparams(bindparam("then", type_=UtcDateTime())), {"then": then})
    with services.engine.connect() as connection:
        connection.execute(text("ANALYZE"))
        connection.commit()


_QUEUED = (
    "INSERT INTO delivery (key, kind, lane, routine, person_id, template, body, subject, ring_seconds, state, status, "
    "attempt, created_at, next_action_at, deadline_at) {} SELECT 'bench:' || i, 'text', 'checkin', true, :person, "
    "'check_in', :body, '', 0, 'queued', '', 0, :now, :now, :until FROM n"
)


def fill(services: Services, count: int) -> None:
    """Put check-ins into the outbox, all due now, for one member outside the measured ones."""
    now = services.now()
    body = "Oak: How are you today? 1 rough to 5 great, or in your own words. 0 for a person."
    with transaction(services.engine) as session:
        circle = people.ensure_circle(session, "main", "Oak", "Hello", now)
        several(session, ["+13035558888"], circle.id, now)
        person = people.by_phone(session, Phone("+13035558888"))
        assert person is not None
        person.timezone = open_zone(now.hour)
        session.flush()
        values = {"first": 1, "last": count, "person": person.id, "now": now, "until": now + timedelta(hours=5)}
        typed = [bindparam(name, type_=UtcDateTime()) for name in ("now", "until")]
        statement = text(_QUEUED.format(_NUMBERS)).bindparams(*typed, bindparam("body", type_=LargeBinary()))
        session.execute(statement, {**values, "body": seal(body)})


def texts(count: int, members: int, seed: int, words: tuple[str, ...] = WORDS, first: int = 0) -> list[dict[str, str]]:
    """Texts as the carrier posts them, from members `first` and after."""
    chance = random.Random(seed)
    return [
        {
            "MessageSid": f"SM{chance.getrandbits(128):032x}",
            "AccountSid": ACCOUNT,
            "From": member_number(first + chance.randrange(members)),
            "To": NUMBER,
            "Body": chance.choice(words),
            "NumMedia": "0",
        }
        for _ in range(count)
    ]


def open_zone(hour: int) -> str:
    """A zone in which it is about noon now, so that contact hours are open."""
    east = 12 - hour
    return f"Etc/GMT{-east:+d}" if east else "Etc/GMT"
