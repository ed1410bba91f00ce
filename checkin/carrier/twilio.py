"""Twilio, through its own client. With `base_url` the same client speaks to anything that speaks Twilio's API."""

import hashlib
import json
import tomllib
from collections.abc import Callable, Container, Sequence
from datetime import UTC, datetime, timedelta
from functools import partial
from importlib.resources import files
from typing import Any, TypeVar
from urllib.parse import urlsplit, urlunsplit

import requests
from requests.adapters import HTTPAdapter
from twilio.base.exceptions import TwilioException, TwilioRestException, TwilioServiceException
from twilio.http.response import Response
from twilio.rest import Client

from checkin.carrier.port import (
    Accepted,
    Balance,
    CarrierBusy,
    CarrierError,
    CarrierRefused,
    CarrierUnsure,
    Charge,
    OutgoingCall,
    OutgoingText,
    ReceivedCall,
    ReceivedRecording,
    ReceivedText,
    Refusal,
    Told,
)
from checkin.carrier.twilio_charges import charge_of
from checkin.carrier.twilio_errors import lost, not_refused
from checkin.domain.answering import Verdict
from checkin.domain.terms import Phone

_T = TypeVar("_T")

CONNECT_SECONDS = 3.0
READ_SECONDS = 7.0
_LONGEST_VALIDITY = 36_000
_LONGEST_RINGING = 600
_SLACK = timedelta(seconds=5)
"""How far the carrier's clock may be behind ours."""
_PAGE = 200
_OVER = frozenset({"completed", "busy", "failed", "no-answer", "canceled"})
_LARGEST_SOUND = 20_000_000
"""Bytes: two minutes of a telephone are two million."""
_CALL_OVER = frozenset({21220, 20404})

_REFUSALS: dict[int, Refusal] = {
    number: Refusal(word)
    for word, numbers in tomllib.loads(files("checkin.carrier").joinpath("twilio_errors.toml").read_text()).items()
    for number in numbers
}


def refusal_of(code: str) -> Refusal:
    """Our own word for one of Twilio's error numbers."""
    return _REFUSALS.get(int(code), Refusal.OTHER) if code.isdecimal() else Refusal.OTHER


_VERDICTS = {
    "human": Verdict.HUMAN,
    "machine_start": Verdict.MACHINE,
    "machine_end_beep": Verdict.BEEP,
    "machine_end_silence": Verdict.BEEP,
    "machine_end_other": Verdict.BEEP,
    "fax": Verdict.FAX,
}


def verdict_of(answered_by: str) -> Verdict:
    """Our own word for who picked up, as Twilio says it."""
    return _VERDICTS.get(answered_by, Verdict.UNKNOWN)


def validity_seconds(valid_for: timedelta) -> int:
    """A validity in Twilio's bounds: whole seconds from 1 to 36,000."""
    return max(1, min(int(valid_for.total_seconds()), _LONGEST_VALIDITY))


def ring_seconds(ring_for: timedelta) -> int:
    """How long it rings, in Twilio's bounds: whole seconds from 1 to 600."""
    return max(1, min(int(ring_for.total_seconds()), _LONGEST_RINGING))


