"""Create the Flask application."""

from pathlib import Path

import structlog
from flask import Flask, Response, request
from flask_wtf.csrf import CSRFProtect
from werkzeug.exceptions import HTTPException
from werkzeug.routing import IntegerConverter

from checkin.domain.reading import prepare
from checkin.web.api import PREFIX, api, problem_for
from checkin.web.dashboard import dashboard
from checkin.web.dashboard.frame import is_page, problem_page, sentence
from checkin.web.health import health
from checkin.web.line import NOT_NOW, not_now
from checkin.web.webhooks import webhooks
from checkin.wiring import Services

log = structlog.get_logger()

_POLICY = "default-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'; object-src 'none'"


class _Id(IntegerConverter):
    """An id in an address: what no database column could hold is no page of ours."""

    def __init__(self, map: object, *args: object, **options: object) -> None:
        options.setdefault("max", 2**31 - 1)
        super().__init__(map, *args, **options)  # type: ignore[arg-type]


def create_app(services: Services, *, pages: bool = True) -> Flask:
    """The web process: the carrier's door, health, the JSON API and the pages.

    Without `pages` only the carrier's door and health: to a simulated process nobody else comes.
    """
    prepare()  # the lexicons are compiled now, not in the first text's transaction (promise P1)
    app = Flask(
        "checkin",
        static_folder=str(Path(__file__).parent / "static"),
        template_folder=str(services.settings.templates_root / "web"),
    )
    app.url_map.converters["int"] = _Id
    app.config["MAX_CONTENT_LENGTH"] = 64 * 1024
    app.config["MAX_FORM_MEMORY_SIZE"] = 64 * 1024
    protection = CSRFProtect()  # one for each application: it remembers whom it lets pass
    for door in (webhooks, health, *([api] if pages else [])):
        made = door(services)
        protection.exempt(made)  # no browser's cookie opens these
        app.register_blueprint(made)
    if pages:
        dashboard(app, services, protection)

    @app.errorhandler(HTTPException)
    def refused(error: HTTPException) -> Response:
        if request.path.startswith(f"{PREFIX}/"):
            return problem_for(error)
        given = error.get_response()
        if error.response is not None and isinstance(given, Response):
            return given
        code = error.code or 500
        if pages and is_page(request.path):
            return problem_page(code, sentence(code))
        return Response(f"{code}: {error.name}.\n", code, mimetype="text/plain")

    def too_busy(error: Exception) -> Response:
        log.error("database_does_not_keep_up", error=type(error).__name__)
        return not_now()  # not in the pages' frame: who is signed in stands in the database

    for kind in NOT_NOW:
        app.register_error_handler(kind, too_busy)

    @app.errorhandler(Exception)
    def failed(error: Exception) -> Response:
        """Nothing was committed; a 5xx makes the carrier try again. The trace goes to the log, never to the page."""
        log.exception("request_failed")
        if pages and is_page(request.path):
            return problem_page(500, sentence(500))
        return Response("Something went wrong here; nothing was lost. Try again.\n", 500, mimetype="text/plain")

    @app.after_request
    def guarded(response: Response) -> Response:
        response.headers.setdefault("Content-Security-Policy", _POLICY)
        response.headers.setdefault("X-Content-Type-Options", "nosniff")
        response.headers.setdefault("Referrer-Policy", "no-referrer")
        response.headers.setdefault("Permissions-Policy", "camera=(), microphone=(), geolocation=()")
        response.headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
        response.headers.setdefault("Cache-Control", "no-store")
        if services.settings.public_base_url.startswith("https://"):
            response.headers.setdefault("Strict-Transport-Security", "max-age=31536000")
        return response

    return app
