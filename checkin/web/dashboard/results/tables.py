"""The tables behind the charts, in the reader's language."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from checkin.domain.results import Figures, Report
from checkin.domain.results.figures import LEVELS
from checkin.web.dashboard.language import _
from checkin.web.dashboard.results import words
from checkin.web.dashboard.results.words import mean, money, number, percent
from checkin.web.dashboard.shown import duration_words

_NONE = "–"


@dataclass(frozen=True)
class Table:
    """Words in rows. The first cell of each names it."""

    caption: str
    heads: Sequence[str]
    rows: Sequence[Sequence[str]]


def tables(report: Report, names: dict[int, str]) -> dict[str, Table]:
    """All of them, by the chart that each stands behind."""
    newest_first = list(report.months.items())[::-1]
    found = {
        "rate": _by_month(
            newest_first,
            _("Answered, by month"),
            {
                _("Asked"): lambda f: number(f.asked),
                _("Answered"): lambda f: number(f.answered),
                _("Share"): lambda f: _NONE if f.response_rate is None else percent(f.response_rate),
                _("Missed"): lambda f: number(f.missed),
                _("Never arrived"): lambda f: number(f.unreached),
            },
        ),
        "mood": _by_month(
            newest_first,
            _("Mean rating, by month"),
            {
                _("Mean"): lambda f: _NONE if f.mood is None else mean(f.mood),
                _("Ratings"): lambda f: number(sum(f.ratings.values())),
            },
        ),
        "texts": _by_month(
            newest_first,
            _("Texts, by month"),
            {
                _("Texts"): lambda f: number(f.texts),
                _("Calls"): lambda f: number(f.calls),
                _("Cost so far"): lambda f: money(f.costs) or _NONE,
            },
        ),
        "opt_outs": _by_month(
            newest_first, _("No more contact, by month"), {_("Asked for it"): lambda f: number(f.opt_outs)}
        ),
        "hours": _hours(report.now),
        "ratings": _ratings(report),
        "human": _waits(report),
        "load": _load(report.now, names),
    }
    return found


def _by_month(
    months: Sequence[tuple[date, Figures | None]], caption: str, columns: Mapping[str, Callable[[Figures], str]]
) -> Table:
    rows = [
        [words.month_name(month), *(_NONE if figures is None else cell(figures) for cell in columns.values())]
        for month, figures in months
    ]
    return Table(caption, [_("Month"), *columns], rows)


def _hours(now: Figures) -> Table:
    names = {"crisis": _("crisis"), "distress": _("distress"), "concern": _("concern")}
    rows = [
        [f"{hour:02d}:00", *(number(counts[level]) for level in LEVELS), number(sum(counts.values()))]
        for hour, counts in enumerate(now.by_hour)
        if any(counts.values())
    ]
    heads = [_("Hour of the day"), *(names[level] for level in LEVELS), _("Together")]
    return Table(_("Cases by hour of the day and level"), heads, rows)


def _ratings(report: Report) -> Table:
    now, past = report.now.ratings, report.past.ratings if report.past is not None else None
    rows = [
        [str(rating), number(now.get(rating, 0)), _NONE if past is None else number(past.get(rating, 0))]
        for rating in range(6)
    ]
    return Table(_("How often each rating was given"), [_("Rating"), _("In the period"), _("Before")], rows)


def _waits(report: Report) -> Table:
    now, past = report.now.human_after, report.past.human_after if report.past is not None else None
    ranks = (("median", _("half, within")), ("ninetieth", _("nine of ten")), ("worst", _("the longest")))
    rows = [
        [
            label,
            _NONE if now is None else duration_words(getattr(now, rank)),
            _NONE if past is None else duration_words(getattr(past, rank)),
        ]
        for rank, label in ranks
    ]
    return Table(_("Time to a person"), ["", _("In the period"), _("Before")], rows)


def _load(now: Figures, names: dict[int, str]) -> Table:
    rows = [
        [
            names.get(volunteer) or _("Volunteer %(number)s", number=place),
            number(offered),
            number(taken),
            duration_words(talked) if talked else _NONE,
        ]
        for place, (volunteer, (offered, taken, talked)) in enumerate(now.load.items(), 1)
    ]
    return Table(_("What each volunteer carried"), [_("Volunteer"), _("Offered"), _("Taken"), _("Talked")], rows)
