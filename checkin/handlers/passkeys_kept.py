"""A coordinator's passkeys: kept, used, removed."""

from datetime import datetime

from sqlalchemy.orm import Session

from checkin.store import system
from checkin.store.tables import AccountRow, CoordinatorRow, PasskeyRow


def passkey_kept(
    session: Session, account: int, credential: str, key: bytes, counter: int, name: str, now: datetime
) -> None:
    """Keep a passkey that has shown that it works. `name`: where it was made, to tell several apart."""
    session.add(
        PasskeyRow(
            account_id=account, credential=credential, public_key=key, counter=counter, name=name, created_at=now
        )
    )
    _audit(session, account, "passkey set", now)


def passkey_used(session: Session, passkey: int, counter: int, now: datetime) -> None:
    """It let somebody in. Its counter only goes up: a copy of it would be noticed."""
    row = session.get(PasskeyRow, passkey, with_for_update=True, populate_existing=True)
    if row is not None:
        row.counter, row.used_at = max(row.counter, counter), now


def passkey_dropped(session: Session, account: int, passkey: int, now: datetime) -> None:
    """Remove a passkey of this account."""
    row = session.get(PasskeyRow, passkey)
    if row is not None and row.account_id == account:
        session.delete(row)
        _audit(session, account, "passkey removed", now)


def _audit(session: Session, account: int, what: str, now: datetime) -> None:
    coordinator = session.get_one(CoordinatorRow, session.get_one(AccountRow, account).coordinator_id)
    person = coordinator.person_id
    system.audit(session, f"person {person}", what, now, person=person)
