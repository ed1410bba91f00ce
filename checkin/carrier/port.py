"""What the service asks of a carrier.

CarrierError
├── CarrierRefused   never will: bad number, opted out, landline. Do not try again.
├── CarrierBusy      not now: rate limit, outage before acceptance. Try again after `retry_after`.
└── CarrierUnsure    it may have been accepted. Ask with `find_…` before sending again (promise P6).
"""

from collections.abc import Container, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol

from checkin.domain.terms import Phone


@dataclass(frozen=True)
class OutgoingText:
    """One text. `callback_url` is told each change of its status; `valid_for` bounds how late it may arrive."""

    to: Phone
    body: str
    callback_url: str
    valid_for: timedelta | None = None


@dataclass(frozen=True)
class OutgoingCall:
    """One call. `answer_url` is asked what to say; `callback_url` is told each change of its status.

    `fallback_url` is asked what to say where another URL of the call does not answer with words. `machine_url`: the
    carrier finds out who picked up while the call goes on, and tells it there; without it nobody listens for that.
    """

    to: Phone
    answer_url: str
    callback_url: str
    ring_for: timedelta
    fallback_url: str | None = None
    machine_url: str | None = None


@dataclass(frozen=True)
class Accepted:
    """The carrier took it: its own name for it, and the status it gave."""

    sid: str
    status: str


@dataclass(frozen=True)
class Balance:
    """What is left on the account, in `currency` (three letters)."""

    amount: float
    currency: str


class Refusal(StrEnum):
    """Why the carrier did not do it.

    Of the number, for good: BAD_NUMBER, OPTED_OUT, LANDLINE. Of this one attempt, so that a later one may well arrive:
    UNREACHABLE (off, no signal), EXPIRED (its validity was over), OTHER. For a coordinator or the operator to mend:
    FILTERED, ACCOUNT. GONE: the call has ended.
    """

    BAD_NUMBER = "bad_number"
    OPTED_OUT = "opted_out"
    LANDLINE = "landline"
    UNREACHABLE = "unreachable"
    EXPIRED = "expired"
    FILTERED = "filtered"
    ACCOUNT = "account"
    GONE = "gone"
    OTHER = "other"


@dataclass(frozen=True)
class ReceivedText:
    """A text that the carrier took for us, as its log has it. `sender` as the carrier names them; `media`: pictures."""

    sid: str
    sender: str
    body: str
    sent_at: datetime
    media: int = 0


@dataclass(frozen=True)
class ReceivedCall:
    """A call to our number that is over, as the carrier's log has it. `caller` is empty where it is withheld."""

    sid: str
    caller: str
    began_at: datetime


@dataclass(frozen=True)
class ReceivedRecording:
    """What a caller left after the beep, as the carrier's log has it. `call` is the sid of their call."""

    sid: str
    call: str
    seconds: int
    made_at: datetime


@dataclass(frozen=True)
class Charge:
    """What the carrier charged for a text or call of ours: in millionths of `currency`. `segments`: of a text."""

    sid: str
    millionths: int
    currency: str
    segments: int | None = None


@dataclass(frozen=True)
class Told:
    """What the carrier says, when asked, of a text or call that it took: its status, and why it failed."""

    status: str
    refusal: Refusal | None = None


class CarrierError(Exception):
    """Anything that went wrong between us and the carrier. The message never holds a number or a body."""


class CarrierRefused(CarrierError):
    """Final. `code` is the carrier's own error number, as text."""

    def __init__(self, reason: Refusal, code: str) -> None:
        super().__init__(f"the carrier refused ({reason}, {code})")
        self.reason = reason
        self.code = code


ACCOUNT_ILL = "account"
"""The code of a `CarrierBusy` that a person must mend: wrong credentials, a suspended account."""


class CarrierBusy(CarrierError):
    """Not accepted now. `retry_after` is what the carrier asked for, where it did."""

    def __init__(self, code: str, retry_after: timedelta | None = None) -> None:
        super().__init__(f"the carrier is busy ({code})")
        self.code = code
        self.retry_after = retry_after


class CarrierUnsure(CarrierError):
    """The answer was lost; the carrier may or may not have accepted."""


class Carrier(Protocol):
    """Twilio, anything that speaks its API, or the simulator."""

    def send_text(self, text: OutgoingText) -> Accepted:
        """Hand over a text. Raises CarrierError."""
        ...

    def place_call(self, call: OutgoingCall) -> Accepted:
        """Ask for a call to be rung. Raises CarrierError."""
        ...

    def end_call(self, sid: str) -> None:
        """Hang up a call, ringing or answered. A call that has ended already is no error."""
        ...

    def redirect_call(self, sid: str, url: str) -> None:
        """Make an answered call ask `url` what to say next. A call that has ended already is no error."""
        ...

    def find_text(self, text: OutgoingText, since: datetime, not_these: Container[str] = ()) -> Accepted | None:
        """Return the text if the carrier took the very same (to, body) at or after `since`.

        `not_these`: sids that are known to be others' (the same words may go to the same person twice).
        """
        ...

    def find_call(self, call: OutgoingCall, since: datetime, not_these: Container[str] = ()) -> Accepted | None:
        """Return the call if the carrier was asked to ring the same number at or after `since`; none of `not_these`."""
        ...

    def texts_received(self, since: datetime) -> Sequence[ReceivedText]:
        """Every text to our numbers that the carrier took at or after `since`, oldest first. Raises CarrierError."""
        ...

    def calls_received(self, since: datetime) -> Sequence[ReceivedCall]:
        """Every call to our numbers that began at or after `since` and is over, oldest first. Raises CarrierError."""
        ...

    def recordings_since(self, since: datetime) -> Sequence[ReceivedRecording]:
        """Every recording that callers left at or after `since`, oldest first. Raises CarrierError."""
        ...

    def fetch_recording(self, sid: str) -> bytes:
        """The sound of a recording, as a WAV file. Raises CarrierRefused where there is none, or not yet."""
        ...

    def delete_recording(self, sid: str) -> None:
        """Delete a recording at the carrier. One that is gone already is no error."""
        ...

    def charges(self, since: datetime, until: datetime) -> Sequence[Charge]:
        """What texts and calls of ours cost that left in that time, as far as it is known. Raises CarrierError.

        A carrier may say it hours or days afterwards.
        """
        ...

    def text_status(self, sid: str) -> Told:
        """What became of a text of ours. Raises CarrierRefused where the carrier knows no such text."""
        ...

    def call_status(self, sid: str) -> Told:
        """Where a call of ours stands. Raises CarrierRefused where the carrier knows no such call."""
        ...

    def check(self) -> None:
        """Ask for the account, to see that the credentials are right. Raises CarrierError."""
        ...

    def balance(self) -> Balance | None:
        """What is left on the account; None where it has none of its own. Raises CarrierError."""
        ...
