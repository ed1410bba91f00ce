"""How much on call is too much, and who may take a shift that somebody offers. Pure.

Hours on call are counted by the week (Monday to Sunday) in the volunteer's own zone, and rest between two stretches
that do not touch. Who is on call `always` has no set hours: nothing is counted of them, and no shift can be given to
them that they do not have. The defaults follow the ceiling and the daily rest of Directive 2003/88/EC (48 hours a
week, 11 hours after night work); volunteers are no employees, so they are a measure and not a law.
"""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from checkin.domain.contact_hours import local_instant
from checkin.domain.coverage import Stretch, hours
from checkin.domain.terms import VolunteerId

_NIGHT_ENDS = time(5)


class Why(StrEnum):
    """Why somebody may not take a shift, or goes beyond a limit with it."""

    OWN = "own"
    OTHER_CIRCLE = "other_circle"
    NO_CONSENT = "no_consent"
    AWAY = "away"
    ON_SHIFT_THEN = "on_shift_then"
    HOURS = "hours"
    REST = "rest"


@dataclass(frozen=True)
class Limits:
    """Hours on call in a week, and the rest between two stretches. Zero: no limit."""

    hours_a_week: int
    rest_between: timedelta
    rest_after_night: timedelta

    @property
    def longest_rest(self) -> timedelta:
        """How far around a shift others matter to it."""
        return max(self.rest_between, self.rest_after_night)


@dataclass(frozen=True)
class Peer:
    """A volunteer who might take a shift: when they are on call around it, and when they said that they are away."""

    volunteer: VolunteerId
    circle: int
    zone: ZoneInfo
    consented: bool
    on_call: tuple[Stretch, ...]
    away: tuple[Stretch, ...] = ()


def bars(peer: Peer, giver: VolunteerId, circle: int, shift: Stretch) -> Why | None:
    """Why somebody cannot have this shift at all, whoever asks it of them; None where they can."""
    checks = (
        (peer.volunteer == giver, Why.OWN),
        (peer.circle != circle, Why.OTHER_CIRCLE),
        (not peer.consented, Why.NO_CONSENT),
        (_meets(peer.on_call, shift), Why.ON_SHIFT_THEN),
        (_meets(peer.away, shift), Why.AWAY),
    )
    return next((why for bar, why in checks if bar), None)


def beyond(peer: Peer, shift: Stretch, limits: Limits) -> tuple[Why, ...]:
    """Which limits somebody would go beyond with this shift: a coordinator may say so, nobody is asked to."""
    after = joined([*peer.on_call, shift])
    own = next(stretch for stretch in after if stretch[0] <= shift[0] and shift[1] <= stretch[1])
    over = any(
        hours_of(after, week) > limits.hours_a_week for week in weeks_of(shift, peer.zone) if limits.hours_a_week
    )
    tired = any(
        own in (one, following) and _short(one, following, peer.zone, limits)
        for one, following in itertools.pairwise(after)
    )
    return tuple(why for holds, why in ((over, Why.HOURS), (tired, Why.REST)) if holds)


def refusal(peer: Peer, giver: VolunteerId, circle: int, shift: Stretch, limits: Limits) -> Why | None:
    """Why this peer is not asked, or may no longer take the shift; None where they may."""
    barred = bars(peer, giver, circle, shift)
    if barred is not None:
        return barred
    over = beyond(peer, shift, limits)
    return over[0] if over else None


def short_rests(on_call: Sequence[Stretch], zone: ZoneInfo, limits: Limits) -> list[Stretch]:
    """The breaks between stretches on call that are shorter than the rest asked for."""
    known = joined(on_call)
    return [
        (one[1], following[0]) for one, following in itertools.pairwise(known) if _short(one, following, zone, limits)
    ]


def _short(one: Stretch, following: Stretch, zone: ZoneInfo, limits: Limits) -> bool:
    rest = max(limits.rest_between, limits.rest_after_night if is_night(one, zone) else timedelta(0))
    return following[0] - one[1] < rest


def is_night(stretch: Stretch, zone: ZoneInfo) -> bool:
    """Whether a stretch reaches into the hours between midnight and five, on the clock of the zone."""
    day = stretch[0].astimezone(zone).date()
    while True:
        midnight = local_instant(datetime.combine(day, time()), zone)
        if midnight >= stretch[1]:
            return False
        if local_instant(datetime.combine(day, _NIGHT_ENDS), zone) > stretch[0]:
            return True
        day += timedelta(days=1)


def weeks_of(shift: Stretch, zone: ZoneInfo) -> list[Stretch]:
    """The weeks, Monday to Monday in the zone, into which a shift reaches."""
    first = shift[0].astimezone(zone).date()
    monday, found = first - timedelta(days=first.weekday()), list[Stretch]()
    while True:
        start = local_instant(datetime.combine(monday, time()), zone)
        if start >= shift[1]:
            return found
        monday += timedelta(days=7)
        found.append((start, local_instant(datetime.combine(monday, time()), zone)))


def hours_of(on_call: Sequence[Stretch], week: Stretch) -> float:
    """How many hours of these stretches lie in the week. They do not overlap."""
    return hours([(max(left, week[0]), min(right, week[1])) for left, right in on_call if _cross((left, right), week)])


def joined(stretches: Sequence[Stretch]) -> list[Stretch]:
    """The same, in order, with those that touch or overlap made one."""
    found: list[Stretch] = []
    for left, right in sorted(stretches):
        if found and left <= found[-1][1]:
            found[-1] = (found[-1][0], max(found[-1][1], right))
        else:
            found.append((left, right))
    return found


def _meets(stretches: Sequence[Stretch], shift: Stretch) -> bool:
    return any(_cross(stretch, shift) for stretch in stretches)


def _cross(one: Stretch, other: Stretch) -> bool:
    return one[0] < other[1] and other[0] < one[1]
