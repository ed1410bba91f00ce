"""What Twilio's REST API answers, in its own form. Source: its OpenAPI document; tests/carrier checks it."""

from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Any
from urllib.parse import urlencode

from flask import Response, jsonify, request

from checkin.simulator.calls import Call
from checkin.simulator.prices import call_price, text_price, written
from checkin.simulator.recordings import Recording
from checkin.simulator.texts import Message

API = "/2010-04-01/Accounts"
_BEGAN_AT = datetime(2026, 1, 1, tzinfo=UTC)
_SAID_AS = {"initiated": "queued"}


def error(status: int, code: int, message: str) -> Response:
    """A refusal."""
    more = f"https://www.twilio.com/docs/errors/{code}"
    answer = jsonify({"code": code, "message": message, "more_info": more, "status": status})
    answer.status_code = status
    return answer


def page_of(name: str, rows: list[dict[str, Any]], page: int, size: int) -> dict[str, Any]:
    """One page of a list."""
    first, last = page * size, (page + 1) * size
    shown = rows[first:last]

    asked = {name: value for name, value in request.args.items() if name not in ("PageSize", "Page")}

    def uri(number: int) -> str:
        return f"{request.path}?{urlencode({**asked, 'PageSize': size, 'Page': number})}"

    return {
        name: shown,
        "page": page,
        "page_size": size,
        "start": first,
        "end": first + max(len(shown) - 1, 0),
        "first_page_uri": uri(0),
        "next_page_uri": uri(page + 1) if len(rows) > last else None,
        "previous_page_uri": uri(page - 1) if page > 0 else None,
        "uri": uri(page),
    }


def account_of(account: str, token: str) -> dict[str, Any]:
    """The account."""
    return {
        "auth_token": token,
        "date_created": _time(_BEGAN_AT),
        "date_updated": _time(_BEGAN_AT),
        "friendly_name": "Simulator",
        "owner_account_sid": account,
        "sid": account,
        "status": "active",
        "subresource_uris": {},
        "type": "Full",
        "uri": f"{API}/{account}.json",
    }


def balance_of(amount: float | None, account: str) -> dict[str, Any]:
    """What is left on the account; a subaccount has none of its own."""
    return {"account_sid": account, "balance": None if amount is None else f"{amount:.2f}", "currency": "USD"}


def message_of(message: Message, account: str) -> dict[str, Any]:
    """One text."""
    uri = f"{API}/{account}/Messages/{message.sid}"
    return {
        "account_sid": account,
        "api_version": "2010-04-01",
        "body": message.body,
        "date_created": _time(message.created_at),
        "date_sent": _time(message.sent_at),
        "date_updated": _time(message.updated_at or message.created_at),
        "direction": message.direction,
        "error_code": message.error,
        "error_message": None,
        "from": None if message.status == "accepted" else message.sender,
        "messaging_service_sid": message.service,
        "num_media": str(message.media),
        "num_segments": "0" if message.status == "accepted" else "1",
        "price": written(text_price(message)),
        "price_unit": "USD",
        "sid": message.sid,
        "status": message.status,
        "subresource_uris": {"media": f"{uri}/Media.json"},
        "to": message.to,
        "uri": f"{uri}.json",
    }


def call_of(call: Call, account: str) -> dict[str, Any]:
    """One call."""
    uri = f"{API}/{account}/Calls/{call.sid}"
    return {
        "account_sid": account,
        "annotation": None,
        "answered_by": call.answered_by,
        "api_version": "2010-04-01",
        "caller_name": None,
        "date_created": _time(call.created_at),
        "date_updated": _time(call.ended_at or call.answered_at or call.created_at),
        "direction": call.direction,
        "duration": str(call.seconds) if call.seconds is not None else None,
        "end_time": _time(call.ended_at),
        "forwarded_from": None,
        "from": call.sender,
        "from_formatted": call.sender,
        "group_sid": None,
        "parent_call_sid": None,
        "phone_number_sid": None,
        "price": written(call_price(call)),
        "price_unit": "USD",
        "queue_time": "0",
        "sid": call.sid,
        "start_time": _time(call.answered_at),
        "status": said_status(call),
        "subresource_uris": {"notifications": f"{uri}/Notifications.json"},
        "to": call.to,
        "to_formatted": call.to,
        "trunk_sid": None,
        "uri": f"{uri}.json",
    }


def recording_of(recording: Recording, account: str) -> dict[str, Any]:
    """One recording."""
    uri = f"{API}/{account}/Recordings/{recording.sid}"
    return {
        "account_sid": account,
        "api_version": "2010-04-01",
        "call_sid": recording.call,
        "channels": 1,
        "conference_sid": None,
        "date_created": _time(recording.made_at),
        "date_updated": _time(recording.made_at),
        "duration": str(recording.seconds),
        "encryption_details": None,
        "error_code": None,
        "media_url": f"https://api.twilio.com{uri}",
        "price": None,
        "price_unit": "USD",
        "sid": recording.sid,
        "source": recording.source,
        "start_time": _time(recording.made_at),
        "status": "completed",
        "subresource_uris": {},
        "uri": f"{uri}.json",
    }


def said_status(call: Call) -> str:
    """The status as the log has it: it knows no `initiated`."""
    return _SAID_AS.get(call.status, call.status)


def _time(at: datetime | None) -> str | None:
    return format_datetime(at.astimezone(UTC)) if at is not None else None
