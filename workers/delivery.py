"""Hand one delivery to the carrier and settle it. No transaction is open while we wait for the carrier."""

from collections.abc import Callable
from datetime import timedelta

import structlog

from checkin.carrier.port import (
    Accepted,
    CarrierBusy,
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

_ASKS_BEFORE_DOUBLE = 2
"""An urgent delivery whose fate cannot be asked is sent again: a possible double beats a possible none (P6)."""


def deliver(services: Services, delivery: DeliveryId, wait: Callable[[float], None]) -> bool:
    """Hand one delivery over. False when there was nothing to do. `wait` sleeps for so many seconds."""
    outgoing = services.act(lambda session: handed.take_to_send(session, services.handbook, delivery, services.now()))
    if outgoing is None:
        return False
    if (ahead := (outgoing.starts_at - services.now()).total_seconds()) > 0:
        wait(ahead)
    if services.now() > outgoing.starts_at + _HELD_UP:
        log.warning("delivery_held_up", delivery=delivery)
        return True  # its claim may lapse while the carrier thinks: whoever takes it then asks the carrier first
    try:
        accepted = _hand_over(services, outgoing)
    except CarrierRefused as refused:
        reason, code = refused.reason.value, refused.code
        services.act(
            lambda session: handed.was_refused(session, services.handbook, outgoing, reason, code, services.now())
        )
        log.warning("delivery_refused", delivery=delivery, reason=reason, code=code)
    except CarrierBusy as busy:
        after, busy_code, jitter = busy.retry_after, busy.code, services.random.random()
        services.act(
            lambda session: handed.was_busy(
                session, services.handbook, outgoing, busy_code, after, jitter, services.now()
            )
        )
        log.warning("carrier_busy", delivery=delivery, code=busy_code)
    except CarrierUnsure:
        if outgoing.unsure:
            jitter = services.random.random()
            services.act(lambda session: handed.still_unsure(session, outgoing, services.now(), jitter))
        else:
            services.act(lambda session: handed.answer_lost(session, outgoing, services.now()))
        log.warning("carrier_unsure", delivery=delivery, attempt=outgoing.attempt)
    else:
        sid, status = (accepted.sid, accepted.status) if accepted is not None else (None, "")
        services.act(lambda session: handed.accepted(session, outgoing, sid, status, services.now()))
        log.info("delivery_handed_over", delivery=delivery, kind=outgoing.kind.value, lane=outgoing.lane.value)
    return True


def _hand_over(services: Services, outgoing: Outgoing) -> Accepted | None:
    """Ask the carrier first where an earlier answer was lost; then send."""
    carrier, base = services.carrier, services.settings.public_base_url
    match outgoing.kind:
        case Kind.TEXT:
            text = OutgoingText(
                outgoing.to,
                outgoing.body,
                f"{base}/twilio/sms/status/{outgoing.id}",
                _valid_for(services, outgoing),
            )
            found = _asked(outgoing, lambda: carrier.find_text(text, outgoing.first_tried_at, outgoing.others))
            return found or carrier.send_text(text)
        case Kind.CALL:
            call = OutgoingCall(
                outgoing.to,
                f"{base}/twilio/call/{outgoing.id}/answered",
                f"{base}/twilio/call/{outgoing.id}/status",
                outgoing.ring_for,
                f"{base}/twilio/call/{outgoing.id}/fallback",
            )
            found = _asked(outgoing, lambda: carrier.find_call(call, outgoing.first_tried_at, outgoing.others))
            return found or carrier.place_call(call)
        case Kind.HANG_UP:
            carrier.end_call(outgoing.about_sid or "")
            return None
        case Kind.CHANGE:
            carrier.redirect_call(outgoing.about_sid or "", f"{base}/twilio/call/{outgoing.about_id}/answered")
            return None


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
