"""Signs with a meaning, as words that a lexicon and the model can hold: a pill, a weapon, tears, a good face."""

_WORDS = {
    "signpill": "💊💉",
    "signweapon": "🔪🗡🔫🪓🪒",
    "signgrave": "⚰🪦⚱",
    "signblood": "🩸",
    "signsos": "🆘🚨",
    "signphone": "☎📞📱🤙📲",
    "signtears": "😭",
    "signsad": "😢😿😞😔☹🙁😟🥺😥",
    "signworn": "😩😫😖😣🥴",
    "signfear": "😰😨😱😧",
    "signheartbreak": "💔",
    "signskull": "💀☠",
    "signlaughing": "😂🤣😹😆",
    "signgood": "👍😀😃😄😁😊🙂☺❤🥰😍👌💪😎🎉💚💙💛💜🧡✅🌞☀🌈🎂🥳😇🤗",
    "signpray": "🙏",
    "signdrink": "🍺🍻🍷🥃🍸🍾",
    "signdove": "🕊👼",
    "signbad": "👎",
}
_GOOD = ("signlaughing", "signgood", "signpray")
_SAD = (
    *("signpill", "signweapon", "signgrave", "signblood", "signtears", "signsad", "signworn", "signfear"),
    *("signheartbreak", "signbad"),
)
_OF = str.maketrans({sign: f" {word} " for word, signs in _WORDS.items() for sign in signs})


def told(text: str) -> str:
    """A text with its signs as words; what has none stays as it is."""
    return text if text.isascii() else text.translate(_OF)


def is_sad(text: str) -> bool:
    """Whether a sign in it is a reason for a person to look."""
    return _has(text, _SAD)


def is_good(text: str) -> bool:
    """Whether a sign in it says that all is well, where nothing says otherwise."""
    return _has(text, _GOOD)


def _has(text: str, kinds: tuple[str, ...]) -> bool:
    return not text.isascii() and any(sign in text for kind in kinds for sign in _WORDS[kind])
