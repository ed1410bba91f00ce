"""The door of one subject's pages. No page can be added to it without saying what it asks of whoever opens it."""

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar
from urllib.parse import quote

from flask import Blueprint, abort, redirect, request
from flask.typing import ResponseReturnValue

from checkin.domain.sign_in import Need
from checkin.web.dashboard.signed import signed_or_none
from checkin.wiring import Services

__all__ = ["Door", "Need", "by_htmx", "go"]

_View = TypeVar("_View", bound=Callable[..., ResponseReturnValue])


class Door:
    """Routes of one subject. Each checks on the server who asks; the circle is each page's own to check."""

    def __init__(self, name: str, services: Services) -> None:
        self.services = services
        self.blueprint = Blueprint(name, __name__)

    def get(self, rule: str, need: Need) -> Callable[[_View], _View]:
        """A page to look at."""
        return self._route(rule, need, "GET")

    def post(self, rule: str, need: Need) -> Callable[[_View], _View]:
        """A page that changes something, or is asked with words that must not stand in an address."""
        return self._route(rule, need, "POST")

    def open(self, rule: str, method: str = "GET") -> Callable[[_View], _View]:
        """A page for whoever is not signed in: signing in itself, an invitation."""
        return self._route(rule, None, method)

    def _route(self, rule: str, need: Need | None, method: str) -> Callable[[_View], _View]:
        def decorate(view: _View) -> _View:
            guarded = _guarded(view, need)
            guarded.need = need  # type: ignore[attr-defined]
            self.blueprint.add_url_rule(rule, f"{view.__name__}_{method.lower()}", guarded, methods=[method])
            return view

        return decorate


def _guarded(view: Callable[..., ResponseReturnValue], need: Need | None) -> Callable[..., ResponseReturnValue]:
    @wraps(view)
    def guarded(**given: Any) -> ResponseReturnValue:
        if need is not None:
            me = signed_or_none()
            if me is None:
                return _to_sign_in()
            if not me.may(need):
                abort(403)
        return view(**given)

    return guarded


def by_htmx() -> bool:
    """Whether a part of a page is asked for, and not a page."""
    return "HX-Request" in request.headers


def go(place: str) -> ResponseReturnValue:
    """Send the browser on after something was done (303: it asks with GET)."""
    return redirect(place, 303)


def _to_sign_in() -> ResponseReturnValue:
    back = request.full_path.rstrip("?") if request.method == "GET" and not by_htmx() else ""
    place = "/sign-in" + (f"?next={quote(back)}" if back not in ("", "/") else "")
    if by_htmx():
        return "", 401, {"HX-Redirect": place}
    return redirect(place, 303)
