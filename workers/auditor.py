"""The auditor: works out what is ill, has it told, and pings the outside switch when all is well.

Any number of auditors may run. Spells are rows that are saved by comparing and alerts are claimed, so that one tells.
An auditor that cannot use the database keeps its spells in memory and alerts by itself; when the database is back,
what it has told goes into the rows. A database that does not answer at all is left behind on a thread of its own.
The promises are asked beside the rounds (`illness/broken.py`).
"""

import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import TypeVar

import structlog
from sqlalchemy.orm import Session

from checkin.domain.illness import Ailment, Alert, Part, Severity, Spell, look_again
from checkin.domain.illness_policy import IllnessPolicy
from checkin.handlers.illness_told import tell
from checkin.illness import look as looking
from checkin.illness.alerts import Alerts, alert_words
from checkin.illness.broken import Watch
from checkin.illness.carrier_signs import ask_account
from checkin.illness.look import IN_THE_DATABASE, Findings
from checkin.illness.outside import Switch
from checkin.illness.unwritten import alerted, looked_at, with_those_of
from checkin.log import configure
from checkin.settings import load, say_ready
from checkin.store import illness, system
from checkin.store.migrate import WrongDatabase
from checkin.store.session import reading
from checkin.store.turns import NOTHING_DONE
from checkin.wiring import MENDABLE, Services, handbook, utc_now
from workers import jobs
from workers.run import catch_signals

log = structlog.get_logger()

_T = TypeVar("_T")

_DATABASE_SECONDS = 25.0
_ASK_AGAIN_SECONDS = 20.0
"""After the carrier could not be asked for the balance."""


@dataclass
class Auditor:
    """What one auditor process knows between two rounds."""

    services: Services
    alerts: Alerts
    switch: Switch
    promises: Watch
    monotonic: Callable[[], float] = time.monotonic
    database_seconds: float = _DATABASE_SECONDS
    spells: tuple[Spell, ...] = ()
    _began_at: float | None = None
    _account: tuple[Ailment, ...] = ()
    _account_again_at: float = float("-inf")
    _not_taken: tuple[str, ...] = ()
    _said: frozenset[tuple[str, int, Alert]] = frozenset()
    _hung: threading.Thread | None = field(default=None, repr=False)

    @property
    def policy(self) -> IllnessPolicy:
        """The programme's rules of illness."""
        return self.services.handbook.policy(None).illness

    def round(self) -> Findings:
        """Look, have it told, ping. Returns what was found."""
        outside = (
            *looking.redis_ailments(self.services),
            *looking.disk_ailments(self.services),
            *self._of_the_account(),
            *self._of_the_alerts(),
        )
        try:
            found, self.spells, due = self._patiently(lambda: self._with_database(outside))
            if due:
                self._alerted_once(due)
        except (*NOTHING_DONE, TimeoutError) as error:
            log.warning("the database could not be asked", reason=type(error).__name__)
            found = Findings((*outside, looking.database_ailment(error)), IN_THE_DATABASE)
            self._without_database(found)
        if found.is_well:
            self.switch.ping()
        return found

    # --- with the database ------------------------------------------------------------------------------------------

    def _with_database(self, outside: tuple[Ailment, ...]) -> tuple[Findings, tuple[Spell, ...], tuple[Spell, ...]]:
        """What is ill, the spells, and those whose alert is ours to send."""
        now = self.services.now()
        self.services.act(lambda session: system.beat(session, "auditor", now))  # it writes: a full disk shows here
        with reading(self.services.engine) as session:
            inside = looking.row_ailments(session, self.services)
        ill = (*outside, *inside, *looking.version_ailments(self.services), *self.promises.found)
        found = self._judged(Findings(ill))
        spells = self.services.act(lambda session: self._kept(session, found))
        return found, spells, self.services.act(lambda session: illness.take_alerts(session, now))

    def _judged(self, found: Findings) -> Findings:
        """Leave out what cannot be judged yet: processes that start beside us, promises that were not asked lately."""
        if self._began_at is None:
            self._began_at = self.monotonic()
        starting = self.monotonic() - self._began_at < self.policy.silent_after
        parts = ((Part.PROCESS, starting), (Part.PROMISE, not self.promises.is_known))
        unknown = frozenset(part for part, is_unknown in parts if is_unknown)
        return Findings(tuple(ailment for ailment in found.ill if ailment.part not in unknown), unknown)

    def _kept(self, session: Session, found: Findings) -> tuple[Spell, ...]:
        now = self.services.now()
        before = with_those_of(self.spells, illness.open_spells(session))
        after = look_again(before, found.ill, found.unknown, now, self.policy)
        after = tell(session, self.services.handbook, after, now)
        known = {spell.key: spell for spell in before if spell.id is not None and not spell.offline}
        kept = []
        for spell in after:
            old = known.get(spell.key)
            if spell.id is None and spell.ended_at is not None:
                continue
            kept.append(illness.save(session, spell) if old is None or _changed(old, spell) else old)
        return tuple(spell for spell in kept if spell.ended_at is None)

    def _alerted_once(self, due: tuple[Spell, ...]) -> None:
        """Send what is due, but not what we sent already and could not note in its row."""
        rest = tuple(spell for spell in due if _said(spell) not in self._said)
        if rest and not self._alerted(rest):
            return  # whoever takes it next, in a minute, tries again
        self._said |= {_said(spell) for spell in rest}
        self._patiently(lambda: self.services.act(lambda session: illness.alerts_sent(session, due)))
        self._said -= {_said(spell) for spell in due}
        sent = {spell.id for spell in due}
        self.spells = tuple(
            replace(spell, alert=Alert.NONE, version=spell.version + 1) if spell.id in sent else spell
            for spell in self.spells
        )

    # --- without the database ---------------------------------------------------------------------------------------

    def _without_database(self, found: Findings) -> None:
        self.spells, due = looked_at(self.spells, found, self.services.now(), self.policy)
        if due and self._alerted(due):
            self.spells = alerted(self.spells, due)

    def _patiently(self, work: Callable[[], _T]) -> _T:
        """Run `work` on a thread; TimeoutError when it takes too long, and while an earlier one still hangs."""
        if self._hung is not None and self._hung.is_alive():
            raise TimeoutError("the database still does not answer")
        results: list[_T] = []
        errors: list[BaseException] = []

        def run() -> None:
            try:
                results.append(work())
            except BaseException as error:  # noqa: BLE001 - it is raised again by whoever waits
                errors.append(error)

        thread = threading.Thread(target=run, name="auditor-database", daemon=True)
        thread.start()
        thread.join(self.database_seconds)
        if thread.is_alive():
            self._hung = thread
            raise TimeoutError("the database does not answer")
        if errors:
            raise errors[0]
        return results[0]

    # --- outside of the database ------------------------------------------------------------------------------------

    def _of_the_account(self) -> tuple[Ailment, ...]:
        """What the carrier said when it was last asked; asked again now when it is time."""
        if self.monotonic() >= self._account_again_at:
            self._account = ask_account(self.services.carrier, self.policy)
            away = any(ailment.key == "carrier_away" for ailment in self._account)
            self._account_again_at = self.monotonic() + (_ASK_AGAIN_SECONDS if away else self.policy.balance_every)
        return self._account

    def _of_the_alerts(self) -> tuple[Ailment, ...]:
        if not self._not_taken:
            return ()
        schemes = ", ".join(sorted(set(self._not_taken)))
        what = f"Alert addresses do not take what we send ({schemes}): try them with `checkin doctor --tell`."
        return (Ailment("alerts", Part.ALERTS, Severity.MILD, what),)

    def _alerted(self, spells: tuple[Spell, ...]) -> bool:
        """Send one alert about these spells. Whether there is nothing left to try."""
        for spell in spells:
            log.warning("illness", key=spell.key, severity=spell.severity.value, alert=spell.alert.value)
        if not self.alerts:
            return True
        sent = self.alerts.send(*alert_words(spells, self.policy))
        self._not_taken = tuple(scheme for scheme, took in sent if not took)
        for scheme in self._not_taken:
            log.warning("alert_not_taken", scheme=scheme)
        return len(self._not_taken) < len(sent)


