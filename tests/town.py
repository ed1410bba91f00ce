"""The town: real handlers, a real database, the real web door and workers, simulated phones, a virtual clock."""

import random
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from checkin.app import create_app
from checkin.carrier.signature import sign
from checkin.carrier.twiml_judge import flaw_of
from checkin.domain.consent import Consent
from checkin.domain.terms import DeliveryId, Lane, PersonId, Phone
from checkin.handlers.check_in_moved import plan_next
from checkin.sealed_keys import load_keys
from checkin.settings import SIMULATED_NUMBER, load
from checkin.simulation.due import Due
from checkin.simulation.hours import passes
from checkin.simulator.carrier import SimulatedCarrier
from checkin.simulator.phones import Phone as Handset
from checkin.simulator.world import Then, World
from checkin.store import consent, escalations, people
from checkin.store.migrate import ensure_index_key
from checkin.store.sealed import install_keys
from checkin.store.session import make_engine, transaction
from checkin.store.tables import (
    CheckInRow,
    CoordinatorRow,
    DeliveryRow,
    EscalationRow,
    HandoffRow,
    IncomingCallRow,
    LookInRow,
    MemberRow,
    ScheduleRow,
    SwapRow,
    VoicemailRow,
    VolunteerRow,
)
from checkin.wiring import Services, build
from tests.new_database import make_tables, spare_the_disk
from workers.delivery import deliver

if TYPE_CHECKING:
    from tests.desk import Desk

MONDAY_9 = datetime(2026, 11, 23, 14, 0, tzinfo=UTC)  # 9:00 in New York
_DUE = (
    *(ScheduleRow, CheckInRow, EscalationRow, HandoffRow),
    *(LookInRow, DeliveryRow, IncomingCallRow, VoicemailRow, SwapRow),
)
SAM, ANA, BEN, CY, DORA, EVE = (f"+1202555010{i}" for i in range(1, 7))


@dataclass
class HandQueue:
    """Ids that wait to be worked. `away`: Redis cannot be reached."""

    ids: list[DeliveryId] = field(default_factory=list)
    away: bool = False

    def enqueue(self, lane: Lane, ids: "list[DeliveryId]") -> bool:
        if not self.away:
            self.ids.extend(ids)
        return not self.away

    def waiting(self, lane: Lane) -> int | None:
        return None if self.away else 0

    def ping(self) -> str | None:
        return "Redis cannot be reached." if self.away else None


