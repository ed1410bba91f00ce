"""What happens at the same instant happens once: on SQLite and on PostgreSQL, with real transactions."""

import threading
import time
from collections.abc import Callable, Sequence
from weakref import WeakKeyDictionary

import pytest
from flask import Flask
from sqlalchemy import Engine, func, select
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.orm import Session

from checkin.app import create_app
from checkin.carrier.signature import sign
from checkin.domain.consent import Consent
from checkin.domain.terms import PersonId, Phone
from checkin.store import consent, people
from checkin.store.session import transaction
from checkin.store.tables import (
    CoordinatorRow,
    DeliveryRow,
    EscalationRow,
    HandoffRow,
    InboundRow,
    MemberRow,
    OfferRow,
    VolunteerRow,
)
from checkin.wiring import Services

RACES = 100


def settle(services: Services, members: int, volunteers: int) -> None:
    """A circle of so many members and volunteers, and one coordinator."""
    with transaction(services.engine) as session:
        now = services.now()
        circle = people.ensure_circle(session, "main", "Oak", "Hello", now)
        for place in range(members):
            person = people.ensure(session, Phone(member(place)), now, name="Sam")
            consent.record(session, PersonId(person.id), Consent.IN, "test", now)
            session.add(MemberRow(person_id=person.id, circle_id=circle.id, created_at=now))
        for place in range(volunteers):
            person = people.ensure(session, Phone(f"+1303555{place:04d}"), now, name="Ana")
            session.add(
                VolunteerRow(
                    person_id=person.id, circle_id=circle.id, languages=["en"], max_per_day=999, created_at=now
                )
            )
        person = people.ensure(session, Phone("+13035559999"), now, name="Dora")
        session.add(CoordinatorRow(person_id=person.id, circle_id=circle.id, created_at=now))


_apps: WeakKeyDictionary[Engine, Flask] = WeakKeyDictionary()


def two(make_services: Callable[[], Services]) -> tuple[Services, Services]:
    """Two web processes. Their apps are made here and not in threads: CPython 3.11's parser, which werkzeug uses for
    its routes, fails now and then when two threads are in it (SystemError: AST constructor recursion depth mismatch).
    """
    one, other = make_services(), make_services()
    for services in (one, other):
        _apps[services.engine] = create_app(services)
    return one, other


def member(place: int) -> str:
    """A member's number."""
    return f"+1202555{place:04d}"


def post(services: Services, path: str, fields: dict[str, str]) -> int:
    """Post one signed webhook to a web process of its own; return the status."""
    url = f"{services.settings.public_base_url}{path}"
    headers = {"X-Twilio-Signature": sign(url, fields.items(), "token")}
    return _apps[services.engine].test_client().post(path, data=fields, headers=headers).status_code


def together(work: Sequence[Callable[[], object]]) -> list[object]:
    """Do all at the same instant; what each returned."""
    gate, results = threading.Barrier(len(work)), list[object]()

    def run(each: Callable[[], object]) -> None:
        gate.wait()
        results.append(each())

    threads = [threading.Thread(target=run, args=(each,)) for each in work]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    return results


def text(sid: str, sender: str, body: str) -> dict[str, str]:
    """A text as the carrier posts it."""
    return {"MessageSid": sid, "From": sender, "To": "+12025550100", "Body": body}


def test_members_who_cry_at_once_are_offered_to_different_volunteers(make_services: Callable[[], Services]) -> None:
    """Who is being asked for one case is not asked for another at the same moment: their phone rings once."""
    one, other = two(make_services)
    settle(one, members=24, volunteers=30)
    for wave in range(3):
        members = range(wave * 8, wave * 8 + 8)
        texts = [text(f"SM{each}", member(each), "i cant do this any more") for each in members]
        sides = [(one, other)[place % 2] for place in range(8)]
        work = [lambda side=side, body=body: post(side, "/twilio/sms", body)
                for side, body in zip(sides, texts, strict=True)]  # fmt: skip
        assert together(work) == [200] * 8
    with transaction(one.engine) as session:
        asked = session.scalars(select(OfferRow.volunteer_id).where(OfferRow.state == "open")).all()
    assert len(asked) == len(set(asked)) == 24


