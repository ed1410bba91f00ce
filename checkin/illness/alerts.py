"""Alerts by Apprise: mail, chat and whatever else the operator named. Straight from the process that calls it."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

from apprise import Apprise, AppriseAsset

from checkin.domain.illness import Alert, Severity, Spell, comes_and_goes
from checkin.domain.illness_policy import IllnessPolicy
from checkin.settings import BadSettings

_MOST_AT_ONCE = 8


class Alerts:
    """The addresses of ALERT_URLS. They are secrets: only their schemes are ever said.

    Raises BadSettings for an address that Apprise does not know.
    """

    def __init__(self, urls: Sequence[str]) -> None:
        asset = AppriseAsset(
            app_id="Check-in", app_desc="Check-in service", app_url="", image_url_mask="", async_mode=False
        )
        self._addresses: list[tuple[str, Apprise]] = []
        for place, url in enumerate(urls, start=1):
            scheme, address = url.partition("://")[0], Apprise(asset=asset)
            if not address.add(url):
                raise BadSettings(
                    f"ALERT_URLS: address {place} ({scheme}://) cannot be used: see Apprise's page on that service."
                )
            self._addresses.append((scheme, address))

    def __len__(self) -> int:
        return len(self._addresses)

    def send(self, title: str, body: str) -> list[tuple[str, bool]]:
        """Send to all addresses side by side; each one's scheme and whether it took it."""
        if not self._addresses:
            return []
        with ThreadPoolExecutor(min(len(self._addresses), _MOST_AT_ONCE), thread_name_prefix="alert") as hands:
            taken = list(hands.map(lambda address: _sent(address[1], title, body), self._addresses))
        return [(scheme, took) for (scheme, _), took in zip(self._addresses, taken, strict=True)]


def _sent(address: Apprise, title: str, body: str) -> bool:
    try:
        return bool(address.notify(body=body, title=title))
    except Exception:  # noqa: BLE001 - a plug-in of a service may raise anything; the answer is "it did not take it"
        return False


def alert_words(spells: Sequence[Spell], policy: IllnessPolicy) -> tuple[str, str]:
    """Title and body of one alert about these spells."""
    ill = [spell for spell in spells if spell.alert is Alert.ILL]
    well = [spell for spell in spells if spell.alert is Alert.WELL]
    serious = any(spell.severity is Severity.SERIOUS for spell in ill)
    title = "Check-in is ill: look now" if serious else "Check-in is ill" if ill else "Check-in is well again"
    lines = [
        f"{spell.severity.value}, since {spell.since:%Y-%m-%d %H:%M} UTC: {spell.what}{_often(spell, policy)}"
        for spell in ill
    ]
    lines += [f"well again: {spell.key}, ill since {spell.since:%Y-%m-%d %H:%M} UTC" for spell in well]
    return title, "\n".join(lines)


def _often(spell: Spell, policy: IllnessPolicy) -> str:
    if not comes_and_goes(spell, policy):
        return ""
    return " It comes and goes: no more is said of it until it has been well for a while."
