"""Is the service well? `/healthz` (alive), `/readyz` (what is ill; 503 when it is serious), `/metrics` (Prometheus)."""

from flask import Blueprint, Response, jsonify

from checkin.illness.look import look
from checkin.web.metrics import metrics_text
from checkin.wiring import Services


def health(services: Services) -> Blueprint:
    """The three routes. They name no person and need no signing in."""
    door = Blueprint("health", __name__)

    @door.get("/healthz")
    def healthz() -> Response:
        return Response("alive\n", mimetype="text/plain")

    @door.get("/readyz")
    def readyz() -> tuple[Response, int]:
        found = look(services)
        serious = [ailment.key for ailment in found.serious]
        ill = {ailment.key: ailment.what for ailment in found.ill}
        return jsonify({"ready": not serious, "serious": serious, "ill": ill}), 503 if serious else 200

    @door.get("/metrics")
    def metrics() -> Response:
        return Response(metrics_text(services), mimetype="text/plain; version=0.0.4")

    return door
