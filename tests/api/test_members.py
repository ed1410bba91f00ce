"""Members by API: by the rules by which a file comes in; once, in parts, and with no change lost."""

import threading
from datetime import timedelta

import pytest
from sqlalchemy import select

from checkin.domain.recurrence import parse_schedule
from checkin.domain.scopes import Scope
from checkin.handlers.people_files.terms import Kind
from checkin.handlers.people_imported import people_imported, read_people
from checkin.handlers.schedule_set import Wanted, circle_schedule_set, follows_circle
from checkin.store.session import transaction
from checkin.store.tables import ApiAnswerRow, AuditRow, ConsentRow, DeliveryRow, MemberRow, PersonRow, ScheduleRow
from checkin.wiring import Services
from tests.api.conftest import FRANK, Program, frank, program
from tests.town import ANA, SAM, Town
from workers.webhooks import Carrying

ZOE = "+12025550177"


def stored(services: Services, phone: str) -> dict[str, object]:
    """What a database holds of a member."""
    with transaction(services.engine) as session:
        person = session.scalars(select(PersonRow).where(PersonRow.phone_index == phone)).one()
        member = session.scalars(select(MemberRow).where(MemberRow.person_id == person.id)).one()
        schedule = session.scalar(select(ScheduleRow).where(ScheduleRow.member_id == member.id))
        consent = session.scalars(select(ConsentRow).where(ConsentRow.person_id == person.id)).all()
        texts = session.scalars(select(DeliveryRow.template).where(DeliveryRow.person_id == person.id)).all()
        return {
            "person": (person.name, person.language, person.timezone),
            "member": (
                member.circle_id,
                member.channel,
                member.topics,
                member.prefers,
                member.buddy_id,
                member.discreet,
            ),
            "schedule": (schedule.rule, schedule.next_action_at) if schedule is not None else None,
            "consent": [(each.state, each.how, each.at) for each in consent],
            "texts": list(texts),
        }


def test_who_is_added_by_api_stands_there_as_if_imported(tmp_path_factory: pytest.TempPathFactory) -> None:
    """One rule: the same person by both doors."""
    by_file = Town(tmp_path_factory.mktemp("file"))
    line = (
        "phone,name,language,timezone,circle,channel,schedule,topics,prefers,buddy,discreet,consent_source,consent_at\n"
        f'{ZOE},Zoë,es,America/Chicago,main,sms,"TU,TH 18:00",grief;sleep,women,{ANA},no,paper,'
        "2026-11-20T10:00:00+00:00\n"
    )
    file = read_people(Kind.MEMBERS, line.encode(), by_file.services.handbook, by_file.time)
    by_file.services.act(
        lambda session: people_imported(session, by_file.services.handbook, file, by_file.time, who="test")
    )
    imported = stored(by_file.services, ZOE)
    by_file.closes()
    by_api = Town(tmp_path_factory.mktemp("api"))
    answer = program(by_api).asks(
        "POST",
        "/members",
        {
            "phone": "(202) 555-0177",
            "name": "Zoë",
            "language": "es",
            "timezone": "America/Chicago",
            "circle": 1,
            "channel": "sms",
            "schedule": "TU,TH 18:00",
            "topics": ["grief", "sleep"],
            "prefers": "women",
            "buddy": 1,
            "discreet": False,
            "consent": {"source": "paper", "at": "2026-11-20T12:00:00+02:00"},
        },
    )
    assert answer.status_code == 201
    assert answer.headers["Location"] == f"/api/v1/members/{answer.json['id']}"
    assert stored(by_api.services, ZOE) == imported
    by_api.closes()


def test_without_consent_a_new_member_is_invited_first_and_gets_nothing_else(other: Program) -> None:
    answer = other.asks("POST", "/members", {"phone": ZOE, "name": "Zoe", "circle": 1, "schedule": "MO-SU 9:05"})
    assert answer.json["consent"]["state"] == "invited"
    other.town.passes(minutes=10)
    assert len(other.town.world.phone(ZOE).received) == 1
    assert other.refused("POST", "/check-ins", {"member": answer.json["id"]}) == (409, "cannot_send")