class _Http:
    """What Twilio's client sends by: one pooled session, always a time limit, never a retry, perhaps another host.

    It keeps nothing of one request for the next (workers call from several threads) and logs nothing: the HTTP client
    that comes with Twilio's writes each request with its numbers at level INFO.
    """

    is_async = False

    def __init__(self, base_url: str | None, read_seconds: float) -> None:
        self._read_seconds = read_seconds
        self._base = urlsplit(base_url) if base_url else None
        self._session = requests.Session()
        adapter = HTTPAdapter(max_retries=0, pool_maxsize=16)
        self._session.mount("https://", adapter)
        self._session.mount("http://", adapter)
        self._session.trust_env = False

    def request(
        self,
        method: str,
        url: str,
        params: dict[str, object] | None = None,
        data: dict[str, object] | None = None,
        headers: dict[str, str] | None = None,
        auth: tuple[str, str] | None = None,
        timeout: float | None = None,
        allow_redirects: bool = False,
        **_more: Any,
    ) -> Response:
        """Send one request. Raises CarrierBusy where the carrier asks to come back later."""
        if self._base is not None:
            parts = urlsplit(url)
            path = self._base.path.rstrip("/") + parts.path
            url = urlunsplit((self._base.scheme, self._base.netloc, path, parts.query, ""))
        answer = self._session.request(
            method.upper(),
            url,
            params=params,  # type: ignore[arg-type]
            data=data,
            headers=headers,
            auth=auth,
            timeout=(CONNECT_SECONDS, self._read_seconds),
            allow_redirects=False,
        )
        if answer.status_code == 429:
            raise CarrierBusy("429", _retry_after(answer.headers.get("Retry-After", "")))
        return Response(answer.status_code, answer.text, answer.headers)

    def sound(self, path: str, auth: tuple[str, str]) -> tuple[int, bytes]:
        """Fetch a sound; where it is stored elsewhere, from there (our credentials stay behind). Status and bytes."""
        base = self._base.geturl().rstrip("/") if self._base is not None else "https://api.twilio.com"
        with self._session.get(
            base + path, auth=auth, timeout=(CONNECT_SECONDS, self._read_seconds), stream=True
        ) as answer:
            sound = bytearray()
            for piece in answer.iter_content(65_536):
                sound += piece
                if len(sound) > _LARGEST_SOUND:
                    raise CarrierRefused(Refusal.OTHER, "too large")
            return answer.status_code, bytes(sound)

    def close(self) -> None:
        """Let go of the connections."""
        self._session.close()


