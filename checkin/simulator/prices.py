"""What the simulated network charges: for a text once it has left, for each begun minute of an answered call."""

from checkin.simulator.calls import Call
from checkin.simulator.texts import Message

TEXT, MINUTE = 7_900, 14_000
"""In millionths of a US dollar: about what a text and a minute cost in the United States."""


def text_price(message: Message) -> int | None:
    """In millionths; None while it is not known, or nothing was charged."""
    return TEXT if message.direction != "inbound" and message.status in ("sent", "delivered", "undelivered") else None


def call_price(call: Call) -> int | None:
    """The same of a call."""
    if call.direction == "inbound" or call.seconds is None or call.answered_at is None:
        return None
    return max(-(-call.seconds // 60), 1) * MINUTE


def written(millionths: int | None) -> str | None:
    """As Twilio writes it: what is charged is taken off."""
    return None if millionths is None else f"-{millionths / 1_000_000:.5f}"
