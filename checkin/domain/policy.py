"""The numbers that a circle may change, as values. The defaults live in `checkin/policy.toml`."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from datetime import time
from typing import Any, TypeVar, get_type_hints

from checkin.domain.contact_hours import ContactHours
from checkin.domain.terms import Cause


class BadPolicy(ValueError):
    """A policy that cannot be used: one sentence that names the value and what it should be."""


@dataclass(frozen=True)
class CheckInPolicy:
    """When a check-in is reminded, called and missed, in seconds after it was asked; 0 leaves a step out."""

    remind_after: int
    call_after: int
    missed_after: int


@dataclass(frozen=True)
class Misses:
    """How many misses in a row start a nudge, an offer to a volunteer, a coordinator's task."""

    nudge_at: int
    volunteer_at: int
    coordinator_at: int


@dataclass(frozen=True)
class Pacing:
    """How many texts and calls may leave in a second."""

    texts_per_second: float
    calls_per_second: float


@dataclass(frozen=True)
class EscalationPolicy:
    """How one escalation goes. Seconds throughout; see policy.toml for each value's meaning."""

    ring_at_once: int
    ring_for: int
    by_text: bool
    by_call: bool
    contact_hours: bool
    rounds_before_coordinators: int
    round_rest: int
    offer_holds_for: int
    coordinators_text_after: int
    coordinators_call_after: int
    coordinators_again: int
    truth_after: int
    truth_again: int
    truth_times: int
    taken_holds_for: int
    acknowledged_holds_for: int
    outcome_again: int
    outcome_coordinator: int
    member_tries: int
    talk_counts_after: int
    rest_after: int

    def as_data(self) -> dict[str, Any]:
        """For the escalation's own row: a running escalation keeps the policy it started with."""
        return asdict(self)


@dataclass(frozen=True)
class Policy:
    """All of it."""

    programme: str
    discreet_name: str
    contact_hours: ContactHours
    weekly: CheckInPolicy
    daily: CheckInPolicy
    misses: Misses
    pacing: Pacing
    escalation: Mapping[Cause, EscalationPolicy]


_T = TypeVar("_T")


def parse_policy(data: Mapping[str, Any]) -> Policy:
    """Make a Policy of the TOML file's tables. Raises BadPolicy for a value that is missing, unknown or wrong."""
    names = _table(data, "programme")
    hours = _table(data, "contact_hours")
    check_in = _table(data, "check_in")
    escalation = _table(data, "escalation")
    return Policy(
        programme=_name(names, "name"),
        discreet_name=_name(names, "discreet_name"),
        contact_hours=ContactHours(_time(hours, "start"), _time(hours, "end")),
        weekly=_values(CheckInPolicy, _table(check_in, "weekly"), "check_in.weekly"),
        daily=_values(CheckInPolicy, _table(check_in, "daily"), "check_in.daily"),
        misses=_values(Misses, _table(data, "misses"), "misses"),
        pacing=_values(Pacing, _table(data, "pacing"), "pacing"),
        escalation={
            cause: _values(EscalationPolicy, _table(escalation, cause.value), f"escalation.{cause.value}")
            for cause in Cause
        },
    )


def escalation_policy(data: Mapping[str, Any]) -> EscalationPolicy:
    """Read back what `EscalationPolicy.as_data` wrote."""
    return _values(EscalationPolicy, data, "the escalation's own policy")


def overlay(base: Mapping[str, Any], over: Mapping[str, Any], where: str = "") -> dict[str, Any]:
    """Replace values of `base` by those of `over`, table by table. Raises BadPolicy for a name `base` lacks."""
    merged = dict(base)
    for key, value in over.items():
        path = f"{where}.{key}" if where else key
        if key not in base:
            raise BadPolicy(
                f"{path} is no policy that this version knows; see checkin/policy.toml for the names."
            )
        if isinstance(base[key], Mapping) != isinstance(value, Mapping):
            raise BadPolicy(f"{path} has the wrong shape; see checkin/policy.toml for what it should be.")
        merged[key] = overlay(base[key], value, path) if isinstance(value, Mapping) else value
    return merged


def _table(data: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    table = data.get(key)
    if not isinstance(table, Mapping):
        raise BadPolicy(f"the policy lacks the table [{key}].")
    return table


def _values(kind: type[_T], table: Mapping[str, Any], where: str) -> _T:
    hints = get_type_hints(kind)
    values: dict[str, Any] = {}
    for field in fields(kind):  # type: ignore[arg-type]
        wanted, value = hints[field.name], table.get(field.name)
        right = (
            isinstance(value, bool)
            if wanted is bool
            else isinstance(value, int | float) and not isinstance(value, bool)
        )
        if not right or (wanted is not bool and value < 0):  # type: ignore[operator]
            shape = "true or false" if wanted is bool else "a number, 0 or more"
            raise BadPolicy(f"{where}.{field.name} must be {shape}.")
        values[field.name] = wanted(value)
    return kind(**values)


def _name(table: Mapping[str, Any], key: str) -> str:
    name = table.get(key)
    if not isinstance(name, str) or not 1 <= len(name) <= 20:
        raise BadPolicy(f"programme.{key} must be a name of 1 to 20 characters.")
    return name


def _time(table: Mapping[str, Any], key: str) -> time:
    try:
        return time.fromisoformat(str(table.get(key)))
    except ValueError as error:
        raise BadPolicy(f'contact_hours.{key} must be a time such as "08:00".') from error
