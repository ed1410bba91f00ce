"""A schedule in words, in both languages: as people say it, and the truth about what cannot be drawn."""

from datetime import date

import pytest

from checkin.domain.recurrence import parse_schedule
from checkin.domain.schedule_words import in_words, next_in_words

TODAY = date(2026, 11, 24)
RULE = "DTSTART:20261001T180000 RRULE:FREQ="


@pytest.mark.parametrize(
    ("text", "english", "spanish"),
    [
        ("TU,TH 18:00", "every Tuesday and Thursday at 6 pm", "cada martes y jueves a las 18:00"),
        ("TU,TH,SU 18:00", "every Tuesday, Thursday and Sunday at 6 pm", "cada martes, jueves y domingo a las 18:00"),
        ("daily 9:30", "every day at 9:30 am", "cada día a las 9:30"),
        ("MO 12:00", "every Monday at 12 pm", "cada lunes a las 12:00"),
        ("MO 0:30,1:00", "every Monday at 12:30 am and 1 am", "cada lunes a las 0:30 y a la 1:00"),
        ("MO-FR 9:00", "from Monday to Friday at 9 am", "de lunes a viernes a las 9:00"),
        (
            "TU 9:00,18:00; TH 18:00",
            "every Tuesday at 9 am and 6 pm, and every Thursday at 6 pm",
            "cada martes a las 9:00 y a las 18:00, y cada jueves a las 18:00",
        ),
        (
            f"{RULE}WEEKLY;INTERVAL=2;BYDAY=MO",
            "every 2 weeks on Monday at 6 pm",
            "cada 2 semanas, el lunes a las 18:00",
        ),
        (
            f"{RULE}WEEKLY;INTERVAL=2;BYDAY=MO,TH;BYHOUR=9,18;BYMINUTE=0",
            "every 2 weeks on Monday and Thursday at 9 am and 6 pm",
            "cada 2 semanas, el lunes y el jueves a las 9:00 y a las 18:00",
        ),
        (
            f"{RULE}MONTHLY;BYDAY=1MO",
            "on the first Monday of each month at 6 pm",
            "el primer lunes de cada mes a las 18:00",
        ),
        (
            f"{RULE}MONTHLY;BYDAY=1FR,-1FR",
            "on the first and last Friday of each month at 6 pm",
            "el primer y último viernes de cada mes a las 18:00",
        ),
        (f"{RULE}MONTHLY;BYMONTHDAY=15", "on the 15th of each month at 6 pm", "el día 15 de cada mes a las 18:00"),
        (
            f"{RULE}MONTHLY;BYMONTHDAY=1,22,-1",
            "on the 1st, 22nd and last day of each month at 6 pm",
            "los días 1 y 22 y el último día de cada mes a las 18:00",
        ),
        (
            f"{RULE}MONTHLY;BYMONTHDAY=31",
            "on the 31st of each month at 6 pm, in the months that have it",
            "el día 31 de cada mes a las 18:00, en los meses que lo tienen",
        ),
        (
            f"{RULE}MONTHLY;INTERVAL=3;BYMONTHDAY=11",
            "every 3 months, on the 11th at 6 pm",
            "cada 3 meses, el día 11 a las 18:00",
        ),
        (f"{RULE}DAILY;INTERVAL=3", "every 3 days at 6 pm", "cada 3 días a las 18:00"),
        (f"{RULE}YEARLY", "every year on 1 October at 6 pm", "cada año el 1 de octubre a las 18:00"),
        (
            f"{RULE}WEEKLY;COUNT=5",
            "every Thursday at 6 pm, 5 times in all",
            "cada jueves a las 18:00, 5 veces en total",
        ),
        (
            f"{RULE}WEEKLY;UNTIL=20261224",
            "every Thursday at 6 pm, until 24 December 2026",
            "cada jueves a las 18:00, hasta el 24 de diciembre de 2026",
        ),
        (
            "DTSTART:20261201T180000 RRULE:FREQ=WEEKLY;BYDAY=WE",
            "every Wednesday at 6 pm, from Wed 2 Dec on",
            "cada miércoles a las 18:00, desde el mié 2 dic",
        ),
        (
            f"{RULE}MONTHLY;BYDAY=FR;BYMONTHDAY=13",
            "by a calendar rule that has no plain words (FREQ=MONTHLY;BYDAY=FR;BYMONTHDAY=13)",
            "según una regla de calendario que no tiene palabras sencillas (FREQ=MONTHLY;BYDAY=FR;BYMONTHDAY=13)",
        ),
    ],
)
def test_a_schedule_is_said_as_people_say_it(text: str, english: str, spanish: str) -> None:
    schedule = parse_schedule(text, TODAY)
    assert in_words(schedule, "en", TODAY) == english
    assert in_words(schedule, "es", TODAY) == spanish
    assert in_words(schedule, "fr", TODAY) == english


def test_the_next_day_is_named_shortly_with_its_year_where_that_is_another() -> None:
    assert next_in_words(date(2026, 12, 1), "en", TODAY) == "next: Tue 1 Dec"
    assert next_in_words(date(2026, 12, 1), "es", TODAY) == "próximo: mar 1 dic"
    assert next_in_words(date(2027, 9, 4), "en", TODAY) == "next: Sat 4 Sep 2027"
    assert next_in_words(date(2027, 9, 4), "es", TODAY) == "próximo: sáb 4 sept 2027"
