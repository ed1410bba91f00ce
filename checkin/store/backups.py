"""When the next backup is due, and who makes it: of several clocks one."""

from datetime import datetime, timedelta

from sqlalchemy import update
from sqlalchemy.orm import Session

from checkin.store.tables import InstallationRow

_OVERDUE_AFTER = timedelta(days=2)
_AGAIN_AFTER = timedelta(hours=1)
"""When it is tried again, unless a backup was made."""


def claim_backup(session: Session, at: datetime, now: datetime) -> bool:
    """Whether a backup is due and is the caller's to make. `at`: when the first one is, on a new installation."""
    row = session.get(InstallationRow, 1)
    if row is None:
        return False
    if row.backup_due_at is None:
        row.backup_due_at = at
        return False
    if now < row.backup_due_at:
        return False
    mine = session.scalar(
        update(InstallationRow)
        .where(InstallationRow.id == 1, InstallationRow.backup_due_at == row.backup_due_at)
        .values(backup_due_at=now + _AGAIN_AFTER)
        .returning(InstallationRow.id),
        execution_options={"synchronize_session": False},
    )
    return mine is not None


def backed_up(session: Session, next_at: datetime, now: datetime) -> None:
    """A backup was made and read back."""
    row = session.get_one(InstallationRow, 1)
    row.backed_up_at, row.backup_due_at = now, next_at


def is_overdue(session: Session, now: datetime) -> bool:
    """Whether daily backups are made no longer, or never were."""
    row = session.get(InstallationRow, 1)
    return row is not None and now - (row.backed_up_at or row.created_at) > _OVERDUE_AFTER
