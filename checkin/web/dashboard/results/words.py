"""Each figure said in a sentence of plain words, and compared with the period before."""

from collections.abc import Iterator
from datetime import date

from babel.dates import format_date, format_skeleton
from babel.numbers import format_currency, format_decimal, format_percent

from checkin.domain.results import Days, Figures, Report, Spread
from checkin.domain.results.what import What
from checkin.web.dashboard.language import _, locale, ngettext
from checkin.web.dashboard.shown import duration_words


def number(figure: float) -> str:
    """A figure, in the reader's way."""
    return str(format_decimal(figure, locale=locale()))


def percent(share: float) -> str:
    """A share in hundredths, without a fraction."""
    return str(format_percent(share, locale=locale()))


def mean(figure: float) -> str:
    """A mean with one place."""
    return str(format_decimal(figure, "0.0", locale=locale()))


def money(costs: dict[str, float]) -> str:
    """What was charged, by currency."""
    return " + ".join(str(format_currency(amount, currency, locale=locale())) for currency, amount in costs.items())


def month_name(month: date) -> str:
    """A month and its year."""
    return str(format_skeleton("yMMMM", month, locale=locale()))


def days_name(days: Days) -> str:
    """A period as a heading says it."""
    if not days.are_months:
        return f"{_day(days.first)} – {_day(days.last)}"
    last = days.last.replace(day=1)
    return month_name(last) if last == days.first else f"{month_name(days.first)} – {month_name(last)}"


def _day(day: date) -> str:
    return str(format_date(day, "long", locale=locale()))


def when(days: Days) -> str:
    """A period as a sentence begins with it."""
    if not days.are_months:
        return _("From %(first)s to %(last)s", first=_day(days.first), last=_day(days.last))
    last = days.last.replace(day=1)
    if last == days.first:
        return _("In %(month)s", month=month_name(last))
    same = days.first.year == last.year
    first = str(format_date(days.first, "LLLL", locale=locale())) if same else month_name(days.first)
    return _("From %(first)s to %(last)s", first=first, last=month_name(last))


def check_ins(report: Report) -> Iterator[str]:
    """How many were answered, and what became of the others."""
    now, past = report.now, report.past
    if now.response_rate is not None:
        yield ngettext(
            "%(when)s, %(answered)s of %(count)s check-in was answered (%(rate)s).",
            "%(when)s, %(answered)s of %(count)s check-ins were answered (%(rate)s).",
            now.ended,
            when=when(report.days),
            answered=number(now.answered),
            count=number(now.ended),
            rate=percent(now.response_rate),
        )
        if past is not None and past.response_rate is not None:
            yield _(
                "%(when)s it was %(rate)s (%(answered)s of %(count)s).",
                when=when(report.before),
                rate=percent(past.response_rate),
                answered=number(past.answered),
                count=number(past.ended),
            )
        yield _(
            "Missed: %(missed)s. Never arrived: %(unreached)s.",
            missed=number(now.missed),
            unreached=number(now.unreached),
        )
    if now.waiting:
        yield ngettext(
            "%(count)s still waits for its answer and is not in the share.",
            "%(count)s still wait for their answer and are not in the share.",
            now.waiting,
            count=number(now.waiting),
        )


def answer_after(report: Report) -> Iterator[str]:
    """How long an answer took."""
    took = report.now.answer_after
    if took is None:
        return
    yield _(
        "Half of the answers came within %(median)s, nine of ten within %(ninetieth)s.",
        median=duration_words(took.median),
        ninetieth=duration_words(took.ninetieth),
    )
    past = report.past.answer_after if report.past is not None else None
    if past is not None:
        yield _("%(when)s half came within %(median)s.", when=when(report.before), median=duration_words(past.median))


def mood(report: Report) -> Iterator[str]:
    """How members rated their day."""
    now, past = report.now, report.past
    if now.mood is None:
        yield _("Nobody gave a rating.")
        return
    count = sum(now.ratings.values())
    yield ngettext(
        "On average members rated how they were %(mean)s of 5 (%(count)s rating).",
        "On average members rated how they were %(mean)s of 5 (%(count)s ratings).",
        count,
        mean=mean(now.mood),
        count=number(count),
    )
    if past is not None and past.mood is not None:
        yield _("%(when)s it was %(mean)s.", when=when(report.before), mean=mean(past.mood))
    low = now.ratings.get(0, 0) + now.ratings.get(1, 0)
    if low:
        yield _("%(share)s were a 0 or a 1: asking for a person, or rough.", share=percent(low / count))


def cases(report: Report) -> Iterator[str]:
    """How many escalations there were."""
    now, past = report.now, report.past
    yield ngettext(
        "%(when)s, %(count)s case was opened.",
        "%(when)s, %(count)s cases were opened.",
        now.cases,
        when=when(report.days),
        count=number(now.cases),
    )
    if past is not None:
        yield ngettext(
            "%(when)s it was %(count)s.",
            "%(when)s there were %(count)s.",
            past.cases,
            when=when(report.before),
            count=number(past.cases),
        )
    if now.broken_down:
        levels = {"crisis": _("crisis"), "distress": _("distress"), "concern": _("concern")}
        parts = [f"{number(count)} {levels[level]}" for level, count in now.by_level.items()]
        yield _("By level: %(levels)s.", levels=", ".join(parts))
    if report.has_narrow:
        yield too_few_cases(now)


