"""Hand one delivery to the carrier and settle it. No transaction is open while we wait for the carrier."""

from collections.abc import Callable, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

import structlog

from checkin.carrier.port import (
    Accepted,
    CarrierBusy,
    CarrierError,
    CarrierRefused,
    CarrierUnsure,
    OutgoingCall,
    OutgoingText,
)
from checkin.domain.delivery import Kind
from checkin.domain.terms import DeliveryId, Lane
from checkin.handlers import delivery_handed_over as handed
from checkin.store.outbox import Outgoing
from checkin.wiring import Services

log = structlog.get_logger()

_HELD_UP = timedelta(seconds=1)
"""A worker that was paused longer than this between taking and handing over hands nothing over: it is fenced off."""

_A_MOMENT = timedelta(seconds=0.1)
_WAITS_FOR_ITS_TURN = frozenset({Lane.CHECKIN, Lane.BULK})
"""What has waited for its turn at the sender's rate may have been stopped meanwhile (P4): it is asked once more."""

_ASKS_BEFORE_DOUBLE = 2
"""An urgent delivery whose fate cannot be asked is sent again: a possible double beats a possible none (P6)."""


@dataclass(frozen=True)
class Answer:
    """What came of one hand-over: what the carrier said, or its refusal in one of three ways.

    `held_up`: not handed over, and given back. `settled`: the carrier never had it, and it must not leave any more.
    """

    outgoing: Outgoing
    said: Accepted | None = None
    error: CarrierError | None = None
    held_up: bool = False
    settled: bool = False

    @property
    def is_accepted(self) -> bool:
        """Whether the carrier has it."""
        return self.error is None and not self.held_up and not self.settled


def deliver(services: Services, delivery: DeliveryId, wait: Callable[[float], None]) -> bool:
    """Hand one delivery over. False when there was nothing to do. `wait` sleeps for so many seconds."""
    return deliver_all(services, [delivery], wait) == 1


def deliver_all(
    services: Services, deliveries: Sequence[DeliveryId], wait: Callable[[float], None], hands: Executor | None = None
) -> int:
    """Hand several over: taken in one transaction, side by side by `hands`, and what was accepted settled in one.

    Returns how many were taken. They are so few that all are answered within the claim of each. Whoever dies between
    leaves claims that lapse, and the carrier is asked about each before it is sent again.
    """
    taken_at = services.now()
    taken = services.act(lambda session: handed.take_to_send(session, services.handbook, deliveries, services.now()))
    send = partial(_sent, services, wait, taken_at)
    failure: BaseException | None = None
    if hands is not None and len(taken) > 1:
        sent = [hands.submit(send, outgoing) for outgoing in taken]
        failure = next((error for each in sent if (error := each.exception()) is not None), None)
        answers = [each.result() for each in sent if each.exception() is None]
    else:
        answers = [send(outgoing) for outgoing in taken]
    accepted = [(each.outgoing, each.said) for each in answers if each.is_accepted]
    if accepted:
        services.act(lambda session: handed.accepted(session, accepted, services.now()))
        for outgoing, _ in accepted:
            log.info("delivery_handed_over", delivery=outgoing.id, kind=outgoing.kind.value, lane=outgoing.lane.value)
    back = [each.outgoing for each in answers if each.held_up]
    if back:
        services.act(lambda session: handed.given_back(session, back, services.now()))
    for answer in answers:
        if answer.error is not None:
            _settle_error(services, answer.outgoing, answer.error)
    if failure is not None:
        raise failure  # an error of our own: its claim lapses, and the carrier is asked
    return len(taken)


def _sent(services: Services, wait: Callable[[float], None], taken_at: datetime, outgoing: Outgoing) -> Answer:
    """Wait for its turn and hand it over. One that was held up before it left is not handed over."""
    if (ahead := (outgoing.starts_at - services.now()).total_seconds()) > 0:
        wait(ahead)
    if _is_held_up(services, outgoing, outgoing.starts_at):
        return Answer(outgoing, held_up=True)
    try:
        found = _found(services, outgoing)
        waited = outgoing.lane in _WAITS_FOR_ITS_TURN and services.now() - taken_at > _A_MOMENT
        if found is None and (outgoing.unsure or waited):
            asked_at = services.now()
            if not _may_still_leave(services, outgoing):
                log.info("delivery_never_left", delivery=outgoing.id)
                return Answer(outgoing, settled=True)
            if _is_held_up(services, outgoing, asked_at):
                return Answer(outgoing, held_up=True)
        return Answer(outgoing, found or _hand_over(services, outgoing))
    except CarrierError as error:
        return Answer(outgoing, error=error)


