"""Our signatures are Twilio's, in both directions; judged by the validator of its own library."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from twilio.request_validator import RequestValidator
from werkzeug.datastructures import MultiDict

from checkin.carrier.signature import is_genuine, sign

TOKEN = "12345678901234567890123456789012"
URLS = [
    "https://checkin.test/twilio/sms",
    "https://checkin.test/twilio/sms?a=1&b=%20",
    "https://Checkin.TEST/prefix/twilio/voice",
    "https://checkin.test:8443/twilio/sms",
    "http://127.0.0.1:8000/twilio/call/1/keys/offer",
    "https://user:secret@checkin.test/twilio/sms",
    "https://checkin.test",
]
FORMS = [
    [],
    [("Body", "")],
    [("Body", "¿Qué tal? ☕ \U0001f642\n1"), ("From", "+12025550101")],
    [("b", "2"), ("a", "1"), ("A", "0")],
    [("Media", "x"), ("Media", "a"), ("Media", "x")],
]


@pytest.mark.parametrize("url", URLS)
@pytest.mark.parametrize("form", FORMS)
def test_both_directions(url: str, form: list[tuple[str, str]]) -> None:
    validator = RequestValidator(TOKEN)
    assert sign(url, form, TOKEN) == validator.compute_signature(url, MultiDict(form))
    assert validator.validate(url, MultiDict(form), sign(url, form, TOKEN))
    assert is_genuine(url, form, validator.compute_signature(url, MultiDict(form)), [TOKEN])


@given(st.lists(st.tuples(st.text(st.characters(codec="utf-8")), st.text(st.characters(codec="utf-8")))))
def test_any_form(form: list[tuple[str, str]]) -> None:
    assert sign(URLS[0], form, TOKEN) == RequestValidator(TOKEN).compute_signature(URLS[0], MultiDict(form))


def test_twilios_own_example() -> None:
    """From "Validating Signatures from Twilio"."""
    form = {
        "CallSid": "CA1234567890ABCDE",
        "Caller": "+14158675310",
        "Digits": "1234",
        "From": "+14158675310",
        "To": "+18005551212",
    }
    url = "https://mycompany.com/myapp.php?foo=1&bar=2"
    assert sign(url, form.items(), "12345") == RequestValidator("12345").compute_signature(url, form)


@pytest.mark.parametrize(
    ("signed", "asked"),
    [
        ("https://checkin.test/twilio/sms", "https://checkin.test:443/twilio/sms"),
        ("https://checkin.test:443/twilio/sms", "https://checkin.test/twilio/sms"),
        ("http://checkin.test:80/twilio/sms", "http://checkin.test/twilio/sms"),
        ("https://checkin.test/twilio/sms", "https://checkin.test:8443/twilio/sms"),
    ],
)
def test_with_and_without_the_port(signed: str, asked: str) -> None:
    signature = sign(signed, [("Body", "1")], TOKEN)
    assert is_genuine(asked, [("Body", "1")], signature, [TOKEN])
    assert RequestValidator(TOKEN).validate(asked, {"Body": "1"}, signature)


def test_either_token_while_rotating() -> None:
    signature = sign(URLS[0], [], "old")
    assert is_genuine(URLS[0], [], signature, ["new", "old"])
    assert not is_genuine(URLS[0], [], signature, ["new"])


@pytest.mark.parametrize("signature", ["", "x", "é☕", "a" * 10_000, sign(URLS[0], [("Body", "2")], TOKEN)])
def test_what_is_forged_is_refused(signature: str) -> None:
    assert not is_genuine(URLS[0], [("Body", "1")], signature, [TOKEN])


def test_without_tokens_nothing_is_genuine() -> None:
    assert not is_genuine(URLS[0], [], sign(URLS[0], [], ""), [])