def test_of_two_volunteers_who_press_1_at_once_one_has_it(make_services: Callable[[], Services]) -> None:
    one, other = two(make_services)
    settle(one, members=RACES, volunteers=3)
    for race in range(RACES):
        assert post(one, "/twilio/sms", text(f"SM{race}", member(race), "i want to die")) == 200
        with transaction(one.engine) as session:
            [case] = session.scalars(select(EscalationRow).where(EscalationRow.state != "closed"))
            calls = session.scalars(
                select(DeliveryRow.id).where(DeliveryRow.escalation_id == case.id, DeliveryRow.subject == "offer")
            ).all()
        assert len(calls) == 3
        pressing = [
            lambda here=here, call=call: post(
                here, f"/twilio/call/{call}/keys/offer", {"CallSid": "CA1", "Digits": "1"}
            )
            for here, call in zip((one, other, one), calls, strict=True)
        ]
        assert together(pressing) == [200, 200, 200]
        with transaction(one.engine) as session:
            taken = session.scalars(
                select(OfferRow.volunteer_id).where(OfferRow.escalation_id == case.id, OfferRow.state == "taken")
            ).all()
            handoffs = session.scalars(select(HandoffRow).where(HandoffRow.escalation_id == case.id)).all()
            rung = session.scalar(
                select(func.count()).where(DeliveryRow.escalation_id == case.id, DeliveryRow.subject == "member_leg")
            )
            assert [handoff.volunteer_id for handoff in handoffs] == list(taken), "one winner, one handoff"
            assert rung == 1
            row = session.get_one(EscalationRow, case.id)
            assert row.holder_id == taken[0]
            row.state, row.closed_at, row.next_action_at = "closed", one.now(), None


def test_the_same_text_ten_times_at_once_has_one_effect(make_services: Callable[[], Services]) -> None:
    one, other = two(make_services)
    settle(one, members=1, volunteers=1)
    fields = text("SM1", member(0), "i cant do this any more")
    doubled = [lambda here=here: post(here, "/twilio/sms", fields) for here in (one, other) * 5]
    assert together(doubled) == [200] * 10
    with transaction(one.engine) as session:
        assert session.scalar(select(func.count(InboundRow.id))) == 1
        assert session.scalar(select(func.count(EscalationRow.id))) == 1
        first = select(func.count(DeliveryRow.id)).where(DeliveryRow.template == "distress_first")
        assert session.scalar(first) == 1


def test_two_cries_at_once_open_one_case(make_services: Callable[[], Services]) -> None:
    one, other = two(make_services)
    settle(one, members=1, volunteers=1)
    cries = [
        lambda place=place, here=here: post(here, "/twilio/sms", text(f"SM{place}", member(0), "i want to die"))
        for place, here in enumerate((one, other) * 3)
    ]
    assert together(cries) == [200] * 6
    with transaction(one.engine) as session:
        assert session.scalar(select(func.count(EscalationRow.id))) == 1
        assert session.scalar(select(func.count(InboundRow.id))) == 6


def test_strangers_who_text_twice_at_once_are_one_person(make_services: Callable[[], Services]) -> None:
    one, other = two(make_services)
    settle(one, members=0, volunteers=0)
    hellos = [
        lambda place=place, here=here: post(here, "/twilio/sms", text(f"SM{place}", "+12025559876", "hello?"))
        for place, here in enumerate((one, other) * 3)
    ]
    assert together(hellos) == [200] * 6
    with transaction(one.engine) as session:
        person = people.by_phone(session, Phone("+12025559876"))
        assert person is not None
        answers = select(func.count(DeliveryRow.id)).where(DeliveryRow.person_id == person.id)
        assert session.scalar(answers) == 1


def test_a_process_paused_in_a_transaction_loses_its_locks(make_services: Callable[[], Services]) -> None:
    """The lease of a transaction. SQLite has none: there the pause of a process with the lock holds up everybody."""
    paused, other = make_services(), make_services()
    if paused.engine.dialect.name == "sqlite":
        pytest.skip("SQLite has no limit for a transaction that is idle")
    settle(paused, members=1, volunteers=1)
    row = select(MemberRow).with_for_update()
    session = Session(paused.engine)
    member = session.scalars(row).one()
    began = time.monotonic()
    while True:
        try:
            with transaction(other.engine) as theirs:
                theirs.scalars(row).one().discreet = True
            break
        except OperationalError:  # the wait for a lock is shorter than the lease
            assert time.monotonic() - began < 30
    assert time.monotonic() - began < 15
    member.discreet = False
    with pytest.raises(DBAPIError):
        session.commit()
    session.close()
    with transaction(other.engine) as theirs:
        assert theirs.scalars(select(MemberRow.discreet)).one() is True
