"""Spells of illness: load, save by comparing, and whose turn it is to send an alert."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from checkin.domain.illness import Alert, Part, Severity, Spell
from checkin.store.session import SomebodyWasFaster
from checkin.store.tables import IllnessRow

_ALERT_LEASE = timedelta(seconds=60)
_LONGEST_WHAT = 400
_SAME = "key what since seen_at told_at tellings well_since well_told_at ended_at texted rung_at version".split()


def open_spells(session: Session) -> tuple[Spell, ...]:
    """The spells that are not over."""
    rows = session.scalars(select(IllnessRow).where(IllnessRow.ended_at.is_(None)).order_by(IllnessRow.id))
    return tuple(_value(row) for row in rows)


def save(session: Session, spell: Spell) -> Spell:
    """Write a spell, new or changed. Raises SomebodyWasFaster (or IntegrityError: another auditor saw it first)."""
    values = _columns(spell)
    if spell.id is None:
        row = IllnessRow(**values)
        session.add(row)
        session.flush()
        return replace(spell, id=row.id, offline=False)
    changed = session.scalar(
        update(IllnessRow)
        .where(IllnessRow.id == spell.id, IllnessRow.version == spell.version)
        .values(**{**values, "version": spell.version + 1})
        .returning(IllnessRow.id),
        execution_options={"synchronize_session": False},
    )
    if changed is None:
        raise SomebodyWasFaster(f"illness {spell.id}")
    return replace(spell, version=spell.version + 1, offline=False)


def take_alerts(session: Session, now: datetime) -> tuple[Spell, ...]:
    """The spells whose alert is to be sent now, by whoever asks: nobody else gets them for a minute.

    A spell whose alert went wrong, or whose auditor died over it, is taken again afterwards.
    """
    free = IllnessRow.alert_taken_until.is_(None) | (IllnessRow.alert_taken_until <= now)
    taken = session.scalars(
        update(IllnessRow)
        .where(IllnessRow.ended_at.is_(None), IllnessRow.alert != "", free)
        .values(alert_taken_until=now + _ALERT_LEASE)
        .returning(IllnessRow.id),
        execution_options={"synchronize_session": False},
    ).all()
    rows = session.scalars(
        select(IllnessRow)
        .where(IllnessRow.id.in_(taken))
        .order_by(IllnessRow.id)
        .execution_options(populate_existing=True)
    )
    return tuple(_value(row) for row in rows)


def alerts_sent(session: Session, spells: Iterable[Spell]) -> None:
    """These alerts left; one that has changed meanwhile (well again) is still to be sent."""
    for spell in spells:
        session.execute(
            update(IllnessRow)
            .where(IllnessRow.id == spell.id, IllnessRow.alert == spell.alert.value)
            .values(alert="", alert_taken_until=None, version=IllnessRow.version + 1),
            execution_options={"synchronize_session": False},
        )


def _columns(spell: Spell) -> dict[str, Any]:
    values = {name: getattr(spell, name) for name in _SAME}
    return {
        **values,
        "what": spell.what[:_LONGEST_WHAT],
        "part": spell.part.value,
        "severity": spell.severity.value,
        "told_as": spell.told_as.value if spell.told_as is not None else None,
        "alert": spell.alert.value,
    }


def _value(row: IllnessRow) -> Spell:
    return Spell(
        **{name: getattr(row, name) for name in _SAME},
        part=Part(row.part),
        severity=Severity(row.severity),
        told_as=Severity(row.told_as) if row.told_as is not None else None,
        alert=Alert(row.alert),
        id=row.id,
    )
