"""Coordinators are invited to the pages, make their account, and are changed or let go by an admin."""

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from checkin.domain.terms import PersonId
from checkin.store import accounts, system
from checkin.store.session import forget
from checkin.store.tables import AccountRow, AnswersForRow, CoordinatorRow, PersonRow


class LastAdmin(Exception):
    """Somebody must be left who can let others in."""


def coordinator_invited(session: Session, coordinator: int, by: str, now: datetime) -> str:
    """Make an invitation; return its token, which stands nowhere. Older ones of the same coordinator are void."""
    row = session.get_one(CoordinatorRow, coordinator)
    token = accounts.invite(session, coordinator, by, now)
    system.audit(session, by, "coordinator invited", now, person=row.person_id)
    return token


def account_made(session: Session, token: str, email: str, hash: str, now: datetime) -> int | None:
    """Make the account that an invitation is for, or give it a new password. None where it no longer opens.

    A second factor that was lost with the old password is set anew; every browser is signed out.
    """
    invitation = accounts.invitation(session, token, now)
    if invitation is None:
        return None
    invitation.used_at = now
    row = accounts.of_coordinator(session, invitation.coordinator_id)
    if row is None:
        row = AccountRow(coordinator_id=invitation.coordinator_id, password=hash, recovery=[], created_at=now)
        session.add(row)
    row.email, row.email_index, row.password = email, email or None, hash
    session.flush()
    second_factor_lost(session, row, now)
    coordinator = session.get_one(CoordinatorRow, invitation.coordinator_id)
    if email:
        coordinator.email = email
    person = coordinator.person_id
    system.audit(session, f"person {person}", "account made", now, person=person, invited_by=invitation.by)
    return row.id


def second_factor_lost(session: Session, row: AccountRow, now: datetime) -> None:
    """Take an account's second factors away and sign it out everywhere: they are set anew at the next signing in."""
    row.totp_secret, row.totp_step, row.recovery = None, 0, []
    accounts.drop_passkeys(session, row.id)
    accounts.end(session, row.id, now)


def role_changed(
    session: Session, coordinator: int, role: str, circles: frozenset[int] | None, by: str, now: datetime
) -> None:
    """Give a coordinator a role, and the circles for which they answer; None: all. Raises LastAdmin."""
    row = session.get_one(CoordinatorRow, coordinator, with_for_update=True)
    if row.role == "admin" and role != "admin" and _admins(session) < 2:
        raise LastAdmin
    named = sorted(circles or ())
    row.role, row.circle_id = role, named[0] if named else None
    for further in session.scalars(select(AnswersForRow).where(AnswersForRow.coordinator_id == coordinator)):
        session.delete(further)
    session.flush()
    session.add_all(AnswersForRow(coordinator_id=coordinator, circle_id=circle) for circle in named[1:])
    forget(session, ("coordinator", row.person_id))
    what = {"role": role, "circles": named}
    system.audit(session, by, "coordinator's role changed", now, person=row.person_id, **what)


def coordinator_let_go(session: Session, coordinator: int, by: str, now: datetime) -> None:
    """Somebody no longer coordinates: they are signed out, and neither rung nor texted. Raises LastAdmin."""
    row = session.get_one(CoordinatorRow, coordinator, with_for_update=True)
    if row.role == "admin" and _admins(session) < 2:
        raise LastAdmin
    account = accounts.of_coordinator(session, coordinator)
    accounts.forget_coordinator(session, coordinator, account.id if account is not None else None)
    person = PersonId(row.person_id)
    session.delete(row)
    session.flush()
    forget(session, ("coordinator", person))
    system.audit(session, by, "coordinator let go", now, person=person)


def _admins(session: Session) -> int:
    query = select(func.count()).select_from(CoordinatorRow).where(CoordinatorRow.role == "admin")
    return session.scalar(query) or 0


def first_admin_invited(session: Session, now: datetime) -> str | None:
    """Invite the first admin there is, while nobody can sign in who lets others in. None where there is no admin."""
    if not accounts.nobody_signs_in(session):
        return None
    query = select(CoordinatorRow.id).where(CoordinatorRow.role == "admin").order_by(CoordinatorRow.id).limit(1)
    admin = session.scalar(query)
    return coordinator_invited(session, admin, "operator", now) if admin is not None else None


def name_of(session: Session, token: str, now: datetime) -> tuple[str, str] | None:
    """Whom an invitation greets (name, e-mail address); None where it no longer opens."""
    invitation = accounts.invitation(session, token, now)
    if invitation is None:
        return None
    row = session.get_one(CoordinatorRow, invitation.coordinator_id)
    person = session.get_one(PersonRow, row.person_id)
    return person.name, row.email
