"""Who may ask for what: keys, scopes, circles, how often; and how it is said when not."""

import json
from datetime import timedelta

import pytest

from checkin.domain.scopes import Scope
from checkin.handlers.keys_given import key_revoked
from checkin.store import api_keys
from checkin.store.session import transaction
from checkin.store.tables import ApiKeyRow
from checkin.web.api.door import OPERATIONS
from checkin.web.api.limits import AT_ONCE, BURST, PER_SECOND, Buckets
from checkin.web.api.operation import Operation
from checkin.web.line import Line
from tests.api.conftest import FRANK, Program, frank, program
from tests.town import SAM, Town

SCOPED = [operation for operation in OPERATIONS if operation.scope is not None]


def named(operation: Operation) -> str:
    return operation.name


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory):
    """A town in which nothing is changed."""
    place = Town(tmp_path_factory.mktemp("town"))
    yield place
    place.closes()


def filled(path: str, number: int = 1) -> str:
    """A path with an id in each place."""
    for name in ("member", "check_in", "escalation", "webhook", "event"):
        path = path.replace(f"{{{name}}}", str(number))
    return path


@pytest.mark.parametrize("operation", SCOPED, ids=named)
def test_each_route_wants_its_scope(shared: Town, operation: Operation) -> None:
    """Every other scope together does not open it."""
    others = program(shared, [scope for scope in Scope if scope is not operation.scope])
    assert others.refused(operation.method, filled(operation.path), {}) == (403, "not_in_scope")


def test_the_table_of_scopes() -> None:
    """Who writes a route decides this once more here: a route that forgets its scope falls."""
    table: dict[str, set[str]] = {}
    for operation in OPERATIONS:
        table.setdefault(operation.scope.value if operation.scope else "any key", set()).add(operation.name)
    assert table == {
        "any key": {"list_circles"},
        "members:read": {"list_members", "get_member", "search_members"},
        "members:erase": {"erase_one_member"},
        "members:write": {"add_member", "change_member", "pause_member", "resume_member", "opt_member_out"},
        "schedules:read": {"list_schedules", "get_schedule"},
        "schedules:write": {"set_schedule", "remove_schedule"},
        "check-ins:read": {"list_check_ins", "get_check_in", "list_replies"},
        "check-ins:send": {"send_check_in_now"},
        "escalations:read": {
            "list_escalations",
            "get_escalation",
            "list_coordinators",
            "list_volunteers_on_shift",
        },
        "escalations:act": {"acknowledge_escalation", "close_escalation"},
        "results:read": {"get_results"},
        "webhooks": {
            "list_webhooks",
            "add_webhook",
            "get_webhook",
            "remove_webhook",
            "disable_webhook",
            "enable_webhook",
            "try_webhook",
            "list_webhook_events",
            "replay_webhook_event",
        },
    }


@pytest.mark.parametrize("operation", OPERATIONS, ids=named)
@pytest.mark.parametrize("authorization", [None, "Bearer ck_live_" + "A" * 43, "Basic Og==", "Bearer é"])
def test_each_route_wants_a_key(shared: Town, operation: Operation, authorization: str | None) -> None:
    headers = {} if authorization is None else {"Authorization": authorization}
    path = f"/api/v1{filled(operation.path)}"
    answer = shared.client.open(path, method=operation.method, headers=headers, json={})
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"] == "Bearer"
    assert answer.mimetype == "application/problem+json"


def test_a_key_is_kept_as_a_hash_and_compared_whole(town: Town) -> None:
    asks = program(town)
    with transaction(town.services.engine) as session:
        row = session.get_one(ApiKeyRow, asks.key)
        kept = json.dumps([str(getattr(row, column.key)) for column in ApiKeyRow.__table__.columns])
        assert asks.token[len(row.prefix) :] not in kept
        assert asks.token.startswith(row.prefix)
        assert len(row.prefix) == len("ck_live_") + 8
    asks.token = asks.token[:-1] + ("A" if asks.token[-1] != "A" else "B")
    assert asks.refused("GET", "/circles") == (401, "no_key")


