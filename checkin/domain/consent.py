"""May this number be contacted, and why. Pure.

The newest consent record of a person decides; no record means no routine contact (field rule R27). A stop is
final until the member opts in again (promise P4).
"""

from enum import StrEnum


class Consent(StrEnum):
    """What the newest record says."""

    NONE = "none"
    INVITED = "invited"
    IN = "in"
    OUT = "out"


class How(StrEnum):
    """In what way a consent came or went. Whatever else a record says there, a coordinator wrote."""

    TEXT = "text"
    DECLINED = "declined"  # the invitation
    WRONG_PERSON = "wrong_person"
    KEY = "key 9 on a call"
    WORDS = "words on a call"
    SAID = "said to a coordinator"
    CARRIER = "carrier"
    IMPORTED = "import"  # from a file, or by a coordinator's hand
    API = "api"
    NUMBER_CHANGED = "number changed"


class Purpose(StrEnum):
    """What a contact is for."""

    INVITATION = "invitation"
    ROUTINE = "routine"
    ANSWER = "answer"  # to what the person just wrote
    ESCALATION = "escalation"
    OPT_OUT_ANSWER = "opt_out_answer"  # the one confirmation after STOP


def may_contact(consent: Consent, purpose: Purpose) -> bool:
    """Whether a text or call for this purpose may be written to a person of this consent.

    After STOP nothing leaves but the one confirmation (47 CFR 64.1200(a)(12)); a person may still dial by
    hand.
    """
    match purpose:
        case Purpose.OPT_OUT_ANSWER:
            return True
        case Purpose.INVITATION:
            return consent is Consent.NONE
        case Purpose.ROUTINE:
            return consent is Consent.IN
        case Purpose.ANSWER | Purpose.ESCALATION:
            return consent is not Consent.OUT
