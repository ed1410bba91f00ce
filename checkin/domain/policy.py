"""The numbers that a circle may change, as values. The defaults live in `checkin/policy.toml`."""

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from datetime import time
from itertools import pairwise
from typing import Any, TypeVar, get_type_hints

from checkin.domain.contact_hours import ContactHours
from checkin.domain.illness_policy import IllnessPolicy
from checkin.domain.keeping import FEWEST_DAYS, MOST_DAYS, Retention, VoicemailPolicy
from checkin.domain.reading.values import Calls
from checkin.domain.shift_policy import ShiftPolicy
from checkin.domain.terms import Cause


class BadPolicy(ValueError):
    """A policy that cannot be used: one sentence that names the value and what it should be."""

    @property
    def value(self) -> str:
        """The name of the value, without its tables."""
        return str(self).split(" ", 1)[0].rpartition(".")[2]


@dataclass(frozen=True)
class CheckInPolicy:
    """When a check-in is reminded, called and missed, in seconds after it was asked; 0 leaves a step out."""

    remind_after: int
    call_after: int
    missed_after: int


@dataclass(frozen=True)
class Misses:
    """How many misses in a row start what. 0: never."""

    contacts_at: int
    nudge_at: int
    volunteer_at: int
    coordinator_at: int


@dataclass(frozen=True)
class LookInPolicy:
    """How a member's contacts are rung, in seconds where policy.toml does not say otherwise."""

    ring_for: int
    rounds: int
    round_rest: int
    result_after: int
    result_again: int
    result_asks: int
    any_hour: bool


@dataclass(frozen=True)
class Pacing:
    """How many texts and calls may leave in a second, and how many calls may be under way at once."""

    texts_per_second: float
    calls_per_second: float
    calls_at_once: int
    calls_kept_free: int

    @property
    def routine_calls_at_once(self) -> int:
        """How many calls may be under way, whosever they are, for a routine one to be added."""
        return self.calls_at_once - self.calls_kept_free


@dataclass(frozen=True)
class Calling:
    """How a member is rung for a check-in; see policy.toml. Seconds; `sure_enough` from 0 to 1."""

    tries: int = 3
    again_after: int = 600
    ring_for: int = 30
    detect_machines: bool = True
    machine_message: bool = True
    text_beside: bool = False
    sure_enough: float = 0.5


@dataclass(frozen=True)
class ReadingPolicy:
    """How readily people are called for words that no rule knows; see policy.toml."""

    calls: Calls


@dataclass(frozen=True)
class CatchUp:
    """How the carrier's log is read for what did not reach us, in seconds; see policy.toml."""

    every: int
    settles: int
    overlap: int
    answer_within: int
    ask_after: int


@dataclass(frozen=True)
class Answers:
    """How many automatic answers one number gets: `window` in seconds; see `checkin/domain/flood.py`."""

    window: int
    alike: int
    most: int
    most_commands: int
    most_a_day: int


@dataclass(frozen=True)
class IncomingPolicy:
    """How somebody who rings us is asked, in seconds and counts; see policy.toml."""

    wait: int
    tries: int
    unseen_after: int
    pin_tries: int
    pin_locked_for: int
    pin_rest: int


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
    look_in: LookInPolicy
    shifts: ShiftPolicy
    pacing: Pacing
    calls: Calling
    reading: ReadingPolicy
    catch_up: CatchUp
    answers: Answers
    incoming: IncomingPolicy
    voicemail: VoicemailPolicy
    retention: Retention
    illness: IllnessPolicy
    escalation: Mapping[Cause, EscalationPolicy]


_T = TypeVar("_T")

# What 0 means is said in policy.toml. Anything else at 0 would make a case spin, or reach nobody.
_MAY_BE_ZERO = frozenset(
    {
        "remind_after",
        "call_after",
        "contacts_at",
        "nudge_at",
        "volunteer_at",
        "coordinator_at",
        "rounds_before_coordinators",
        "coordinators_text_after",
        "coordinators_call_after",
        "truth_after",
        "truth_again",
        "truth_times",
        "rest_after",
        "balance_below",
        "serious_told_after",
        "told_after",
        "calls_kept_free",
        "sure_enough",
        "hours_a_week",
        "rest_between",
        "rest_after_night",
        "swap_told_before",
        "swap_any_hour",
    }
)


