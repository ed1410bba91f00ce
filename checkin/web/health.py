"""Is the service well? `/healthz` (alive), `/readyz` (what is ill, 503), `/metrics` (Prometheus)."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from flask import Blueprint, Response, jsonify
from prometheus_client import CollectorRegistry, Gauge, generate_latest
from sqlalchemy import func, select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from checkin.domain.delivery import State
from checkin.domain.terms import Lane
from checkin.store import backups, escalations, outbox, restored, system
from checkin.store.migrate import NewerDatabase, check
from checkin.store.session import transaction
from checkin.store.tables import DeliveryRow
from checkin.wiring import Services

PROCESSES = ("clock", "worker_urgent", "worker_reply", "worker_checkin", "worker_bulk")
_SILENT_AFTER = timedelta(seconds=30)
_LATE = {Lane.URGENT: timedelta(seconds=30), Lane.REPLY: timedelta(minutes=2)}


def health(services: Services) -> Blueprint:
    """The three routes. They name no person and need no signing in."""
    door = Blueprint("health", __name__)

    @door.get("/healthz")
    def healthz() -> Response:
        return Response("alive\n", mimetype="text/plain")

    @door.get("/readyz")
    def readyz() -> tuple[Response, int]:
        ill = ailments(services)
        return jsonify({"ready": not ill, "ill": ill}), 503 if ill else 200

    @door.get("/metrics")
    def metrics() -> Response:
        registry = CollectorRegistry()
        waiting = Gauge("checkin_deliveries_queued", "Deliveries that wait, by lane", ["lane"], registry=registry)
        open_cases = Gauge("checkin_escalations_open", "Open escalations", registry=registry)
        with transaction(services.engine) as session:
            counts = outbox.waiting(session)
            open_cases.set(len(escalations.listed(session)))
        for lane in Lane:
            waiting.labels(lane.value).set(counts.get(lane.value, 0))
        return Response(generate_latest(registry), mimetype="text/plain; version=0.0.4")

    return door


def ailments(services: Services) -> dict[str, str]:
    """What is ill, each with a sentence on how to mend it. Empty when all is well."""
    ill: dict[str, str] = {}
    try:
        if not check(services.engine):
            ill["database"] = "The database is not at this version: run `checkin migrate`."
        else:
            with transaction(services.engine) as session:
                ill.update(_silent(system.heartbeats(session), services.now()))
                ill.update(_late(session, services.now()))
                ill.update(_held_or_unsaved(session, services))
    except NewerDatabase as error:
        ill["database"] = str(error)
    except SQLAlchemyError:
        ill["database"] = "The database cannot be reached: see DATABASE_URL, and whether its disk is full."
    redis = services.queue.ping()
    if redis is not None:
        ill["redis"] = redis
    return ill


def _silent(beats: Mapping[str, datetime], now: datetime) -> dict[str, str]:
    return {
        process: f"{process} has not been seen for {_SILENT_AFTER.seconds} s: start it again (`checkin up` does)."
        for process in PROCESSES
        if process not in beats or now - beats[process] > _SILENT_AFTER
    }


def _held_or_unsaved(session: Session, services: Services) -> dict[str, str]:
    """After a restore, what is still to be read; and backups that are no longer made."""
    ill = {}
    since = restored.catch_up_from(session)
    if since is not None:
        ill["restored"] = (
            f"Routine texts are held back until what came in since {since:%Y-%m-%d %H:%M} UTC has been read from the "
            "carrier; where that does not happen by itself, read its log and run `checkin restore --trust`."
        )
    if services.settings.backup_keep and backups.is_overdue(session, services.now()):
        ill["backup"] = "No backup has been made for two days: run `checkin backup` and see what it says."
    return ill


def _late(session: Session, now: datetime) -> dict[str, str]:
    late = {}
    for lane, allowed in _LATE.items():
        count = session.scalar(
            select(func.count()).where(
                DeliveryRow.lane == lane.value,
                DeliveryRow.state.in_((State.QUEUED.value, State.UNSURE.value)),
                DeliveryRow.created_at < now - allowed,
            )
        )
        if count:
            late[f"lane_{lane.value}"] = (
                f"{count} deliveries wait longer than they should: see the workers and the carrier."
            )
    return late
