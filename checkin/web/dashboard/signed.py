"""Who is signed in: found anew for each request, so that a role taken away is gone at once."""

from dataclasses import dataclass
from typing import cast
from zoneinfo import ZoneInfo

from flask import Flask, request, session
from flask_login import LoginManager, UserMixin, current_user, login_user, logout_user

from checkin.domain.sign_in import Need, may
from checkin.store import accounts
from checkin.store.session import reading
from checkin.wiring import Services


@dataclass(frozen=True)
class Signed(UserMixin):  # type: ignore[misc]
    """A coordinator at a browser. `circles`: those they answer for; `shown`: those they chose to see. None: all."""

    token: str
    browser: int
    account: int
    coordinator: int
    person: int
    name: str
    role: str
    circles: frozenset[int] | None
    shown: frozenset[int] | None
    language: str
    zone: ZoneInfo

    def get_id(self) -> str:
        """What Flask-Login keeps in the browser's cookie."""
        return self.token

    @property
    def who(self) -> str:
        """Under what name this coordinator stands in the access log."""
        return f"person {self.person}"

    def may(self, need: Need) -> bool:
        """Whether their role is enough."""
        return may(self.role, need)

    def answers_for(self, circle: int | None) -> bool:
        """Whether they answer for what belongs to this circle; what belongs to none is everybody's who acts."""
        return self.circles is None or circle is None or circle in self.circles


def signed() -> Signed:
    """Who is signed in. Only for pages that a `Door` guards."""
    return cast("Signed", current_user._get_current_object())


def signed_or_none() -> Signed | None:
    """Who is signed in, if anybody is."""
    return signed() if current_user.is_authenticated else None


def signs_in(app: Flask, services: Services) -> None:
    """Let the application know who asks."""
    manager = LoginManager(app)
    # A phone's address changes on the way; its token is secret, short-lived and kept from scripts.
    manager.session_protection = None

    @manager.user_loader  # type: ignore[untyped-decorator]
    def load(token: str) -> Signed | None:
        now = services.now()
        with reading(services.engine) as found_in:
            found = accounts.whose(found_in, token, now)
        if found is None:
            return None
        if accounts.is_seen_late(found.signed_in, now):
            services.act(lambda writing: accounts.seen(writing, found.signed_in.id, now))
        return _signed(services, found, token)


def _signed(services: Services, found: accounts.Found, token: str) -> Signed:
    chosen = found.signed_in.circle_id
    may_choose = chosen is not None and (found.circles is None or chosen in found.circles)
    return Signed(
        token=token,
        browser=found.signed_in.id,
        account=found.account.id,
        coordinator=found.coordinator.id,
        person=found.person.id,
        name=found.person.name,
        role=found.coordinator.role,
        circles=found.circles,
        shown=frozenset({chosen}) if may_choose and chosen is not None else found.circles,
        language=found.account.language or found.person.language,
        zone=services.handbook.zone(found.person),
    )


def sign_in(services: Services, account: int) -> None:
    """Sign this browser in. What it had been half-way to is forgotten."""
    now = services.now()
    token = services.act(lambda writing: accounts.begin(writing, account, browser_name(), now))
    session.clear()
    session.permanent = True
    with reading(services.engine) as found_in:
        found = accounts.whose(found_in, token, now)
    if found is None:
        raise LookupError("an account that is gone")
    login_user(_signed(services, found, token))


def sign_out(services: Services, me: Signed) -> None:
    """Sign this browser out, here and in the database."""
    services.act(lambda writing: accounts.end(writing, me.account, services.now(), only=me.browser))
    logout_user()
    session.clear()


def browser_name() -> str:
    """This browser in a few words, such as "Firefox, Android", for the list of where one is signed in."""
    agent = request.headers.get("User-Agent", "")
    program = next((name for mark, name in _PROGRAMS if mark in agent), "")
    system = next((name for mark, name in _SYSTEMS if mark in agent), "")
    return ", ".join(filter(None, (program, system)))


_PROGRAMS = (
    *(("Firefox/", "Firefox"), ("Edg/", "Edge"), ("OPR/", "Opera"), ("SamsungBrowser/", "Samsung Internet")),
    *(("Chrome/", "Chrome"), ("Safari/", "Safari")),
)
_SYSTEMS = (
    *(("Android", "Android"), ("iPhone", "iPhone"), ("iPad", "iPad"), ("Windows", "Windows")),
    *(("Mac OS X", "Mac"), ("Linux", "Linux")),
)
