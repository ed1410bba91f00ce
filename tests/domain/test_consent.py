"""May this number be contacted: STOP is final (promise P4)."""

import pytest

from checkin.domain.consent import Consent, Purpose, may_contact

ALLOWED = {
    Consent.NONE: {Purpose.INVITATION, Purpose.ANSWER, Purpose.ESCALATION, Purpose.OPT_OUT_ANSWER},
    Consent.INVITED: {Purpose.ANSWER, Purpose.ESCALATION, Purpose.OPT_OUT_ANSWER},
    Consent.IN: {Purpose.ROUTINE, Purpose.ANSWER, Purpose.ESCALATION, Purpose.OPT_OUT_ANSWER},
    Consent.OUT: {Purpose.OPT_OUT_ANSWER},
}


@pytest.mark.parametrize("consent", list(Consent))
@pytest.mark.parametrize("purpose", list(Purpose))
def test_what_may_be_written_to_whom(consent: Consent, purpose: Purpose) -> None:
    assert may_contact(consent, purpose) is (purpose in ALLOWED[consent])


def test_after_stop_nothing_but_the_one_confirmation() -> None:
    assert [purpose for purpose in Purpose if may_contact(Consent.OUT, purpose)] == [Purpose.OPT_OUT_ANSWER]
