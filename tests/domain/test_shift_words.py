"""How texts name weeks, days and dates, in the reader's language."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from checkin.domain.on_call import parse_shifts
from checkin.domain.shift_words import date_words, day_and_clock, week_words

NEW_YORK = ZoneInfo("America/New_York")
AT = datetime(2026, 12, 2, 3, 0, tzinfo=UTC)  # Tuesday, 22:00 in New York


@pytest.mark.parametrize(
    ("shifts", "english", "spanish"),
    [
        ("always", "always", "siempre"),
        ("MO-FR 09:00-21:00; SA 10:00-14:00", "Mon-Fri 9 am-9 pm; Sat 10 am-2 pm", "lun-vie 9-21 h; sab 10-14 h"),
        ("TU,TH 18:30-22:00", "Tue,Thu 6:30 pm-10 pm", "mar,jue 18:30-22 h"),
        ("FR-SU 22:00-06:00", "Fri-Sun 10 pm-6 am", "vie-dom 22-6 h"),
        ("SA,SU 00:00-24:00", "Sat,Sun 12 am-12 am", "sab,dom 0-24 h"),
    ],
)
def test_a_week(shifts: str, english: str, spanish: str) -> None:
    assert week_words(parse_shifts(shifts), "en", 90) == english
    assert week_words(parse_shifts(shifts), "es-MX", 90) == spanish


def test_a_week_ends_with_a_whole_shift_where_there_is_no_room() -> None:
    shifts = parse_shifts("; ".join(f"{day} 09:00-17:30" for day in ("MO", "TU", "WE", "TH", "FR", "SA", "SU")))
    assert week_words(shifts, "en", 60) == "Mon 9 am-5:30 pm; Tue 9 am-5:30 pm; Wed 9 am-5:30 pm"


def test_a_day_and_a_date() -> None:
    assert (day_and_clock(AT, NEW_YORK, "en"), day_and_clock(AT, NEW_YORK, "es")) == ("Tue 22:00", "mar 22:00")
    assert (date_words(AT, NEW_YORK, "en"), date_words(AT, NEW_YORK, "es")) == ("1 Dec", "1 dic")
