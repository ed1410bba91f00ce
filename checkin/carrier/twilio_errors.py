"""What went wrong with Twilio, in the port's words: whether it may have been taken, and whether later helps."""

import requests
from urllib3.exceptions import ConnectTimeoutError, NameResolutionError, NewConnectionError

from checkin.carrier.port import ACCOUNT_ILL, CarrierBusy, CarrierUnsure

_NEVER_SENT = (NewConnectionError, NameResolutionError, ConnectTimeoutError)
_LATER = frozenset({20429, 14107, 21611})
"""Too many requests, or the sender's queue is full: not taken, and taken later."""
_ACCOUNT_ILL = frozenset({20003, 20005})
"""The credentials are wrong, or the account is suspended."""
_SMALLEST_OF_TWILIO = 1_000
"""Below it is an HTTP status: something on the way answered, not Twilio."""


def lost(error: requests.exceptions.ConnectionError) -> CarrierBusy | CarrierUnsure:
    """Without a connection nothing was asked for; on a connection that broke it may have been."""
    cause = error.args[0] if error.args else None
    never_sent = isinstance(getattr(cause, "reason", None), _NEVER_SENT)
    return CarrierBusy("connect") if never_sent else CarrierUnsure("connection lost")


def not_refused(status: int, code: int | None) -> CarrierBusy | CarrierUnsure | None:
    """What an error means that is no refusal; None where it is one, by Twilio's own number."""
    if code in _LATER:
        return CarrierBusy(str(code))
    if status >= 500 or status in (408, 499) or status < 400:
        # A repeated POST after a 5xx may send twice, says Twilio; so it may have been accepted.
        return CarrierUnsure(str(status))
    if status == 401 or code in _ACCOUNT_ILL:
        # Wrong credentials, an account that is suspended: a person can mend it, and then what waits must leave.
        return CarrierBusy(ACCOUNT_ILL)
    if code is None or code < _SMALLEST_OF_TWILIO:
        # A proxy or a wrong address answered, not Twilio: nothing was taken, and it can be mended.
        return CarrierBusy(str(status))
    return None
