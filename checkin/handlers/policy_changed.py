"""A circle's own numbers: they lie over the programme's, one by one, and can be put back one by one."""

import copy
import hashlib
import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from checkin.domain.policy import BadPolicy, Policy, overlay, parse_policy
from checkin.handlers.handbook import Handbook
from checkin.handlers.policy_words import GROUPS
from checkin.store import system
from checkin.store.tables import CircleRow


class ChangedMeanwhile(Exception):
    """Somebody else has saved other numbers of the same group since these were looked at. Nothing is changed."""


def seen_in(own: Mapping[str, Any], group: str) -> str:
    """A mark of what a circle's own numbers of one group are, to tell whether they are still the same."""
    table: Any = own
    for key in GROUPS[group]:
        table = table.get(key, {})
    return hashlib.sha256(json.dumps(table, sort_keys=True).encode()).hexdigest()[:16]


def value_in(data: Mapping[str, Any], group: str, name: str) -> Any:
    """What a table of policies says of one number; None where it says nothing."""
    table: Any = data
    for key in GROUPS[group]:
        table = table.get(key, {})
    return table.get(name)


def with_values(handbook: Handbook, own: Mapping[str, Any], group: str, values: Mapping[str, Any]) -> dict[str, Any]:
    """A circle's own values with these of one group; what is as the programme has it is no longer its own."""
    made = copy.deepcopy(dict(own))
    table = made
    for key in GROUPS[group]:
        table = table.setdefault(key, {})
    for name, value in values.items():
        if value == value_in(handbook.policy_data, group, name):
            table.pop(name, None)
        else:
            table[name] = value
    return _without_empty(made)


def tried(handbook: Handbook, own: Mapping[str, Any]) -> Policy:
    """The policy that a circle would have. Raises BadPolicy, which names the value that does not fit."""
    return parse_policy(overlay(handbook.policy_data, own))


def policy_changed(
    session: Session,
    handbook: Handbook,
    circle: int,
    group: str,
    values: Mapping[str, Any],
    who: str,
    now: datetime,
    seen: str,
) -> list[str]:
    """Give a circle these values, and return which of them are new.

    `seen`: the mark of what stood there when they were written. Raises BadPolicy or ChangedMeanwhile, and then nothing
    is changed. Running escalations keep the policy that they started with.
    """
    row = session.get_one(CircleRow, circle, populate_existing=True, with_for_update=True)
    if seen_in(row.policy, group) != seen:
        raise ChangedMeanwhile
    before, own = row.policy, with_values(handbook, row.policy, group, values)
    tried(handbook, own)
    changes = {}
    for name in values:
        default = value_in(handbook.policy_data, group, name)
        old, new = value_in(before, group, name), value_in(own, group, name)
        if old != new:
            place = ".".join((*GROUPS[group], name))
            changes[place] = [default if old is None else old, default if new is None else new]
    if changes:
        row.policy = own
        system.audit(session, who, "policy changed", now, circle=circle, changes=changes)
    return list(changes)


def unfit_circles(session: Session, handbook: Handbook) -> list[tuple[CircleRow, BadPolicy]]:
    """Circles whose own numbers no longer fit the programme's, so that the programme's hold; and why."""
    found = []
    for row in session.scalars(select(CircleRow).order_by(CircleRow.name)):
        try:
            tried(handbook, row.policy)
        except BadPolicy as error:
            found.append((row, error))
    return found


def own_values(circle: CircleRow, group: str) -> dict[str, Any]:
    """What a circle changed in one group, by name."""
    table: Any = circle.policy
    for key in GROUPS[group]:
        table = table.get(key, {})
    return dict(table)


def _without_empty(table: dict[str, Any]) -> dict[str, Any]:
    kept = {key: _without_empty(value) if isinstance(value, dict) else value for key, value in table.items()}
    return {key: value for key, value in kept.items() if value != {}}
