"""Everything is built once, here, and passed by hand. The only reader of the clock."""

import random
import tomllib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from checkin.carrier.port import Carrier
from checkin.carrier.twilio import TwilioCarrier
from checkin.domain.policy import BadPolicy, overlay, parse_policy
from checkin.domain.reading.model import BadModel, Model, model, opened
from checkin.domain.terms import DeliveryId, Lane
from checkin.handlers.handbook import Handbook
from checkin.messages import Messages
from checkin.messages.crisis_lines import CrisisLines
from checkin.messages.source import BadTemplate
from checkin.queue_port import Queue
from checkin.sealed_keys import Keys, load_keys
from checkin.settings import BadSettings, Settings
from checkin.store.migrate import WrongDatabase, ensure_index_key, require
from checkin.store.sealed import CannotUnseal, install_keys
from checkin.store.session import PATIENCE, decided, make_engine

_T = TypeVar("_T")

MENDABLE = (BadSettings, BadPolicy, BadTemplate, CannotUnseal, WrongDatabase)
"""Why services cannot be built; each is one sentence that says how to mend it."""

Written = Sequence[tuple[Lane, DeliveryId]]


@dataclass(frozen=True)
class Services:
    """What the doors (web, workers, command line, simulator) need. Built by `build`, passed by hand."""

    settings: Settings
    engine: Engine
    carrier: Carrier
    queue: Queue
    now: Callable[[], datetime]
    handbook: Handbook
    random: random.Random
    tokens: tuple[str, ...]
    secret: bytes
    wake: Callable[[Written], None]

    def act(self, work: Callable[[Session], _T]) -> _T:
        """Run one handler in a transaction; once it is committed, wake the lanes it wrote for (best effort)."""
        result, written = decided(self.engine, lambda session: (work(session), session.info.get("written", ())))
        if written:
            self.wake(written)
        return result


Get = Callable[[], Services]
"""How a command gets its services: built when they are first asked for."""


def build(
    settings: Settings,
    queue: Queue,
    *,
    wake: Callable[[Written], None] | None = None,
    patience: float = PATIENCE,
) -> Services:
    """Build the services of one process. `wake`: how written deliveries are nudged; by default at once.

    `patience`: seconds that a transaction waits for its turn at the database. Raises what `MENDABLE` lists.
    """
    keys = load_keys(settings)
    install_keys(keys.encryption)
    engine = make_engine(settings.database_url, patience=patience)
    try:
        require(engine)
        install_keys(keys.encryption, ensure_index_key(engine, utc_now()))
    except MENDABLE:
        engine.dispose()
        raise
    return Services(
        settings=settings,
        engine=engine,
        carrier=twilio_carrier(settings, keys),
        queue=queue,
        now=utc_now,
        handbook=handbook(settings),
        random=random.SystemRandom(),
        tokens=settings.auth_tokens or (keys.simulator_token,),
        secret=keys.secret,
        wake=wake or (lambda written: nudge(queue, written)),
    )


def handbook(settings: Settings) -> Handbook:
    """The words, the crisis lines and the policies of this installation. Raises BadPolicy."""
    data = tomllib.loads((Path(__file__).parent / "policy.toml").read_text())
    if settings.policy_file is not None:
        data = overlay(data, _policy_file(settings.policy_file))
    parse_policy(data)
    return Handbook(
        messages=Messages.load(settings.templates_root),
        lines=CrisisLines.load(),
        policy_data=data,
        region=settings.default_region,
        timezone=ZoneInfo(settings.default_timezone),
        address=settings.public_base_url,
        model=reading_model(settings),
    )


def _policy_file(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        reason = str(error).splitlines()[0] if isinstance(error, tomllib.TOMLDecodeError) else "it is no UTF-8 text"
        raise BadPolicy(f"CHECKIN_POLICY_FILE cannot be read as TOML: {reason}.") from None


def reading_model(settings: Settings) -> Model:
    """The model beside the rules: the one that this installation made for itself, else the package's."""
    if settings.model_file is None:
        return model()
    try:
        return opened(settings.model_file.read_bytes())
    except OSError as error:
        raise BadSettings(f"CHECKIN_MODEL_FILE cannot be read ({error.strerror}): mend its path or rights.") from None
    except BadModel as error:
        raise BadSettings(f"CHECKIN_MODEL_FILE is of no use: {error}.") from None


def twilio_carrier(settings: Settings, keys: Keys) -> Carrier:
    """The Twilio adapter. Without an account it speaks to the simulator on loopback: the same code path."""
    return TwilioCarrier(
        settings.account_sid or keys.simulator_account,
        (settings.auth_tokens or (keys.simulator_token,))[0],
        from_numbers=settings.from_numbers,
        messaging_service_sid=settings.messaging_service_sid,
        base_url=settings.carrier_base_url,
    )


def nudge(queue: Queue, written: Written) -> None:
    """Hand what may leave now to its lane. What the queue does not take, the clock finds."""
    for lane in (Lane.URGENT, Lane.REPLY):
        ids = [delivery for where, delivery in written if where is lane]
        if ids:
            queue.enqueue(lane, ids)


def utc_now() -> datetime:
    """The time."""
    return datetime.now(UTC)
