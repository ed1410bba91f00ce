"""Two machines on one PostgreSQL and one Redis, under load, and one of them dies: nothing twice, nothing lost."""

import threading
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select

from checkin.domain.consent import Consent
from checkin.domain.terms import PersonId, Phone
from checkin.handlers.check_in_moved import plan_next
from checkin.redis_queue import RedisQueue
from checkin.store import consent, people
from checkin.store.session import transaction
from checkin.store.tables import CheckInRow, DeliveryRow, EscalationRow, InboundRow, MemberRow, OfferRow, ScheduleRow
from tests.integration.live_town import ANA, SAM, LiveTown
from tests.integration.machines import Machines, Redis, balanced
from tests.live import Live, until
from tests.postgres import Postgres

ASKED = [f"+1202556{place:04d}" for place in range(300)]
TEXTING = [f"+1202557{place:04d}" for place in range(240)]


@pytest.fixture
def machines(tmp_path: Path, postgres: Postgres) -> Iterator[Machines]:
    """Two machines that run, and a Redis of neither."""
    with balanced() as balancer, Redis(tmp_path) as redis:
        two = Machines(tmp_path, postgres.new_database(), redis.url, balancer)
        try:
            two.start()
            yield two
        finally:
            two.close()


def add_members(town: LiveTown, numbers: list[str], due_in: float | None = None) -> None:
    """Members for whom it is about noon; with a daily check-in whose first is due in so many seconds."""
    services = town.live.services
    with transaction(services.engine) as session:
        now = services.now()
        circle = people.ensure_circle(session, "main", "Oak", "Hello", now)
        zone = f"Etc/GMT{now.hour - 12:+d}" if now.hour != 12 else "Etc/GMT"
        for number in numbers:
            person = people.ensure(session, Phone(number), now, name="Sam")
            person.timezone = zone
            consent.record(session, PersonId(person.id), Consent.IN, "test", now)
            member = MemberRow(person_id=person.id, circle_id=circle.id, discreet=False, created_at=now)
            session.add(member)
            session.flush()
            if due_in is not None:
                due = (now + timedelta(seconds=due_in)).astimezone(services.handbook.zone(person))
                row = ScheduleRow(member_id=member.id, rule=f"DTSTART:{due:%Y%m%dT%H%M%S} RRULE:FREQ=DAILY", skip=[])
                session.add(row)
                plan_next(services.handbook, row, person, now)


def text_until_it_is_taken(machines: Machines, number: str) -> int:
    """A member texts 4. The carrier posts it to both machines, and again until one of them has answered 200.

    Returns how many of the answers were 200.
    """
    fields = {"MessageSid": f"SM{number[1:]}", "From": number, "To": "+12025550100", "Body": "4"}
    taken = 0
    time.sleep(0.15)
    for _ in range(30):
        answers = [machine.post("/twilio/sms", fields) for machine in machines.all]
        taken += answers.count(200)
        if taken:
            return taken
        time.sleep(0.2)
    return taken


@pytest.mark.postgres
def test_nothing_twice_and_nothing_lost_while_one_of_two_machines_dies(machines: Machines) -> None:
    town, (_, other) = machines.town, machines.all
    add_members(town, TEXTING)
    add_members(town, ASKED, due_in=2)
    with ThreadPoolExecutor(8) as carrier:
        threading.Timer(4.0, machines.power_off, [other]).start()
        answers = list(carrier.map(lambda number: text_until_it_is_taken(machines, number), TEXTING))
    assert all(answers), "each text was taken"
    town.press(SAM, "send", "i cant do this any more")
    assert until(lambda: town.line(ANA) == "ringing", 15), town.story()

    def not_asked() -> list[str]:
        phones = town.phones()
        return [
            number
            for number in ASKED
            if not any(not text["mine"] for text in phones.get(number, {"texts": []})["texts"])
        ]

    assert until(lambda: not not_asked(), 45, every=0.5), f"{not_asked()} {states(town.live)}"
    assert until(lambda: waiting(town.live) == 0, 40, every=0.5), town.story()
    time.sleep(2)
    phones = town.phones()
    received = Counter(
        (number, text["body"]) for number in (*ASKED, *TEXTING) for text in phones[number]["texts"] if not text["mine"]
    )
    assert [which for which, times in received.items() if times > 1] == [], "nothing twice"
    assert {number for number, _ in received} == {*ASKED, *TEXTING}, "nothing lost"
    with transaction(town.live.services.engine) as session:
        assert session.scalar(select(func.count()).select_from(InboundRow)) == len(TEXTING) + 1
        assert session.scalar(select(func.count()).select_from(CheckInRow)) == len(ASKED)
        assert session.scalar(select(func.count()).select_from(EscalationRow)) == 1
        assert session.scalar(select(func.count()).select_from(OfferRow)) == 1


def waiting(machine: Live) -> int:
    """How many texts have not left."""
    with transaction(machine.services.engine) as session:
        return (
            session.scalar(
                select(func.count()).where(
                    DeliveryRow.kind == "text", DeliveryRow.state.in_(("queued", "sending", "unsure"))
                )
            )
            or 0
        )


def states(machine: Live) -> list[object]:
    """How many deliveries of each kind and state there are, for a failure."""
    with transaction(machine.services.engine) as session:
        what = (DeliveryRow.kind, DeliveryRow.template, DeliveryRow.state)
        return [tuple(row) for row in session.execute(select(*what, func.count()).group_by(*what))]


def test_when_the_redis_of_a_sentinel_dies_cries_are_heard_meanwhile_and_through_the_next_one(tmp_path: Path) -> None:
    with ExitStack() as stack:
        primary = stack.enter_context(Redis(tmp_path))
        replica = stack.enter_context(Redis(tmp_path, replica_of=primary))
        assert until(primary.has_a_replica, 15)
        sentinels = [stack.enter_context(Redis(tmp_path, watches=primary)) for _ in range(3)]
        hosts = ",".join(f"127.0.0.1:{sentinel.port}" for sentinel in sentinels)
        town = LiveTown(tmp_path, more={"REDIS_URL": f"redis+sentinel://{hosts}/here/0"})
        stack.callback(town.close)
        add_members(town, TEXTING[:3])
        town.live.start("web", "worker_urgent")
        assert until(lambda: primary.has_done("blmove"), 15), "the worker listens"
        assert until(lambda: all(sentinel.knows_others() for sentinel in sentinels), 20), "they know each other"
        is_heard(town, TEXTING[0])
        primary.kill()
        is_heard(town, TEXTING[1])
        assert until(lambda: replica.is_primary(), 30), "the sentinels agreed"
        assert until(lambda: replica.has_done("blmove"), 15), "the worker listens there"
        is_heard(town, TEXTING[2])
        assert RedisQueue(town.live.settings.redis_url).ping() is None


def is_heard(town: LiveTown, member: str) -> None:
    """A member in distress texts, and is answered."""
    fields = {"MessageSid": f"SM{member[1:]}", "From": member, "To": "+12025550100", "Body": "i cant do this any more"}
    assert town.live.post("/twilio/sms", fields) == 200
    assert until(lambda: town.texts(member), 15), town.story()
