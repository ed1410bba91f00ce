"""PINs: kept as Argon2 hashes of a keyed fingerprint, so that whoever has the database alone cannot try them out."""

import hmac
from datetime import datetime

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import select
from sqlalchemy.orm import Session

from checkin.domain.pins import Tries
from checkin.domain.terms import PersonId
from checkin.store.sealed import blind
from checkin.store.tables import PinRow

_HASHER = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)
"""OWASP's least for Argon2id: about 20 ms, for it is worked out while a caller waits. The key does the rest."""


def of(session: Session, person: PersonId) -> PinRow | None:
    """A person's PIN, locked until the transaction ends: two calls at once count one after the other."""
    query = select(PinRow).where(PinRow.person_id == person).with_for_update()
    return session.scalar(query, execution_options={"populate_existing": True})


def put(session: Session, person: PersonId, pin: str, how: str, now: datetime) -> None:
    """Keep a new PIN. A lock stays."""
    row = of(session, person)
    if row is None:
        session.add(PinRow(person_id=person, hash=_hash(person, pin), set_at=now, set_how=how))
    else:
        row.hash, row.set_at, row.set_how, row.waiting_hash = _hash(person, pin), now, how, None
    session.flush()


def wait(session: Session, person: PersonId, pin: str, now: datetime) -> str:
    """Let a new PIN wait until its number is sent back: see `keep`. Returns it. An older PIN counts till then."""
    row = of(session, person)
    if row is None:
        row = PinRow(person_id=person, hash="", set_at=now, set_how="text, not confirmed")
        session.add(row)
    row.waiting_hash = _hash(person, pin)
    session.flush()
    return _number(row)


def keep(session: Session, person: PersonId, number: str, how: str, now: datetime) -> bool:
    """Set the PIN that waits, where this is its number. There is one try: after it no PIN waits."""
    row = of(session, person)
    if row is None or row.waiting_hash is None:
        return False
    right = hmac.compare_digest(_number(row), number)
    if right:
        row.hash, row.set_at, row.set_how = row.waiting_hash, now, how
    row.waiting_hash = None
    session.flush()
    return right


def waits(session: Session, person: PersonId) -> bool:
    """Whether a PIN waits for its number."""
    row = of(session, person)
    return row is not None and row.waiting_hash is not None


def is_right(row: PinRow, pin: str) -> bool:
    """Whether this is the PIN. One that only waits is none."""
    try:
        return _HASHER.verify(row.hash, _keyed(PersonId(row.person_id), pin))
    except (VerificationError, InvalidHashError):
        return False


def tries_of(row: PinRow) -> Tries:
    """The wrong tries as a value."""
    return Tries(row.wrong, row.locks, row.locked_until)


def keep_tries(row: PinRow, tries: Tries) -> None:
    """Write them."""
    row.wrong, row.locks, row.locked_until = tries.wrong, tries.locks, tries.locked_until


def _number(row: PinRow) -> str:
    """Four digits that only whoever reads the person's own phone can know."""
    return f"{int(blind(f'pin number:{row.person_id}:{row.waiting_hash}')[:12], 16) % 10_000:04d}"


def _hash(person: PersonId, pin: str) -> str:
    return _HASHER.hash(_keyed(person, pin))


def _keyed(person: PersonId, pin: str) -> str:
    return blind(f"pin:{person}:{pin}")