def _is_held_up(services: Services, outgoing: Outgoing, since: datetime) -> bool:
    if services.now() <= since + _HELD_UP:
        return False
    log.warning("delivery_held_up", delivery=outgoing.id)
    return True


def _settle_error(services: Services, outgoing: Outgoing, error: CarrierError) -> None:
    match error:
        case CarrierRefused():
            services.act(
                lambda session: handed.was_refused(
                    session, services.handbook, outgoing, error.reason.value, error.code, services.now()
                )
            )
            log.warning("delivery_refused", delivery=outgoing.id, reason=error.reason.value, code=error.code)
        case CarrierBusy():
            jitter = services.random.random()
            services.act(
                lambda session: handed.was_busy(
                    session, services.handbook, outgoing, error.code, error.retry_after, jitter, services.now()
                )
            )
            log.warning("carrier_busy", delivery=outgoing.id, code=error.code)
        case _:
            if outgoing.unsure:
                jitter = services.random.random()
                services.act(lambda session: handed.still_unsure(session, outgoing, services.now(), jitter))
            else:
                services.act(lambda session: handed.answer_lost(session, outgoing, services.now()))
            log.warning("carrier_unsure", delivery=outgoing.id, attempt=outgoing.attempt)


def _found(services: Services, outgoing: Outgoing) -> Accepted | None:
    """Where an earlier answer was lost, the carrier is asked whether it has it."""
    carrier, since = services.carrier, outgoing.first_tried_at
    match outgoing.kind:
        case Kind.TEXT:
            return _asked(outgoing, lambda: carrier.find_text(_text(services, outgoing), since, outgoing.others))
        case Kind.CALL:
            return _asked(outgoing, lambda: carrier.find_call(_call(services, outgoing), since, outgoing.others))
        case _:
            return None


def _may_still_leave(services: Services, outgoing: Outgoing) -> bool:
    return services.act(lambda session: handed.may_still_leave(session, services.handbook, outgoing, services.now()))


def _hand_over(services: Services, outgoing: Outgoing) -> Accepted | None:
    carrier, base = services.carrier, services.settings.public_base_url
    match outgoing.kind:
        case Kind.TEXT:
            return carrier.send_text(_text(services, outgoing))
        case Kind.CALL:
            return carrier.place_call(_call(services, outgoing))
        case Kind.HANG_UP:
            carrier.end_call(outgoing.about_sid or "")
            return None
        case Kind.CHANGE:
            carrier.redirect_call(outgoing.about_sid or "", f"{base}/twilio/call/{outgoing.about_id}/answered")
            return None


def _text(services: Services, outgoing: Outgoing) -> OutgoingText:
    base = services.settings.public_base_url
    return OutgoingText(
        outgoing.to,
        outgoing.body,
        f"{base}/twilio/sms/status/{outgoing.id}",
        _valid_for(services, outgoing),
    )


def _call(services: Services, outgoing: Outgoing) -> OutgoingCall:
    base = f"{services.settings.public_base_url}/twilio/call/{outgoing.id}"
    machine = f"{base}/machine" if outgoing.detects else None
    return OutgoingCall(
        outgoing.to, f"{base}/answered", f"{base}/status", outgoing.ring_for, f"{base}/fallback", machine
    )


def _asked(outgoing: Outgoing, find: Callable[[], Accepted | None]) -> Accepted | None:
    if not outgoing.unsure:
        return None
    try:
        return find()
    except (CarrierBusy, CarrierUnsure):
        if outgoing.lane is Lane.URGENT and outgoing.attempt > _ASKS_BEFORE_DOUBLE:
            return None
        raise CarrierUnsure("the carrier could not be asked") from None


def _valid_for(services: Services, outgoing: Outgoing) -> timedelta | None:
    """How long the carrier may try: a late text expires rather than arrives at 3 a.m. (field rule R173)."""
    if outgoing.deadline_at is None:
        return None
    return max(outgoing.deadline_at - services.now(), timedelta(minutes=1))
