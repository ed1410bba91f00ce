"""The coordinators' pages beside 50,000 members and 1,000,000 messages: how long each takes, and its queries."""

import random
import statistics
import time
from collections.abc import Callable
from datetime import datetime, timedelta

from flask.testing import FlaskClient
from sqlalchemy import event, insert, select, text

from checkin.app import create_app
from checkin.domain.terms import Phone
from checkin.store import accounts, people
from checkin.store.session import transaction
from checkin.store.tables import (
    AccountRow,
    CheckInRow,
    ConsentRow,
    CoordinatorRow,
    DeliveryRow,
    EscalationRow,
    HandoffRow,
    InboundRow,
    MemberRow,
    OfferRow,
    PersonRow,
    ScheduleRow,
    TimelineRow,
    VolunteerRow,
)
from checkin.wiring import Services
from tests.bench.ground import WORDS, Ground, member_number
from tests.live import Live
from workers.day_figures import count_all

MEMBERS, MESSAGES, ROUNDS, AIM = 50_000, 1_000_000, 60, 150
_AT_ONCE = 5_000
_TURN = 70
"""Days in which each member is asked once."""
_POLICY = {"remind_after": 86400, "call_after": 0, "missed_after": 172800}
_FIRST = ("Ana", "José", "Sam", "Olga", "Wei", "Fatima", "Lee", "Zoe", "Ángel", "Priya", "Tom", "Ines")
_LAST = ("Abe", "Brown", "Cruz", "Díaz", "Evans", "Fox", "Gray", "Hall", "Ito", "Jones", "Khan", "Luz")


def pages(ground: Ground) -> None:
    """Print the 95th percentile of each page, and how many queries it makes."""
    live = Live(ground.place("pages"), "http://127.0.0.1:9", database_url=ground.database())
    services = live.services
    try:
        chance = random.Random(2026)
        members = _fill(services, chance)
        began = time.perf_counter()
        days = count_all(services)
        ground.row(f"day figures, {days} days counted", f"{(time.perf_counter() - began) / days * 1000:.0f} ms a day")
        client, token = _signed_in(services)
        counted: list[str] = []
        event.listen(services.engine, "before_cursor_execute", lambda *given: counted.append(str(given[2])))
        words = [f"{chance.choice(_FIRST)[:3]} {chance.choice(_LAST)[:2]}" for _ in range(ROUNDS)]
        search = {"csrf_token": token, "order": ""}
        for name, ask in (
            ("Today", lambda _: client.get("/")),
            ("members, first page", lambda _: client.get("/members")),
            ("members by a filter", lambda _: client.get("/members?filter=silent")),
            ("member search by name", lambda turn: client.post("/members", data={**search, "words": words[turn]})),
            (
                "member search by number",
                lambda _: client.post("/members", data={**search, "words": member_number(chance.randrange(MEMBERS))}),
            ),
            ("a member's page", lambda _: client.get(f"/members/{chance.choice(members)}")),
            ("the week of shifts", lambda _: client.get("/shifts")),
            ("schedules", lambda _: client.get("/schedules")),
            ("results of 12 months", lambda _: client.get("/results?period=last_12")),
            ("results of this month", lambda _: client.get("/results?period=this_month")),
        ):
            _measure(ground, name, ask, counted)
    finally:
        live.close()


def _measure(ground: Ground, name: str, ask: Callable[[int], object], counted: list[str]) -> None:
    ask(0)  # the first one reads the directory of names
    took = []
    for turn in range(ROUNDS):
        counted.clear()
        began = time.perf_counter()
        answer = ask(turn)
        took.append((time.perf_counter() - began) * 1000)
        assert answer.status_code == 200, f"{name}: {answer.status_code}"  # type: ignore[attr-defined]
    p95 = statistics.quantiles(took, n=20)[-1]
    ground.row(
        f"{name}, {MEMBERS:,} members, {MESSAGES:,} messages",
        f"p95 {p95:.0f} ms, median {statistics.median(took):.0f} ms",
        f"**{p95 / AIM:.2f}** of the aim; {len(counted)} queries",
    )


def _signed_in(services: Services) -> tuple[FlaskClient, str]:
    app = create_app(services)
    client = app.test_client()
    with transaction(services.engine) as session:
        now = services.now()
        person = people.ensure(session, Phone("+13035559999"), now, name="Dora")
        coordinator = CoordinatorRow(person_id=person.id, role="admin", created_at=now)
        session.add(coordinator)
        session.flush()
        account = AccountRow(coordinator_id=coordinator.id, password="-", recovery=[], created_at=now)
        session.add(account)
        session.flush()
        token = accounts.begin(session, account.id, "bench", now)
    with client.session_transaction() as cookie:
        cookie["_user_id"], cookie["_fresh"] = token, True
    page = client.get("/account").text
    return client, page.split('name="csrf-token" content="')[1].split('"')[0]


