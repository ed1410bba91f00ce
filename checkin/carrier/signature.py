"""Is a webhook from the carrier? Source: Twilio, "Validating Signatures from Twilio" (HMAC-SHA1 over URL and form)."""

import base64
import hashlib
import hmac
from collections.abc import Iterable, Sequence
from functools import lru_cache
from urllib.parse import urlsplit, urlunsplit


def sign(url: str, params: Iterable[tuple[str, str]], token: str) -> str:
    """The signature of a POST to `url` with these form fields."""
    signed = url + "".join(name + value for name, value in sorted(set(params)))
    return base64.b64encode(hmac.new(token.encode(), signed.encode(), hashlib.sha1).digest()).decode()


def is_genuine(url: str, params: Iterable[tuple[str, str]], signature: str, tokens: Sequence[str]) -> bool:
    """Whether one of the account's tokens signed this request; with or without the port, as the carrier may do."""
    fields = list(params)
    given = signature.encode("utf-8", "replace")
    return any(
        hmac.compare_digest(sign(each, fields, token).encode(), given)
        for each in (url, _without_port(url), _with_port(url))
        for token in tokens
    )


@lru_cache(maxsize=1024)
def _without_port(url: str) -> str:
    parts = urlsplit(url)
    if not parts.port:
        return url
    return urlunsplit(parts._replace(netloc=parts.netloc.rpartition(":")[0]))


@lru_cache(maxsize=1024)
def _with_port(url: str) -> str:
    parts = urlsplit(url)
    if parts.port:
        return url
    return urlunsplit(parts._replace(netloc=f"{parts.netloc}:{443 if parts.scheme == 'https' else 80}"))
