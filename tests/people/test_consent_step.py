"""What a file does to consent: a table, and the one thing that must never happen."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checkin.domain.consent import Consent
from checkin.handlers.people_files.members import STOPPED, Step, consent_step

T = datetime(2026, 6, 1, tzinfo=UTC)
EARLIER, LATER = T - timedelta(days=1), T + timedelta(days=1)


@pytest.mark.parametrize(
    ("state", "source", "at", "step"),
    [
        (Consent.NONE, None, None, Step.INVITE),
        (Consent.NONE, "paper", LATER, Step.OPT_IN),
        (Consent.NONE, STOPPED, EARLIER, Step.OPT_OUT),
        (Consent.INVITED, None, None, Step.KEEP),
        (Consent.INVITED, "paper", EARLIER, Step.OPT_IN),
        (Consent.INVITED, STOPPED, EARLIER, Step.OPT_OUT),
        (Consent.IN, None, None, Step.KEEP),
        (Consent.IN, "paper", LATER, Step.KEEP),
        (Consent.IN, STOPPED, LATER, Step.OPT_OUT),
        (Consent.IN, "stop", EARLIER, Step.KEEP),
        (Consent.OUT, None, None, Step.KEEP),
        (Consent.OUT, "paper", EARLIER, Step.STAYS_OUT),
        (Consent.OUT, "paper", T, Step.STAYS_OUT),
        (Consent.OUT, "paper", LATER, Step.OPT_IN),
        (Consent.OUT, STOPPED, LATER, Step.KEEP),
    ],
)
def test_what_a_line_does(state: Consent, source: str | None, at: datetime | None, step: Step) -> None:
    since = None if state is Consent.NONE else T
    assert consent_step(state, since, source, at) is step


@given(st.text(max_size=10), st.datetimes(max_value=T.replace(tzinfo=None)))
def test_no_file_opts_in_after_a_stop_with_an_older_consent(source: str, at: datetime) -> None:
    step = consent_step(Consent.OUT, T, source, at.replace(tzinfo=UTC))
    assert step in (Step.STAYS_OUT, Step.KEEP)