def _fill(services: Services, chance: random.Random) -> list[int]:
    """Two years of a large programme, by few statements."""
    now = services.now()
    with transaction(services.engine) as session:
        circle = people.ensure_circle(session, "main", "Oak", "Hello", now).id
    for start in range(0, MEMBERS, _AT_ONCE):
        _people(services, chance, circle, range(start, start + _AT_ONCE), now)
    with services.engine.connect() as connection:
        pairs = [(member, person) for member, person in connection.execute(select(MemberRow.id, MemberRow.person_id))]
    _cases(services, chance, circle, [member for member, _ in pairs], now)
    each = MESSAGES // (2 * MEMBERS)
    for start in range(0, MEMBERS, _AT_ONCE // each):
        _talk(services, chance, pairs[start : start + _AT_ONCE // each], each, now)
    with services.engine.connect() as connection:
        connection.execute(text("ANALYZE"))
        connection.commit()
    return [member for member, _ in pairs]


def _people(services: Services, chance: random.Random, circle: int, places: range, now: datetime) -> None:
    with transaction(services.engine) as session:
        rows = [
            PersonRow(
                phone=member_number(place),
                phone_index=member_number(place),
                name=f"{chance.choice(_FIRST)} {chance.choice(_LAST)} {place}",
                country="US",
                timezone="America/New_York",
                created_at=now,
            )
            for place in places
        ]
        session.add_all(rows)
        session.flush()
        members = [MemberRow(person_id=row.id, circle_id=circle, created_at=now) for row in rows]
        for member in members:
            member.misses = int(chance.random() < 0.02)
        session.add_all(members)
        session.add_all(ConsentRow(person_id=row.id, state="in", how="bench", at=now, recorded_at=now) for row in rows)
        session.flush()
        session.add_all(
            ScheduleRow(member_id=member.id, rule="TU,TH 18:00", skip=[], next_action_at=now + timedelta(days=1))
            for member in members
        )


def _cases(services: Services, chance: random.Random, circle: int, members: list[int], now: datetime) -> None:
    """Ten escalations a day, each with its steps, taken by one of forty volunteers."""
    numbers = range(1, 10 * _TURN * MESSAGES // (2 * MEMBERS))
    cases, steps, offers, talks = [], [], [], []
    for number in numbers:
        at = now - timedelta(minutes=144 * number)
        level = chance.choice(("crisis", "distress", "distress", "concern"))
        cases.append(
            {
                "id": number, "member_id": chance.choice(members), "circle_id": circle, "cause": "distress",
                "level": level, "state": "closed", "opened_at": at, "policy": {}, "facts": {}, "matters": "",
                "closed_at": at + timedelta(hours=1), "closed_how": "settled", "version": 9,
            }
        )  # fmt: skip
        met = at + timedelta(seconds=int(10 ** chance.uniform(1, 3.5)))
        for what, when in (("opened", at), ("offered", at), ("taken", met), ("joined", met), ("closed", met)):
            steps.append({"escalation_id": number, "at": when, "what": what, "detail": {}})
        who = 1 + chance.randrange(40)
        offers.append(
            {
                "escalation_id": number, "number": 1, "volunteer_id": who, "round": 1, "state": "taken",
                "reasons": [], "offered_at": at, "expires_at": at,
            }
        )  # fmt: skip
        talks.append(
            {
                "escalation_id": number, "volunteer_id": who, "state": "over", "started_at": at,
                "talked_seconds": chance.randrange(900), "policy_tries": 3, "version": 5,
            }
        )  # fmt: skip
    with transaction(services.engine) as session:
        for place in range(40):
            person = people.ensure(session, Phone(f"+1303556{place:04d}"), now, name="Ana")
            session.add(VolunteerRow(person_id=person.id, circle_id=circle, languages=["en"], created_at=now))
        session.flush()
        for kind, rows in ((EscalationRow, cases), (TimelineRow, steps), (OfferRow, offers), (HandoffRow, talks)):
            session.execute(insert(kind), rows)


def _talk(services: Services, chance: random.Random, pairs: list[tuple[int, int]], each: int, now: datetime) -> None:
    """What some members were asked and said, oldest first."""
    check_ins, came, went = [], [], []
    for turn in range(each):
        begins = now - timedelta(days=_TURN * (each - turn))
        for member, person in pairs:
            at = begins + timedelta(minutes=chance.randrange(_TURN * 1440 - 600))
            rating, said_at = chance.randint(1, 5), at + timedelta(seconds=int(10 ** chance.uniform(1, 4.5)))
            level = "distress" if rating == 1 else "concern" if rating == 2 else "ok"
            check_ins.append(
                {
                    "member_id": member, "due_at": at, "channel": "sms", "state": "answered", "asked_at": at,
                    "reached": True, "answered_at": said_at, "rating": rating, "policy": _POLICY,
                }
            )  # fmt: skip
            came.append(
                {
                    "sid": f"SM{person}-{turn}", "person_id": person, "body": chance.choice(WORDS), "received_at": at,
                    "kind": "rating", "level": level, "rating": rating, "reasons": [], "escalation_id": None,
                }
            )  # fmt: skip
            went.append(
                {
                    "key": f"bench:{person}:{turn}", "kind": "text", "lane": "checkin", "routine": True,
                    "person_id": person, "template": "check_in", "body": "How are you today?", "state": "delivered",
                    "status": "delivered", "attempt": 1, "created_at": at, "ended_at": at,
                }
            )  # fmt: skip
    with transaction(services.engine) as session:
        for kind, rows in ((CheckInRow, check_ins), (InboundRow, came), (DeliveryRow, went)):
            session.execute(insert(kind), rows)
