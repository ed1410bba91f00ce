"""The carrier's door: forged, repeated, malformed and missing things; behind a proxy; without a database."""

from dataclasses import replace
from xml.etree import ElementTree

import pytest
from sqlalchemy.exc import OperationalError
from twilio.request_validator import RequestValidator
from werkzeug.test import TestResponse

from checkin.app import create_app
from checkin.store.tables import DeliveryRow, InboundRow
from tests.town import SAM, Town

BASE = "http://127.0.0.1:8000"
UNKNOWN = "+12025550177"


def posts(town: Town, path: str, form: dict[str, str], *, signed_for: str = BASE, token: str = "token") -> TestResponse:
    """Post as Twilio does, signed by its own library."""
    signature = RequestValidator(token).compute_signature(signed_for + path, form)
    return town.client.post(path, data=form, headers={"X-Twilio-Signature": signature})


def text(body: str, sid: str = "SM1", sender: str = SAM, **more: str) -> dict[str, str]:
    return {"MessageSid": sid, "From": sender, "To": "+12025550100", "Body": body, **more}


def bodies(town: Town) -> list[str]:
    return [row.body for row in town.rows(InboundRow)]


PATHS = [
    "/twilio/sms",
    "/twilio/sms/status/1",
    "/twilio/voice",
    "/twilio/voice/keys/member.1",
    "/twilio/voice/recording",
    "/twilio/voice/transcript",
    "/twilio/voice/status",
    "/twilio/voice/fallback",
    *(
        f"/twilio/call/1/{what}"
        for what in ("answered", "keys/offer", "after", "wait", "fallback", "status", "machine", "conference")
    ),
]


def test_what_is_forged_is_refused_everywhere(town: Town) -> None:
    for path in PATHS:
        for headers in ({}, {"X-Twilio-Signature": "x"}, {"X-Twilio-Signature": "é"}):
            answer = town.client.post(path, data=text("4"), headers=headers)
            assert (answer.status_code, answer.text.count("\n")) == (403, 1), path
        assert posts(town, path, text("4"), token="another").status_code == 403, path
    assert bodies(town) == []


def test_the_door_is_only_posted_to(town: Town) -> None:
    assert {path: town.client.get(path).status_code for path in PATHS} == dict.fromkeys(PATHS, 405)


def test_every_route_stands_on_the_list(town: Town) -> None:
    rules = {rule.rule for rule in town.client.application.url_map.iter_rules() if rule.rule.startswith("/twilio/")}
    assert len(rules) == len(PATHS), "a new route is to be tried with forged requests too"


def test_a_changed_text_is_forged(town: Town) -> None:
    form = text("4")
    signature = RequestValidator("token").compute_signature(f"{BASE}/twilio/sms", form)
    answer = town.client.post("/twilio/sms", data=form | {"Body": "5"}, headers={"X-Twilio-Signature": signature})
    assert answer.status_code == 403


MISSING: list[tuple[str, dict[str, str], str]] = [
    ("/twilio/sms", {"From": SAM, "Body": "4"}, "MessageSid"),
    ("/twilio/sms", {"MessageSid": "SM1", "Body": "4"}, "From"),
    ("/twilio/sms", {"MessageSid": "\x00", "From": SAM}, "MessageSid"),
    ("/twilio/sms", {}, "MessageSid"),
    ("/twilio/sms/status/1", {"MessageSid": "SM1"}, "MessageStatus"),
    ("/twilio/call/1/status", {"CallSid": "CA1"}, "CallStatus"),
    ("/twilio/call/1/answered", {}, "CallSid"),
    ("/twilio/call/1/conference", {"CallSid": "CA1"}, "StatusCallbackEvent"),
    ("/twilio/voice", {"From": SAM}, "CallSid"),
    ("/twilio/voice/keys/member.1", {"From": SAM}, "CallSid"),
    ("/twilio/voice/recording", {"RecordingSid": "RE" + "a" * 32}, "CallSid"),
    ("/twilio/voice/transcript", {"RecordingSid": "RE" + "a" * 32}, "CallSid"),
    ("/twilio/voice/status", {"CallSid": "CA1"}, "CallStatus"),
]


