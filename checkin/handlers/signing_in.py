"""A coordinator signs in: the password, then a second factor. Wrong tries are counted and slow down."""

import hmac
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

import pyotp
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from checkin.domain.phone import BadPhone, parse_phone
from checkin.domain.sign_in import code_typed
from checkin.domain.terms import Phone
from checkin.store import accounts, system
from checkin.store.session import decided, reading
from checkin.store.tables import AccountRow, CoordinatorRow

STEP = 30
"""Seconds for which a code of the authenticator stands (RFC 6238)."""
CODES = 8
_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"


class Came(StrEnum):
    """What came of a try."""

    RIGHT = "right"
    WRONG = "wrong"
    LOCKED = "locked"


@dataclass(frozen=True)
class Tried:
    """A try: what came of it, whose account it was, and until when no further one counts."""

    came: Came
    account: int | None = None
    locked_until: datetime | None = None


def password_tried(engine: Engine, login: str, password: str, region: str, now: datetime) -> Tried:
    """Try a password. The slow part holds up no transaction.

    Tries are counted by what would find the account, however it is written: who has none is told the same as who has.
    """
    email, phone = login_of(login, region)
    key = accounts.tries_key("password", email or phone or "".join(login.split()).casefold())
    with reading(engine) as session:
        found = accounts.by_login(session, email, phone)
        if locked := accounts.locked_until(session, key, now):
            return Tried(Came.LOCKED, locked_until=locked)
    right = accounts.is_password(found.password if found else None, password)

    def work(session: Session) -> Tried:
        locked = accounts.locked_until(session, key, now)
        if locked is not None:  # others were trying at the same time
            return Tried(Came.LOCKED, locked_until=locked)
        if right and found is not None:
            accounts.tried_right(session, key)
            return Tried(Came.RIGHT, found.id)
        if found is not None:
            _audit(session, found, "wrong password", now)
        return Tried(Came.WRONG, locked_until=accounts.tried_wrong(session, key, now))

    return decided(engine, work)


def login_of(text: str, region: str) -> tuple[str, Phone | None]:
    """What somebody signs in with: an e-mail address, or a telephone number."""
    typed = text.strip().casefold()
    if "@" in typed:
        return typed, None
    try:
        return "", parse_phone(typed, region)
    except BadPhone:
        return "", None


def code_tried(session: Session, account: int, code: str, now: datetime) -> Tried:
    """Try a code of the authenticator, or one of the codes for a lost phone. Each counts once."""
    return second_tried(session, account, "code", now, lambda row: _code_is_right(row, code, now))


def second_tried(
    session: Session, account: int, kind: str, now: datetime, is_right: Callable[[AccountRow], bool]
) -> Tried:
    """Try a second factor; wrong ones are counted like passwords. `kind`: for the access log."""
    key = accounts.tries_key("code", f"account {account}")
    if locked := accounts.locked_until(session, key, now):
        return Tried(Came.LOCKED, locked_until=locked)
    row = session.get(AccountRow, account, with_for_update=True, populate_existing=True)
    if row is None:
        return Tried(Came.WRONG)
    if is_right(row):
        accounts.tried_right(session, key)
        _audit(session, row, "signed in", now, with_=kind)
        return Tried(Came.RIGHT, account)
    _audit(session, row, "wrong code", now)
    return Tried(Came.WRONG, locked_until=accounts.tried_wrong(session, key, now))


def _code_is_right(row: AccountRow, code: str, now: datetime) -> bool:
    typed = code_typed(code)
    if typed.isdecimal() and row.totp_secret is not None:
        step = step_of(row.totp_secret, typed, now)
        if step is None or step <= row.totp_step:
            return False
        row.totp_step = step
        return True
    found = next((kept for kept in row.recovery if hmac.compare_digest(kept, accounts.fingerprint(typed))), None)
    if found is None:
        return False
    row.recovery = [kept for kept in row.recovery if kept != found]
    return True


def step_of(secret: str, code: str, now: datetime) -> int | None:
    """The step of time to which a code belongs: this one, the one before, or the next; None for a wrong code."""
    totp, this = pyotp.TOTP(secret, interval=STEP), int(now.timestamp()) // STEP
    steps, typed = (this, this - 1, this + 1), code.encode()
    right = (step for step in steps if hmac.compare_digest(totp.generate_otp(step).encode(), typed))
    return next(right, None)


def authenticator_kept(session: Session, account: int, secret: str, code: str, now: datetime) -> bool:
    """Keep an authenticator, once it has shown that it works. False for a wrong code."""
    step = step_of(secret, code_typed(code), now)
    if step is None:
        return False
    row = session.get_one(AccountRow, account, with_for_update=True)
    row.totp_secret, row.totp_step = secret, step
    _audit(session, row, "authenticator set", now)
    return True


def recovery_made(session: Session, account: int, pick: Callable[[str], str], now: datetime) -> list[str]:
    """Make new codes for a lost phone; the old ones no longer count. Returned once, kept as hashes."""
    codes = ["".join(pick(_LETTERS) for _ in range(10)) for _ in range(CODES)]
    row = session.get_one(AccountRow, account, with_for_update=True)
    row.recovery = [accounts.fingerprint(code) for code in codes]
    _audit(session, row, "recovery codes made", now)
    return [f"{code[:5]}-{code[5:]}" for code in codes]


def password_kept(session: Session, account: int, hash: str, browser: int, now: datetime) -> None:
    """Keep a new password; every other browser is signed out."""
    row = session.get_one(AccountRow, account, with_for_update=True)
    row.password = hash
    accounts.end(session, account, now, but=browser)
    _audit(session, row, "password changed", now)


def _audit(session: Session, row: AccountRow, what: str, now: datetime, **detail: str) -> None:
    coordinator = session.get_one(CoordinatorRow, row.coordinator_id)
    person = coordinator.person_id
    system.audit(session, f"person {person}", what, now, person=person, **detail)
