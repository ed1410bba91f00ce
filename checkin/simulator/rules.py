"""What Twilio refuses of a request, with its own error numbers. Source: its error dictionary, docs/api/errors/<code>.

One set of rules for both faces of the simulator: over HTTP, and in process.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import phonenumbers

from checkin.simulator.texts import LONGEST_VALIDITY

if TYPE_CHECKING:
    from checkin.simulator.world import World

LONGEST_BODY = 1_600
LONGEST_RINGING = 600
_NO_SUCH_NUMBER = "The 'To' number is not a valid phone number."


@dataclass(frozen=True)
class Refused:
    """The answer to a request that is not done."""

    code: int
    message: str
    status: int = 400


def refuses_text(world: "World", form: Mapping[str, str]) -> Refused | None:
    """Why this text is not taken; None where it is."""
    to, sender, service = form.get("To", ""), form.get("From", ""), form.get("MessagingServiceSid", "")
    if not to:
        return Refused(21604, "A 'To' phone number is required.")
    if not (sender or service):
        return Refused(21603, "A 'From' phone number is required.")
    if service and service != world.messaging_service:
        return Refused(21705, "The Messaging Service does not exist.")
    if sender and sender not in world.numbers:
        return Refused(21606, "The 'From' number is not a message-capable number of your account.")
    if not is_number(to):
        return Refused(21211, _NO_SUCH_NUMBER)
    if not (form.get("Body") or form.get("MediaUrl")):
        return Refused(21602, "Message body is required.")
    if len(form.get("Body", "")) > LONGEST_BODY:
        return Refused(21617, "The concatenated message body exceeds the 1600 character limit.")
    if not _is_url(form.get("StatusCallback")):
        return Refused(21609, "The 'StatusCallback' URL is not a valid URL.")
    valid_for = form.get("ValidityPeriod")
    if valid_for is not None and not _between(valid_for, 1, LONGEST_VALIDITY):
        return Refused(90007, "The ValidityPeriod is not a whole number of seconds between 1 and 36000.")
    if to in world.blocked:
        return Refused(21610, "Attempt to send to unsubscribed recipient.")
    return _refuses_number(world, to)


def refuses_call(world: "World", form: Mapping[str, str]) -> Refused | None:
    """Why this call is not placed; None where it is."""
    to, sender = form.get("To", ""), form.get("From", "")
    if not to:
        return Refused(21201, "No 'To' number is specified.")
    if not sender:
        return Refused(21213, "A 'From' phone number is required.")
    if sender not in world.numbers:
        return Refused(21210, "The source phone number provided is not yet verified for your account.")
    if not is_number(to):
        return Refused(21211, _NO_SUCH_NUMBER)
    if not form.get("Url") or not _is_url(form.get("Url")):
        return Refused(21205, "The 'Url' is not a valid URL.")
    if not _is_url(form.get("StatusCallback")) or not _is_url(form.get("FallbackUrl")):
        return Refused(21609, "The 'StatusCallback' or 'FallbackUrl' is not a valid URL.")
    if form.get("MachineDetection", "Enable") not in ("Enable", "DetectMessageEnd"):
        return Refused(20001, "The 'MachineDetection' is neither Enable nor DetectMessageEnd.")
    if "MachineDetection" in form and form.get("AsyncAmd") != "true":
        return Refused(20001, "The simulator detects machines with 'AsyncAmd' only.")
    if not _is_url(form.get("AsyncAmdStatusCallback")):
        return Refused(21609, "The 'AsyncAmdStatusCallback' URL is not a valid URL.")
    ring_for = form.get("Timeout")
    if ring_for is not None and not _between(ring_for, 1, LONGEST_RINGING):
        return Refused(20001, "The 'Timeout' is not a whole number of seconds between 1 and 600.")
    return _refuses_number(world, to)


def is_number(text: str) -> bool:
    """Whether this is an existing number in E.164."""
    try:
        number = phonenumbers.parse(text, None)
    except phonenumbers.NumberParseException:
        return False
    written = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    return phonenumbers.is_valid_number(number) and written == text


def _refuses_number(world: "World", to: str) -> Refused | None:
    code = world.faults.get(f"refuse:{to}")
    return Refused(code, "This number is refused, as was asked for.") if code else None


def _is_url(url: str | None) -> bool:
    if url is None:
        return True
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.hostname)


def _between(text: str, least: int, most: int) -> bool:
    return text.isascii() and text.isdigit() and least <= int(text) <= most
