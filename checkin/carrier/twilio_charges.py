"""What Twilio charged, as its log says it: `-0.00790` is 0.79 cents. Until it is known, the price is null."""

from decimal import Decimal, InvalidOperation
from typing import Any

from checkin.carrier.port import Charge

_MILLION = 1_000_000


def charge_of(record: Any) -> Charge | None:
    """The charge of a message or call of ours; None where there is none yet, or it came to us."""
    if record.price is None or not str(record.direction).startswith("outbound"):
        return None
    try:
        millionths = int((-Decimal(str(record.price)) * _MILLION).to_integral_value())
    except (InvalidOperation, OverflowError, ValueError):
        return None
    segments = str(getattr(record, "num_segments", None) or "")
    return Charge(
        sid=str(record.sid),
        millionths=millionths,
        currency=str(record.price_unit or "USD").upper()[:3],
        segments=int(segments) if segments.isdecimal() else None,
    )
