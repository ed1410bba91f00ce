"""Accounts of coordinators: who signs in, with what, and who is signed in now."""

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import bindparam, delete, or_, select, update
from sqlalchemy.orm import Session

from checkin.domain import sign_in as rules
from checkin.domain.terms import Phone
from checkin.store.sealed import blind
from checkin.store.tables import (
    AccountRow,
    AnswersForRow,
    CoordinatorRow,
    InvitationRow,
    PasskeyRow,
    PersonRow,
    SignedInRow,
    SignInTriesRow,
)

_HASHER = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)
"""OWASP's least for Argon2id: many threads share one small machine with the texts of people in distress."""
_SEEN_EVERY = timedelta(minutes=1)
DELETING_TRIES = "tries to sign in"
_AT_A_TIME = 1000


def hashed(password: str) -> str:
    """The hash to keep of a password. Takes some ten milliseconds: never inside a transaction."""
    return _HASHER.hash(password)


def is_password(kept: str | None, password: str) -> bool:
    """Whether this is the password. As slow where there is no account, so that nobody learns who has one."""
    try:
        return _HASHER.verify(kept or _NOBODYS, password) and kept is not None
    except (VerificationError, InvalidHashError):
        return False


_NOBODYS = _HASHER.hash(secrets.token_urlsafe())


def fingerprint(token: str) -> str:
    """What stands in the database of a token. Tokens are 256 random bits: no salt, no slow hash is needed."""
    return hashlib.sha256(token.encode()).hexdigest()


def new_token() -> str:
    """A token that nobody guesses."""
    return secrets.token_urlsafe(32)


# --- accounts ---------------------------------------------------------------------------------------------------------


def by_login(session: Session, email: str, phone: Phone | None) -> AccountRow | None:
    """The account of this e-mail address, or of this number."""
    found = session.scalar(select(AccountRow).where(AccountRow.email_index == email)) if email else None
    if found is None and phone is not None:
        found = session.scalar(
            select(AccountRow)
            .join(CoordinatorRow, CoordinatorRow.id == AccountRow.coordinator_id)
            .join(PersonRow, PersonRow.id == CoordinatorRow.person_id)
            .where(PersonRow.phone_index == phone)
        )
    return found


def of_coordinator(session: Session, coordinator: int) -> AccountRow | None:
    """A coordinator's account."""
    return session.scalar(select(AccountRow).where(AccountRow.coordinator_id == coordinator))


def email_taken(session: Session, email: str, coordinator: int) -> bool:
    """Whether another coordinator signs in with this address."""
    query = select(AccountRow.id).where(AccountRow.email_index == email, AccountRow.coordinator_id != coordinator)
    return session.scalar(query) is not None


def circles_of(session: Session, coordinator: CoordinatorRow) -> frozenset[int] | None:
    """The circles for which a coordinator answers; None for all of them."""
    if coordinator.role == "admin" or coordinator.circle_id is None:
        return None
    return frozenset({coordinator.circle_id, *session.scalars(_FURTHER, {"coordinator": coordinator.id})})


_FURTHER = select(AnswersForRow.circle_id).where(AnswersForRow.coordinator_id == bindparam("coordinator"))


# --- wrong tries ------------------------------------------------------------------------------------------------------


def tries_key(kind: str, whose: str) -> str:
    """Under what wrong tries are counted, whether there is such an account or not."""
    return blind(f"{kind} of {whose}")


def locked_until(session: Session, key: str, now: datetime) -> datetime | None:
    """Until when no try counts; None where one does."""
    row = session.get(SignInTriesRow, key)
    return row.locked_until if row is not None and row.locked_until is not None and row.locked_until > now else None


def tried_wrong(session: Session, key: str, now: datetime) -> datetime | None:
    """Count a wrong try; return until when no further one counts."""
    row = session.get(SignInTriesRow, key, with_for_update=True, populate_existing=True)
    if row is None:
        row = SignInTriesRow(who=key, wrong=0, at=now)
        session.add(row)
    row.wrong = 1 if rules.tries_forgotten(row.at, now) else row.wrong + 1
    row.at = now
    wait = rules.wait_after(row.wrong)
    row.locked_until = now + wait if wait is not None else None
    session.flush()
    return row.locked_until


def old_tries(session: Session, now: datetime) -> list[str]:
    """The keys of tries that no longer count, some at a time."""
    query = select(SignInTriesRow.who).where(SignInTriesRow.at < now - rules.TRIES_KEPT)
    return list(session.scalars(query.limit(_AT_A_TIME)))


def tries_deleted(session: Session, keys: Sequence[str], now: datetime) -> None:
    """Delete these tries, where none has come since."""
    session.execute(
        delete(SignInTriesRow).where(SignInTriesRow.who.in_(keys), SignInTriesRow.at < now - rules.TRIES_KEPT),
        execution_options={"synchronize_session": False},
    )


def tried_right(session: Session, key: str) -> None:
    """The wrong tries are forgotten."""
    row = session.get(SignInTriesRow, key)
    if row is not None:
        session.delete(row)


# --- who is signed in -------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Found:
    """A browser's session and whose it is."""

    signed_in: SignedInRow
    account: AccountRow
    coordinator: CoordinatorRow
    person: PersonRow
    circles: frozenset[int] | None


def begin(session: Session, account: int, browser: str, now: datetime) -> str:
    """Sign a browser in; return its token, which only the browser keeps."""
    token = new_token()
    session.add(
        SignedInRow(token_hash=fingerprint(token), account_id=account, browser=browser, created_at=now, seen_at=now)
    )
    session.flush()
    return token


