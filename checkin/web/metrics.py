"""What Prometheus reads. Every label has few values, known beforehand; none is a person, a number or a word of theirs.

`checkin/grafana/checkin.json` shows them; a test sees that it asks for nothing that is not here.
"""

from collections import Counter
from collections.abc import Iterable
from datetime import timedelta

from prometheus_client import CollectorRegistry, Gauge, generate_latest
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from checkin.domain.escalation import State as CaseState
from checkin.domain.illness import Part, Severity
from checkin.domain.illness_policy import IllnessPolicy
from checkin.domain.terms import Lane, Level
from checkin.illness.carrier_signs import ERROR_WORDS
from checkin.illness.look import PROCESSES, look
from checkin.store import outbox, signs, system
from checkin.store.session import reading
from checkin.wiring import Services

_HOUR = timedelta(hours=1)


def metrics_text(services: Services) -> bytes:
    """All metrics as text. Where the database cannot be read, those that need no database."""
    registry = CollectorRegistry()
    found = look(services)
    _gauge(registry, "checkin_ready", "1 when nothing serious is ill").set(not found.serious)
    ill = _gauge(registry, "checkin_ailments", "What is ill, by part and severity", "part", "severity")
    counts = Counter((ailment.part, ailment.severity) for ailment in found.ill)
    for part in Part:
        for severity in Severity:
            ill.labels(part.value, severity.value).set(counts[part, severity])
    rows = CollectorRegistry()
    try:
        with reading(services.engine) as session:
            _rows(rows, session, services)
    except SQLAlchemyError:
        return generate_latest(registry)
    return generate_latest(registry) + generate_latest(rows)


def _rows(registry: CollectorRegistry, session: Session, services: Services) -> None:
    now = services.now()
    beats, seen = (
        system.heartbeats(session),
        _gauge(registry, "checkin_heartbeat_age_seconds", "Since a process was last seen", "process"),
    )
    for process in PROCESSES:
        if process in beats:
            seen.labels(process).set((now - beats[process]).total_seconds())
    queued = _gauge(registry, "checkin_deliveries_queued", "Deliveries that wait, by lane", "lane")
    oldest = _gauge(registry, "checkin_oldest_delivery_seconds", "How long the oldest due delivery waits", "lane")
    waiting = outbox.waiting(session)
    for lane in Lane:
        queued.labels(lane.value).set(waiting.get(lane.value, 0))
        oldest.labels(lane.value).set(signs.oldest_waiting(session, lane, now)[1].total_seconds())
    late = signs.check_ins_due(session, now - timedelta(seconds=_policy(services).check_ins_late_after))
    _gauge(registry, "checkin_check_ins_late", "Check-ins whose time came and nothing was done").set(late)
    _cases(registry, session, services)
    texts = _gauge(registry, "checkin_texts_last_hour", "Texts of the last hour, by how they were read", "level")
    _count(texts, signs.texts_by_level(session, now - _HOUR), [level.value for level in Level])
    errors = _gauge(registry, "checkin_carrier_errors_people", "People who met an error of the carrier lately", "error")
    window = timedelta(seconds=_policy(services).carrier_window)
    by_word: Counter[str] = Counter()
    for error, people in signs.carrier_errors(session, now - window).items():
        word = error.partition(":")[0]
        by_word[word if word in ERROR_WORDS else "other"] += people
    _count(errors, by_word, ERROR_WORDS)


def _cases(registry: CollectorRegistry, session: Session, services: Services) -> None:
    cases = signs.open_cases(session)
    _gauge(registry, "checkin_escalations_open", "Open escalations").set(sum(cases.values()))
    each = _gauge(registry, "checkin_escalations", "Open escalations, by state and level", "state", "level")
    for state in CaseState:
        if state is not CaseState.CLOSED:
            for level in Level:
                each.labels(state.value, level.value).set(cases[state.value, level.value])
    unheld = signs.oldest_unanswered(session, services.now())
    _gauge(registry, "checkin_oldest_unanswered_seconds", "How long the oldest case waits that nobody holds").set(
        unheld.total_seconds()
    )


def _policy(services: Services) -> IllnessPolicy:
    return services.handbook.policy(None).illness


def _gauge(registry: CollectorRegistry, name: str, help_text: str, *labels: str) -> Gauge:
    return Gauge(name, help_text, labels, registry=registry)


def _count(gauge: Gauge, counts: Counter[str], names: Iterable[str]) -> None:
    for name in names:
        gauge.labels(name).set(counts[name])