def test_what_is_missing_is_named(town: Town) -> None:
    for path, form, lacks in MISSING:
        answer = posts(town, path, form)
        assert (answer.status_code, answer.text) == (400, f"The request lacks {lacks}.\n")


def test_a_sid_that_is_too_long_is_refused(town: Town) -> None:
    assert posts(town, "/twilio/sms", text("4", sid="S" * 65)).status_code == 400


def test_malformed_bodies_are_refused_in_one_sentence(town: Town) -> None:
    for data, kind in (
        (b"\xff\xfe=%%%&&=;;\x00", "application/x-www-form-urlencoded"),
        (b'{"Body": ', "application/json"),
        (b"--x\r\nContent-Disposition: form-data; x", "multipart/form-data; boundary=x"),
        (b"", "text/plain"),
    ):
        answer = town.client.post("/twilio/sms", data=data, content_type=kind, headers={"X-Twilio-Signature": "x"})
        assert answer.status_code in (400, 403), kind
        assert answer.text.count("\n") == 1


def test_five_megabytes_are_refused_in_one_sentence(town: Town) -> None:
    answer = posts(town, "/twilio/sms", text("i want to die " * 360_000))
    assert answer.status_code == 413
    assert answer.text.count("\n") == 1
    assert bodies(town) == []


def test_a_long_text_is_kept_whole(town: Town) -> None:
    long = "we went to the river today and then home again. " * 300 + "i cant do this any more"
    assert posts(town, "/twilio/sms", text(long)).status_code == 200
    assert bodies(town) == [long]


def test_the_same_text_twice_has_one_effect(town: Town) -> None:
    for _ in range(3):
        answer = posts(town, "/twilio/sms", text("i cant do this any more"))
        assert (answer.status_code, ElementTree.fromstring(answer.text).tag) == (200, "Response")
    assert len(bodies(town)) == 1
    assert len(town.cases()) == 1
    assert len([row for row in town.rows(DeliveryRow) if row.kind == "call"]) == 1


@pytest.mark.parametrize("body", ["", "  "])
def test_a_picture_without_words_is_read_by_a_person(town: Town, body: str) -> None:
    posts(town, "/twilio/sms", text(body, NumMedia="2", MediaUrl0="https://api.twilio.com/x"))
    [row] = town.rows(InboundRow)
    assert "picture" in row.body
    assert (row.level, row.rating) == ("concern", None)


def test_a_text_without_anything_is_kept_too(town: Town) -> None:
    assert posts(town, "/twilio/sms", text("", NumMedia="0")).status_code == 200
    assert bodies(town) == [""]


@pytest.mark.parametrize(
    "sender", ["INFOSMS", "72345", "+999123456789", "rcs:+12025550101", "A12025550101", "!", "☕" * 30]
)
def test_no_text_is_turned_away_for_its_sender(town: Town, sender: str) -> None:
    assert posts(town, "/twilio/sms", text("i want to die", sender=sender)).status_code == 200
    assert bodies(town) == ["i want to die"]
    # Digits within a name are nobody's number.
    assert bool(town.cases()) == (sender == "rcs:+12025550101")


def test_an_unknown_call_is_not_found(town: Town) -> None:
    for path in ("answered", "keys/offer", "after", "wait"):
        for call in ("99", "2147483647"):
            answer = posts(town, f"/twilio/call/{call}/{path}", {"CallSid": "CA1", "Digits": "1"})
            assert (answer.status_code, answer.text) == (404, "There is no such call.\n")
    assert (
        posts(town, "/twilio/call/99999999999999999999/status", {"CallSid": "C", "CallStatus": "x"}).status_code == 404
    )


def test_a_text_is_no_call(town: Town) -> None:
    posts(town, "/twilio/sms", text("HELP"))
    [delivery] = town.rows(DeliveryRow)
    assert posts(town, f"/twilio/call/{delivery.id}/answered", {"CallSid": "CA1"}).status_code == 404


@pytest.mark.parametrize("path", ["/twilio/sms/status/99", "/twilio/call/99/status"])
def test_the_status_of_what_is_erased_is_taken(town: Town, path: str) -> None:
    form = {"MessageSid": "SM1", "CallSid": "CA1", "MessageStatus": "delivered", "CallStatus": "completed"}
    answer = posts(town, path, form)
    assert (answer.status_code, answer.text) == (204, "")


