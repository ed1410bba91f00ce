"""What a reply was understood as."""

from dataclasses import dataclass
from enum import StrEnum

from checkin.domain.terms import Level, Role, Why


class Kind(StrEnum):
    """What a reply is, apart from how much its writer needs a person."""

    OPT_OUT = "opt_out"
    OPT_IN = "opt_in"
    HELP = "help"
    COMMAND = "command"
    YES = "yes"
    NO = "no"
    RATING = "rating"
    WORDS = "words"
    WRONG_PERSON = "wrong_person"
    NOT_UNDERSTOOD = "not_understood"
    EMPTY = "empty"


@dataclass(frozen=True)
class Command:
    """A command of the service: its name, the number of a case, and what else was said."""

    name: str
    argument: str = ""
    number: int | None = None


@dataclass(frozen=True)
class Context:
    """What is known of the writer when a reply is read. `carrier_opt_out` is the carrier's own word for it.

    `swaps`: the shifts that they were asked to take, so that "yes 12" is an answer to one. `yes_means`: the one that a
    bare yes would be the answer to, where it can mean nothing else.
    """

    language: str = "en"
    roles: frozenset[Role] = frozenset({Role.MEMBER})
    invited: bool = False
    asked: bool = False
    soon_after_check_in: bool = False
    recent_ratings: tuple[int, ...] = ()
    carrier_opt_out: str | None = None
    swaps: frozenset[int] = frozenset()
    yes_means: int | None = None


@dataclass(frozen=True)
class Reading:
    """How a reply was understood, and why. `level` says how soon its writer needs a person, whatever its kind."""

    kind: Kind
    level: Level
    rating: int | None = None
    command: Command | None = None
    language: str = "en"
    reasons: tuple[Why, ...] = ()
    gives_up_or_stop: bool = False