class TwilioCarrier:
    """The carrier port on Twilio's REST API."""

    def __init__(
        self,
        account_sid: str,
        auth_token: str,
        *,
        from_numbers: Sequence[str],
        messaging_service_sid: str | None = None,
        base_url: str | None = None,
        read_seconds: float = READ_SECONDS,
    ) -> None:
        self._http = _Http(base_url, read_seconds)
        self._client = Client(account_sid, auth_token, http_client=self._http)
        self._auth = (account_sid, auth_token)
        self._account_sid = account_sid
        self._numbers = tuple(from_numbers)
        self._service = messaging_service_sid

    def send_text(self, text: OutgoingText) -> Accepted:
        """Hand over a text. Raises CarrierError."""
        fields: dict[str, Any] = {"to": text.to, "body": text.body, "status_callback": text.callback_url}
        if self._service:
            fields["messaging_service_sid"] = self._service
        else:
            fields["from_"] = self._sender(text.to)
        if text.valid_for is not None:
            fields["validity_period"] = validity_seconds(text.valid_for)
        message = self._asked(lambda: self._client.messages.create(**fields))
        return Accepted(message.sid, str(message.status))

    def place_call(self, call: OutgoingCall) -> Accepted:
        """Ask for a call to be rung. Raises CarrierError."""
        fields: dict[str, Any] = {}
        if call.fallback_url is not None:
            fields |= {"fallback_url": call.fallback_url, "fallback_method": "POST"}
        if call.machine_url is not None:
            # To the end of a greeting, so that a machine can be spoken to; a person is told of at once.
            fields |= {
                "machine_detection": "DetectMessageEnd",
                "async_amd": "true",
                "async_amd_status_callback": call.machine_url,
                "async_amd_status_callback_method": "POST",
            }
        placed = self._asked(
            lambda: self._client.calls.create(
                to=call.to,
                from_=self._sender(call.to),
                url=call.answer_url,
                method="POST",
                status_callback=call.callback_url,
                status_callback_method="POST",
                status_callback_event=["initiated", "ringing", "answered", "completed"],
                timeout=ring_seconds(call.ring_for),
                **fields,
            )
        )
        return Accepted(placed.sid, str(placed.status))

    def end_call(self, sid: str) -> None:
        """Hang up a call, ringing or answered. A call that has ended already is no error."""
        self._change(sid, status="completed")

    def redirect_call(self, sid: str, url: str) -> None:
        """Make an answered call ask `url` what to say next. A call that has ended already is no error."""
        self._change(sid, url=url, method="POST")

    def _change(self, sid: str, **fields: str) -> None:
        try:
            self._asked(lambda: self._client.calls(sid).update(**fields))
        except CarrierRefused as refused:
            if not refused.code.isdigit() or int(refused.code) not in _CALL_OVER:
                raise

    def find_text(self, text: OutgoingText, since: datetime, not_these: Container[str] = ()) -> Accepted | None:
        """Return the text if the carrier took the very same (to, body) at or after `since`; none of `not_these`."""
        since = since - _SLACK
        # Not by date: what the carrier has not sent yet has no date to be found by.
        found = self._asked(lambda: self._client.messages.list(to=text.to, limit=50))
        for message in found:
            same = message.body == text.body and message.sid not in not_these
            if same and _at_or_after(message.date_created, since):
                return Accepted(message.sid, str(message.status))
        return None

    def find_call(self, call: OutgoingCall, since: datetime, not_these: Container[str] = ()) -> Accepted | None:
        """Return the call if the carrier was asked to ring the same number at or after `since`; none of `not_these`."""
        since = since - _SLACK
        found = self._asked(lambda: self._client.calls.list(to=call.to, from_=self._sender(call.to), limit=20))
        for placed in found:
            if placed.sid not in not_these and _at_or_after(placed.date_created, since):
                return Accepted(placed.sid, str(placed.status))
        return None

    def texts_received(self, since: datetime) -> Sequence[ReceivedText]:
        """Every text to our numbers that the carrier took at or after `since`, oldest first. Raises CarrierError."""
        found = [
            message
            for number in self._numbers
            for message in self._asked(partial(self._messages_to, number, since.astimezone(UTC)))
            if message.direction == "inbound" and _at_or_after(message.date_sent, since)
        ]
        texts = [
            ReceivedText(m.sid, m.from_ or "", m.body or "", _in_utc(m.date_sent), int(m.num_media or 0)) for m in found
        ]
        return sorted(reversed(texts), key=lambda text: text.sent_at)  # the log has the newest first

    def _messages_to(self, number: str, since: datetime) -> list[Any]:
        return list(self._client.messages.list(to=number, date_sent_after=since, page_size=_PAGE))

    def calls_received(self, since: datetime) -> Sequence[ReceivedCall]:
        """Every call to our numbers that began at or after `since` and is over, oldest first. Raises CarrierError."""
        found = [
            call
            for number in self._numbers
            for call in self._asked(partial(self._calls_to, number, since.astimezone(UTC)))
            if call.direction == "inbound" and str(call.status) in _OVER and _at_or_after(call.start_time, since)
        ]
        calls = [ReceivedCall(call.sid, call._from or "", _in_utc(call.start_time)) for call in found]
        return sorted(reversed(calls), key=lambda call: call.began_at)

    def _calls_to(self, number: str, since: datetime) -> list[Any]:
        return list(self._client.calls.list(to=number, start_time_after=since, page_size=_PAGE))

    def recordings_since(self, since: datetime) -> Sequence[ReceivedRecording]:
        """Every recording that callers left at or after `since`, oldest first. Raises CarrierError."""
        found = self._asked(
            lambda: list(self._client.recordings.list(date_created_after=since.astimezone(UTC), page_size=_PAGE))
        )
        kept = [
            ReceivedRecording(each.sid, each.call_sid or "", int(each.duration or 0), _in_utc(each.date_created))
            for each in found
            if str(each.source) == "RecordVerb"
            and str(each.status) == "completed"
            and _at_or_after(each.date_created, since)
        ]
        return sorted(reversed(kept), key=lambda recording: recording.made_at)

    def fetch_recording(self, sid: str) -> bytes:
        """The sound of a recording, as a WAV file. Raises CarrierRefused where there is none, or not yet."""
        path = f"/2010-04-01/Accounts/{self._account_sid}/Recordings/{sid}.wav"
        status, sound = self._asked(lambda: self._http.sound(path, self._auth))
        if status == 404:
            raise CarrierRefused(refusal_of("20404"), "20404")
        if status != 200:
            raise CarrierBusy(str(status)) if status in (401, 429) or status >= 500 else _named(status, None)
        return sound

    def delete_recording(self, sid: str) -> None:
        """Delete a recording at the carrier. One that is gone already is no error."""
        try:
            self._asked(lambda: self._client.recordings(sid).delete())
        except CarrierRefused as refused:
            if refused.code != "20404":
                raise

    def charges(self, since: datetime, until: datetime) -> Sequence[Charge]:
        """What our texts and calls of that time cost, as far as it is known. Raises CarrierError."""
        since, until = since.astimezone(UTC), until.astimezone(UTC)
        texts = self._asked(
            lambda: self._client.messages.list(date_sent_after=since, date_sent_before=until, page_size=_PAGE)
        )
        calls = self._asked(
            lambda: self._client.calls.list(start_time_after=since, start_time_before=until, page_size=_PAGE)
        )
        return [charge for record in (*texts, *calls) if (charge := charge_of(record)) is not None]

    def text_status(self, sid: str) -> Told:
        """What became of a text of ours. Raises CarrierRefused where the carrier knows no such text."""
        message = self._asked(lambda: self._client.messages(sid).fetch())
        return Told(str(message.status), refusal_of(str(message.error_code)) if message.error_code else None)

    def call_status(self, sid: str) -> Told:
        """Where a call of ours stands. Raises CarrierRefused where the carrier knows no such call."""
        return Told(str(self._asked(lambda: self._client.calls(sid).fetch()).status))

    def check(self) -> None:
        """Ask for the account, to see that the credentials are right. Raises CarrierError."""
        self._asked(lambda: self._client.api.accounts(self._account_sid).fetch())

    def balance(self) -> Balance | None:
        """What is left on the account. A subaccount has no balance of its own: None. Raises CarrierError."""
        found = self._asked(lambda: self._client.api.v2010.accounts(self._account_sid).balance.fetch())
        try:
            return Balance(float(found.balance), str(found.currency or ""))
        except (TypeError, ValueError):
            return None

    def _sender(self, to: Phone) -> str:
        """The same number for the same person, always: a known number is answered."""
        place = int.from_bytes(hashlib.sha256(to.encode()).digest()[:4], "big")
        return self._numbers[place % len(self._numbers)]

    def close(self) -> None:
        """Let go of the connections."""
        self._http.close()

    def _asked(self, ask: Callable[[], _T]) -> _T:
        """Ask, and say in the port's words what went wrong. Causes are cut off: they hold numbers and bodies."""
        try:
            return ask()
        except TwilioServiceException as error:
            raise _named(error.status, error.code) from None
        except TwilioRestException as error:
            raise _named(error.status, error.code) from None
        except requests.exceptions.ConnectionError as error:
            raise lost(error) from None
        except requests.exceptions.RequestException:
            raise CarrierUnsure("no answer") from None
        except (json.JSONDecodeError, TwilioException):
            # A list that could not be fetched comes as the plain TwilioException, without its status.
            raise CarrierUnsure("an answer that cannot be read") from None


def _named(status: int, code: int | None) -> CarrierError:
    return not_refused(status, code) or CarrierRefused(refusal_of(str(code)), str(code))


def _retry_after(text: str) -> timedelta | None:
    """Seconds, as Twilio gives them. A date, which HTTP allows too, would need a clock: the usual wait will do."""
    return timedelta(seconds=int(text)) if text.isascii() and text.isdigit() else None


def _at_or_after(at: datetime | None, since: datetime) -> bool:
    return at is not None and _in_utc(at) >= since.replace(microsecond=0)


def _in_utc(at: datetime) -> datetime:
    return at if at.tzinfo else at.replace(tzinfo=UTC)
