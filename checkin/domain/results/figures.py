"""What is read from a tally: each figure by its definition."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from checkin.domain.check_in_values import State
from checkin.domain.results.told import FEWEST
from checkin.domain.results.what import Tally, What
from checkin.domain.terms import Level

_WAITING = (State.ASKED, State.REMINDED, State.CALLED)
ASKED = (*_WAITING, State.ANSWERED, State.MISSED, State.UNREACHED)
LEVELS = (Level.CRISIS, Level.DISTRESS, Level.CONCERN)
MILLION = 1_000_000


@dataclass(frozen=True)
class Spread:
    """How long something took, in seconds, as counted: the middle, the 90th of a hundred, the worst."""

    count: int
    median: int
    ninetieth: int
    worst: int


def spread(spans: Mapping[int, int]) -> Spread | None:
    """The spread of so many spans (seconds -> how often); None where there are none.

    By nearest rank: at least half (nine of ten) took no longer.
    """
    count = sum(spans.values())
    if not count:
        return None
    wanted, found, seen = (-(-count // 2), -(-count * 9 // 10)), list[int](), 0
    for seconds in sorted(spans):
        seen += spans[seconds]
        found += [seconds] * sum(seen >= rank for rank in wanted[len(found) :])
    return Spread(count, found[0], found[1], max(seconds for seconds, times in spans.items() if times))


@dataclass(frozen=True)
class Figures:
    """One tally, read."""

    tally: Tally

    @cached_property
    def _by_what(self) -> dict[What, Counter[str]]:
        found: dict[What, Counter[str]] = {what: Counter() for what in What}
        for (what, part), count in self.tally.items():
            found[what][part] += count
        return found

    def of(self, what: What) -> Counter[str]:
        """One kind, by its parts."""
        return self._by_what[what]

    def _in(self, *states: State) -> int:
        return sum(self.of(What.CHECK_IN)[state.value] for state in states)

    @property
    def asked(self) -> int:
        """Check-ins that were put to a member. Left out: skipped ones (paused, opted out, overtaken, too late)."""
        return self._in(*ASKED)

    @property
    def waiting(self) -> int:
        """Of those: the ones whose time to be answered is not over."""
        return self._in(*_WAITING)

    @property
    def ended(self) -> int:
        """Of those: answered, missed, or never arrived."""
        return self.asked - self.waiting

    @property
    def answered(self) -> int:
        """Answered, late too, by the member or by somebody who vouched for them."""
        return self._in(State.ANSWERED)

    @property
    def missed(self) -> int:
        """They reached the member, who did not answer in time or since."""
        return self._in(State.MISSED)

    @property
    def unreached(self) -> int:
        """They never reached the member: not delivered is never counted as the member's silence (field rule R26)."""
        return self._in(State.UNREACHED)

    @property
    def response_rate(self) -> float | None:
        """Answered of those that ended, from 0 to 1."""
        return self.answered / self.ended if self.ended else None

    @property
    def ratings(self) -> dict[int, int]:
        """How often each rating was given, 0 (a person, please) and 1 (rough) to 5 (great)."""
        return {int(part): count for part, count in sorted(self.of(What.RATING).items()) if count}

    @property
    def mood(self) -> float | None:
        """The mean of the ratings."""
        ratings = self.ratings
        return sum(rating * count for rating, count in ratings.items()) / sum(ratings.values()) if ratings else None

    @property
    def answer_after(self) -> Spread | None:
        """From the question to the answer."""
        return spread({int(part): count for part, count in self.of(What.ANSWER_AFTER).items()})

    @property
    def cases(self) -> int:
        """Escalations that were opened."""
        return sum(self.of(What.CASE).values())

    @property
    def by_level(self) -> dict[str, int]:
        """Escalations by the worst level that they came to."""
        found: Counter[str] = Counter()
        for part, count in self.of(What.CASE).items():
            found[part.partition(":")[0]] += count
        return {level: found[level] for level in LEVELS if found[level]}

    @property
    def by_hour(self) -> list[dict[str, int]]:
        """For each hour of the day: how many were opened, by level."""
        hours: list[dict[str, int]] = [{level: 0 for level in LEVELS} for _ in range(24)]
        for part, count in self.of(What.CASE).items():
            level, _colon, hour = part.partition(":")
            if hour:
                hours[int(hour)][level] += count
        return hours

    @property
    def broken_down(self) -> int:
        """Escalations of which level and hour are told."""
        return sum(count for part, count in self.of(What.CASE).items() if part)

    @property
    def human_after(self) -> Spread | None:
        """From the opening of an escalation to the first person in touch with the member."""
        return spread({int(part): count for part, count in self.of(What.HUMAN_AFTER).items()})

    @property
    def no_human(self) -> dict[str, int]:
        """Escalations without one: `waiting` still, closed because `not_reached`, or `not_needed`."""
        return {part: count for part, count in sorted(self.of(What.NO_HUMAN).items()) if count}

    @property
    def texts(self) -> int:
        """Texts that were handed to the carrier."""
        return self.of(What.SENT)["text"]

    @property
    def calls(self) -> int:
        """Calls that were placed."""
        return self.of(What.SENT)["call"]

    @property
    def costs(self) -> dict[str, float]:
        """What the carrier charged for them so far, by currency."""
        return {part: count / MILLION for part, count in sorted(self.of(What.COST).items()) if count}

    @property
    def opt_outs(self) -> int:
        """Members who asked for no more contact."""
        return self.of(What.OPT_OUT)[""]

    @property
    def load(self) -> dict[int, tuple[int, int, int]]:
        """For each volunteer: cases offered, taken, and seconds of talk; whoever took most comes first."""
        offered, taken, talked = self.of(What.OFFERED), self.of(What.TAKEN), self.of(What.TALKED)
        who = {*offered, *taken, *talked}
        found = {int(one): (offered[one], taken[one], talked[one]) for one in who}
        return dict(sorted(found.items(), key=lambda each: (-each[1][1], -each[1][0], each[0])))

    @property
    def busiest(self) -> int | None:
        """How many cases the volunteer took who took most; None where fewer than five took any."""
        taken = [count for _offered, count, _talked in self.load.values() if count]
        return max(taken) if len(taken) >= FEWEST else None


def added(*tallies: Tally) -> Tally:
    """All of them together."""
    together: Tally = Counter()
    for each in tallies:
        together.update(each)
    return together