def test_a_post_that_comes_twice_is_done_once(other: Program) -> None:
    body = {"phone": ZOE, "name": "Zoe", "circle": 1}
    first = other.asks("POST", "/members", body, Idempotency_Key="a1")
    second = other.asks("POST", "/members", body, Idempotency_Key="a1")
    assert (first.status_code, second.status_code) == (201, 201)
    assert second.data == first.data
    assert second.headers["Idempotency-Replayed"] == "true"
    assert (second.headers["ETag"], second.headers["Location"]) == (first.headers["ETag"], first.headers["Location"])
    assert len(other.town.rows(MemberRow)) == 2
    assert other.refused("POST", "/members", {**body, "name": "Zoé"}, Idempotency_Key="a1") == (
        422,
        "idempotency_key_reused",
    )
    assert other.refused("POST", "/members/1/pause", body, Idempotency_Key="a1")[0] == 422
    assert other.refused("POST", "/members", body, Idempotency_Key="a2") == (409, "is_member")
    neighbour = program(other.town)
    assert neighbour.refused("POST", "/members", body, Idempotency_Key="a1") == (409, "is_member")
    assert other.refused("POST", "/members", body, Idempotency_Key="a b") == (400, "bad_idempotency_key")


def test_a_kept_answer_is_sealed_and_forgotten_after_a_day(other: Program) -> None:
    body = {"phone": ZOE, "name": "Zoe Maplewood", "circle": 1}
    other.asks("POST", "/members", body, Idempotency_Key="a1")
    with other.town.services.engine.connect() as connection:
        raw = b"".join(bytes(row[0]) for row in connection.exec_driver_sql("SELECT body FROM api_answer"))
    assert raw
    assert b"Maplewood" not in raw
    other.town.time += timedelta(hours=24)
    assert other.refused("POST", "/members", body, Idempotency_Key="a1") == (409, "is_member"), "it is asked anew"
    other.asks("POST", "/check-ins", {"member": 1}, Idempotency_Key="a2")
    other.town.time += timedelta(hours=25)
    Carrying(other.town.services, lambda url, headers, body: pytest.fail("nothing is told")).look()
    assert other.town.rows(ApiAnswerRow) == []


def test_what_failed_is_tried_again_under_the_same_key(other: Program) -> None:
    assert other.refused("POST", "/members", {"phone": ZOE, "circle": 9}, Idempotency_Key="a1")[0] == 422
    answer = other.asks("POST", "/members", {"phone": ZOE, "circle": 1}, Idempotency_Key="a1")
    assert answer.status_code == 201


