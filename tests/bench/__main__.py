"""`make bench`: webhooks beside their floor, and distress to ring, idle and behind a full queue. One table."""

import os
import random
import statistics
import sys
import tempfile
import time
from datetime import timedelta
from pathlib import Path

from checkin.domain.consent import Consent
from checkin.domain.delivery import Kind, State
from checkin.domain.terms import Lane, PersonId, Phone
from checkin.store import consent, people
from checkin.store.session import transaction
from checkin.store.tables import CoordinatorRow, DeliveryRow, MemberRow, VolunteerRow
from tests.bench.load import Load, percentile, post_texts
from tests.bench.stub import StubCarrier
from tests.live import ACCOUNT, NUMBER, Live, until
from tests.postgres import Postgres, why_not

WORDS = ("4", "3 ok i guess", "5!", "pretty good thanks", "a bit tired but fine", "2", "went for a walk with the dog")
FLOOR_TEXTS, OUR_TEXTS, ROUNDS = 3000, 1500, 3
DISTRESS_IDLE, DISTRESS_LOADED, QUEUED = 60, 60, 20_000
POLICY = "[pacing]\ntexts_per_second = 1000.0\ncalls_per_second = 1000.0\n"


def member_number(place: int) -> str:
    """A number of its own for each member of the bench."""
    return f"+1202{555 + place // 10000}{place % 10000:04d}"


def settle(live: Live, members: int, volunteers: int) -> None:
    """People to text and to ring."""
    with transaction(live.services.engine) as session:
        now = live.services.now()
        circle = people.ensure_circle(session, "main", "Oak", "Hello", now)
        for place in range(members):
            person = people.ensure(session, Phone(member_number(place)), now, name="Sam")
            consent.record(session, PersonId(person.id), Consent.IN, "bench", now)
            session.add(MemberRow(person_id=person.id, circle_id=circle.id, created_at=now))
        for place in range(volunteers):
            person = people.ensure(session, Phone(f"+1303555{place:04d}"), now, name="Ana")
            row = VolunteerRow(
                person_id=person.id, circle_id=circle.id, languages=["en"], max_per_day=9999, created_at=now
            )
            row.reach = "call"
            session.add(row)
        person = people.ensure(session, Phone("+13035559999"), now, name="Dora")
        session.add(CoordinatorRow(person_id=person.id, circle_id=circle.id, created_at=now))


def texts(count: int, members: int, seed: int, words: tuple[str, ...] = WORDS) -> list[dict[str, str]]:
    """Texts as the carrier posts them."""
    chance = random.Random(seed)
    return [
        {
            "MessageSid": f"SM{chance.getrandbits(128):032x}",
            "AccountSid": ACCOUNT,
            "From": member_number(chance.randrange(members)),
            "To": NUMBER,
            "Body": chance.choice(words),
            "NumMedia": "0",
        }
        for _ in range(count)
    ]


def webhooks(folder: Path, postgres: Postgres | None) -> tuple[Load, Load]:
    """Our webhook and the floor on the same server, by turns; the medians."""
    stub = StubCarrier()
    ours, floor = (
        Live(folder / part, stub.url, database_url=postgres.new_database() if postgres else "")
        for part in ("ours", "floor")
    )
    ours.start("web")
    settle(ours, members=1000, volunteers=20)
    command = ["gunicorn", "--config", "python:checkin.web_server", "tests.bench.floor:app"]
    floor.spawn("web", command)
    try:
        until(floor.answers)
        runs_ours, runs_floor = [], []
        for turn in range(ROUNDS + 1):  # the first one warms up
            one = post_texts(floor.port, floor.token, texts(FLOOR_TEXTS, 1000, 1000 + turn))
            other = post_texts(ours.port, ours.token, texts(OUR_TEXTS, 1000, turn))
            if turn:
                runs_floor.append(one)
                runs_ours.append(other)
        return middle(runs_ours), middle(runs_floor)
    finally:
        ours.close()
        floor.close()
        stub.close()


def middle(runs: list[Load]) -> Load:
    """The median of each figure."""
    return Load(*(statistics.median(getattr(run, name) for run in runs) for name in ("per_second", "p50", "p99")))