def may_be_zero(name: str) -> bool:
    """Whether a value of this name may be 0."""
    return name in _MAY_BE_ZERO


def parse_policy(data: Mapping[str, Any]) -> Policy:
    """Make a Policy of the TOML file's tables.

    Raises BadPolicy, which names the value that is missing or wrong.
    """
    names = _table(data, "programme")
    check_in = _table(data, "check_in", ("weekly", "daily"))
    escalation = _table(data, "escalation", tuple(Cause))
    return Policy(
        programme=_name(names, "name"),
        discreet_name=_name(names, "discreet_name"),
        contact_hours=_hours(_table(data, "contact_hours")),
        weekly=_check_in_policy(check_in["weekly"], "check_in.weekly"),
        daily=_check_in_policy(check_in["daily"], "check_in.daily"),
        misses=_sensible(Misses, _table(data, "misses"), "misses"),
        look_in=_sensible(LookInPolicy, _table(data, "look_in"), "look_in"),
        shifts=_shifts(_table(data, "shifts")),
        pacing=_pacing(_table(data, "pacing")),
        calls=_calling(_table(data, "calls")),
        reading=_reading(_table(data, "reading")),
        catch_up=_sensible(CatchUp, _table(data, "catch_up"), "catch_up"),
        answers=_answers(_table(data, "answers")),
        incoming=_sensible(IncomingPolicy, _table(data, "incoming"), "incoming"),
        voicemail=_sensible(VoicemailPolicy, _table(data, "voicemail"), "voicemail"),
        retention=_retention(_table(data, "retention")),
        illness=_sensible(IllnessPolicy, _table(data, "illness"), "illness"),
        escalation={cause: _escalation(escalation[cause], f"escalation.{cause}") for cause in Cause},
    )


def escalation_policy(data: Mapping[str, Any]) -> EscalationPolicy:
    """Read back what `EscalationPolicy.as_data` wrote.

    Only the kinds of its values are looked at: a running case must load though later versions want other ones.
    """
    return _values(EscalationPolicy, data, "the escalation's own policy")


def look_in_policy(data: Mapping[str, Any]) -> LookInPolicy:
    """Read back the policy that a look-in started with. One from before `any_hour` was there keeps to contact hours."""
    return _values(LookInPolicy, {"any_hour": False, **data}, "the look-in's own policy")


def overlay(base: Mapping[str, Any], over: Mapping[str, Any], where: str = "") -> dict[str, Any]:
    """Replace values of `base` by those of `over`, table by table.

    Raises BadPolicy for a name `base` lacks.
    """
    merged = dict(base)
    for key, value in over.items():
        path = f"{where}.{key}" if where else key
        if key not in base:
            raise BadPolicy(f"{path} is no policy that we know; see checkin/policy.toml for the names.")
        if isinstance(base[key], Mapping) != isinstance(value, Mapping):
            raise BadPolicy(f"{path} has the wrong shape; see checkin/policy.toml for what it should be.")
        merged[key] = overlay(base[key], value, path) if isinstance(value, Mapping) else value
    return merged


def _table(data: Mapping[str, Any], key: str, inner: tuple[str, ...] = ()) -> Mapping[str, Any]:
    table = data.get(key)
    if not isinstance(table, Mapping):
        raise BadPolicy(f"the policy lacks the table [{key}].")
    for name in inner:
        if not isinstance(table.get(name), Mapping):
            raise BadPolicy(f"the policy lacks the table [{key}.{name}].")
    return table


def _check_in_policy(table: Mapping[str, Any], where: str) -> CheckInPolicy:
    policy = _sensible(CheckInPolicy, table, where)
    steps = [("remind_after", policy.remind_after), ("call_after", policy.call_after)]
    steps = [(name, at) for name, at in steps if at] + [("missed_after", policy.missed_after)]
    for (name, at), (later, later_at) in pairwise(steps):
        if at >= later_at:
            raise BadPolicy(f"{where}.{name} must be less than {later}.")
    return policy


