"""The conversation with who rings us, as rules: every key at every question, and what a forger can never reach."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checkin.domain.call_script import Said
from checkin.domain.incoming import Act, Call, Decision, Heard, Step, begun, decide, pin_was_right, pin_was_wrong
from checkin.domain.reading import read
from checkin.domain.terms import Role

MEMBER, VOLUNTEER, COORDINATOR = frozenset({Role.MEMBER}), frozenset({Role.VOLUNTEER}), frozenset({Role.COORDINATOR})
EVERYTHING = frozenset(Role)
FOR_OTHERS = {Act.TAKE, Act.REJOIN, Act.ON, Act.OFF, Act.OUTCOME, Act.ACKNOWLEDGE}
LANGUAGES = ("en", "es")


def hears(call: Call, keys: str = "", words: str = "", sure: float = 1.0, recorded: bool = False) -> Decision:
    return decide(call, Heard(Said(keys, words, sure), read(keys or words), recorded), 3)


@pytest.mark.parametrize(
    ("roles", "step", "lead"),
    [
        (MEMBER, Step.MEMBER, "incoming_opening"),
        (VOLUNTEER, Step.VOLUNTEER, "incoming_hello"),
        (COORDINATOR, Step.COORDINATOR, "incoming_hello"),
        (VOLUNTEER | COORDINATOR, Step.ROLE, "incoming_hello"),
        (MEMBER | VOLUNTEER, Step.ROLE, "incoming_opening"),
        (frozenset(), Step.LANGUAGE, ""),
    ],
)
def test_the_first_question(roles: frozenset[Role], step: Step, lead: str) -> None:
    call = begun(roles, "en", LANGUAGES)
    assert (call.step, call.lead) == (step, lead)


@pytest.mark.parametrize(
    ("step", "keys", "after", "act"),
    [
        (Step.MEMBER, "1", Step.OVER, Act.PEER),
        (Step.MEMBER, "2", Step.CHECK_IN, None),
        (Step.MEMBER, "3", Step.RECORD, None),
        (Step.MEMBER, "0", Step.OVER, Act.COORDINATOR),
        (Step.MEMBER, "7", Step.MEMBER, None),
        (Step.CHECK_IN, "5", Step.OVER, Act.RATE),
        (Step.CHECK_IN, "0", Step.OVER, Act.RATE),
        (Step.CHECK_IN, "9", Step.CHECK_IN, None),
        (Step.STRANGER, "1", Step.RECORD, None),
        (Step.VOLUNTEER, "1", Step.PIN, None),
        (Step.VOLUNTEER, "2", Step.PIN, None),
        (Step.VOLUNTEER, "3", Step.PIN, None),
        (Step.VOLUNTEER, "4", Step.PIN, None),
        (Step.VOLUNTEER, "0", Step.RECORD, None),
        (Step.COORDINATOR, "1", Step.PIN, None),
        (Step.COORDINATOR, "3", Step.RECORD, None),
        (Step.ROLE, "2", Step.VOLUNTEER, None),
        (Step.LANGUAGE, "2", Step.ROLE, None),
        (Step.PIN, "12", Step.PIN, None),
        (Step.PIN, "1212", Step.PIN, Act.TRY_PIN),
        (Step.OVER, "1", Step.OVER, None),
    ],
)
def test_what_a_key_does(step: Step, keys: str, after: Step, act: Act | None) -> None:
    decision = hears(Call(step, "en", EVERYTHING, LANGUAGES, wants="take" if step is Step.PIN else ""), keys)
    assert (decision.call.step, decision.act) == (after, act)


@pytest.mark.parametrize(("wants", "step", "act"), [("take", Step.PIN, Act.TAKE), ("shift", Step.SHIFT, None)])
def test_a_right_pin_goes_on_with_what_waited(wants: str, step: Step, act: Act | None) -> None:
    decision = pin_was_right(Call(Step.PIN, "en", VOLUNTEER, wants=wants), 3)
    assert (decision.call.step, decision.act, decision.call.verified) == (step, act, True)


def test_a_wrong_pin_asks_again_for_the_same() -> None:
    call = pin_was_wrong(Call(Step.PIN, "en", VOLUNTEER, turn=2, wants="take"))
    assert (call.step, call.wants, call.turn, call.lead) == (Step.PIN, "take", 3, "incoming_pin_wrong")


@pytest.mark.parametrize(
    ("step", "words", "sure", "act"),
    [
        (Step.MEMBER, "i want to die", 0.1, Act.CRY),
        (Step.STRANGER, "i want to die", 0.9, Act.CRY),
        (Step.CHECK_IN, "i cant do this any more", 0.9, Act.CRY),
        (Step.STRANGER, "i want to die", 0.1, Act.CRY),
        (Step.MEMBER, "talk", 0.9, Act.PEER),
        (Step.MEMBER, "talk", 0.2, None),
        (Step.MEMBER, "stop", 0.9, Act.COORDINATOR),
        (Step.MEMBER, "i am in hospital", 0.9, Act.CONCERN),
        (Step.MEMBER, "i am in hospital", 0.2, None),
        (Step.MEMBER, "xyzzy", 0.9, None),
        (Step.STRANGER, "i am in hospital", 0.9, None),
        (Step.CHECK_IN, "i am in hospital", 0.9, Act.RATE),
        (Step.CHECK_IN, "four", 0.9, Act.RATE),
        (Step.CHECK_IN, "i am fine today thanks", 0.9, Act.RATE),
        (Step.CHECK_IN, "four", 0.2, None),
        (Step.VOLUNTEER, "one", 0.9, None),
        (Step.PIN, "four eight two nine", 0.9, None),
    ],
)
def test_what_words_do(step: Step, words: str, sure: float, act: Act | None) -> None:
    assert hears(Call(step, "en", EVERYTHING), words=words, sure=sure).act is act


@pytest.mark.parametrize("step", [step for step in Step if step not in (Step.OVER, Step.LANGUAGE)])
def test_three_silences_end_every_question(step: Step) -> None:
    call, acts = Call(step, "en", EVERYTHING, LANGUAGES), []
    for _ in range(3):
        decision = hears(call)
        call, acts = decision.call, [*acts, decision.act]
    assert (call.step, call.lead) == (Step.OVER, "incoming_goodbye")
    assert acts == [None, None, Act.GAVE_UP]


@pytest.mark.parametrize(
    ("step", "after", "said"),
    [
        (Step.MEMBER, Step.OVER, "incoming_cry"),
        (Step.CHECK_IN, Step.OVER, "incoming_cry"),
        (Step.STRANGER, Step.RECORD, "incoming_cry_unknown"),
    ],
)
def test_a_call_is_promised_to_members_alone_and_a_stranger_is_asked_for_a_number(
    step: Step, after: Step, said: str
) -> None:
    call = hears(Call(step, "en", EVERYTHING), words="i want to die").call
    assert (call.step, call.lead) == (after, said)


def test_words_of_concern_leave_the_menu_open_and_are_told_no_more_than_three_times() -> None:
    call, leads, acts = Call(Step.MEMBER, "en", MEMBER), [], []
    for _ in range(3):
        decision = hears(call, words="i am in hospital")
        call, leads, acts = decision.call, [*leads, decision.call.lead], [*acts, decision.act]
    assert leads == ["incoming_noted", "incoming_noted", "incoming_goodbye"]
    assert (call.step, acts) == (Step.OVER, [Act.CONCERN] * 3)


_ANSWERS = st.tuples(
    st.sampled_from(["", *"0123456789*#", "4829", "12"]),
    st.sampled_from(["", "fine", "call", "take it"]),
    st.booleans(),
)


@given(roles=st.frozensets(st.sampled_from(list(Role))), answers=st.lists(_ANSWERS, max_size=25))
def test_without_a_right_pin_nobody_acts_for_others(
    roles: frozenset[Role], answers: list[tuple[str, str, bool]]
) -> None:
    call = begun(roles, "en", LANGUAGES)
    for keys, words, recorded in answers:
        before = call
        decision = hears(call, keys, words, recorded=recorded)
        assert decision.act not in FOR_OTHERS
        call = pin_was_wrong(decision.call) if decision.act is Act.TRY_PIN else decision.call
        assert not call.verified
        assert call.step not in (Step.SHIFT, Step.OUTCOME)
        assert call.turn > before.turn or before.step is Step.OVER, "so that a repeated webhook is known as one"
