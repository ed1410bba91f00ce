"""Escalations by API: looked at, acknowledged, closed; and by a person alone (promise P2)."""

import pytest

from checkin import promises
from checkin.domain.scopes import Scope
from checkin.store.session import reading, transaction
from checkin.store.tables import CaseNoteRow, CoordinatorRow, MemberRow
from checkin.store.tables import EscalationRow as Case
from tests.api.conftest import Program, program
from tests.town import Town


@pytest.fixture
def cry(town: Town) -> Town:
    """Sam needs a person."""
    town.sam.sends("i cant do this any more")
    town.passes(seconds=2)
    return town


def test_a_case_is_seen_with_its_timeline_and_no_words(cry: Town) -> None:
    asks = program(cry, [Scope.ESCALATIONS_READ])
    (case,) = asks.gets("/escalations?state=open")["items"]
    assert (case["id"], case["member"], case["state"]) == (1, 1, "offering")
    assert case["level"] in ("crisis", "distress")
    assert asks.gets("/escalations?state=closed")["items"] == []
    one = asks.gets("/escalations/1")
    assert [step["what"] for step in one["timeline"]] == cry.steps()
    assert "cant" not in asks.asks("GET", "/escalations/1").text
    assert ("api: get_escalation", 1) in asks.looked_at()


def test_a_coordinator_acknowledges_by_name(cry: Town) -> None:
    asks = program(cry)
    one = asks.asks("POST", "/escalations/1/acknowledge", {"coordinator": 1}).json
    assert one["acknowledged_until"] is not None
    assert one["state"] != "closed"
    assert [step["what"] for step in one["timeline"]][-1] == "by_api"
    assert ("escalation acknowledged", 1) in asks.looked_at()


def test_only_a_named_coordinator_of_the_circle_closes_it(cry: Town) -> None:
    """No key ends an escalation by itself."""
    with transaction(cry.services.engine) as session:
        session.get_one(CoordinatorRow, 1).circle_id = 2
    asks = program(cry)
    closing = {"coordinator": 1, "outcome": "settled"}
    assert asks.refused("POST", "/escalations/1/close", {"outcome": "settled"}) == (422, "bad_field")
    assert asks.refused("POST", "/escalations/1/close", closing) == (422, "bad_field"), "of another circle"
    assert asks.refused("POST", "/escalations/1/close", {**closing, "coordinator": 99}) == (422, "bad_field")
    with transaction(cry.services.engine) as session:
        coordinator = session.get_one(CoordinatorRow, 1)
        coordinator.circle_id, coordinator.role = 1, "viewer"
    assert asks.refused("POST", "/escalations/1/close", closing) == (422, "bad_field"), "a viewer"
    assert cry.cases()[0].state != "closed"


@pytest.mark.parametrize("what", ["acknowledge", "close"])
def test_nobody_ends_or_has_their_own_case(cry: Town, what: str) -> None:
    with transaction(cry.services.engine) as session:
        session.get_one(CoordinatorRow, 1).person_id = session.get_one(MemberRow, 1).person_id
    asked = {"coordinator": 1} | ({"outcome": "settled"} if what == "close" else {})
    assert program(cry).refused("POST", f"/escalations/1/{what}", asked) == (422, "bad_field")
    assert cry.cases()[0].state != "closed"


def test_what_is_closed_says_who_answers_for_it(cry: Town) -> None:
    asks = program(cry)
    closing = {"coordinator": 1, "outcome": "settled", "words": "spoke at the door"}
    one = asks.asks("POST", "/escalations/1/close", closing, Idempotency_Key="k").json
    assert (one["state"], one["closed_how"]) == ("closed", "settled")
    [note] = cry.rows(CaseNoteRow)
    assert note.words == "spoke at the door", "sealed, on the case's page"
    assert one["closed_by"].startswith("coordinator:")
    assert one["timeline"][-1]["detail"] == {"key": asks.key, "coordinator": 1}
    assert asks.asks("POST", "/escalations/1/close", closing, Idempotency_Key="k").json == one
    assert asks.refused("POST", "/escalations/1/close", closing) == (409, "is_closed")
    assert asks.refused("POST", "/escalations/1/acknowledge", {"coordinator": 1}) == (409, "is_closed")
    plain = program(cry, [Scope.ESCALATIONS_READ])
    assert plain.gets("/escalations/1")["closed_how"] is None
    assert "door" not in plain.asks("GET", "/escalations/1").text
    with reading(cry.services.engine) as session:
        assert promises.broken(session, cry.time, cry.services.handbook.in_hours) == []


def test_a_key_that_may_only_look_does_not_act(cry: Town) -> None:
    looks = program(cry, [scope for scope in Scope if scope is not Scope.ESCALATIONS_ACT])
    assert looks.refused("POST", "/escalations/1/close", {"coordinator": 1, "outcome": "other"}) == (
        403,
        "not_in_scope",
    )
    assert cry.rows(Case)[0].state != "closed"


def test_who_is_on_shift_now(other: Program) -> None:
    assert [each["id"] for each in other.gets("/volunteers/on-shift?circle=1")["items"]] == [1, 2]
    other.town.ana.sends("OFF 3h")
    other.town.passes(seconds=1)
    assert [each["id"] for each in other.gets("/volunteers/on-shift?circle=1")["items"]] == [2]
    other.town.ben.sends("STOP")
    other.town.passes(seconds=1)
    assert other.gets("/volunteers/on-shift?circle=1")["items"] == []
    text = other.asks("GET", "/volunteers/on-shift").text
    assert "Cy" not in text
    assert other.town.cy.number not in text
