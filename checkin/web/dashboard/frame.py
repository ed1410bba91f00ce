"""What all pages share: their frame, the navigation, the circle picker, protection against forged forms."""

import hashlib
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import IO, Any
from urllib.parse import urlsplit

from flask import Flask, Request, Response, abort, current_app, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_wtf import CSRFProtect
from flask_wtf.csrf import CSRFError
from sqlalchemy import select

from checkin.domain.sign_in import DAY, Need
from checkin.store import accounts
from checkin.store.session import reading
from checkin.store.tables import CircleRow
from checkin.web.dashboard.door import Door
from checkin.web.dashboard.language import LANGUAGES, _, language, lazy
from checkin.web.dashboard.signed import signed, signed_or_none
from checkin.wiring import Services

NAVIGATION = (
    ("/", lazy("Today"), Need.FIGURES),
    ("/members", lazy("Members"), Need.WORDS),
    ("/schedules", lazy("Schedules"), Need.WORDS),
    ("/volunteers", lazy("Volunteers"), Need.WORDS),
    ("/shifts", lazy("Shifts"), Need.WORDS),
    ("/words", lazy("Words"), Need.WORDS),
    ("/policy", lazy("Policy"), Need.WORDS),
    ("/results", lazy("Results"), Need.FIGURES),
    ("/circles", lazy("Circles"), Need.ADMIN),
    ("/coordinators", lazy("Coordinators"), Need.ADMIN),
    ("/access-log", lazy("Access log"), Need.ADMIN),
    ("/corrections", lazy("Corrections"), Need.ADMIN),
    ("/keys", lazy("API keys"), Need.ADMIN),
)
_NOT_PAGES = ("/twilio/", "/api/", "/healthz", "/readyz", "/metrics", "/static/")

ROOM = {"/people-files": 5 * 1024 * 1024}
"""What takes more than a webhook's few kilobytes: an upload of people."""


class PageRequest(Request):
    """A request whose upload stays in memory: what spills over would lie in clear on a disk."""

    def _get_file_stream(
        self,
        total_content_length: int | None,
        content_type: str | None,
        filename: str | None = None,
        content_length: int | None = None,
    ) -> IO[bytes]:
        return BytesIO()


def frames(app: Flask, services: Services, protection: CSRFProtect) -> None:
    """Set the application up for pages."""
    secure = services.settings.public_base_url.startswith("https://")
    app.config.update(
        SECRET_KEY=hashlib.sha256(b"pages" + services.secret).hexdigest(),
        PERMANENT_SESSION_LIFETIME=DAY,
        SESSION_COOKIE_NAME="__Host-checkin" if secure else f"checkin-{services.settings.port}",
        SESSION_COOKIE_SECURE=secure,
        SESSION_COOKIE_SAMESITE="Lax",
        WTF_CSRF_TIME_LIMIT=None,
        WTF_CSRF_SSL_STRICT=False,  # no Referer is sent; the token and SameSite do it
        WTF_I18N_ENABLED=False,
        SEND_FILE_MAX_AGE_DEFAULT=31_536_000,  # each address of a file names its content
    )
    app.request_class = PageRequest
    app.before_request(_room)  # before the form is read, which the next one does
    protection.init_app(app)
    app.jinja_env.globals.update(asset=asset)
    app.context_processor(lambda: _context(services))
    app.register_error_handler(CSRFError, _too_old)
    app.register_blueprint(_picker(services).blueprint)


def _room() -> None:
    if request.method == "POST" and request.path in ROOM:
        request.max_content_length = ROOM[request.path]


def _context(services: Services) -> dict[str, Any]:
    me = signed_or_none()
    context: dict[str, Any] = {"me": me, "now": services.now(), "language": language(), "languages": LANGUAGES}
    if me is not None:
        context["navigation"] = [
            (place, label, _is_here(place)) for place, label, need in NAVIGATION if me.may(need) and _exists(place)
        ]
        context["circles_to_pick"] = _circles_to_pick(services)
    return context


