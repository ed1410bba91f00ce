"""The days on which nobody is asked: dates that were named, and a country's holidays."""

from collections.abc import Collection, Iterable
from datetime import date, datetime
from functools import lru_cache


class BadHolidays(ValueError):
    """A country or region whose holidays nobody knows: one sentence."""


def left_out(skip: Iterable[str], holidays: str, kept: Collection[str], after: datetime) -> frozenset[date]:
    """The dates to leave out from a moment on, two years far. `holidays`: such as US or US-CA; empty for none.

    `kept`: holidays on which they are asked all the same.
    """
    named = frozenset(date.fromisoformat(day) for day in skip)
    if not holidays:
        return named
    coming = {**holidays_of(holidays, after.year), **holidays_of(holidays, after.year + 1)}
    return named | frozenset(day for day in coming if day.isoformat() not in kept)


@lru_cache(maxsize=256)
def holidays_of(place: str, year: int) -> dict[date, str]:
    """A year's public holidays, and what they are called. Raises BadHolidays."""
    import holidays as library  # large: only where somebody skips holidays

    country, _dash, region = place.partition("-")
    try:
        found = library.country_holidays(country, subdiv=region or None, years=year)
    except (NotImplementedError, AttributeError, KeyError):
        raise BadHolidays(f"nobody knows the holidays of {place[:12]}; choose another country or region") from None
    return dict(found.items())


@lru_cache(maxsize=1)
def countries() -> dict[str, tuple[str, ...]]:
    """The countries whose holidays are known, and their regions."""
    import holidays as library

    known = library.list_supported_countries(include_aliases=False)
    return {country: tuple(regions) for country, regions in known.items() if len(country) == 2}


@lru_cache(maxsize=64)
def regions(country: str) -> dict[str, tuple[str, ...]]:
    """The regions of a country whose holidays are known, by their short names: what they are called in words."""
    import holidays as library

    if country not in countries():
        return {}
    known = library.country_holidays(country)
    words = known.get_subdivision_aliases()
    return {code: tuple(words.get(code) or (code,)) for code in known.subdivisions}


def region_named(country: str, named: str) -> str | None:
    """The short name of a region that was written in words, or shortly; None where there is none such."""
    wanted = named.strip().casefold()
    for code, words in regions(country).items():
        if wanted in (code.casefold(), *(each.casefold() for each in words)):
            return code
    return None