@pytest.mark.parametrize("code", ["", "30008", "99999", "x", "３０００３"])
def test_any_error_code_is_taken(town: Town, code: str) -> None:
    posts(town, "/twilio/sms", text("HELP"))
    [delivery] = town.rows(DeliveryRow)
    form = {"MessageSid": "SM2", "MessageStatus": "undelivered", "ErrorCode": code}
    assert posts(town, f"/twilio/sms/status/{delivery.id}", form).status_code == 204
    assert town.rows(DeliveryRow)[0].state == "failed"


@pytest.mark.parametrize("sender", ["+266696687", "Anonymous", "", SAM, "+12025550199", "client:x"])
def test_any_caller_hears_words(town: Town, sender: str) -> None:
    answer = posts(town, "/twilio/voice", {"CallSid": "CA1", "From": sender})
    assert answer.status_code == 200
    assert len(ElementTree.fromstring(answer.text)) > 0


def test_behind_a_proxy_the_public_address_decides(town: Town) -> None:
    public = "https://checkin.example.org/peers"
    settings = town.services.settings.model_copy(update={"public_base_url": public})
    town.services = replace(town.services, settings=settings)
    town.client = create_app(town.services).test_client()
    assert posts(town, "/twilio/sms", text("4")).status_code == 403
    assert posts(town, "/twilio/sms", text("4"), signed_for=public).status_code == 200
    answer = posts(town, "/twilio/voice", {"CallSid": "CA1", "From": SAM}, signed_for=public)
    gather = ElementTree.fromstring(answer.text).find("Gather")
    assert gather is not None
    assert (gather.get("action") or "").startswith(f"{public}/twilio/voice/keys/")


def test_without_a_database_nothing_is_acknowledged_and_the_caller_is_held(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    def slow(_engine: object, _work: object) -> None:
        raise OperationalError("select", {}, Exception("database is locked"))

    monkeypatch.setattr("checkin.wiring.decided", slow)
    assert posts(town, "/twilio/sms", text("i want to die")).status_code == 503
    assert posts(town, "/twilio/call/7/keys/offer", {"CallSid": "CA1", "Digits": "1"}).status_code == 503
    for path, again in (
        ("/twilio/call/7/fallback", f"{BASE}/twilio/call/7/answered?again=1"),
        ("/twilio/voice/fallback", f"{BASE}/twilio/voice?again=1"),
    ):
        answer = posts(town, path, {"CallSid": "CA1", "ErrorCode": "11200", "ErrorUrl": "x"})
        assert answer.status_code == 200
        assert ElementTree.fromstring(answer.text).findtext("Redirect") == again


@pytest.mark.parametrize("answers", ["off", "default", "advanced"])
@pytest.mark.parametrize("word", ["STOP", "END", "please stop texting me"])
def test_stop_is_confirmed_once_whoever_confirms_it(town: Town, answers: str, word: str) -> None:
    town.world.answers_opt_outs, town.world.tells_opt_out_type = answers != "off", answers == "advanced"
    town.sam.sends(word)
    town.passes(minutes=2)
    assert len(town.sam.received) == 1
    town.passes(hours=48)
    assert len(town.sam.received) == 1


def test_with_advanced_opt_out_start_and_help_are_answered_once(town: Town) -> None:
    town.world.answers_opt_outs = True
    for count, word in enumerate(("STOP", "START", "HELP"), start=1):
        town.sam.sends(word)
        town.passes(minutes=2)
        assert len(town.sam.received) == count


@pytest.mark.usefixtures("log_lines")
def test_no_log_line_holds_a_number_or_a_word(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    posts(town, "/twilio/sms", text("i want to die"))
    posts(town, "/twilio/sms", text("i want to die", sid="SM2", sender=UNKNOWN), token="forged")
    posts(town, f"/twilio/{UNKNOWN}", text("i want to die"))

    def breaks(*_: object) -> None:
        raise OperationalError(f"insert {SAM}", {"phone": SAM, "body": "i want to die"}, Exception("disk full"))

    monkeypatch.setattr("checkin.wiring.decided", breaks)
    assert posts(town, "/twilio/sms", text("i want to die", sid="SM3")).status_code == 503
