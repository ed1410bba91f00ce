"""What did not reach us is found in the carrier's own log.

A carrier does not try a webhook again that we answered with an error, or could not take at all: the event is lost to
us, though the carrier has it. So its log is read: at a start, and then every half minute, each time from a while before
the last reading. What is not in the inbox goes to the handler that the webhook would have called; what is there is
nothing. A delivery whose last word did not come is asked after.

It runs in a thread of its own beside the clock, which never waits for the network. Of several clocks one reads: a row
of the database is the turn.
"""

import threading
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import TypeVar

import structlog
from sqlalchemy.exc import InterfaceError, InternalError, OperationalError, ProgrammingError, TimeoutError
from sqlalchemy.orm import Session

from checkin.carrier.port import CarrierError, CarrierRefused, ReceivedCall, ReceivedRecording, ReceivedText, Told
from checkin.domain.delivery import Kind
from checkin.domain.phone import BadPhone, parse_phone, parse_sender
from checkin.domain.policy import CatchUp
from checkin.domain.terms import Phone
from checkin.handlers.call_missed import call_missed
from checkin.handlers.delivery_reported import delivery_reported
from checkin.handlers.not_taken_in import Entry, not_taken_in, taken_in
from checkin.handlers.text_received import IncomingText, text_received, words_of
from checkin.handlers.voicemail_left import RecordingLeft, recording_left
from checkin.store import catch_up as store
from checkin.store import inbox, restored, voicemails
from checkin.store.session import SomebodyWasFaster, transaction
from checkin.store.turns import NotCommitted, TooBusy
from checkin.wiring import Services
from workers import voicemails as sounds

log = structlog.get_logger()

_LOOK_EVERY = 1.0
_AT_ONCE = 10
_BEHIND_AT_MOST = timedelta(days=2)
_NOT_THE_ENTRY = (
    *(SomebodyWasFaster, TooBusy, NotCommitted),
    *(OperationalError, InterfaceError, InternalError, ProgrammingError, TimeoutError),
)
"""Another was faster, or the database is ill: no other entry would fare better."""

_Each = TypeVar("_Each")
_Take = Callable[[Session], bool]
"""Takes an entry in. Returns whether it was something that had not come before."""


class NotAllTaken(Exception):
    """Some of what was found could not be taken in: the log says which. It is read again."""


def catch_up(services: Services, since: datetime, until: datetime | None = None) -> int:
    """Take in what was sent at or after `since` (and before `until`) and is not here. Returns how much was found.

    Raises CarrierError where the log cannot be read, and NotAllTaken where something found could not be taken in.
    """
    texts = [text for text in services.carrier.texts_received(since) if until is None or text.sent_at < until]
    with transaction(services.engine) as session:
        new = inbox.unseen(session, [text.sid for text in texts])
    works = [(text.sid, partial(_take_text, services, text)) for text in texts if text.sid in new]
    done = [_taken(services, Entry.TEXT, works)]
    # After the texts, and each by itself: a carrier that does not list one of them holds up nothing else.
    began, no_calls = _listed(lambda: services.carrier.calls_received(since))
    calls = [call for call in began if until is None or call.began_at < until]
    done.append(_taken(services, Entry.CALL, [(call.sid, partial(_take_call, services, call)) for call in calls]))
    made, no_recordings = _listed(lambda: services.carrier.recordings_since(since))
    left = [each for each in made if until is None or each.made_at < until]
    with transaction(services.engine) as session:
        unknown = voicemails.unknown(session, [each.sid for each in left])
    recordings = [(each.sid, partial(_take_recording, services, each)) for each in left if each.sid in unknown]
    done.append(_taken(services, Entry.RECORDING, recordings))
    found = sum(of_these for of_these, _ in done)
    failed = sum(of_these for _, of_these in done) + no_calls + no_recordings
    if found:
        log.warning("caught_up", found=found)
    if failed:
        raise NotAllTaken(f"{failed} of what was found in the carrier's log could not be taken in")
    return found


def _listed(ask: Callable[[], Sequence[_Each]]) -> tuple[Sequence[_Each], int]:
    """What the carrier lists, and 1 where it does not."""
    try:
        return ask(), 0
    except CarrierError as error:
        log.warning("carrier_log_not_read", reason=str(error))
        return (), 1


def _taken(services: Services, kind: Entry, works: Iterable[tuple[str, _Take]]) -> tuple[int, int]:
    """Take each in; what fails holds up no other, and a person hears of it. How much was found, how much failed."""
    found = failed = 0
    for sid, take in works:
        try:
            found += services.act(partial(_taken_in, services=services, sid=sid, take=take))
        except _NOT_THE_ENTRY:
            raise
        except Exception:
            log.exception("catch_up_failed", entry=kind.value, sid=sid)
            services.act(partial(not_taken_in, handbook=services.handbook, entry=kind, sid=sid, now=services.now()))
            failed += 1
    return found, failed