def _shifts(table: Mapping[str, Any]) -> ShiftPolicy:
    policy = _sensible(ShiftPolicy, table, "shifts")
    if policy.swap_told_before and policy.swap_told_before <= policy.swap_ends_before:
        raise BadPolicy("shifts.swap_told_before must be more than swap_ends_before: it is told while it is open.")
    return policy


def _pacing(table: Mapping[str, Any]) -> Pacing:
    pacing = _sensible(Pacing, table, "pacing")
    if pacing.calls_kept_free >= pacing.calls_at_once:
        raise BadPolicy("pacing.calls_kept_free must be less than calls_at_once: no check-in call could leave.")
    return pacing


def _calling(table: Mapping[str, Any]) -> Calling:
    calling = _sensible(Calling, table, "calls")
    if calling.sure_enough > 1:
        raise BadPolicy("calls.sure_enough must be from 0 to 1.")
    return calling


def _reading(table: Mapping[str, Any]) -> ReadingPolicy:
    try:
        return ReadingPolicy(Calls(str(table.get("calls"))))
    except ValueError:
        raise BadPolicy(f"reading.calls must be one of {', '.join(Calls)}.") from None


def _answers(table: Mapping[str, Any]) -> Answers:
    limits = _sensible(Answers, table, "answers")
    if limits.alike < 2:
        raise BadPolicy("answers.alike must be 2 or more: one text alone is like no other.")
    return limits


def _retention(table: Mapping[str, Any]) -> Retention:
    retention = _sensible(Retention, table, "retention")
    if not FEWEST_DAYS <= retention.words_days <= MOST_DAYS:
        raise BadPolicy(f"retention.words_days must be from {FEWEST_DAYS} to {MOST_DAYS} days.")
    return retention


def _escalation(table: Mapping[str, Any], where: str) -> EscalationPolicy:
    policy = _sensible(EscalationPolicy, table, where)
    if policy.offer_holds_for < policy.ring_for:
        raise BadPolicy(f"{where}.offer_holds_for must be at least ring_for: what rings may be answered.")
    return policy


def _sensible(kind: type[_T], table: Mapping[str, Any], where: str) -> _T:
    """The values, none of them 0 where 0 would stop the work. Raises BadPolicy."""
    made = _values(kind, table, where)
    for name, value in vars(made).items():
        if value == 0 and not isinstance(value, bool) and name not in _MAY_BE_ZERO:
            raise BadPolicy(f"{where}.{name} must be more than 0.")
    return made


def _values(kind: type[_T], table: Mapping[str, Any], where: str) -> _T:
    hints = get_type_hints(kind)
    values: dict[str, Any] = {}
    for field in fields(kind):  # type: ignore[arg-type]
        wanted, value = hints[field.name], table.get(field.name)
        if not _fits(value, wanted):
            raise BadPolicy(f"{where}.{field.name} must be {_SHAPES[wanted]}.")
        values[field.name] = wanted(value)
    return kind(**values)


_SHAPES = {bool: "true or false", int: "a whole number, 0 or more", float: "a number, 0 or more"}


def _fits(value: object, wanted: type) -> bool:
    if wanted is bool or isinstance(value, bool):
        return wanted is bool and isinstance(value, bool)
    if not isinstance(value, int | float) or not math.isfinite(value) or value < 0:
        return False
    return wanted is float or value == int(value)


def _name(table: Mapping[str, Any], key: str) -> str:
    name = table.get(key)
    if not isinstance(name, str) or not 1 <= len(name) <= 20:
        raise BadPolicy(f"programme.{key} must be a name of 1 to 20 characters.")
    return name


def _hours(table: Mapping[str, Any]) -> ContactHours:
    hours = ContactHours(_time(table, "start"), _time(table, "end"))
    if hours.start >= hours.end:
        raise BadPolicy("contact_hours.end must be later in the day than contact_hours.start.")
    return hours


def _time(table: Mapping[str, Any], key: str) -> time:
    try:
        clock = time.fromisoformat(str(table.get(key)))
    except ValueError as error:
        raise BadPolicy(f'contact_hours.{key} must be a time such as "08:00".') from error
    if clock.tzinfo is not None:
        raise BadPolicy(f"contact_hours.{key} must be without a zone: it is read in each recipient's own.")
    return clock