def whose(session: Session, token: str, now: datetime) -> Found | None:
    """Whose browser shows this token; None where its time is up."""
    row = session.execute(
        select(SignedInRow, AccountRow, CoordinatorRow, PersonRow)
        .join(AccountRow, AccountRow.id == SignedInRow.account_id)
        .join(CoordinatorRow, CoordinatorRow.id == AccountRow.coordinator_id)
        .join(PersonRow, PersonRow.id == CoordinatorRow.person_id)
        .where(SignedInRow.token_hash == fingerprint(token), SignedInRow.ended_at.is_(None))
    ).first()
    if row is None or rules.is_over(row[0].created_at, row[0].seen_at, now):
        return None
    return Found(row[0], row[1], row[2], row[3], circles_of(session, row[2]))


def is_seen_late(row: SignedInRow, now: datetime) -> bool:
    """Whether it is time to write down that this browser is still there: not with each request."""
    return now - row.seen_at > _SEEN_EVERY


def seen(session: Session, signed_in: int, now: datetime) -> None:
    """Something came from this browser."""
    session.execute(update(SignedInRow).where(SignedInRow.id == signed_in).values(seen_at=now))


def show_circle(session: Session, signed_in: int, circle: int | None) -> None:
    """This browser shows one circle from now on, or all of its coordinator's."""
    session.execute(update(SignedInRow).where(SignedInRow.id == signed_in).values(circle_id=circle))


def browsers(session: Session, account: int, now: datetime) -> list[SignedInRow]:
    """The browsers in which an account is signed in, newest first."""
    query = select(SignedInRow).where(SignedInRow.account_id == account, SignedInRow.ended_at.is_(None))
    found = session.scalars(query.order_by(SignedInRow.id.desc()))
    return [row for row in found if not rules.is_over(row.created_at, row.seen_at, now)]


def end(session: Session, account: int, now: datetime, *, only: int | None = None, but: int | None = None) -> None:
    """Sign browsers of an account out: one, all but one, or all."""
    query = update(SignedInRow).where(SignedInRow.account_id == account, SignedInRow.ended_at.is_(None))
    if only is not None:
        query = query.where(SignedInRow.id == only)
    if but is not None:
        query = query.where(SignedInRow.id != but)
    session.execute(query.values(ended_at=now))


# --- invitations ------------------------------------------------------------------------------------------------------


def invite(session: Session, coordinator: int, by: str, now: datetime) -> str:
    """Make an invitation and return its token. Older ones of this coordinator no longer open."""
    session.execute(
        update(InvitationRow)
        .where(InvitationRow.coordinator_id == coordinator, InvitationRow.used_at.is_(None))
        .values(used_at=now)
    )
    token = new_token()
    session.add(
        InvitationRow(
            token_hash=fingerprint(token),
            coordinator_id=coordinator,
            by=by,
            created_at=now,
            expires_at=now + rules.INVITED_FOR,
        )
    )
    session.flush()
    return token


def invitation(session: Session, token: str, now: datetime) -> InvitationRow | None:
    """The invitation of this token, where it still opens."""
    query = select(InvitationRow).where(InvitationRow.token_hash == fingerprint(token)).with_for_update()
    row = session.scalar(query, execution_options={"populate_existing": True})
    return row if row is not None and row.used_at is None and row.expires_at > now else None


def invited(session: Session, coordinators: Sequence[int], now: datetime) -> set[int]:
    """Which of these coordinators have an invitation that still opens."""
    query = select(InvitationRow.coordinator_id).where(
        InvitationRow.coordinator_id.in_(coordinators),
        InvitationRow.used_at.is_(None),
        InvitationRow.expires_at > now,
    )
    return set(session.scalars(query))


def nobody_signs_in(session: Session) -> bool:
    """Whether there is no account of an admin yet: the first one is invited by whoever runs the service."""
    query = (
        select(AccountRow.id)
        .join(CoordinatorRow, CoordinatorRow.id == AccountRow.coordinator_id)
        .where(or_(CoordinatorRow.role == "admin", CoordinatorRow.circle_id.is_(None)))
        .limit(1)
    )
    return session.scalar(query) is None


def passkeys(session: Session, account: int) -> list[PasskeyRow]:
    """An account's passkeys, oldest first."""
    return list(session.scalars(select(PasskeyRow).where(PasskeyRow.account_id == account).order_by(PasskeyRow.id)))


# --- letting go -------------------------------------------------------------------------------------------------------


def drop_passkeys(session: Session, account: int) -> None:
    """An account has no passkey any more."""
    session.execute(delete(PasskeyRow).where(PasskeyRow.account_id == account))


def forget_coordinator(session: Session, coordinator: int, account: int | None) -> None:
    """Delete how a coordinator signed in, and for what they answered beside their own circle."""
    if account is not None:
        for kind in (PasskeyRow, SignedInRow):
            session.execute(delete(kind).where(kind.account_id == account))
        session.execute(delete(AccountRow).where(AccountRow.id == account))
    session.execute(delete(InvitationRow).where(InvitationRow.coordinator_id == coordinator))
    session.execute(delete(AnswersForRow).where(AnswersForRow.coordinator_id == coordinator))


def circles_of_all(session: Session) -> dict[int, list[int]]:
    """The further circles of every coordinator who has some."""
    found: dict[int, list[int]] = {}
    for row in session.scalars(select(AnswersForRow)):
        found.setdefault(row.coordinator_id, []).append(row.circle_id)
    return found
