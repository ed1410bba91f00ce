"""For how long what people left with us is kept."""

from dataclasses import dataclass

FEWEST_DAYS, MOST_DAYS = 30, 365
"""Of words (field rule R63): a coordinator must be able to look back, and nobody for years."""


@dataclass(frozen=True)
class VoicemailPolicy:
    """Where what callers leave is kept, for how many days, and who writes it down; see policy.toml."""

    here: bool
    keep_days: int
    longest: int
    transcribe: bool
    transcript_within: int


@dataclass(frozen=True)
class Retention:
    """For how many days words are kept; see policy.toml."""

    words_days: int
