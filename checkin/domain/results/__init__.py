"""Results: what is counted, in which words, and of whom nothing is told. Pure.

A *tally* says how often each thing happened: `(what, part) -> count`. Tallies are added; so a month is the sum of its
days, and what is kept is the same as what is counted anew. Every figure of a page is read from one tally.

| what | part | counts |
|---|---|---|
| `check_in` | its state | check-ins that were due, by how they stand |
| `rating` | 0 … 5 | answered check-ins, by the rating that was given |
| `answer_after` | seconds | answered check-ins, by the time from the question to the answer |
| `case` | level:hour | escalations opened, by level and by the hour of the day in the zone |
| `human_after` | seconds | escalations, by the time from their opening to the first person |
| `no_human` | why | escalations without one: `waiting`, `not_reached`, `not_needed` |
| `sent` | text, call | what was handed to the carrier |
| `segments` | – | texts as the carrier counts them, where it has said so |
| `cost` | currency | what the carrier charged for those, in millionths |
| `opt_out` | – | times that a member who had not done so asked for no more contact |
| `offered`, `taken`, `talked` | a volunteer | cases offered to and taken by them; seconds of talk with members |
"""

from checkin.domain.results.figures import Figures, Spread, spread
from checkin.domain.results.periods import Days, Period, Piece, days_of, months_of, pieces, the_one_before
from checkin.domain.results.report import Report
from checkin.domain.results.spans import ceiling
from checkin.domain.results.told import FEWEST, Hidden, hidden_of
from checkin.domain.results.what import PERSON_STEPS, Tally, What

__all__ = [
    "FEWEST",
    "PERSON_STEPS",
    "Days",
    "Figures",
    "Hidden",
    "Period",
    "Piece",
    "Report",
    "Spread",
    "Tally",
    "What",
    "ceiling",
    "days_of",
    "hidden_of",
    "months_of",
    "pieces",
    "spread",
    "the_one_before",
]
