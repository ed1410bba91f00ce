"""Calls to our number, the messages that callers leave, and the PINs of those who act by telephone."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from checkin.store.columns import Row
from checkin.store.sealed import Sealed, SealedBytes


class IncomingCallRow(Row):
    """A call to our number: where it stands, so that any process can answer its next webhook.

    `turn` counts its answered questions and fences them: an answer to an earlier one changes nothing. `came_to`: what
    came of it; while it is empty at `next_action_at` (no word for so long), the call gets a task. `call_id`: the
    delivery that it became: a member waits on it for a peer, or a volunteer with a PIN takes or joins a case on it.
    `doubted`: the carrier says that the number which it shows is forged.
    """

    __tablename__ = "incoming_call"
    id: Mapped[int] = mapped_column(primary_key=True)
    sid: Mapped[str] = mapped_column(String(64), unique=True)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    language: Mapped[str] = mapped_column(String(8))
    step: Mapped[str] = mapped_column(String(16))
    turn: Mapped[int] = mapped_column(default=1)
    tries: Mapped[int] = mapped_column(default=0)
    wants: Mapped[str] = mapped_column(String(16), default="")
    lead: Mapped[str] = mapped_column(String(40), default="")
    lead_values: Mapped[dict[str, Any]] = mapped_column(default=dict)
    verified_at: Mapped[datetime | None]
    came_to: Mapped[str] = mapped_column(String(24), default="")
    call_id: Mapped[int | None] = mapped_column(ForeignKey("delivery.id"))
    doubted: Mapped[bool] = mapped_column(default=False)
    began_at: Mapped[datetime]
    next_action_at: Mapped[datetime | None] = mapped_column(index=True)


class VoicemailRow(Row):
    """A message that a caller left. Its sound is sealed here, or stays with the carrier, until `delete_at`.

    `state`: `left` (still to be fetched), `here`, `at_carrier`, `deleted`, `lost`. `at_carrier` says whether the
    carrier still has it. `carrier_at`: when the carrier is asked next. `next_action_at`: when coordinators are told to
    listen, unless its transcript has been understood by then.
    """

    __tablename__ = "voicemail"
    id: Mapped[int] = mapped_column(primary_key=True)
    recording_sid: Mapped[str] = mapped_column(String(64), unique=True)
    call_sid: Mapped[str] = mapped_column(String(64))
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    circle_id: Mapped[int | None] = mapped_column(ForeignKey("circle.id"))
    escalation_id: Mapped[int | None] = mapped_column(ForeignKey("escalation.id"))
    language: Mapped[str] = mapped_column(String(8), default="en")
    seconds: Mapped[int] = mapped_column(default=0)
    state: Mapped[str] = mapped_column(String(12))
    at_carrier: Mapped[bool] = mapped_column(default=True)
    sound: Mapped[bytes | None] = mapped_column(SealedBytes, deferred=True)
    transcript: Mapped[str | None] = mapped_column(Sealed)
    inbound_id: Mapped[int | None] = mapped_column(ForeignKey("inbound.id"))
    tries: Mapped[int] = mapped_column(default=0)
    left_at: Mapped[datetime]
    delete_at: Mapped[datetime]
    carrier_at: Mapped[datetime | None] = mapped_column(index=True)
    next_action_at: Mapped[datetime | None] = mapped_column(index=True)


class PinRow(Row):
    """The PIN by which a volunteer or coordinator acts on a call, as its hash, and the wrong tries.

    `waiting_hash`: a PIN that was texted, until the number that went to the person's own phone is sent back. `hash` is
    empty while there has been none before it.
    """

    __tablename__ = "pin"
    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), unique=True)
    hash: Mapped[str] = mapped_column(String(200))
    set_at: Mapped[datetime]
    set_how: Mapped[str] = mapped_column(String(40))
    waiting_hash: Mapped[str | None] = mapped_column(String(200))
    wrong: Mapped[int] = mapped_column(default=0)
    locks: Mapped[int] = mapped_column(default=0)
    locked_until: Mapped[datetime | None]
