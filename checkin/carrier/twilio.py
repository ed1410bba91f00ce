"""Twilio, through its own client. With `base_url` the same client speaks to anything that speaks Twilio's API."""

import hashlib
import tomllib
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from importlib.resources import files
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import requests
from requests.adapters import HTTPAdapter
from twilio.base.exceptions import TwilioRestException
from twilio.http.http_client import TwilioHttpClient
from twilio.http.response import Response
from twilio.rest import Client

from checkin.carrier.port import (
    Accepted,
    CarrierBusy,
    CarrierRefused,
    CarrierUnsure,
    OutgoingCall,
    OutgoingText,
    Refusal,
)
from checkin.domain.terms import Phone

CONNECT_SECONDS = 3.0
READ_SECONDS = 7.0
_LONGEST_VALIDITY = 36_000
_CALL_OVER = frozenset({21220, 20404})

_REFUSALS: dict[int, Refusal] = {
    number: Refusal(word)
    for word, numbers in reversed(
        tomllib.loads(files("checkin.carrier").joinpath("twilio_errors.toml").read_text()).items()
    )
    for number in numbers
}


def refusal_of(code: str) -> Refusal:
    """Our own word for one of Twilio's error numbers."""
    return _REFUSALS.get(int(code), Refusal.OTHER) if code.isdigit() else Refusal.OTHER


class _Elsewhere(TwilioHttpClient):
    """Twilio's own HTTP client: one pooled session, time limits always, no retries of its own, perhaps another host."""

    def __init__(self, base_url: str | None) -> None:
        super().__init__(pool_connections=True, timeout=READ_SECONDS)
        self._base = urlsplit(base_url) if base_url else None
        session = requests.Session()
        adapter = HTTPAdapter(max_retries=0, pool_maxsize=8)
        session.mount("https://", adapter)
        session.mount("http://", adapter)
        session.trust_env = False
        self._session = session
        self.retry_after: str | None = None

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
        """Send one request."""
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
            timeout=(CONNECT_SECONDS, READ_SECONDS),
            allow_redirects=False,
        )
        self.retry_after = answer.headers.get("Retry-After")
        return Response(answer.status_code, answer.text, answer.headers)


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
    ) -> None:
        self._http = _Elsewhere(base_url)
        self._client = Client(account_sid, auth_token, http_client=self._http)
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
            fields["validity_period"] = max(1, min(int(text.valid_for.total_seconds()), _LONGEST_VALIDITY))
        message = self._asked(lambda: self._client.messages.create(**fields))
        return Accepted(message.sid, str(message.status))

    def place_call(self, call: OutgoingCall) -> Accepted:
        """Ask for a call to be rung. Raises CarrierError."""
        placed = self._asked(
            lambda: self._client.calls.create(
                to=call.to,
                from_=self._sender(call.to),
                url=call.answer_url,
                method="POST",
                status_callback=call.callback_url,
                status_callback_method="POST",
                status_callback_event=["initiated", "ringing", "answered", "completed"],
                timeout=int(call.ring_for.total_seconds()),
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
            self._asked(lambda: self._client.calls(sid).update(**fields))  # type: ignore[arg-type]
        except CarrierRefused as refused:
            if not refused.code.isdigit() or int(refused.code) not in _CALL_OVER:
                raise

    def find_text(self, text: OutgoingText, since: datetime) -> Accepted | None:
        """Return the text if the carrier took the very same (to, body) at or after `since`."""
        since = since - timedelta(seconds=5)
        found = self._asked(
            lambda: self._client.messages.list(
                to=text.to, date_sent_after=since - timedelta(minutes=1), limit=50
            )
        )
        for message in found:
            made = message.date_created or message.date_sent
            if message.body == text.body and _at_or_after(made, since):
                return Accepted(message.sid, str(message.status))
        return None

    def find_call(self, call: OutgoingCall, since: datetime) -> Accepted | None:
        """Return the call if the carrier was asked to ring the same number at or after `since`."""
        since = since - timedelta(seconds=5)
        found = self._asked(lambda: self._client.calls.list(to=call.to, limit=20))
        for placed in found:
            if placed.from_ in self._numbers and _at_or_after(
                placed.date_created or placed.start_time, since
            ):
                return Accepted(placed.sid, str(placed.status))
        return None

    def check(self) -> None:
        """Ask for the account, to see that the credentials are right. Raises CarrierError."""
        self._asked(lambda: self._client.api.accounts(self._account_sid).fetch())

    def _sender(self, to: Phone) -> str:
        """The same number for the same person, always: a known number is answered."""
        place = int.from_bytes(hashlib.sha256(to.encode()).digest()[:4], "big")
        return self._numbers[place % len(self._numbers)]

    def _asked(self, ask: Any) -> Any:
        """Ask, and say in the port's words what went wrong. Causes are cut off: they hold numbers and bodies."""
        try:
            return ask()
        except TwilioRestException as error:
            raise self._named(error) from None
        except requests.exceptions.ConnectTimeout:
            raise CarrierBusy("connect") from None
        except requests.exceptions.ConnectionError as error:
            never_sent = "NewConnectionError" in repr(error) or "NameResolutionError" in repr(error)
            raise (CarrierBusy("connect") if never_sent else CarrierUnsure("connection lost")) from None
        except requests.exceptions.RequestException:
            raise CarrierUnsure("no answer") from None

    def _named(self, error: TwilioRestException) -> CarrierRefused | CarrierBusy | CarrierUnsure:
        if error.status == 429 or error.code in (20429, 14107):
            wait = self._http.retry_after or ""
            return CarrierBusy("429", timedelta(seconds=int(wait)) if wait.isdigit() else None)
        if error.status >= 500:
            # A repeated POST after a 5xx may send twice, says Twilio; so it may have been accepted.
            return CarrierUnsure(str(error.status))
        code = str(error.code or error.status)
        if error.status == 401:
            return CarrierRefused(Refusal.ACCOUNT, code)
        return CarrierRefused(refusal_of(code), code)


def _at_or_after(at: datetime | None, since: datetime) -> bool:
    if at is None:
        return False
    return (at if at.tzinfo else at.replace(tzinfo=UTC)) >= since.replace(microsecond=0)
