"""What the code sends: every key with the values that it passes. The data is `catalogue.toml`."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files


@dataclass(frozen=True)
class Entry:
    """One message. `values`: what the code passes, with the longest honest length of each.

    `first`: the first message to a number. `nameless`: why it does not start with the programme; empty where
    it must. `opens`: the first words of a call. `keeps`: values, and words or keys to press, that no wording may lose.
    `whole`: said in the programme's name alone, never in a circle's. `fixed`: nobody writes it anew in the pages.
    """

    values: Mapping[str, int]
    first: bool = False
    nameless: str = ""
    opens: bool = False
    keeps: tuple[str, ...] = ()
    whole: bool = False
    fixed: bool = False


@cache
def catalogue() -> Mapping[tuple[str, str], Entry]:
    """Every message of the service, by kind (`sms`, `voice`) and key."""
    data = tomllib.loads(files("checkin.messages").joinpath("catalogue.toml").read_text(encoding="utf-8"))
    return {
        (kind, key): Entry(
            {**data["standing"][kind], **entry.get("values", {})},
            first=entry.get("first", False),
            nameless=entry.get("nameless", ""),
            opens=entry.get("opens", False),
            keeps=tuple(entry.get("keeps", ())),
            whole=entry.get("whole", False),
            fixed=entry.get("fixed", False),
        )
        for kind in ("sms", "voice")
        for key, entry in data[kind].items()
    }
