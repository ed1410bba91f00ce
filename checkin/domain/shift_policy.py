"""The numbers of being on call and of swaps, as a circle may change them."""

from dataclasses import dataclass
from datetime import timedelta

from checkin.domain.shift_limits import Limits
from checkin.domain.swap import SwapPolicy


@dataclass(frozen=True)
class ShiftPolicy:
    """How much a volunteer is on call, and how a shift is offered to others: seconds, but for the hours a week."""

    hours_a_week: int
    rest_between: int
    rest_after_night: int
    swap_told_before: int
    swap_ends_before: int
    swap_any_hour: int

    @property
    def limits(self) -> Limits:
        """The limits of being on call."""
        between, after_night = timedelta(seconds=self.rest_between), timedelta(seconds=self.rest_after_night)
        return Limits(self.hours_a_week, between, after_night)

    @property
    def swaps(self) -> SwapPolicy:
        """When an offered shift is told of, and when the offer ends."""
        told, ends = timedelta(seconds=self.swap_told_before), timedelta(seconds=self.swap_ends_before)
        return SwapPolicy(told, ends, timedelta(seconds=self.swap_any_hour))
