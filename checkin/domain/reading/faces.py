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
}
_OF = str.maketrans({sign: f" {word} " for word, signs in _WORDS.items() for sign in signs})


def told(text: str) -> str:
    """A text with its signs as words; what has none stays as it is."""
    return text if text.isascii() else text.translate(_OF)
