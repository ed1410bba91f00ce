"""Texts that are read together: what each setting of how readily people are called would have made of them is true."""

import pytest

from checkin.domain.reading.bursts import together
from checkin.domain.reading.level import Need
from checkin.domain.reading.values import Calls, Context, Kind, Piece, Reading
from checkin.domain.terms import Level

OK, CONCERN, DISTRESS, CRISIS = Level.OK, Level.CONCERN, Level.DISTRESS, Level.CRISIS


@pytest.mark.parametrize(
    ("newest", "before", "whole", "together_by"),
    [
        ((DISTRESS, CONCERN, OK), OK, OK, (DISTRESS, CONCERN, OK)),
        ((DISTRESS, CONCERN, OK), OK, CONCERN, (DISTRESS, CONCERN, CONCERN)),
        ((DISTRESS, CONCERN, OK), OK, DISTRESS, (DISTRESS, DISTRESS, DISTRESS)),
        ((DISTRESS, CONCERN, OK), OK, CRISIS, (CRISIS, CRISIS, CRISIS)),
        ((CRISIS, DISTRESS, OK), OK, DISTRESS, (CRISIS, DISTRESS, DISTRESS)),
        ((CRISIS, CRISIS, OK), OK, CRISIS, (CRISIS, CRISIS, CRISIS)),
        ((DISTRESS, CONCERN, OK), CONCERN, CONCERN, (DISTRESS, CONCERN, OK)),  # the text before says as much by itself
        ((DISTRESS, CONCERN, OK), CRISIS, CRISIS, (DISTRESS, CONCERN, OK)),
    ],
)
def test_what_texts_say_together_holds_by_each_setting(newest, before, whole, together_by):
    would = dict(zip(Calls, newest, strict=True))
    context = Context(before=(Piece("i want to", Kind.WORDS, before),))
    for calls in Calls:
        reading = Reading(Kind.WORDS, would[calls], by_calls=tuple(would.items()))
        found = together(reading, "go", context, lambda words: Need(whole, (), True, "en"))
        told = dict(found.by_calls) or dict.fromkeys(Calls, found.level)
        assert tuple(told[each] for each in Calls) == together_by
        assert found.level is told[calls]
        assert len(set(told.values())) > 1 or not found.by_calls, "empty where all agree"