def _taken_in(session: Session, services: Services, sid: str, take: _Take) -> bool:
    found = take(session)
    taken_in(session, sid, services.now())
    return found


def _take_text(services: Services, text: ReceivedText, session: Session) -> bool:
    has_media = text.media > 0
    sender = parse_sender(text.sender, services.settings.default_region)
    incoming = IncomingText(text.sid, sender, words_of(text.body, has_media), None, has_media, text.sent_at)
    text_received(session, services.handbook, incoming, services.now())
    return True


def _take_call(services: Services, call: ReceivedCall, session: Session) -> bool:
    caller: Phone | None
    try:
        caller = parse_phone(call.caller, services.settings.default_region)
    except BadPhone:
        caller = None
    return call_missed(session, call.sid, caller, services.now(), began_at=call.began_at)


def _take_recording(services: Services, recording: ReceivedRecording, session: Session) -> bool:
    left = RecordingLeft(recording.sid, recording.call, recording.seconds)
    recording_left(session, services.handbook, left, services.now())
    return True


def look(services: Services, listening_since: datetime | None = None) -> bool:
    """Read the log if it is our turn. Returns whether it was read.

    After a restore it is read from the backup on; routine leaves again once all is here that came before we listened.
    """
    rules, now = services.handbook.policy(None).catch_up, services.now()
    with transaction(services.engine) as session:
        read_until = store.claim(session, timedelta(seconds=rules.every), now)
        backup_at = restored.catch_up_from(session)
    if read_until is None:
        return False
    until = now - timedelta(seconds=rules.settles)
    try:
        since = min(read_until, backup_at or read_until) - timedelta(seconds=rules.overlap)
        catch_up(services, since, until)
    except CarrierError as error:
        log.warning("carrier_log_not_read", reason=str(error))
        return False
    except NotAllTaken:
        until = min(until, now - _BEHIND_AT_MOST)
    with transaction(services.engine) as session:
        store.has_read(session, until)
        if listening_since is None or until >= listening_since:
            restored.caught_up(session, until)
    return True


def ask_after(services: Services) -> int:
    """Ask what became of deliveries whose last word did not come. Returns of how many."""
    rules: CatchUp = services.handbook.policy(None).catch_up
    with transaction(services.engine) as session:
        unheard = store.unheard(session, timedelta(seconds=rules.ask_after), _AT_ONCE, services.now())
    for delivery in unheard:
        try:
            told = _asked(services, delivery)
        except CarrierRefused:
            services.act(partial(store.ask_no_more, delivery=delivery.id))
            log.warning("carrier_knows_nothing", delivery=delivery.id)
            continue
        except CarrierError as error:
            log.warning("carrier_not_asked", delivery=delivery.id, reason=str(error))
            continue
        services.act(partial(_report, services, delivery, told))
    return len(unheard)


def _asked(services: Services, delivery: store.Unheard) -> Told:
    ask = services.carrier.call_status if delivery.kind is Kind.CALL else services.carrier.text_status
    return ask(delivery.sid)


def _report(services: Services, delivery: store.Unheard, told: Told, session: Session) -> None:
    refusal = told.refusal.value if told.refusal is not None else None
    delivery_reported(session, services.handbook, delivery.id, told.status, refusal, delivery.sid, services.now())


def follow(services: Services, stopping: threading.Event) -> None:
    """Go on until told to stop. What fails is said, and holds up none of the others."""
    listening_since = services.now()
    begun = False

    def begins() -> bool:
        with transaction(services.engine) as session:
            store.hasten(session, services.now())
        return True

    while not stopping.is_set():
        begun = begun or _kept_on(begins)
        _kept_on(lambda: look(services, listening_since))
        full = _kept_on(lambda: ask_after(services) == _AT_ONCE)
        full = _kept_on(lambda: sounds.look(services)) or full
        stopping.wait(0.0 if full else _LOOK_EVERY)


def _kept_on(work: Callable[[], bool]) -> bool:
    try:
        return work()
    except Exception:
        log.exception("catch_up_failed")
        return False


def following(services: Services, stopping: threading.Event) -> threading.Thread:
    """Start the thread that goes on until told to stop."""
    thread = threading.Thread(target=follow, args=(services, stopping), name="catch_up", daemon=True)
    thread.start()
    return thread
