"""The numbers by which the service calls itself ill."""

from dataclasses import dataclass


@dataclass(frozen=True)
class IllnessPolicy:
    """When the service calls itself ill, and when it says so. Seconds where policy.toml does not say otherwise."""

    look_every: int
    silent_after: int
    urgent_late_after: int
    reply_late_after: int
    routine_late_after: int
    check_ins_late_after: int
    promises_late_after: int
    log_late_after: int
    waiting_for_carrier: int
    refused_persons: int
    filtered_serious: int
    carrier_window: int
    balance_every: int
    balance_below: float
    disk_mild_mb: int
    disk_serious_mb: int
    serious_told_after: int
    told_after: int
    well_told_after: int
    same_spell_for: int
    most_tellings: int
    call_after: int
