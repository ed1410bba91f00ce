"""A property: whatever sequence of webhooks a forged caller ID makes, nothing personal is in any TwiML.

Names, topics, numbers, the circle's own name, what was said or is open: none of it, and what stands open changes not a
word of it.
"""

import re
from collections.abc import Sequence

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from checkin.carrier.twiml_judge import flaw_of
from checkin.domain.terms import Phone
from checkin.handlers.pins_given import set_pin
from checkin.store import people
from checkin.store.tables import IncomingCallRow
from tests.town import ANA, BEN, DORA, EVE, SAM, Town

PIN = "4829"
WORDS = ("i want to die", "i cant do this any more", "fine", "stop", "call", "who am i", "tell me what i said", "4")
PERSONAL = (
    *("Sam", "Ana", "Ben", "Cy", "Dora", "Eve", "grief", "Oak", "Elm", "main"),
    *(number.removeprefix("+1") for number in (SAM, ANA, BEN, DORA, EVE)),
    *("kettle", "Number", PIN, "is with you"),
)
SECRET = "the kettle is broken and i cant do this any more"

answers = st.one_of(
    st.sampled_from("0123456789*#").map(lambda key: {"Digits": key}),
    st.sampled_from(["1111", "9999", "0000", "123", "12345678"]).map(lambda keys: {"Digits": keys}),
    st.sampled_from(WORDS).map(lambda words: {"SpeechResult": words, "Confidence": "0.9"}),
    st.just({"Digits": ""}),
    st.just({"Digits": "hangup", "RecordingUrl": "https://api.twilio.com/x/RE" + "a" * 32, "RecordingDuration": "4"}),
)
steps = st.one_of(
    st.none(),  # an answer to what is being asked
    st.builds(
        lambda name, turn: f"{name}.{turn}",
        st.sampled_from(["member", "volunteer", "coordinator", "pin", "shift", "outcome", "record", "role", "over"]),
        st.integers(0, 6),
    ),
)
calls = st.lists(
    st.tuples(st.sampled_from([SAM, ANA, BEN, DORA, EVE, ""]), st.lists(st.tuples(steps, answers))), max_size=4
)


def has_pins(town: Town) -> None:
    with town.in_session() as session:
        for number in (ANA, BEN, DORA):
            person = people.by_phone(session, Phone(number))
            assert person is not None
            assert set_pin(session, person, PIN, "test", town.time)


@pytest.fixture
def open_town(town: Town) -> Town:
    """A town with PINs set and a case open, made once for all examples."""
    has_pins(town)
    town.sam.sends(SECRET)
    town.passes(seconds=3)
    return town


def plays(town: Town, made: Sequence[tuple[str, list[tuple[str | None, dict[str, str]]]]], prefix: str) -> list[str]:
    """Post the webhooks of these calls; return every TwiML."""
    base, heard = town.services.settings.public_base_url, []
    for number, (sender, said) in enumerate(made):
        about = {"CallSid": f"{prefix}{number}", "From": sender}
        town._post(f"{base}/twilio/voice", about, lambda _, body: heard.append(body))
        for step, answer in said:
            with town.in_session() as session:
                row = session.query(IncomingCallRow).filter_by(sid=about["CallSid"]).one()
                path = f"{base}/twilio/voice/keys/{step or f'{row.step}.{row.turn}'}"
                if row.call_id is not None and step is None:  # it waits on the line
                    path = f"{base}/twilio/call/{row.call_id}/keys/waiting"
            town._post(path, {**about, **answer}, lambda _, body: heard.append(body))
    return [re.sub(r"/call/\d+/", "/call/N/", twiml) for twiml in heard]


_tried = iter(range(1_000_000))


@given(made=calls)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_unverified_caller_hears_anything_personal(open_town: Town, made: list) -> None:  # type: ignore[type-arg]
    prefix = f"CA{next(_tried)}-"
    for twiml in plays(open_town, made, prefix):
        assert flaw_of(twiml) is None
        for personal in PERSONAL:
            assert re.search(rf"\b{re.escape(personal)}\b", twiml) is None, personal
    with open_town.in_session() as session:
        rows = session.query(IncomingCallRow).filter(IncomingCallRow.sid.startswith(prefix)).all()
        assert not [row for row in rows if row.verified_at is not None]
        assert not [row for row in rows if row.call_id is not None and row.came_to != "peer"], "others need a PIN"


@pytest.mark.parametrize("sender", [SAM, ANA, DORA])
def test_what_is_open_changes_no_word_of_it(town: Town, sender: str) -> None:
    """A forger cannot even learn whether there is a crisis: the same calls sound the same before it and in it."""
    has_pins(town)
    made = [(sender, [(None, {"Digits": key}), (None, {"Digits": ""}), (None, {"Digits": "5"})]) for key in "0123"]
    quiet = plays(town, made, "CAquiet")
    town.sam.sends(SECRET)
    town.passes(seconds=3)
    assert [case.state for case in town.cases()]
    assert plays(town, made, "CAopen") == quiet
