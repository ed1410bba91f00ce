"""Phone numbers: any national notation in, E.164 out, or one sentence that never repeats the number."""

import phonenumbers
import pytest
from hypothesis import given
from hypothesis import strategies as st

from checkin.domain.phone import BadPhone, LineType, country_of, line_type, parse_phone, zones_of
from checkin.domain.terms import Phone


@pytest.mark.parametrize(
    ("written", "region", "number"),
    [
        ("(202) 555-0123", "US", "+12025550123"),
        ("202.555.0123", "US", "+12025550123"),
        ("1 202 555 0123", "US", "+12025550123"),
        ("+1 202 555 0123", "GB", "+12025550123"),
        (" 202\u00a0555\u20110123 ", "US", "+12025550123"),  # as a web page breaks it, or does not
        ("\u202a+1 (202) 555-0123\u202c", "US", "+12025550123"),  # as an address book pastes it
        ("202 555 0123", "us", "+12025550123"),
        ("020 7946 0958", "GB", "+442079460958"),
        ("+44 (0)20 7946 0958", "US", "+442079460958"),
        ("0044 20 7946 0958", "US", "+442079460958"),  # 00, as most of the world dials abroad
        ("00 44 20 7946 0958", "DE", "+442079460958"),
        ("011 44 20 7946 0958", "US", "+442079460958"),
        ("06 12 34 56 78", "FR", "+33612345678"),
        ("0171 1234567", "DE", "+491711234567"),
        ("02 1234 5678", "IT", "+390212345678"),  # Italy keeps its zero
        ("0712 345678", "KE", "+254712345678"),
        ("(11) 91234-5678", "BR", "+5511912345678"),
        ("98765 43210", "IN", "+919876543210"),
    ],
)
def test_a_number_as_people_write_it(written: str, region: str, number: str) -> None:
    assert parse_phone(written, region) == number


@pytest.mark.parametrize(
    ("written", "says"),
    [
        ("", "empty"),
        ("  ", "empty"),
        ("202-555-0123 x12", "extension"),
        ("202-555-0123 ext. 12", "extension"),
        ("202-555-0123 extension 12", "extension"),
        ("202-555-0123#12", "extension"),
        ("202-555-0123;12", "extension"),
        ("800-FLOWERS", "letters"),
        ("Sam 202 555 0123", "letters"),
        ("202+555+0123", "letters or signs"),
        ("911", "too short"),
        ("+", "no phone number|letters"),
        ("202 555 01234567", "too long"),
        ("000 202 555 0123", "too long|no such number|no phone number"),
        ("123 456 7890", "no such number"),
        ("+999 12345678", "no phone number"),
        ("+1 900 555 0123", "costs"),
    ],
)
def test_what_cannot_be_rung_is_refused_in_one_sentence(written: str, says: str) -> None:
    with pytest.raises(BadPhone, match=says):
        parse_phone(written, "US")


WRITTEN = st.text(alphabet="+0123456789 ()-.x#\u00a0a", min_size=4, max_size=24)


def answer(text: str, region: str) -> str:
    """The number, or the sentence of the refusal."""
    try:
        return parse_phone(text, region)
    except BadPhone as refusal:
        return str(refusal)


@given(WRITTEN, st.sampled_from(["US", "GB", "IT", "KE", "ZZ"]))
def test_it_is_a_number_or_a_refusal_that_does_not_repeat_it(text: str, region: str) -> None:
    said = answer(text, region)
    if said.startswith("+"):
        assert said[1:].isdigit()
        assert answer(said, "ZZ") == said
    else:
        assert not set(said) & set("0123456789")


REGIONS = st.sampled_from(sorted(phonenumbers.SUPPORTED_REGIONS))
FORMATS = st.sampled_from(
    [
        phonenumbers.PhoneNumberFormat.NATIONAL,
        phonenumbers.PhoneNumberFormat.INTERNATIONAL,
        phonenumbers.PhoneNumberFormat.E164,
    ]
)


@given(REGIONS, FORMATS)
def test_each_countrys_mobile_is_understood_in_each_notation(region: str, notation: int) -> None:
    example = phonenumbers.example_number_for_type(region, phonenumbers.PhoneNumberType.MOBILE)
    if example is None:
        return
    expected = phonenumbers.format_number(example, phonenumbers.PhoneNumberFormat.E164)
    assert parse_phone(phonenumbers.format_number(example, notation), region) == expected


@pytest.mark.parametrize(
    ("number", "kind", "country", "zones"),
    [
        ("+12125550123", LineType.EITHER, "US", ("America/New_York",)),
        ("+447400123456", LineType.MOBILE, "GB", ("Europe/Guernsey", "Europe/Isle_of_Man")),
        ("+442079460958", LineType.LANDLINE, "GB", ("Europe/London",)),
        ("not a number", LineType.UNKNOWN, "", ()),
    ],
)
def test_what_a_number_tells(number: str, kind: LineType, country: str, zones: tuple[str, ...]) -> None:
    phone = Phone(number)
    assert (line_type(phone), country_of(phone)) == (kind, country)
    assert set(zones) <= set(zones_of(phone))
