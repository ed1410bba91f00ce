"""Shifts offered to others: who may take one, who has it, and how it is named."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checkin.domain.reading import Command, Context, read
from checkin.domain.shift_limits import Limits, Peer, Why, hours_of, is_night, refusal, short_rests, weeks_of
from checkin.domain.shift_words import LONGEST, numbered, on_weekday, shift_begins, shift_words
from checkin.domain.swap import (
    Accepted,
    Assigned,
    CalledOff,
    Did,
    GivenBack,
    State,
    Swap,
    SwapPolicy,
    Woke,
    decide,
    leaves_now,
    offer,
)
from checkin.domain.terms import Role, VolunteerId

NEW_YORK = ZoneInfo("America/New_York")
ANA, BEN, GUS, CY = (VolunteerId(number) for number in range(1, 5))
MONDAY = datetime(2026, 11, 23, 5, tzinfo=UTC)  # midnight in New York
POLICY = SwapPolicy(timedelta(hours=12), timedelta(hours=2), timedelta(hours=12))


def hours(start: float, end: float) -> tuple[datetime, datetime]:
    """From and to, in hours after the midnight on which the week begins."""
    return MONDAY + timedelta(hours=start), MONDAY + timedelta(hours=end)


SHIFT = hours(42, 46)  # Tuesday, 18:00 to 22:00
BEFORE = MONDAY
OPEN = Swap(ANA, SHIFT, SHIFT[0] - timedelta(hours=2), SHIFT[0] - timedelta(hours=12), frozenset({BEN, GUS}))
TAKEN = Swap(ANA, SHIFT, OPEN.ends_at, None, OPEN.asked, State.TAKEN, BEN)


@pytest.mark.parametrize(
    ("before", "event", "hour", "did", "holder", "state"),
    [
        (OPEN, Accepted(BEN), 0, Did.TAKEN, BEN, State.TAKEN),
        (OPEN, Accepted(CY), 0, Did.NOT_ASKED, ANA, State.OPEN),
        (OPEN, Accepted(BEN, Why.REST), 0, Did.REFUSED, ANA, State.OPEN),
        (OPEN, Accepted(BEN), 40, Did.TOO_LATE, ANA, State.OPEN),
        (TAKEN, Accepted(GUS), 0, Did.TOO_LATE, BEN, State.TAKEN),
        (TAKEN, Accepted(BEN), 0, Did.NOTHING, BEN, State.TAKEN),
        (OPEN, Assigned(CY), 0, Did.TAKEN, CY, State.TAKEN),
        (OPEN, Assigned(CY, Why.AWAY), 0, Did.REFUSED, ANA, State.OPEN),
        (OPEN, Assigned(CY), 42, Did.TOO_LATE, ANA, State.OPEN),
        (TAKEN, Assigned(CY), 0, Did.TOO_LATE, BEN, State.TAKEN),
        (OPEN, CalledOff(), 0, Did.CALLED_OFF, ANA, State.CALLED_OFF),
        (TAKEN, CalledOff(), 0, Did.TOO_LATE, BEN, State.TAKEN),
        (TAKEN, GivenBack(), 0, Did.GIVEN_BACK, ANA, State.CALLED_OFF),
        (OPEN, GivenBack(), 0, Did.TOO_LATE, ANA, State.OPEN),
        (OPEN, Woke(), 29, Did.NOTHING, ANA, State.OPEN),
        (OPEN, Woke(), 30, Did.TELL, ANA, State.OPEN),
        (OPEN, Woke(), 40, Did.UNFILLED, ANA, State.UNFILLED),
        (TAKEN, Woke(), 40, Did.NOTHING, BEN, State.TAKEN),
    ],
)
def test_what_follows(before: Swap, event: object, hour: int, did: Did, holder: VolunteerId, state: State) -> None:
    decision = decide(before, event, BEFORE + timedelta(hours=hour))  # type: ignore[arg-type]
    assert (decision.did, decision.swap.holder, decision.swap.state) == (did, holder, state)


PEOPLE = st.sampled_from([ANA, BEN, GUS, CY])
EVENTS = st.one_of(
    st.builds(Accepted, PEOPLE, st.sampled_from([None, None, Why.REST])),
    st.builds(Assigned, PEOPLE.filter(lambda one: one != ANA), st.sampled_from([None, Why.AWAY])),
    st.just(CalledOff()),
    st.just(GivenBack()),
    st.just(Woke()),
)


@given(st.lists(st.tuples(EVENTS, st.integers(0, 5)), max_size=40))
def test_a_shift_always_has_exactly_one_holder_and_changes_hands_once(history: list) -> None:
    """Whatever is offered, accepted, assigned and called off, in any order: it is whose it was, until it is taken."""
    swap, now, takers = OPEN, BEFORE, []
    for event, later in history:
        now += timedelta(hours=later)
        decision = decide(swap, event, now)
        if decision.did is Did.TAKEN:
            takers.append(decision.swap.holder)
        held = decision.swap.state is State.TAKEN
        assert decision.swap.holder == (takers[-1] if held else ANA)
        assert held == (decision.swap.taken_by is not None)
        assert (decision.swap.wakes_at is not None) == (decision.swap.state is State.OPEN)
        assert held or decision.swap.state is not State.TAKEN
        swap = decision.swap
    assert len(takers) <= 1


@pytest.mark.parametrize(
    ("hour", "ends", "tell"),
    [(0, 40, 30), (29, 40, 30), (31, 40, None), (39, 40.5, None), (41, 41.5, None), (41.6, None, None)],
)
def test_an_offer_ends_before_the_shift_begins(hour: float, ends: float | None, tell: float | None) -> None:
    made = offer(ANA, SHIFT, POLICY, MONDAY + timedelta(hours=hour))
    found = (made.ends_at, made.tell_at) if made is not None else None
    wanted = (hours(ends, 0)[0], hours(tell, 0)[0] if tell is not None else None) if ends is not None else None
    assert found == wanted


@pytest.mark.parametrize(
    ("allowed", "until", "starts", "leaves"),
    [(0, 40, 42, False), (9, 40, 42, False), (9, 9.5, 11, True), (9, 9.5, 13, False), (0, 0.5, 1, True)],
)
def test_only_what_is_soon_leaves_at_night(allowed: float, until: float, starts: float, leaves: bool) -> None:
    at = [MONDAY + timedelta(hours=each) for each in (allowed, until, starts)]
    assert leaves_now(at[0], at[1], at[2], POLICY.any_hour, MONDAY) is leaves


LIMITS = Limits(20, timedelta(hours=4), timedelta(hours=11))


def peer(*on_call: tuple[datetime, datetime], **more: object) -> Peer:
    return Peer(**{"volunteer": BEN, "circle": 1, "zone": NEW_YORK, "consented": True, "on_call": on_call, **more})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("who", "why"),
    [
        (peer(), None),
        (peer(volunteer=ANA), Why.OWN),
        (peer(circle=2), Why.OTHER_CIRCLE),
        (peer(consented=False), Why.NO_CONSENT),
        (peer(away=(hours(40, 43),)), Why.AWAY),
        (peer(hours(45, 50)), Why.ON_SHIFT_THEN),
        (peer(hours(46, 50)), None),  # it goes on: one longer stretch
        (peer(hours(46, 62.5)), Why.HOURS),  # half an hour too many
        (peer(hours(46, 62)), None),
        (peer(hours(-30, 0), hours(200, 230)), None),  # of other weeks
        (peer(hours(49, 51)), Why.REST),  # three hours between
        (peer(hours(50, 52)), None),
        (peer(hours(24, 31.5)), Why.REST),  # after a night: ten and a half
        (peer(hours(24, 31)), None),
        (peer(hours(10, 12), hours(13, 15)), None),  # a short break elsewhere is not this shift's
    ],
)
def test_who_may_take_it(who: Peer, why: Why | None) -> None:
    assert refusal(who, ANA, 1, SHIFT, LIMITS) is why


def test_no_limit_is_no_limit() -> None:
    none = Limits(0, timedelta(0), timedelta(0))
    assert refusal(peer(hours(0, 41), hours(46.1, 160)), ANA, 1, SHIFT, none) is None


def test_nights_weeks_and_rests() -> None:
    assert is_night(hours(20, 24.5), NEW_YORK)
    assert is_night(hours(28, 29), NEW_YORK)
    assert not is_night(hours(18, 24), NEW_YORK)
    assert not is_night(hours(29, 47), NEW_YORK)
    across = weeks_of(hours(160, 170), NEW_YORK)
    assert across == [hours(0, 168), hours(168, 336)]
    assert hours_of([hours(160, 170)], across[0]) == 8
    assert short_rests([hours(0, 6), hours(16, 20), hours(23, 23.5)], NEW_YORK, LIMITS) == [hours(6, 16), hours(20, 23)]


def test_the_week_in_which_the_clocks_change_has_an_hour_more() -> None:
    start = datetime(2026, 10, 31, 12, tzinfo=UTC)
    [week] = weeks_of((start, start + timedelta(hours=1)), NEW_YORK)
    assert week[1] - week[0] == timedelta(hours=169)


@pytest.mark.parametrize(
    ("shift", "english", "spanish"),
    [
        (SHIFT, "Tue 24 6-10 pm", "mar 24 18-22 h"),
        (hours(42.5, 46), "Tue 24 6:30-10 pm", "mar 24 18:30-22 h"),
        (hours(70, 78), "Wed 25 10 pm-6 am", "mié 25 22-6 h"),
        (hours(70.5, 72.5), "Wed 25 10:30 pm-12:30 am", "mié 25 22:30-0:30 h"),
        (hours(130, 154), "Sat 28 10 am-10 am", "sab 28 10-10 h"),
        (hours(114, 166), "Fri 6 pm-Sun 10 pm", "vie 18-dom 22 h"),
    ],
)
def test_how_a_shift_is_named(shift: tuple[datetime, datetime], english: str, spanish: str) -> None:
    assert shift_words(shift, NEW_YORK, "en") == english
    assert shift_words(shift, NEW_YORK, "es") == spanish
    assert max(len(english), len(spanish)) <= LONGEST


def test_how_shifts_are_listed_and_found() -> None:
    assert numbered(["Tue 24 6-10 pm", "Thu 26 6-10 pm", "Fri 27 6-10 pm"], 35) == "1 Tue 24 6-10 pm; 2 Thu 26 6-10 pm"
    assert shift_begins(SHIFT[0], NEW_YORK, "en") == "Tue 24 6 pm"
    assert shift_begins(SHIFT[0], NEW_YORK, "es") == "mar 24 18 h"
    shifts = [hours(10, 12), SHIFT, hours(178, 180)]
    assert [on_weekday(shifts, NEW_YORK, said) for said in ("tuesday", "mar", "MON", "sun", "t")] == [
        1,
        1,
        0,
        None,
        None,
    ]


ASKED = Context(roles=frozenset({Role.VOLUNTEER}), swaps=frozenset({12, 13}))
ONE = Context(roles=frozenset({Role.VOLUNTEER}), swaps=frozenset({12}), yes_means=12)
OR_A_CASE = Context(roles=frozenset({Role.VOLUNTEER}), swaps=frozenset({12}), yes_or_case=3)
NOT_ASKED = Context(roles=frozenset({Role.VOLUNTEER}))


@pytest.mark.parametrize(
    ("text", "context", "command"),
    [
        ("SWAP", NOT_ASKED, Command("swap")),
        ("swap 2", NOT_ASKED, Command("swap", number=2)),
        ("Swap2 please", NOT_ASKED, Command("swap", number=2)),
        ("swap tue", NOT_ASKED, Command("swap", "tue")),
        ("cambiar martes", NOT_ASKED, Command("swap", "martes")),
        ("SWAP OFF 12", NOT_ASKED, Command("swap_off", number=12)),
        ("swap off", NOT_ASKED, Command("swap_off")),
        ("COVER 12.", NOT_ASKED, Command("cover", number=12)),
        ("cover12", NOT_ASKED, Command("cover", number=12)),
        ("cubro 12", NOT_ASKED, Command("cover", number=12)),
        ("Yes 12", ASKED, Command("cover", number=12)),
        ("sí 13!", ASKED, Command("cover", number=13)),
        ("no 12", ASKED, Command("decline", number=12)),
        ("yes", ONE, Command("cover", number=12)),
        ("No.", ONE, Command("decline", number=12)),
        ("Yes", OR_A_CASE, Command("swap_or_case", number=3)),
        ("no", OR_A_CASE, Command("swap_or_case", number=3)),
        ("yes 12", OR_A_CASE, Command("cover", number=12)),
        ("TAKE 3", OR_A_CASE, Command("take", number=3)),
        ("yes", ASKED, None),
        ("yes 4", ASKED, None),
        ("pass 12", ASKED, Command("pass", number=12)),
        ("yes 12", NOT_ASKED, None),
        ("swap meet was fun", NOT_ASKED, None),
        ("over", NOT_ASKED, None),
        ("SWAP 1 I want to die", ONE, None),
        ("yes i want to die", ONE, None),
    ],
)
def test_what_volunteers_write(text: str, context: Context, command: Command | None) -> None:
    assert read(text, context).command == command
