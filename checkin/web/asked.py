"""What a webhook says: its fields, judged. A missing or overlong one is refused in one sentence."""

import re
from typing import NoReturn

from flask import Response, abort, request

from checkin.domain.call_script import Said
from checkin.domain.phone import BadPhone, parse_phone
from checkin.domain.terms import Phone
from checkin.handlers.voicemail_left import RecordingLeft

_LONGEST_SID = 64


def refuse(sentence: str, status: int = 400) -> NoReturn:
    """Answer with one sentence, and do nothing."""
    abort(Response(f"{sentence}\n", status, mimetype="text/plain"))


def field(name: str) -> str:
    """A field that must be there."""
    value = request.form.get(name, "").replace("\x00", "")
    if not value:
        refuse(f"The request lacks {name}.")
    return value


def sid(name: str) -> str:
    """The carrier's name for something."""
    given = field(name)
    if len(given) > _LONGEST_SID:
        refuse(f"The request's {name} is longer than {_LONGEST_SID} characters.")
    return given


def said() -> Said:
    """The keys that were pressed, or the words that were spoken; neither where nobody did anything."""
    keys = "".join(key for key in request.form.get("Digits", "") if key in "0123456789*#")[:8]
    words = request.form.get("SpeechResult", "").replace("\x00", "").strip()
    try:
        sure = min(max(float(request.form.get("Confidence", "1")), 0.0), 1.0)
    except ValueError:
        sure = 0.0
    return Said(keys, words, sure)


def caller(region: str) -> Phone | None:
    """Who rings, as the carrier says; None where it is withheld. It may be forged."""
    try:
        return parse_phone(request.form.get("From", ""), region)
    except BadPhone:
        return None  # withheld or forged beyond use: an unknown caller


def is_forged() -> bool:
    """Whether the carrier found the signature of the shown number false (STIR/SHAKEN). Most calls have none."""
    return request.form.get("StirVerstat", "").startswith("TN-Validation-Failed")


def recording() -> RecordingLeft | None:
    """What was left after the beep; None where nothing was. Where no sid is given, the address ends in it."""
    named = request.form.get("RecordingSid") or request.form.get("RecordingUrl", "").rpartition("/")[2]
    if re.fullmatch(r"RE[0-9a-fA-F]{32}", named) is None:
        return None
    seconds = request.form.get("RecordingDuration", "0")
    return RecordingLeft(named, sid("CallSid"), int(seconds) if seconds.isdecimal() and len(seconds) < 6 else 0)
