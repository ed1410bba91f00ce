"""What a reply was understood as."""

from dataclasses import dataclass
from datetime import timedelta
from enum import Enum, StrEnum

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
    CORRECTION = "correction"
    NOT_UNDERSTOOD = "not_understood"
    EMPTY = "empty"


class Calls(StrEnum):
    """How readily a circle has people called for words on which the rules are silent."""

    MORE = "more"
    BALANCED = "balanced"
    LESS = "less"


@dataclass(frozen=True)
class Command:
    """A command of the service: its name, the number of a case, and what else was said."""

    name: str
    argument: str = ""
    number: int | None = None


@dataclass(frozen=True)
class Piece:
    """A text that the same person wrote minutes ago, and how it was read. `words` are empty once they are deleted.

    `check_in`: the question that it answered.
    """

    words: str
    kind: Kind
    level: Level
    rating: int | None = None
    check_in: int | None = None


@dataclass(frozen=True)
class LastAnswer:
    """What the writer answered last, before what they write now. Without a rating they answered in words."""

    level: Level
    rating: int | None
    ago: timedelta


class Offered(Enum):
    """Whether our last text to somebody offered them a call."""

    NO = 0
    OFFERED = 1
    ASKED = 2


class Day(StrEnum):
    """An earlier day (or question) that an answer speaks of."""

    YESTERDAY = "yesterday"
    DAY_BEFORE = "the day before"
    LAST_WEEK = "last week"
    LAST_TIME = "last time"


@dataclass(frozen=True)
class Older:
    """A rating for an earlier day. `alone`: nothing is said of today."""

    rating: int
    day: Day
    alone: bool


@dataclass(frozen=True)
class Context:
    """What is known of the writer when a reply is read. `carrier_opt_out` is the carrier's own word for it.

    `swaps`: the shifts that they were asked to take, so that "yes 12" is an answer to one. `yes_means`: the one that a
    bare yes would be the answer to, where it can mean nothing else. `yes_or_case`: the case that it may mean too, as
    they were asked to take it. `calls`: how readily their circle calls people.

    `recent_ratings`: their own, oldest first. `last`: what they answered last, looked up where their words compare with
    it. `offered`: whether our last text to them offers a call or a person.

    `before`: what they wrote in the last minutes, oldest first; `place`: where among these the new text belongs, None
    where nobody knows in which order they were sent. `wrote_lately`: there are words of theirs, of the last hours or of
    a case that is open, that they may want to take back. `answered_before`: it is not the first time that they answer.
    `stranger`: we do not know the number.
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
    yes_or_case: int | None = None
    calls: Calls = Calls.BALANCED
    last: LastAnswer | None = None
    offered: Offered = Offered.NO
    before: tuple[Piece, ...] = ()
    place: int | None = None
    wrote_lately: bool = False
    answered_before: bool = False
    stranger: bool = False

    @property
    def earlier(self) -> tuple[Piece, ...]:
        """What came before the new text, as far as is known."""
        return self.before if self.place is None else self.before[: self.place]


@dataclass(frozen=True)
class Reading:
    """How a reply was understood, and why. `level` says how soon its writer needs a person, whatever its kind.

    `by_calls`: what `level` would be by each setting of how readily people are called; empty where it is the same.

    `corrects`: the rating of minutes ago that this one stands for. `older`: a rating for an earlier day.
    """

    kind: Kind
    level: Level
    rating: int | None = None
    command: Command | None = None
    language: str = "en"
    reasons: tuple[Why, ...] = ()
    gives_up_or_stop: bool = False
    by_calls: tuple[tuple[Calls, Level], ...] = ()
    corrects: int | None = None
    older: Older | None = None