def _said(spell: Spell) -> tuple[str, int, Alert]:
    return (f"{spell.key} {spell.since.isoformat()}", spell.tellings, spell.alert)


def _changed(old: Spell, new: Spell) -> bool:
    """Whether a row is worth a write: not for having been seen once more."""
    return replace(new, seen_at=old.seen_at) != old


def run(auditor: Auditor, stopping: threading.Event) -> None:
    """Make rounds until told to stop. A round that fails is said, and then the switch was not pinged."""
    while not stopping.is_set():
        try:
            auditor.round()
        except Exception:
            log.exception("round_failed")
        stopping.wait(auditor.policy.look_every)


def wait_for_database(
    start: Callable[[], Services], alerts: Alerts, policy: IllnessPolicy, stopping: threading.Event
) -> tuple[Services | None, tuple[Spell, ...]]:
    """Start until the database answers, and say by alert that it does not. The services, and what was told."""
    spells: tuple[Spell, ...] = ()
    while not stopping.is_set():
        try:
            return start(), spells
        except (*NOTHING_DONE, WrongDatabase) as error:
            log.warning("the database could not be asked", reason=type(error).__name__)
            found = Findings((looking.database_ailment(error),), IN_THE_DATABASE)
        spells, due = looked_at(spells, found, utc_now(), policy)
        if due and (not alerts or any(took for _, took in alerts.send(*alert_words(due, policy)))):
            spells = alerted(spells, due)
        stopping.wait(policy.look_every)
    return None, spells


def main() -> int:
    """Run the auditor until it is told to stop."""
    try:
        settings = load()
        configure("auditor", settings.log_json)
        alerts = Alerts(settings.alert_urls)
        policy = handbook(settings).policy(None).illness
        stopping = threading.Event()
        catch_signals(stopping)
        services, spells = wait_for_database(jobs.services, alerts, policy, stopping)
    except MENDABLE as error:
        sys.stderr.write(f"{error}\n")
        return 2
    if services is None:
        return 0
    promises = Watch(services, time.monotonic)
    threading.Thread(target=promises.run, args=(stopping,), name="promises", daemon=True).start()
    switch = Switch(settings.heartbeat_url, time.monotonic)
    say_ready()
    run(Auditor(services, alerts, switch, promises, spells=spells), stopping)
    return 0


if __name__ == "__main__":
    sys.exit(main())
