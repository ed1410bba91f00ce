"""Phone numbers: any national notation in, E.164 out, or one sentence that says why not."""

import re
from enum import StrEnum
from functools import lru_cache

import phonenumbers
from phonenumbers import NumberParseException, PhoneNumberType
from phonenumbers.timezone import time_zones_for_number

from checkin.domain.terms import Phone


class BadPhone(ValueError):
    """A text that is no number we can ring. The sentence never repeats the number."""


class LineType(StrEnum):
    """What kind of line a number is, as far as its numbering plan tells."""

    MOBILE = "mobile"
    LANDLINE = "landline"
    EITHER = "either"
    VOIP = "voip"
    UNKNOWN = "unknown"


_TYPES = {
    PhoneNumberType.MOBILE: LineType.MOBILE,
    PhoneNumberType.FIXED_LINE: LineType.LANDLINE,
    PhoneNumberType.FIXED_LINE_OR_MOBILE: LineType.EITHER,
    PhoneNumberType.VOIP: LineType.VOIP,
}
_UNSEEN = re.compile(r"[\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")  # address books paste them in
_DASHES = re.compile(r"[\u2010-\u2015\u2212]")
_ALLOWED = re.compile(r"^\+?[\s().\-/\d]+$")
_LONGEST_SENDER = 20
_CHANNEL = re.compile(r"^[a-z]+:(?=\+)")
_PLAIN_NUMBER = re.compile(r"^\+?\d{3,15}$")
_EXTENSION = re.compile(r"(?i)(ext(ension|n)?|x|#|;)\s*[.:]?\s*\d+\s*$")


@lru_cache(maxsize=4096)
def parse_phone(raw: str, region: str) -> Phone:
    """Read a number as it is written in `region` (ISO 3166, such as US). Raises BadPhone."""
    text = _DASHES.sub("-", _UNSEEN.sub("", raw)).strip()
    if not text:
        raise BadPhone("the number is empty")
    if _EXTENSION.search(text):
        raise BadPhone("the number has an extension, which cannot be rung or texted; give a direct number")
    if not _ALLOWED.match(text):
        signs = "the number has letters or signs in it"
        raise BadPhone(f"{signs}; write digits, with + and the country code if abroad")
    return _checked(_number(text, region))


def parse_sender(raw: str, region: str) -> Phone:
    """Who wrote: a number in E.164, a short code, or whatever else the carrier names. No text is turned away for it.

    Numbers newer than our tables of numbering plans stay as the carrier wrote them. A name of letters keeps its
    letters, so that its digits alone never pass for somebody's number.
    """
    plain = _CHANNEL.sub("", raw.strip())
    try:
        return parse_phone(plain, region)
    except BadPhone:
        return Phone(plain if _PLAIN_NUMBER.match(plain) else plain[:_LONGEST_SENDER])


def _number(text: str, region: str) -> phonenumbers.PhoneNumber:
    """`00` is how most of the world dials abroad; no national number that can be texted starts with it."""
    if text.startswith("00") and not text.startswith("000"):
        text = "+" + text[2:]
    try:
        return phonenumbers.parse(text, region.upper())
    except NumberParseException as error:
        raise BadPhone("this is no phone number; write it with + and the country code") from error


def _checked(number: phonenumbers.PhoneNumber) -> Phone:
    if number.extension:
        raise BadPhone("the number has an extension, which cannot be rung or texted; give a direct number")
    if not phonenumbers.is_possible_number(number):
        raise BadPhone("the number is too short or too long for its country")
    if not phonenumbers.is_valid_number(number):
        raise BadPhone("no such number exists in its country's numbering plan; check its digits")
    if phonenumbers.number_type(number) == PhoneNumberType.PREMIUM_RATE:
        raise BadPhone("the number costs whoever rings it extra, so it is never rung; give an ordinary one")
    return Phone(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))


def line_type(phone: Phone) -> LineType:
    """What kind of line this is; `unknown` where the plan does not tell."""
    number = _parsed(phone)
    if number is None:
        return LineType.UNKNOWN
    return _TYPES.get(phonenumbers.number_type(number), LineType.UNKNOWN)


def country_of(phone: Phone) -> str:
    """The ISO code of the number's country; empty where it has none."""
    number = _parsed(phone)
    return (phonenumbers.region_code_for_number(number) or "") if number is not None else ""


@lru_cache(maxsize=4096)
def zones_of(phone: Phone) -> tuple[str, ...]:
    """The time zones that the number may be in; empty where that is not known."""
    number = _parsed(phone)
    if number is None:
        return ()
    return tuple(zone for zone in time_zones_for_number(number) if zone != "Etc/Unknown")


@lru_cache(maxsize=4096)
def _parsed(phone: Phone) -> phonenumbers.PhoneNumber | None:
    try:
        return phonenumbers.parse(phone, None)
    except NumberParseException:
        return None
