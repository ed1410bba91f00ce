"""What the rows tell of the carrier: busy, unsure, refusing, filtering, unread; and what it says of the account."""

from collections import Counter
from collections.abc import Iterable
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from checkin.carrier.port import ACCOUNT_ILL, Balance, Carrier, CarrierBusy, CarrierError, CarrierRefused, Refusal
from checkin.domain.illness import Ailment, Part, Severity
from checkin.domain.illness_policy import IllnessPolicy
from checkin.domain.terms import Lane
from checkin.store import catch_up, signs

ERROR_WORDS = (*(refusal.value for refusal in Refusal), "busy", "unsure", "gave_up")
"""Every word that the error of a delivery starts with."""

_FILTERED = frozenset({"filtered:30007", "account:30034", "account:30032", "account:30035"})
"""A carrier's filter, and numbers that are not registered or verified (A2P 10DLC, toll-free)."""
_OF_ONE_NUMBER = frozenset({"bad_number", "opted_out", "landline", "unreachable", "expired", "filtered", "gone"})
_WAITS_AT_MOST = timedelta(days=1)
"""Every delivery has given up by then; older rows need not be read."""
_ACCOUNT = f"busy:{ACCOUNT_ILL}"
_NO_BALANCES = "404"
"""Who speaks the carrier's API need not have balances. A wrong address shows when something is sent."""
_CREDENTIALS = "The carrier refuses our account: see TWILIO_AUTH_TOKEN, and whether the account is suspended."


def carrier_ailments(session: Session, now: datetime, policy: IllnessPolicy) -> Iterable[Ailment]:
    """What deliveries met, and whether it is known what came in."""
    waiting = signs.waiting_for_carrier(session, now - _WAITS_AT_MOST)
    yield from _waiting(waiting, policy)
    since = now - timedelta(seconds=policy.carrier_window)
    urgent = signs.carrier_errors(session, since, urgent=True)
    yield from _refused(signs.carrier_errors(session, since), urgent, policy)
    yield from _unread(catch_up.read_until(session), now, policy)


def _waiting(waiting: Counter[tuple[str, str]], policy: IllnessPolicy) -> Iterable[Ailment]:
    if any(error == _ACCOUNT for _, error in waiting):
        yield Ailment("carrier_account", Part.CARRIER, Severity.SERIOUS, _CREDENTIALS)
    others = {key: count for key, count in waiting.items() if key[1] != _ACCOUNT}
    urgent = any(lane == Lane.URGENT.value for lane, _ in others)
    if urgent or sum(others.values()) >= policy.waiting_for_carrier:
        said = ", ".join(sorted({error.removeprefix("busy:") for _, error in others}))
        what = f"The carrier is busy or gives no answer ({said}): see its status page, and this machine's network."
        yield Ailment("carrier_busy", Part.CARRIER, Severity.SERIOUS, what)


def _refused(errors: Counter[str], urgent: Counter[str], policy: IllnessPolicy) -> Iterable[Ailment]:
    filtered = sum(count for error, count in errors.items() if error in _FILTERED)
    if filtered:
        severity = Severity.SERIOUS if filtered >= policy.filtered_serious else Severity.MILD
        what = (
            f"Carriers filter our texts ({_codes(error for error in errors if error in _FILTERED)}): "
            "see that the number is registered (A2P 10DLC, toll-free), and what the texts say."
        )
        yield Ailment("carrier_filters", Part.CARRIER, severity, what)
    refused = {
        error: count
        for error, count in errors.items()
        if error not in _FILTERED
        and not error.startswith(("busy", "unsure"))
        and error.partition(":")[0] not in _OF_ONE_NUMBER
    }
    of_the_account = any(error.startswith("account") for error in refused)
    if of_the_account or sum(refused.values()) >= policy.refused_persons:
        what = f"The carrier refuses what we send ({_codes(refused)}): look the numbers up in its error list."
        rings_nobody = any(error.startswith("account") for error in urgent)  # no phone rings, whoever cries
        yield Ailment("carrier_refuses", Part.CARRIER, Severity.SERIOUS if rings_nobody else Severity.MILD, what)


def _unread(read_until: datetime | None, now: datetime, policy: IllnessPolicy) -> Iterable[Ailment]:
    """Until then all is here that came in; a webhook that was lost since then is found by nobody (promise P7)."""
    if read_until is not None and now - read_until > timedelta(seconds=policy.log_late_after):
        what = (
            f"The carrier's log has not been taken in since {read_until:%Y-%m-%d %H:%M} UTC: what a lost webhook lost "
            "stays lost. See why in the clock's log (carrier_log_not_read, catch_up_failed)."
        )
        yield Ailment("carrier_log", Part.CARRIER, Severity.MILD, what)


def _codes(errors: Iterable[str]) -> str:
    return ", ".join(sorted({error.rpartition(":")[2] or "no code" for error in errors}))


def ask_account(carrier: Carrier, policy: IllnessPolicy) -> tuple[Ailment, ...]:
    """Ask the carrier for the balance, and say what is ill with the account."""
    try:
        balance = carrier.balance()
    except CarrierBusy as busy:
        if busy.code == ACCOUNT_ILL:
            return (Ailment("account", Part.ACCOUNT, Severity.SERIOUS, _CREDENTIALS),)
        return () if busy.code == _NO_BALANCES else (_away(),)
    except CarrierRefused:
        return ()
    except CarrierError:
        return (_away(),)
    return _low(balance, policy)


def _away() -> Ailment:
    what = "The carrier cannot be reached: see this machine's network, TWILIO_API_BASE_URL, and its status page."
    return Ailment("carrier_away", Part.ACCOUNT, Severity.SERIOUS, what)


def _low(balance: Balance | None, policy: IllnessPolicy) -> tuple[Ailment, ...]:
    if balance is None or not policy.balance_below or balance.amount >= policy.balance_below:
        return ()
    severity = Severity.SERIOUS if balance.amount <= 0 else Severity.MILD
    what = f"{balance.amount:.2f} {balance.currency} are left on the carrier's account: pay in before texts stop."
    return (Ailment("balance", Part.ACCOUNT, severity, what),)