def test_two_at_the_same_moment_are_done_once(other: Program) -> None:
    """Whoever is second waits for the first, and gets its answer."""
    body, answers, ready = {"phone": ZOE, "name": "Zoe", "circle": 1}, [], threading.Barrier(3)

    def ask() -> None:
        ready.wait()
        answers.append(other.asks("POST", "/members", body, Idempotency_Key="a1"))

    threads = [threading.Thread(target=ask) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [each.status_code for each in answers] == [201, 201, 201]
    assert len({each.data for each in answers}) == 1
    assert sorted("Idempotency-Replayed" in each.headers for each in answers) == [False, True, True]
    assert len(other.town.rows(MemberRow)) == 2


def test_a_list_comes_in_parts_while_people_come_and_go(other: Program) -> None:
    """Nobody twice, nobody left out who was there all the time."""
    for number in range(7):
        other.asks("POST", "/members", {"phone": f"+1202555018{number}", "circle": 1})
    path, seen, before = "/members?limit=3&circle=1", list[int](), [each.id for each in other.town.rows(MemberRow)]
    while path:
        answer = other.asks("GET", path)
        seen += [each["id"] for each in answer.json["items"]]
        if len(seen) == 3:
            other.asks("POST", "/members", {"phone": "+12025550190", "circle": 1})  # comes behind
            other.asks("PATCH", f"/members/{seen[0]}", {"circle": 2})  # leaves what was read already
        link = answer.headers.get("Link", "")
        assert bool(link) == (answer.json["next"] is not None)
        path = link.partition(">")[0].removeprefix("</api/v1") if link else ""
        if link:
            assert link == f'</api/v1/members?limit=3&circle=1&after={answer.json["next"]}>; rel="next"'
    assert seen == sorted(set(seen))
    assert set(before) <= set(seen)
    assert len(seen) == 9


NARROWED = {
    "": [1, 2, 3],
    "consent=in": [1],
    "consent=none": [2],
    "consent=invited": [3],
    "consent=out": [],
    "circle=2": [2],
    "channel=voice": [],
    "language=es": [3],
    "paused=true": [1],
    "paused=false": [2, 3],
    "limit=1&after=1": [2],
}


def test_a_list_is_narrowed(other: Program) -> None:
    assert frank(other.town) == 2
    other.asks("POST", "/members", {"phone": ZOE, "circle": 1, "language": "es"})
    other.asks("PUT", "/members/1/schedule", {"rule": "MO 9:30"})
    other.asks("POST", "/members/1/pause", {"until": "2026-12-24T00:00:00Z"})
    for query, found in NARROWED.items():
        assert [each["id"] for each in other.gets(f"/members?{query}")["items"]] == found, query


def test_no_change_is_lost(other: Program) -> None:
    """Who changes what somebody else has changed meanwhile is told so."""
    tag = other.asks("GET", "/members/1").headers["ETag"]
    mine = other.asks("PATCH", "/members/1", {"name": "Sam B"}, If_Match=tag)
    assert mine.status_code == 200
    assert mine.headers["ETag"] == other.asks("GET", "/members/1").headers["ETag"] != tag
    assert other.refused("PATCH", "/members/1", {"name": "Sam C"}, If_Match=tag) == (412, "was_changed")
    assert other.gets("/members/1")["name"] == "Sam B"
    assert other.asks("PATCH", "/members/1", {"name": "Sam D"}, If_Match="*").status_code == 200
    first = other.asks("PUT", "/members/1/schedule", {"rule": "MO 9:30"}).headers["ETag"]
    assert other.asks("PUT", "/members/1/schedule", {"rule": "TU 9:30"}, If_Match=first).status_code == 200
    assert other.refused("DELETE", "/members/1/schedule", None, If_Match=first) == (412, "was_changed")
    assert other.asks("DELETE", "/members/1/schedule").status_code == 204
    assert other.refused("GET", "/members/1/schedule") == (404, "no_schedule")


def test_a_number_is_looked_for_without_standing_in_an_address(other: Program) -> None:
    assert [each["id"] for each in other.asks("POST", "/members/search", {"phone": "202 555 0101"}).json["items"]] == [
        1
    ]
    assert other.asks("POST", "/members/search", {"phone": ANA}).json["items"] == [], "a volunteer is no member"
    assert other.asks("POST", "/members/search", {"phone": FRANK}).json["items"] == []
    assert other.refused("POST", "/members/search", {"phone": "no number"}) == (422, "bad_field")
    assert ("api: search_members", 1) in other.looked_at()


def test_a_schedule_of_their_own_no_longer_follows_the_circle(other: Program) -> None:
    services, now = other.town.services, other.town.time
    wanted = Wanted(parse_schedule("MO 9:00", now.date()))
    services.act(lambda session: circle_schedule_set(session, 1, wanted, "test", now))
    services.act(lambda session: follows_circle(session, services.handbook, 1, "test", now))
    assert other.gets("/members/1/schedule")["follows_circle"] is True
    assert other.gets("/members/1")["schedule"]["follows_circle"] is True
    own = other.asks("PUT", "/members/1/schedule", {"rule": "TU 9:00"}).json
    assert (own["rule"], own["follows_circle"]) == ("TU 09:00", False)


def test_a_pause_and_its_end(other: Program) -> None:
    until = {"until": "2026-12-24T00:00:00Z"}
    assert other.refused("POST", "/members/1/pause", until) == (409, "no_schedule")
    other.asks("PUT", "/members/1/schedule", {"rule": "MO 9:30"})
    assert other.refused("POST", "/members/1/pause", {"until": "2026-11-01T00:00:00Z"}) == (422, "bad_field")
    assert other.refused("POST", "/members/1/pause", {"until": "2026-12-24"}) == (422, "bad_field")
    paused = other.asks("POST", "/members/1/pause", until).json["schedule"]
    assert paused["paused_until"] == "2026-12-24T00:00:00Z"
    assert paused["next_at"] == "2026-12-28T14:30:00Z"
    resumed = other.asks("POST", "/members/1/resume").json["schedule"]
    assert (resumed["paused_until"], resumed["next_at"]) == (None, "2026-11-23T14:30:00Z")
    assert ("member paused", 1) in other.looked_at()


def test_who_is_opted_out_hears_nothing_more_and_stays_out(other: Program) -> None:
    """STOP is final (P4): nor does a consent from before it bring them back."""
    other.asks("PUT", "/members/1/schedule", {"rule": "MO-SU 9:30"})
    assert other.asks("POST", "/members/1/opt-out", {"wording": "rang us: no more"}).json["consent"]["state"] == "out"
    other.town.passes(hours=1)
    assert len(other.town.sam.received) == 1, "the one confirmation"
    assert other.refused("POST", "/check-ins", {"member": 1}) == (409, "cannot_send")
    old = {"consent": {"source": "paper", "at": "2026-01-01T00:00:00Z"}}
    assert other.asks("PATCH", "/members/1", old).json["consent"]["state"] == "out"
    later = {"consent": {"source": "paper", "at": "2026-11-23T14:30:00Z"}}
    assert other.asks("PATCH", "/members/1", later).json["consent"]["state"] == "in"


def test_a_check_in_is_sent_within_hours(other: Program) -> None:
    sent = other.asks("POST", "/check-ins", {"member": 1, "at_once": True})
    assert (sent.status_code, sent.json["state"]) == (201, "asked")
    other.town.passes(seconds=5)
    assert len(other.town.sam.received) == 1
    other.town.sam.sends("4 fine thanks")
    other.town.passes(seconds=1)
    one = other.gets(f"/check-ins/{sent.json['id']}")
    assert (one["state"], one["rating"]) == ("answered", 4)
    assert [(each["level"], each["words"]) for each in one["replies"]] == [("ok", "4 fine thanks")]
    other.town.time += timedelta(hours=14)  # 11 at night
    assert other.refused("POST", "/check-ins", {"member": 1, "at_once": True}) == (409, "outside_hours")


def test_what_is_taken_away_and_what_stays(other: Program) -> None:
    other.asks("PATCH", "/members/1", {"buddy": 1, "prefers": "women", "schedule": "MO 9:30"})
    one = other.asks("PATCH", "/members/1", {"discreet": True}).json
    assert (one["buddy"], one["prefers"], one["topics"], one["discreet"]) == (1, "women", ["grief"], True)
    one = other.asks("PATCH", "/members/1", {"buddy": None, "prefers": None, "topics": [], "schedule": None}).json
    assert (one["buddy"], one["prefers"], one["topics"], one["schedule"]) == (None, "", [], None)
    assert other.refused("PATCH", "/members/1", {"buddy": 77}) == (422, "bad_field")
    assert other.refused("PATCH", "/members/1", {"topics": ["a;b"]}) == (422, "bad_field")
    assert other.asks("PATCH", "/members/1", {"name": "=SUM(1)"}).json["name"] == "=SUM(1)"
    assert SAM not in other.asks("GET", "/members/1").request.path


def test_a_member_is_erased_by_a_key_that_may_and_is_no_more(town: Town) -> None:
    writer = program(town, [Scope.MEMBERS_WRITE, Scope.MEMBERS_READ])
    assert writer.asks("DELETE", "/members/1").status_code == 403
    eraser = program(town, [Scope.MEMBERS_ERASE])
    assert eraser.asks("DELETE", "/members/1").status_code == 204
    assert writer.asks("GET", "/members/1").status_code == 404
    assert eraser.asks("DELETE", "/members/1").status_code == 404
    assert writer.asks("GET", "/members").json["items"] == []
    assert [row.what for row in town.rows(AuditRow)].count("member erased") == 1


def test_a_member_with_an_open_case_is_not_erased(town: Town) -> None:
    town.sam.sends("i cant do this any more")
    answer = program(town, [Scope.MEMBERS_ERASE]).asks("DELETE", "/members/1")
    assert (answer.status_code, answer.json["code"]) == (409, "open_case")