def too_few_cases(now: Figures) -> str:
    """Why some escalations are in no breakdown."""
    if not now.broken_down:
        return _("Level, hour and waiting time are not shown: the cases are about fewer than five members.")
    return _(
        "%(count)s of them are in no breakdown: in their circle they are about fewer than five members.",
        count=number(now.cases - now.broken_down),
    )


def human_after(report: Report) -> Iterator[str]:
    """How long members in need waited for a person."""
    took = report.now.human_after
    past = report.past.human_after if report.past is not None else None
    if took is not None:
        yield _(
            "Half of those in need were in touch with a person within %(median)s, nine of ten within %(ninetieth)s. "
            "The longest wait was %(worst)s.",
            **_ranks(took),
        )
    if past is not None:
        yield _(
            "%(when)s: within %(median)s, within %(ninetieth)s, the longest %(worst)s.",
            when=when(report.before),
            **_ranks(past),
        )
    without = report.now.no_human
    if without.get("not_reached"):
        yield ngettext(
            "In %(count)s case nobody reached the member.",
            "In %(count)s cases nobody reached the member.",
            without["not_reached"],
            count=number(without["not_reached"]),
        )
    if without.get("waiting"):
        yield ngettext(
            "%(count)s member still waits.",
            "%(count)s members still wait.",
            without["waiting"],
            count=number(without["waiting"]),
        )
    if took is None and not without:
        yield _("Nothing to tell.")


def _ranks(took: Spread) -> dict[str, str]:
    return {rank: duration_words(getattr(took, rank)) for rank in ("median", "ninetieth", "worst")}


def load(report: Report) -> Iterator[str]:
    """What volunteers carried."""
    found = report.now.load
    taken, talked = report.now.of(What.TAKEN).total(), report.now.of(What.TALKED).total()
    took = sum(1 for _offered, count, _talked in found.values() if count)
    if not found:
        yield _("No case was offered to a volunteer.")
        return
    yield ngettext(
        "%(count)s case was taken, by %(volunteers)s of %(asked)s volunteers who were asked.",
        "%(count)s cases were taken, by %(volunteers)s of %(asked)s volunteers who were asked.",
        taken,
        count=number(taken),
        volunteers=number(took),
        asked=number(len(found)),
    )
    if report.now.busiest is not None:
        yield _("Whoever took most took %(most)s.", most=number(report.now.busiest))
    if talked:
        yield _("They talked with members for %(span)s.", span=duration_words(talked))


def texts(report: Report) -> Iterator[str]:
    """What left, and what it cost."""
    now, past = report.now, report.past
    yield _(
        "%(when)s, %(texts)s texts and %(calls)s calls left.",
        when=when(report.days),
        texts=number(now.texts),
        calls=number(now.calls),
    )
    if now.costs:
        yield _("The carrier has charged %(cost)s for them so far.", cost=money(now.costs))
    elif now.texts or now.calls:
        yield _("The carrier has not said yet what they cost.")
    if past is not None and past.costs:
        yield _("%(when)s it was %(mean)s.", when=when(report.before), mean=money(past.costs))


def opt_outs(report: Report) -> Iterator[str]:
    """Who asked for no more contact: how often that was."""
    now, past = report.now, report.past
    yield ngettext(
        "No more contact was asked for %(count)s time.",
        "No more contact was asked for %(count)s times.",
        now.opt_outs,
        count=number(now.opt_outs),
    )
    if past is not None:
        yield ngettext(
            "%(when)s it was %(count)s.",
            "%(when)s there were %(count)s.",
            past.opt_outs,
            when=when(report.before),
            count=number(past.opt_outs),
        )


def left_out(report: Report) -> Iterator[str]:
    """Why something is not shown."""
    hidden = report.hidden
    if hidden.empty:
        yield _("%(when)s nobody was asked, so there is nothing to tell.", when=when(report.days))
        return
    if not report.is_told:
        yield _(
            "%(when)s fewer than five members were asked. Nothing is shown: each figure would be about somebody.",
            when=when(report.days),
        )
        return
    if hidden.circles:
        yield ngettext(
            "%(count)s circle is left out of all figures: fewer than five of its members were asked.",
            "%(count)s circles are left out of all figures: fewer than five members of each were asked.",
            len(hidden.circles),
            count=number(len(hidden.circles)),
        )
    if hidden.months:
        yield _(
            "Left out, where fewer than five members of a circle were asked: %(months)s.",
            months=", ".join(month_name(month) for month in hidden.months),
        )
    if report.past is None:
        yield _("There is nothing to compare with: %(days)s had too few members.", days=days_name(report.before))


def short_month(month: date) -> str:
    """A month on an axis; January with its year."""
    if month.month == 1:
        return str(format_date(month, "y", locale=locale()))
    return str(format_date(month, "LLL", locale=locale())).rstrip(".")
