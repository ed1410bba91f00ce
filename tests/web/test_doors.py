"""Each page says what it asks of whoever opens it, and the server refuses everybody else."""

from typing import Any
from urllib.parse import quote

import pytest
from flask import Flask
from werkzeug.routing import Rule

from checkin.domain.sign_in import Need, may
from tests.desk import Desk, desk_of
from tests.town import DORA, Town

OPEN = {
    *("/", "/sign-in", "/sign-in/second", "/language", "/invitation/<token>", "/account/authenticator"),
    "/calendars/<token>.ics",
    *("/my", "/my/<token>", "/my/on", "/my/off", "/my/as-planned", "/my/away", "/my/away/<int:number>/back"),
    *("/my/shifts/offer", "/my/offers/<int:number>/back", "/my/offers/<int:number>/take"),
    *("/my/offers/<int:number>/no", "/my/calendar", "/my/outcome", "/my/close"),
    *("/sign-in/passkey", "/sign-in/passkey/options"),
}
"""Pages for whoever is not signed in. Each is one by intention: add to it with care."""
_MACHINES = ("/twilio/", "/api/", "/healthz", "/readyz", "/metrics", "/static/")


def pages(app: Flask) -> list[tuple[Rule, str, Need | None]]:
    """Every page, how it is asked for, and what it needs."""
    found = []
    for rule in app.url_map.iter_rules():
        if not rule.rule.startswith(_MACHINES):
            view = app.view_functions[rule.endpoint]
            assert hasattr(view, "need"), f"{rule.rule} is not behind a Door"
            [method] = (rule.methods or set()) - {"HEAD", "OPTIONS"}
            found.append((rule, method, view.need))
    return found


def place(rule: Rule) -> str:
    """An address of this rule."""
    values = {name: "1" if type(kind).__name__ == "_Id" else "x" for name, kind in rule._converters.items()}
    built = rule.build(values, append_unknown=False)
    assert built is not None
    return built[1]


def opened(desk: Desk, rule: Rule, method: str) -> int:
    if method == "GET":
        return desk.client.get(place(rule)).status_code
    return desk.client.post(place(rule), data={"csrf_token": desk.token()}).status_code


def test_only_the_pages_that_must_be_are_open_to_everybody(town: Town) -> None:
    found = pages(town.client.application)
    assert {rule.rule for rule, _, need in found if need is None} == OPEN
    stranger = town.client.application.test_client()
    for rule, method, need in found:
        if need is not None and method == "GET":
            answer = stranger.get(place(rule))
            assert answer.status_code == 303, rule.rule
            assert answer.headers["Location"].startswith("/sign-in"), rule.rule


@pytest.mark.parametrize("role", ["viewer", "coordinator", "somebody"])
def test_a_role_opens_what_it_may_and_nothing_else(town: Town, role: str) -> None:
    desk = desk_of(town, DORA, role)
    for rule, method, need in pages(town.client.application):
        if need is not None and not may(role, need):
            assert opened(desk, rule, method) == 403, rule.rule
        elif need is not None and method == "GET":
            assert opened(desk, rule, method) in (200, 303, 404), rule.rule


@pytest.mark.parametrize("day", ["0001-01-01", "1999-12-31", "2101-01-01", "9999-12-31"])
@pytest.mark.parametrize(
    ("place", "field", "others"),
    [
        ("/shifts?circle=1", "day", {"volunteer": "1", "on": "on", "start": "18:00", "end": "17:00"}),
        ("/keys/new", "expires", {"name": "x", "scopes": ["members:read"], "everywhere": "y"}),
        ("/access-log", "start", {}),
        ("/access-log", "end", {"do": "csv"}),
        ("/members/1/pause", "until", {}),
    ],
)
def test_a_day_near_an_end_of_the_calendar_is_refused_beside_its_field(
    town: Town, place: str, field: str, others: dict[str, Any], day: str
) -> None:
    town.schedule("MO 09:05")  # who has no schedule is not paused
    page = desk_of(town, DORA, "admin", None).sends(place, {**others, field: day})
    assert page.status == 422
    assert page.select_one(f"#{field}-error").text == "Choose a day in the years 2000 to 2100."  # type: ignore[union-attr]
    assert page.select_one(f"#{field}")["value"] == day, "what was typed stays"  # type: ignore[index]


@pytest.mark.parametrize("moment", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:00:00-14:00", "2026-11-24", "soon", ""])
def test_a_moment_that_no_page_was_given_is_not_found(town: Town, moment: str) -> None:
    desk = desk_of(town, DORA)
    assert desk.opens(f"/members/1/conversation?before={quote(moment)}").status == 404
    assert desk.sends("/volunteers/1/shifts/offer", start=moment).status == 404


@pytest.mark.parametrize("circle", ["0", "999", "999999999"])
def test_a_circle_that_is_not_cannot_be_shown(town: Town, circle: str) -> None:
    for role, own in (("admin", None), ("coordinator", "main")):
        desk = desk_of(town, DORA, role, own)
        assert desk.sends("/shown-circle", circle=circle).status == 404
        assert desk.opens("/").status == 200