def distress(folder: Path, postgres: Postgres | None) -> dict[str, list[float]]:
    """Milliseconds from the webhook's first byte to the carrier's being asked to ring, idle and behind a full queue."""
    stub = StubCarrier()
    database_url = postgres.new_database() if postgres else ""
    live = Live(folder, stub.url, database_url=database_url, policy=POLICY)
    settle(live, members=DISTRESS_IDLE + DISTRESS_LOADED, volunteers=300)
    live.start("redis", "web", "worker_urgent", "worker_reply", "worker", "worker_bulk", "clock")
    try:
        time.sleep(2)
        took = {"idle": [ring(live, stub, place) for place in range(DISTRESS_IDLE)]}
        fill(live)
        full = range(DISTRESS_IDLE, DISTRESS_IDLE + DISTRESS_LOADED)
        before = stub.texted
        took["queued"] = [ring(live, stub, place) for place in full]
        left = waiting(live)
        print(f"  ({stub.texted - before:,} check-ins left meanwhile, {left:,} still waited)", file=sys.stderr)
        return took
    finally:
        live.close()
        stub.close()


def ring(live: Live, stub: StubCarrier, place: int) -> float:
    """Text distress as one member and wait for the ring."""
    already = len(stub.rung)
    [fields] = texts(1, 1, 50_000 + place, ("i cant do this any more",))
    fields["From"] = member_number(place)
    began = time.perf_counter()
    post_texts(live.port, live.token, [fields], connections=1)
    at = stub.wait_for_ring(already, 30)
    if at is None:
        raise RuntimeError(f"nobody was rung; see {live.log}")
    time.sleep(0.05)
    return (at - began) * 1000


def fill(live: Live) -> None:
    """Put check-ins into the outbox, all due now, for one member outside the measured ones."""
    now = live.services.now()
    with transaction(live.services.engine) as session:
        person = people.ensure(session, Phone("+13035558888"), now, name="Sam")
        person.timezone = open_zone(now.hour)
        consent.record(session, PersonId(person.id), Consent.IN, "bench", now)
        session.add_all(
            DeliveryRow(
                key=f"bench:{place}",
                kind=Kind.TEXT.value,
                lane=Lane.CHECKIN.value,
                routine=True,
                person_id=person.id,
                template="check_in",
                body="Oak: How are you today? 1 rough to 5 great, or in your own words. 0 for a person.",
                state=State.QUEUED.value,
                created_at=now,
                next_action_at=now,
                deadline_at=now + timedelta(hours=5),
            )
            for place in range(QUEUED)
        )


def open_zone(hour: int) -> str:
    """A zone in which it is about noon now, so that contact hours are open."""
    east = 12 - hour
    return f"Etc/GMT{-east:+d}" if east else "Etc/GMT"


def waiting(live: Live) -> int:
    """Check-ins that have not left."""
    with transaction(live.services.engine) as session:
        query = session.query(DeliveryRow).filter_by(lane=Lane.CHECKIN.value, state=State.QUEUED.value)
        return query.count()


def row(*cells: str) -> None:
    """Print one line of the table."""
    print("| " + " | ".join(cells) + " |", flush=True)


def measure(name: str, folder: Path, postgres: Postgres | None) -> None:
    """All measurements on one database."""
    (folder / "webhook").mkdir(parents=True)
    for part in ("ours", "floor"):
        (folder / "webhook" / part).mkdir()
    ours, floor = webhooks(folder / "webhook", postgres)
    row(name, "webhook, requests/s (p99)", f"{ours.per_second:,.0f} ({ours.p99:.0f} ms)", "")
    row(name, "floor: signature + one durable insert", f"{floor.per_second:,.0f} ({floor.p99:.0f} ms)",
        f"{ours.per_second / floor.per_second:.2f} of the floor")  # fmt: skip
    (folder / "distress").mkdir()
    took = distress(folder / "distress", postgres)
    for state, values in took.items():
        label = "idle" if state == "idle" else f"{QUEUED:,} check-ins queued"
        p50, p99 = percentile(values, 0.5), percentile(values, 0.99)
        row(name, f"distress text to ring, {label}", f"p50 {p50:.0f} ms, p99 {p99:.0f} ms", f"{len(values)} texts")


def main() -> None:
    """Print the table."""
    print(f"{os.cpu_count()} processors; medians of {ROUNDS} runs after a warm-up, 16 connections")
    row("database", "what", "measured", "beside")
    row("---", "---", "---", "---")
    with tempfile.TemporaryDirectory(prefix="bench") as place:
        measure("SQLite", Path(place) / "sqlite", None)
        if why_not() is not None:
            print(f"PostgreSQL is left out: {why_not()}")
            return
        with Postgres() as postgres:
            measure("PostgreSQL", Path(place) / "pg", postgres)


if __name__ == "__main__":
    main()
