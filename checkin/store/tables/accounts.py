"""How coordinators sign in to the pages: accounts, passkeys, who is signed in, invitations, wrong tries.

A token (of a session, of an invitation) stands here only as its hash: whoever has the database alone cannot sign in.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from checkin.store.columns import Row
from checkin.store.sealed import BlindIndex, Sealed


class AccountRow(Row):
    """A coordinator's way in. `totp_step` is the newest step whose code was used: a code counts once.

    `recovery`: hashes of the codes that stand in for a lost phone; each is taken out when it is used.
    """

    __tablename__ = "account"
    id: Mapped[int] = mapped_column(primary_key=True)
    coordinator_id: Mapped[int] = mapped_column(ForeignKey("coordinator.id"), unique=True)
    email: Mapped[str] = mapped_column(Sealed, default="")
    email_index: Mapped[str | None] = mapped_column(BlindIndex, unique=True)
    password: Mapped[str] = mapped_column(String(200))
    totp_secret: Mapped[str | None] = mapped_column(Sealed)
    totp_step: Mapped[int] = mapped_column(default=0)
    recovery: Mapped[list[Any]] = mapped_column(default=list)
    language: Mapped[str] = mapped_column(String(8), default="")
    created_at: Mapped[datetime]


class PasskeyRow(Row):
    """A passkey (WebAuthn) of an account: a second factor that cannot be given away by mistake."""

    __tablename__ = "passkey"
    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), index=True)
    credential: Mapped[str] = mapped_column(String(1400), unique=True)
    public_key: Mapped[bytes] = mapped_column(LargeBinary)
    counter: Mapped[int] = mapped_column(default=0)
    name: Mapped[str] = mapped_column(Sealed, default="")
    created_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class SignedInRow(Row):
    """One browser that is signed in, until it says goodbye, rests too long, or its day is over."""

    __tablename__ = "signed_in"
    id: Mapped[int] = mapped_column(primary_key=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), index=True)
    circle_id: Mapped[int | None] = mapped_column(ForeignKey("circle.id"))
    browser: Mapped[str] = mapped_column(String(60), default="")
    created_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]


class InvitationRow(Row):
    """A link by which a coordinator makes their account, or a new password for it. It opens once."""

    __tablename__ = "invitation"
    id: Mapped[int] = mapped_column(primary_key=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    coordinator_id: Mapped[int] = mapped_column(ForeignKey("coordinator.id"), index=True)
    by: Mapped[str] = mapped_column(String(60))
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class SignInTriesRow(Row):
    """Wrong tries in a row, by a fingerprint of the address or number that was typed; of codes, of the account."""

    __tablename__ = "sign_in_tries"
    who: Mapped[str] = mapped_column(String(64), primary_key=True)
    wrong: Mapped[int] = mapped_column(default=0)
    at: Mapped[datetime]
    locked_until: Mapped[datetime | None]


class AnswersForRow(Row):
    """A further circle for which a coordinator answers, beside the one of their own row."""

    __tablename__ = "answers_for"
    __table_args__ = (UniqueConstraint("coordinator_id", "circle_id"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    coordinator_id: Mapped[int] = mapped_column(ForeignKey("coordinator.id"))
    circle_id: Mapped[int] = mapped_column(ForeignKey("circle.id"), index=True)
