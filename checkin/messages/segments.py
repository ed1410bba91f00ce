"""How many segments a text takes, and in which alphabet. Source: 3GPP TS 23.038 (GSM-7 and its extension)."""

from dataclasses import dataclass

_BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_EXTENDED = frozenset("^{}\\[~]|€\f")
_FOLDED = str.maketrans(
    {
        "\u2018": "'",
        "\u2019": "'",
        "\u201c": '"',
        "\u201d": '"',
        "\u2013": "-",
        "\u2014": "-",
        "\u2026": "...",
        "\u00a0": " ",
        "\u202f": " ",
    }
)


@dataclass(frozen=True)
class Segments:
    """`units` are septets for GSM-7 and UTF-16 code units for UCS-2."""

    encoding: str
    units: int
    count: int


def segments(text: str) -> Segments:
    """Count the segments of a text."""
    if not not_gsm7(text):
        units = sum(2 if sign in _EXTENDED else 1 for sign in text)
        return Segments("GSM-7", units, 1 if units <= 160 else -(-units // 153))
    units = len(text.encode("utf-16-le")) // 2
    return Segments("UCS-2", units, 1 if units <= 70 else -(-units // 67))


def not_gsm7(text: str) -> frozenset[str]:
    """The signs of a text that GSM-7 lacks; one of them makes the whole text UCS-2."""
    return frozenset(text) - _BASIC - _EXTENDED


def folded(text: str) -> str:
    """The text with typographic signs replaced that would double its price: quotes, dashes, hard spaces."""
    return text.translate(_FOLDED)
