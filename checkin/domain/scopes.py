"""What an API key may do. Pure."""

from collections.abc import Iterable
from enum import StrEnum


class Scope(StrEnum):
    """One thing that a key may do. A key has those that it was given, and no other."""

    MEMBERS_READ = "members:read"
    MEMBERS_WRITE = "members:write"
    MEMBERS_ERASE = "members:erase"
    NUMBERS_READ = "numbers:read"
    WORDS_READ = "words:read"
    SCHEDULES_READ = "schedules:read"
    SCHEDULES_WRITE = "schedules:write"
    CHECK_INS_READ = "check-ins:read"
    CHECK_INS_SEND = "check-ins:send"
    ESCALATIONS_READ = "escalations:read"
    ESCALATIONS_ACT = "escalations:act"
    RESULTS_READ = "results:read"
    WEBHOOKS = "webhooks"


MEANING = {
    Scope.MEMBERS_READ: "see members, with masked numbers and without their words",
    Scope.MEMBERS_WRITE: "add and change members, pause them, opt them out",
    Scope.MEMBERS_ERASE: "erase members for good",
    Scope.NUMBERS_READ: "see whole phone numbers",
    Scope.WORDS_READ: "see what members wrote and said",
    Scope.SCHEDULES_READ: "see schedules",
    Scope.SCHEDULES_WRITE: "set and remove schedules",
    Scope.CHECK_INS_READ: "see check-ins and how they were answered",
    Scope.CHECK_INS_SEND: "send a check-in now",
    Scope.ESCALATIONS_READ: "see escalations, and who is on shift",
    Scope.ESCALATIONS_ACT: "acknowledge and close an escalation in a coordinator's name",
    Scope.RESULTS_READ: "see summary figures",
    Scope.WEBHOOKS: "register addresses that are told of events",
}


class BadScope(ValueError):
    """There is no such scope: one sentence."""


def scopes_of(names: Iterable[str]) -> tuple[Scope, ...]:
    """These scopes, each once, in the order of the list above. `all`: every one. Raises BadScope."""
    wanted = {name.strip().lower() for name in names if name.strip()}
    if "all" in wanted:
        return tuple(Scope)
    unknown = sorted(wanted - {scope.value for scope in Scope})
    if unknown:
        raise BadScope(f"'{unknown[0][:40]}' is no scope; there are {', '.join(Scope)}")
    return tuple(scope for scope in Scope if scope.value in wanted)