def test_a_revoked_key_and_one_past_its_time_open_nothing(town: Town) -> None:
    revoked, late = program(town), program(town)
    revoked.gets("/circles")
    with transaction(town.services.engine) as session:
        row = api_keys.by_id(session, revoked.key)
        assert row is not None
        assert row.last_used_at == town.time
        key_revoked(session, row, "test", town.time)
        session.get_one(ApiKeyRow, late.key).expires_at = town.time + timedelta(hours=1)
    assert revoked.refused("GET", "/circles") == (401, "no_key")
    late.gets("/circles")
    town.time += timedelta(hours=1)
    assert late.refused("GET", "/circles") == (401, "no_key")


def test_what_is_of_another_circle_is_not_there(town: Town) -> None:
    """A member, their schedule, check-ins, replies and case of the circle main, asked for by a key of the other."""
    town.schedule("MO 9:30")
    town.passes(minutes=31)
    town.sam.sends("i cant do this any more")
    town.passes(seconds=2)
    whole = program(town)
    whole.asks("POST", "/webhooks", {"url": "https://example.org/a", "events": ["escalation.opened"]})
    outside = program(town, circles=[2])
    for operation in OPERATIONS:
        if "{" in operation.path:
            body = {
                "until": "2027-01-01T00:00:00Z",
                "rule": "MO 9:00",
                "coordinator": 1,
                "outcome": "settled",
            }
            fields = operation.body.model_fields if operation.body is not None else {}
            given = {name: value for name, value in body.items() if name in fields}
            before = town.rows(ApiKeyRow)
            assert outside.refused(operation.method, filled(operation.path), given) == (404, "not_found"), (
                operation.name
            )
            assert len(before) == len(town.rows(ApiKeyRow))
    for path in ("/members", "/schedules", "/check-ins", "/escalations", "/webhooks", "/coordinators"):
        assert outside.gets(path)["items"] == [], path
        assert whole.gets(path)["items"] != [], path
    assert outside.refused("GET", "/members?circle=1") == (422, "bad_field")
    assert outside.asks("POST", "/members/search", {"phone": SAM}).json == {"items": [], "next": None}
    assert [each["name"] for each in outside.gets("/circles")["items"]] == ["other"]
    assert outside.refused("POST", "/check-ins", {"member": 1}) == (422, "bad_field")
    assert outside.refused("POST", "/members", {"phone": "+12025550188", "circle": 1}) == (422, "bad_field")
    assert outside.refused("POST", "/members", {"phone": SAM}) == (409, "is_member")
    webhook = {"url": "https://example.org/b", "events": ["escalation.opened"], "circles": [1]}
    assert outside.refused("POST", "/webhooks", webhook) == (422, "bad_field")
    assert [each[0] for each in outside.looked_at()] == []


def test_a_member_cannot_be_moved_to_a_circle_that_the_key_is_not_for(town: Town) -> None:
    asks = program(town, circles=[1])
    assert asks.refused("PATCH", "/members/1", {"circle": 2}) == (422, "bad_field")
    assert asks.gets("/members/1")["circle"] == 1


def test_a_volunteer_of_others_is_not_renamed_by_being_added(town: Town) -> None:
    asks = program(town, circles=[1])
    assert asks.refused("POST", "/members", {"phone": town.cy.number, "name": "Nobody"}) == (409, "is_known")


def test_numbers_and_words_need_scopes_of_their_own(town: Town) -> None:
    town.sam.sends("hello there")
    town.passes(seconds=1)
    plain = program(town, [Scope.MEMBERS_READ, Scope.CHECK_INS_READ])
    whole = program(town, [Scope.MEMBERS_READ, Scope.CHECK_INS_READ, Scope.NUMBERS_READ, Scope.WORDS_READ])
    assert plain.gets("/members/1")["phone"] == "...01"
    assert whole.gets("/members/1")["phone"] == SAM
    assert [each["words"] for each in plain.gets("/members/1/replies")["items"]] == [None]
    assert [each["words"] for each in whole.gets("/members/1/replies")["items"]] == ["hello there"]
    assert FRANK not in plain.asks("GET", "/members").text
    assert SAM not in plain.asks("GET", "/members").text


