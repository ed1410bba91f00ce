"""Texts between phones and the service, and what the carrier does with STOP, START and HELP by itself.

Sources: Twilio, "Support for opt-out keywords (SMS STOP filtering)" (223134027): by default a plain number's carrier
blocks, answers in its own words, and still passes the text on, without saying so; "Getting started with Advanced
Opt-Out" (360034798533): the same with one's own words, and the webhook carries `OptOutType`; its answers are not in the
account's log of messages. Only a message of the single word counts. Both can be switched off, and then the account
answers by itself and nothing is blocked. What is sent to a blocked number is refused with 21610.
That START words are answered also where nothing was blocked is our assumption: it is the harder case for the service.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from phonenumbers import NumberParseException, parse, region_code_for_number

from checkin.simulator.phones import Habit, Shown

if TYPE_CHECKING:
    from checkin.simulator.world import World

STOP_WORDS = frozenset("STOP STOPALL UNSUBSCRIBE CANCEL END QUIT REVOKE OPTOUT".split())
START_WORDS = frozenset("START YES UNSTOP".split())
HELP_WORDS = frozenset("HELP INFO".split())
OWN_WORDS = {
    "STOP": "You have successfully been unsubscribed. You will not receive any more messages from this number. "
    "Reply START to resubscribe.",
    "START": "You have successfully been re-subscribed to messages from this number. "
    "Reply HELP for help. Reply STOP to unsubscribe.",
    "HELP": "Reply STOP to unsubscribe. Msg&Data Rates May Apply.",
}
"""What the carrier says by itself; close to Twilio's default words."""

LONGEST_VALIDITY = 36_000
"""Seconds; also what counts where none is given. Source: Twilio, error 90007."""

_UNREACHABLE, _EXPIRED = 30003, 30036
_SENT_AFTER, _ARRIVES_AFTER = 0.1, 0.4
_FIRST_TRY_AGAIN, _LONGEST_TRY_AGAIN = 5.0, 300.0


@dataclass
class Message:
    """One text in the network. `valid_for` in seconds."""

    sid: str
    to: str
    sender: str
    body: str
    created_at: datetime
    callback: str = ""
    status: str = "queued"
    error: int | None = None
    direction: str = "outbound-api"
    valid_for: float = LONGEST_VALIDITY
    service: str | None = None
    sent_at: datetime | None = None
    updated_at: datetime | None = None
    media: int = 0


class Texts:
    """All texts of one world."""

    def __init__(self, world: "World") -> None:
        self._world = world
        self._held: dict[str, list[Message]] = {}

    def send(
        self, to: str, body: str, callback: str, sender: str, valid_for: float | None, service: str | None
    ) -> Message:
        """The service hands over a text."""
        world = self._world
        message = Message(world.sid("SM"), to, sender, body, world.now, callback, service=service)
        message.valid_for = LONGEST_VALIDITY if valid_for is None else valid_for
        message.status = "accepted" if service else "queued"
        world.messages[message.sid] = message
        world.after(_SENT_AFTER, lambda: self._becomes(message, "sent"))
        world.after(_ARRIVES_AFTER, lambda: self._arrive(message))
        return message

    def _arrive(self, message: Message) -> None:
        phone = self._world.phone(message.to)
        if phone.habit is Habit.UNREACHABLE:
            self._fail(message, _UNREACHABLE)
        elif phone.habit is Habit.OFF:
            self._held.setdefault(message.to, []).append(message)
            self._try_again(message, _FIRST_TRY_AGAIN)
        else:
            self._show(message)

    def _show(self, message: Message) -> None:
        phone = self._world.phone(message.to)
        phone.talks_to = message.sender
        phone.texts.append(Shown(self._world.now, message.body, mine=False))
        phone.noticed("text", message.body)
        self._becomes(message, "delivered")

    def _try_again(self, message: Message, wait: float) -> None:
        """A text for a phone that is off waits until the phone is on, or until its validity is over."""
        age = (self._world.now - message.created_at).total_seconds()
        self._world.after(min(wait, max(message.valid_for - age, 0.0)), lambda: self._look_again(message, wait))

    def _look_again(self, message: Message, wait: float) -> None:
        held = self._held.get(message.to, [])
        if message not in held:
            return
        if self._world.phone(message.to).habit is not Habit.OFF:
            self.deliver_held(message.to)
        elif (self._world.now - message.created_at).total_seconds() >= message.valid_for:
            held.remove(message)
            self._fail(message, _EXPIRED)
        else:
            self._try_again(message, min(wait * 2, _LONGEST_TRY_AGAIN))

    def deliver_held(self, number: str) -> None:
        """The phone is on: what waited for it arrives."""
        for message in self._held.pop(number, []):
            self._arrive(message)

    def _fail(self, message: Message, error: int) -> None:
        message.error = error
        self._becomes(message, "undelivered")

    def _becomes(self, message: Message, status: str) -> None:
        message.status, message.updated_at = status, self._world.now
        if status == "sent":
            message.sent_at = self._world.now
        if message.callback:
            params = self._about(message) | {"MessageStatus": status, "SmsStatus": status}
            if message.error is not None:
                params["ErrorCode"] = str(message.error)
            self._world.notify(message.callback, params)

    def text_from(self, number: str, body: str, media: int) -> None:
        """A person texts the service. What the carrier does by itself with reserved words comes first."""
        world = self._world
        phone = world.phone(number)
        phone.texts.append(Shown(world.now, body, mine=True))
        message = Message(world.sid("MM" if media else "SM"), phone.talks_to, number, body, world.now, media=media)
        message.direction, message.status, message.sent_at = "inbound", "received", world.now
        world.messages[message.sid] = message
        params = self._about(message) | {
            "Body": body,
            "NumMedia": str(media),
            "NumSegments": "1",
            "SmsStatus": "received",
            "FromCountry": country(number),
            "ToCountry": country(message.to),
        }
        for place in range(media):
            params[f"MediaContentType{place}"] = "image/jpeg"
            params[f"MediaUrl{place}"] = (
                f"https://api.twilio.com/2010-04-01/Accounts/{world.account}/Messages/{message.sid}/Media/{place}"
            )
        kind = _reserved(body)
        if kind is not None and world.answers_opt_outs:
            self._answer_by_itself(number, kind)
            if world.tells_opt_out_type:
                params["OptOutType"] = kind
        world.notify(f"{world.base}/twilio/sms", params)

    def _answer_by_itself(self, number: str, kind: str) -> None:
        world = self._world
        if kind == "HELP" and number in world.blocked:
            return
        (world.blocked.add if kind == "STOP" else world.blocked.discard)(number)
        words = Shown(world.now, OWN_WORDS[kind], mine=False)
        world.after(_ARRIVES_AFTER, lambda: world.phone(number).texts.append(words))

    def _about(self, message: Message) -> dict[str, str]:
        about = {
            "MessageSid": message.sid,
            "SmsSid": message.sid,
            "SmsMessageSid": message.sid,
            "AccountSid": self._world.account,
            "From": message.sender,
            "To": message.to,
            "ApiVersion": "2010-04-01",
        }
        service = message.service or (self._world.messaging_service if message.direction == "inbound" else None)
        return about | ({"MessagingServiceSid": service} if service else {})


def _reserved(body: str) -> str | None:
    word = body.strip().upper()
    for kind, words in (("STOP", STOP_WORDS), ("START", START_WORDS), ("HELP", HELP_WORDS)):
        if word in words:
            return kind
    return None


def country(number: str) -> str:
    """The two letters of a number's country; empty where it has none."""
    try:
        return region_code_for_number(parse(number, None)) or ""
    except NumberParseException:
        return ""
