"""What other systems may be told, and how long it is tried. Pure.

    waiting ──taken──► delivered
       │  ▲
       │  └── the address did not take it: again after a growing pause
       └───── three days and eight tries over ──► failed

An address that took nothing for three days is disabled, and an admin gets a task. Nothing here keeps a member waiting:
what is told to a machine is never instead of a phone that rings.
"""

import base64
import hashlib
import hmac
import re
from datetime import datetime, timedelta
from enum import StrEnum
from ipaddress import IPv4Address, IPv6Address, ip_address
from urllib.parse import urlsplit


class WebEvent(StrEnum):
    """Something that other systems may be told of. What is sent holds ids and codes: no name, number or word."""

    MEMBER_OPTED_OUT = "member.opted_out"
    CHECK_IN_ANSWERED = "check_in.answered"
    CHECK_IN_MISSED = "check_in.missed"
    ESCALATION_OPENED = "escalation.opened"
    ESCALATION_ACKNOWLEDGED = "escalation.acknowledged"
    ESCALATION_IN_TOUCH = "escalation.in_touch"
    ESCALATION_CLOSED = "escalation.closed"


TEST = "test"
"""The event of a test delivery: sent on request, to an address whatever it asked for."""


class EventState(StrEnum):
    """Where one event for one address stands."""

    WAITING = "waiting"
    DELIVERED = "delivered"
    FAILED = "failed"


GIVE_UP_AFTER = timedelta(days=3)
FEWEST_TRIES = 8
"""So often an event is tried itself before it is given up: it may wait behind others while the address is away."""
LONGEST_URL = 500
_PAUSES = tuple(timedelta(seconds=seconds) for seconds in (5, 30, 120, 600, 1800, 3600, 2 * 3600, 4 * 3600, 6 * 3600))
_IPV4_IN_NAT64 = re.compile(r"^0064:ff9b:(0000:){4}")


class BadUrl(ValueError):
    """An address that cannot be told anything: one sentence, without the address."""


SECRET_MARK = "whsec_"  # noqa: S105 - what every secret begins with


def signature(secret: str, uid: str, at: datetime, body: bytes) -> str:
    """The header `webhook-signature` of Standard Webhooks, version 1. `secret`: with its mark, then base64."""
    key = base64.b64decode(secret.removeprefix(SECRET_MARK))
    signed = f"{uid}.{int(at.timestamp())}.".encode() + body
    return "v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()


def pause_after(failures: int) -> timedelta:
    """How long to rest after so many failures in a row (1 or more): 5 s at first, 6 h at most."""
    return _PAUSES[min(max(failures, 1), len(_PAUSES)) - 1]


def address_is_over(failing_since: datetime, now: datetime) -> bool:
    """Whether an address that took nothing since then is no longer tried."""
    return now - failing_since >= GIVE_UP_AFTER


def event_is_over(created: datetime, tries: int, now: datetime) -> bool:
    """Whether an event that was tried so often, and not taken, is given up while its address takes others."""
    return tries >= FEWEST_TRIES and now - created >= GIVE_UP_AFTER


def check_url(url: str, *, plain: bool, private: bool) -> str:
    """The address as it is stored. Raises BadUrl. `plain`: http will do; `private`: addresses of a private network too.

    Only what can be seen without the network is looked at: a name is resolved and judged each time that it is used.
    """
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise BadUrl("it is no address such as https://example.org/hook") from None
    if parts.scheme not in ("https", "http") or not parts.hostname or port == 0 or not url.isascii() or " " in url:
        raise BadUrl("it is no address such as https://example.org/hook")
    if len(url) > LONGEST_URL:
        raise BadUrl(f"it is longer than {LONGEST_URL} signs")
    if any(ord(sign) < 33 or ord(sign) == 127 for sign in url):
        raise BadUrl("there is a blank or a control sign in it")
    if parts.scheme == "http" and not plain:
        raise BadUrl("it must begin with https://, so that nobody on the way can read or change what is told")
    if parts.username is not None or parts.password is not None:
        raise BadUrl("it must hold no user name or password: what is told is signed instead")
    if parts.fragment:
        raise BadUrl("it must have no part behind #")
    try:
        literal = ip_address(parts.hostname.partition("%")[0])
    except ValueError:
        literal = None
    if literal is not None and not private and not is_public(literal):
        raise BadUrl("it lies in a private network")
    if literal is None and not private and _is_local_name(parts.hostname):
        raise BadUrl("it lies in a private network")
    return url


def _is_local_name(host: str) -> bool:
    name = host.rstrip(".").lower()
    return name == "localhost" or name.endswith((".localhost", ".local", ".internal")) or "." not in name


def is_public(address: IPv4Address | IPv6Address) -> bool:
    """Whether this address is somewhere on the open internet, by every way in which IPv4 hides in IPv6."""
    if isinstance(address, IPv6Address):
        inner = _ipv4_within(address)
        if inner is not None:
            return is_public(inner)
        if address.is_site_local:
            return False
    return address.is_global and not (
        address.is_multicast
        or address.is_private
        or address.is_loopback
        or address.is_link_local
        or address.is_reserved
        or address.is_unspecified
    )


def _ipv4_within(address: IPv6Address) -> IPv4Address | None:
    """The IPv4 address that stands in an IPv6 one: mapped, 6to4, Teredo, NAT64, or in the old compatible form."""
    if address.ipv4_mapped is not None:
        return address.ipv4_mapped
    if address.sixtofour is not None:
        return address.sixtofour
    if address.teredo is not None:
        return address.teredo[1]
    if _IPV4_IN_NAT64.match(address.exploded) or (int(address) >> 32 == 0 and int(address) > 1):
        return IPv4Address(int(address) & 0xFFFFFFFF)
    return None