def test_a_key_that_asks_too_often_is_told_when_to_come_again(town: Town) -> None:
    asks, calm = program(town), program(town)
    for _ in range(int(BURST)):
        asks.gets("/circles")
    answer = asks.asks("GET", "/circles")
    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "1")
    calm.gets("/circles")  # each key has its own
    town.time += timedelta(seconds=1)
    for _ in range(int(PER_SECOND)):
        asks.gets("/circles")
    assert asks.refused("GET", "/circles") == (429, "too_often")


def test_a_bucket_never_holds_more_than_its_size() -> None:
    now = [0.0]
    buckets = Buckets(lambda: now[0], per_second=2.0, burst=3.0)
    now[0] = 1000.0
    assert [buckets.take(1) for _ in range(4)] == [0, 0, 0, 1]
    now[0] = 900.0  # the clock was set back
    assert buckets.take(1) == 1


def test_the_api_takes_few_threads(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where its places are taken it says so at once; webhooks have their own."""
    asks = program(town)
    monkeypatch.setattr(Line, "enter", lambda line: False)
    answer = town.client.get("/api/v1/circles", headers={"Authorization": f"Bearer {asks.token}"})
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "1")
    assert answer.mimetype == "application/problem+json"
    assert AT_ONCE <= 4
    monkeypatch.undo()
    asks.gets("/circles")


def test_what_is_wrong_is_said_in_one_sentence_with_its_field(other: Program) -> None:
    wrong = other.asks("POST", "/members", {"phone": "12", "circle": 1, "nmae": "Zoe"})
    assert (wrong.status_code, wrong.json["code"]) == (422, "bad_field")
    assert [(each["field"], each["place"]) for each in wrong.json["errors"]] == [("phone", "body"), ("nmae", "body")]
    wrong = other.asks("POST", "/members", {"phone": "555", "circle": 1})
    assert [each["field"] for each in wrong.json["errors"]] == ["phone"]
    wrong = other.asks("PATCH", "/members/1", {"timezone": "Atlantis/Main", "schedule": "sometimes"})
    assert [each["field"] for each in wrong.json["errors"]] == ["timezone", "schedule"]
    assert "Atlantis/Main" in wrong.json["detail"]
    assert other.gets("/members/1")["timezone"] == "America/New_York", "all or nothing"
    assert other.refused("PATCH", "/members/1", {"name": None}) == (422, "bad_field")
    assert other.refused("GET", "/members?limit=1_0") == (422, "bad_field")
    assert other.refused("GET", "/members?limit=1&limit=2") == (422, "bad_field")
    assert other.refused("GET", "/nowhere") == (404, "not_found")
    assert other.refused("PUT", "/members") == (405, "method_not_allowed")


def test_a_body_that_cannot_be_read_is_said_to_be_so(other: Program) -> None:
    client, headers = other.town.client, {"Authorization": f"Bearer {other.token}"}
    for body, kind, status in (
        ("{", "application/json", 400),
        ('{"phone": NaN}', "application/json", 400),
        ("[" * 100_000, "application/json", 413),
        ("[" * 60_000, "application/json", 400),
        ('"text"', "application/json", 422),
        ('{"phone": "\\ud800"}', "application/json", 422),
        ("phone=1", "application/x-www-form-urlencoded", 415),
    ):
        answer = client.post("/api/v1/members", data=body, content_type=kind, headers=headers)
        assert (answer.status_code, answer.mimetype) == (status, "application/problem+json"), body[:20]


def test_each_look_and_each_change_is_in_the_access_log(town: Town) -> None:
    asks = program(town)
    other = frank(town)
    sam = next(row["id"] for row in asks.gets("/members")["items"])
    assert asks.looked_at() == [("api: list_members", 1), ("api: list_members", 6)]
    before = len(asks.looked_at())
    asks.gets(f"/members/{sam}")
    asks.asks("PATCH", f"/members/{sam}", {"name": "Samuel"})
    asks.asks("POST", f"/members/{other}/opt-out", {})
    asks.gets("/results")
    asks.gets("/circles")
    assert asks.looked_at()[before:] == [
        ("api: get_member", 1),
        ("changed by an import", 1),
        ("api: change_member", 1),
        ("member opted out", 6),
        ("api: opt_member_out", 6),
    ]
