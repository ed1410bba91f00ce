"""The words of a tally: one for each thing that is counted, and which steps of a case show a person."""

from collections import Counter
from enum import StrEnum


class What(StrEnum):
    """What is counted. The table that explains each stands on top of this package."""

    CHECK_IN = "check_in"
    RATING = "rating"
    ANSWER_AFTER = "answer_after"
    CASE = "case"
    HUMAN_AFTER = "human_after"
    NO_HUMAN = "no_human"
    SENT = "sent"
    SEGMENTS = "segments"
    COST = "cost"
    OPT_OUT = "opt_out"
    OFFERED = "offered"
    TAKEN = "taken"
    TALKED = "talked"


Tally = Counter[tuple[What, str]]
"""How often each thing happened."""

OF_A_TREND = frozenset({What.CHECK_IN, What.RATING, What.CASE, What.SENT, What.COST, What.OPT_OUT})
"""What is drawn from month to month."""

BROKEN_DOWN = frozenset({What.HUMAN_AFTER, What.NO_HUMAN})
"""About single escalations, as is the split of `case` by level and hour."""

PERSON_STEPS = ("joined", "messaged", "outcome")
"""Steps of a case's timeline that a person made, in touch with the member: both on the line, a coordinator's own
words, a volunteer's word of how the talk went. `relayed` is one too where it went to the member. A case that was
taken is not: who accepted may yet fail to reach the member (only the talk and its outcome are proof)."""

ENDED_BY_A_PERSON = ("settled", "follow_up", "emergency")
"""How a case may be closed by somebody who dealt with the member in a way that we did not see, such as by knocking."""

NOT_REACHED = "not_reached"
"""How a case is closed when nobody reached the member. What is left, `mistake` and `replied`, needed nobody."""
