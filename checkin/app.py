"""Create the Flask application."""

from pathlib import Path

import structlog
from flask import Flask, Response
from werkzeug.exceptions import HTTPException

from checkin.domain.reading import read
from checkin.web.front import front
from checkin.web.health import health
from checkin.web.line import NOT_NOW, not_now
from checkin.web.webhooks import webhooks
from checkin.wiring import Services

log = structlog.get_logger()


def create_app(services: Services) -> Flask:
    """The web process: the carrier's door, health, and the pages."""
    read("hello")  # the lexicons are compiled now, not in the first text's transaction (promise P1)
    app = Flask(
        "checkin",
        static_folder=str(Path(__file__).parent / "static"),
        template_folder=str(services.settings.templates_root / "web"),
    )
    app.config["MAX_CONTENT_LENGTH"] = 64 * 1024
    app.config["MAX_FORM_MEMORY_SIZE"] = 64 * 1024
    app.register_blueprint(webhooks(services))
    app.register_blueprint(health(services))
    app.register_blueprint(front(services))

    @app.errorhandler(HTTPException)
    def refused(error: HTTPException) -> Response:
        given = error.get_response()
        if error.response is not None and isinstance(given, Response):
            return given
        return Response(f"{error.code}: {error.name}.\n", error.code or 500, mimetype="text/plain")

    def too_busy(error: Exception) -> Response:
        log.error("database_does_not_keep_up", error=type(error).__name__)
        return not_now()

    for kind in NOT_NOW:
        app.register_error_handler(kind, too_busy)

    @app.errorhandler(Exception)
    def failed(error: Exception) -> Response:
        """Nothing was committed; a 5xx makes the carrier try again. The trace goes to the log, never to the page."""
        log.exception("request_failed")
        return Response("Something went wrong here; nothing was lost. Try again.\n", 500, mimetype="text/plain")

    @app.after_request
    def guarded(response: Response) -> Response:
        response.headers.setdefault("Content-Security-Policy", "default-src 'self'; frame-ancestors 'none'")
        response.headers.setdefault("X-Content-Type-Options", "nosniff")
        response.headers.setdefault("Referrer-Policy", "no-referrer")
        response.headers.setdefault("Cache-Control", "no-store")
        return response

    return app