class Town:
    """A circle with Sam, Ana, Ben and Dora; Cy belongs to another circle; Eve is unknown."""

    def __init__(self, folder: Path, start: datetime = MONDAY_9, database: str | None = None) -> None:
        self.time = start
        self.queue = HandQueue()
        self.down = False  # no webhook reaches us, and the carrier does not come back with it
        named = {"CHECKIN_DATA_DIR": str(folder), "CHECKIN_DEFAULT_TIMEZONE": "America/New_York"}
        settings = load(named | ({"DATABASE_URL": database} if database else {}), None)
        install_keys(load_keys(settings).encryption)
        engine = make_engine(settings.database_url)
        make_tables(engine)
        ensure_index_key(engine, start)
        engine.dispose()
        built = build(settings, self.queue)
        spare_the_disk(built.engine)
        chance = random.Random(7)
        self.world = World(
            start,
            self._post,
            account="AC" + "0" * 32,
            number=SIMULATED_NUMBER,
            base=settings.public_base_url,
            chance=chance,
        )
        self.services: Services = replace(
            built,
            carrier=SimulatedCarrier(self.world),
            now=lambda: self.time,
            random=chance,
            tokens=("token",),
        )
        self._due = Due(str(built.engine.url.database)) if database is None else None
        self.twiml: list[str] = []
        self.webhooks: list[tuple[str, dict[str, str]]] = []
        self.sam, self.ana, self.ben, self.cy, self.dora, self.eve = (
            self.world.phone(number) for number in (SAM, ANA, BEN, CY, DORA, EVE)
        )
        self._settle_people()

    @cached_property
    def client(self) -> FlaskClient:
        """Who asks for pages, the JSON API or health."""
        return create_app(self.services).test_client()

    @cached_property
    def _door(self) -> FlaskClient:
        """Where the carrier comes in. Most stories open no page, and making those takes longer than such a story."""
        return create_app(self.services, pages=False).test_client()

    def _post(self, url: str, params: dict[str, str], then: Then) -> None:
        if self.down:
            then(0, "")
            return
        self.webhooks.append((url, params))
        path = url.removeprefix(self.services.settings.public_base_url)
        signature = sign(url, params.items(), "token")
        answer = self._door.post(path, data=params, headers={"X-Twilio-Signature": signature})
        assert answer.status_code < 500, answer.text
        assert not answer.text.startswith("<") or flaw_of(answer.text) is None, flaw_of(answer.text)
        self.twiml.append(answer.text)
        then(answer.status_code, answer.text)

    def _settle_people(self) -> None:
        with transaction(self.services.engine) as session:
            now = self.time
            main = people.ensure_circle(session, "main", "Oak", "Hello", now)
            other = people.ensure_circle(session, "other", "Elm", "Hello", now)
            rows = {}
            named = {"Sam": SAM, "Ana": ANA, "Ben": BEN, "Cy": CY, "Dora": DORA}
            for name, number in named.items():
                rows[name] = people.ensure(session, Phone(number), now, name=name)
                rows[name].timezone = "America/New_York"
                consent.record(session, PersonId(rows[name].id), Consent.IN, "test", now)
            member = MemberRow(
                person_id=rows["Sam"].id, circle_id=main.id, discreet=False, topics=["grief"], created_at=now
            )
            session.add(member)
            for name, circle in (("Ana", main), ("Ben", main), ("Cy", other)):
                session.add(
                    VolunteerRow(person_id=rows[name].id, circle_id=circle.id, languages=["en"], created_at=now)
                )
            session.add(CoordinatorRow(person_id=rows["Dora"].id, circle_id=main.id, created_at=now))

    # --- time -------------------------------------------------------------------------------------------------------

    def passes(self, seconds: float = 0, minutes: float = 0, hours: float = 0) -> None:
        """Let time pass: phones, workers at once, and the clock in each second in which something is due."""
        passes(self, self.time + timedelta(seconds=seconds, minutes=minutes, hours=hours))

    def next_due(self) -> datetime | None:
        """When the database next has something to do."""
        if self._due is not None:
            self._due.changed()
            return self._due.at()
        with transaction(self.services.engine) as session:
            times = [session.scalar(select(func.min(kind.next_action_at))) for kind in _DUE]
        return min((at for at in times if at is not None), default=None)

    def looks_anew(self) -> None:
        """Another file stands where the database was."""
        if self._due is not None:
            self._due.close()
            self._due = Due(str(self.services.engine.url.database))

    def works(self) -> None:
        """The workers take what is in the queue."""
        while self.queue.ids:
            deliver(self.services, self.queue.ids.pop(0), lambda _: None)
            self.world.run_until(self.time)

    def closes(self) -> None:
        """The test is over."""
        if self._due is not None:
            self._due.close()
        self.services.engine.dispose()

    def desk(self, number: str, role: str = "coordinator", circle: str | None = "main") -> "Desk":
        """Somebody at the coordinators' pages: see `tests/desk.py`."""
        from tests.desk import desk_of

        return desk_of(self, number, role, circle)

    # --- asking -----------------------------------------------------------------------------------------------------

    def schedule(self, rule: str) -> None:
        """Give Sam a schedule."""
        with transaction(self.services.engine) as session:
            member = session.scalars(select(MemberRow)).one()
            person = people.by_phone(session, Phone(SAM))
            assert person is not None
            row = ScheduleRow(member_id=member.id, rule=rule, skip=[])
            session.add(row)
            plan_next(self.services.handbook, row, person, self.time)

    def cases(self) -> list[EscalationRow]:
        """All escalations, oldest first."""
        with transaction(self.services.engine) as session:
            return list(session.scalars(select(EscalationRow).order_by(EscalationRow.id)))

    def steps(self, number: int = 1) -> list[str]:
        """What happened on a timeline."""
        with transaction(self.services.engine) as session:
            return [step.what for step in escalations.timeline(session, number)]

    def rows(self, kind: type) -> list:
        """All rows of a table."""
        with transaction(self.services.engine) as session:
            return list(session.scalars(select(kind).order_by(kind.id)))

    def in_session(self) -> Session:
        """A transaction, for a test's own lines."""
        return transaction(self.services.engine)  # type: ignore[return-value]

    def rings(self, phone: Handset, within: float = 60) -> Handset:
        """Let time pass until a phone rings."""
        passes(self, self.time + timedelta(seconds=within), lambda: phone.line == "ringing")
        if phone.line == "ringing":
            return phone
        raise AssertionError(f"{phone.number} did not ring within {within} s; {self.steps()}")
