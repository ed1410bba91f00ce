"""When a number gets no automatic answer: robots that answer robots, and numbers that text without end."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checkin.domain.flood import Heard, Hush, alike, hushed
from checkin.domain.policy import Answers

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
LIMITS = Answers(window=600, alike=3, most=4, most_commands=12, most_a_day=40)
ROBOT = "I am driving right now. I will get back to you. (ref 12345)"


def ago(seconds: float) -> datetime:
    """So many seconds before now."""
    return NOW - timedelta(seconds=seconds)


def judged(
    words: str,
    before: list[tuple[float, str]],
    answered: list[float] | None = None,
    *,
    command: bool = False,
) -> Hush | None:
    """What becomes of a text now, with earlier ones so many seconds ago (newest first)."""
    heard = [Heard(ago(at), said) for at, said in before]
    return hushed(Heard(NOW, words), heard, [ago(at) for at in answered or []], command, LIMITS)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("I am driving (ref 1)", "i am driving, ref 22", True),
        ("Auto-reply: back at 9:30!", "AUTO REPLY back at 10", True),
        ("i need help", "i need you", False),
        ("4", "4", False),
        ("", "", False),
        ("👍", "👍", False),
    ],
)
def test_texts_alike(one: str, other: str, same: bool) -> None:
    assert alike(one, other) is same


@pytest.mark.parametrize(
    ("words", "before", "answered", "command", "why"),
    [
        (ROBOT, [], [], False, None),
        (ROBOT, [(5, ROBOT)], [4], False, None),
        (ROBOT, [(5, ROBOT), (10, ROBOT)], [4, 9], False, Hush.LOOP),  # the third says the same: a robot's
        (ROBOT.replace("12345", "777"), [(5, ROBOT), (10, ROBOT)], [4, 9], False, Hush.LOOP),
        (ROBOT, [(5, "hi, it is Sam"), (10, ROBOT)], [4, 9], False, None),
        (ROBOT, [(5, ROBOT), (601, ROBOT)], [4], False, None),  # long ago
        ("STATUS", [(5, "STATUS"), (10, "STATUS")], [4, 9], True, None),  # a command is a person's
        ("3", [(5, "3"), (10, "3")], [4], False, None),
        ("five", [(9, "four"), (20, "three")], [8, 19, 29, 39], False, Hush.TOO_MANY),
        ("five", [(9, "four"), (20, "three")], [8, 19, 29, 601], False, None),
        ("INFO", [(9, "INFO"), (20, "INFO")], [8, 19, 29, 39], True, None),
        ("INFO", [(9, "INFO")], list(range(12)), True, Hush.TOO_MANY),
        ("hello", [(1200, "hi")], [700 + 60 * i for i in range(40)], False, Hush.TOO_MANY),  # all day long
        ("hello", [(1200, "hi")], [86_401] * 40, False, None),
    ],
)
def test_what_gets_no_answer(
    words: str, before: list[tuple[float, str]], answered: list[float], command: bool, why: Hush | None
) -> None:
    assert judged(words, before, answered, command=command) is why


@given(st.lists(st.sampled_from([ROBOT, ROBOT + " 7", "out of office", "ticket opened", "a b c", "!!"]), min_size=1,
                max_size=60), st.integers(1, 60))  # fmt: skip
def test_a_robot_that_answers_each_answer_stops_within_five_messages(texts: list[str], pause: int) -> None:
    """It texts only when it is answered: whatever it says and however fast, it gets at most four answers."""
    heard: list[Heard] = []
    answered: list[datetime] = []
    at = NOW
    for words in texts:
        text = Heard(at, words)
        if hushed(text, heard, answered, False, LIMITS) is not None:
            break
        answered.append(at)
        heard.insert(0, text)
        at += timedelta(seconds=pause)
    assert len(answered) <= LIMITS.most


@given(st.lists(st.integers(1, 86_400), max_size=80), st.text(max_size=20))
def test_no_number_gets_more_answers_than_its_limits(gaps: list[int], words: str) -> None:
    heard: list[Heard] = []
    answered: list[datetime] = []
    at = NOW
    for gap in gaps:
        at += timedelta(seconds=gap)
        text = Heard(at, words)
        if hushed(text, heard, answered, False, LIMITS) is None:
            answered.append(at)
        heard.insert(0, text)
    for last in answered:
        assert sum(1 for one in answered if last - timedelta(seconds=600) < one <= last) <= LIMITS.most
        assert sum(1 for one in answered if last - timedelta(days=1) < one <= last) <= LIMITS.most_a_day


@given(st.lists(st.text(max_size=20), max_size=20), st.text(max_size=20), st.booleans())
def test_after_a_quiet_day_everybody_is_answered(texts: list[str], words: str, command: bool) -> None:
    long_ago = [(86_401.0 + place, said) for place, said in enumerate(texts)]
    assert judged(words, long_ago, [at for at, _ in long_ago], command=command) is None