def _is_here(place: str) -> bool:
    of_circle = request.path.startswith("/circles/") and request.blueprint in ("schedules", "policy")
    path = f"/{request.blueprint}" if of_circle else request.path
    return path == place or (place != "/" and path.startswith(f"{place}/"))


def _exists(place: str) -> bool:
    return place in _places(current_app._get_current_object())  # type: ignore[attr-defined]


def _places(app: Flask) -> frozenset[str]:
    """All addresses of the application, which remembers them."""
    places: frozenset[str] | None = app.extensions.get("places")
    if places is None:
        places = app.extensions["places"] = frozenset(rule.rule for rule in app.url_map.iter_rules())
    return places


def _circles_to_pick(services: Services) -> list[tuple[int, str]]:
    """The circles among which this coordinator may choose; none where there is no choice."""
    me = signed()
    if me.circles is not None and len(me.circles) < 2:
        return []
    query = select(CircleRow.id, CircleRow.name).order_by(CircleRow.name)
    if me.circles is not None:
        query = query.where(CircleRow.id.in_(me.circles))
    with reading(services.engine) as found_in:
        found = [(circle, name) for circle, name in found_in.execute(query)]
    return found if len(found) > 1 else []


def _picker(services: Services) -> Door:
    door = Door("frame", services)

    @door.post("/shown-circle", Need.FIGURES)
    def shown_circle() -> ResponseReturnValue:
        """Show one circle from now on, or all."""
        me, wanted = signed(), request.form.get("circle", "")
        circle = int(wanted) if wanted.isdecimal() and len(wanted) < 10 else None
        with reading(services.engine) as found_in:
            if circle is not None and (not me.answers_for(circle) or found_in.get(CircleRow, circle) is None):
                abort(404)
        services.act(lambda writing: accounts.show_circle(writing, me.browser, circle))
        return redirect(safe_place(request.form.get("back", "")), 303)

    @door.open("/language", "POST")
    def choose_language() -> ResponseReturnValue:
        """Choose the pages' language before signing in; an account has its own."""
        wanted = request.form.get("language", "")
        if wanted in LANGUAGES:
            session["language"] = wanted
        return redirect(safe_place(request.form.get("back", "")), 303)

    return door


def safe_place(place: str) -> str:
    """A place of our own to go on to; `/` for anything that leads elsewhere."""
    parts = urlsplit(place)
    own = place.startswith("/") and not place.startswith(("//", "/\\")) and not parts.scheme and not parts.netloc
    return place if own and "\\" not in place and "\n" not in place else "/"


@cache
def _mark(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()[:10]


def asset(name: str) -> str:
    """The address of a file below `static`, with a mark of its content, so that browsers may keep it."""
    return url_for("static", filename=name, v=_mark(Path(current_app.static_folder or "") / name))


def is_page(path: str) -> bool:
    """Whether a person looks at what is answered here."""
    return not path.startswith(_NOT_PAGES)


def problem_page(code: int, what: str) -> Response:
    """One clear sentence, in the frame of the pages."""
    return Response(render_template("problem.html", code=code, what=what), code)


def sentence(code: int) -> str:
    """What to tell a person whose page could not be shown."""
    return {
        400: _("The page sent something that cannot be read. Go back, load it again, and try once more."),
        403: _("Your role does not include this page. An admin can change your role."),
        404: _("There is no such page, or it belongs to a circle that is not yours."),
        405: _("This page cannot be opened like that. Start again from the menu."),
        413: _("That is too large to be taken. Choose a smaller file."),
        429: _("That was too often. Wait a minute, and try again."),
        503: _("The database does not keep up just now; nothing was changed. Try again in some seconds."),
    }.get(code, _("Something went wrong here; nothing was changed. Try again."))


def _too_old(_error: CSRFError) -> Response:
    return problem_page(400, _("This page had been open for too long. Go back, load it again, and send it once more."))
