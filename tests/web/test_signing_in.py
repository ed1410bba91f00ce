"""Signing in: a password and a second factor; wrong tries slow down; what is over is over."""

import re
from datetime import timedelta

import pyotp
import pytest
from sqlalchemy import select

from checkin.domain.terms import Phone
from checkin.handlers.coordinators_invited import coordinator_invited, first_admin_invited
from checkin.store import accounts, people
from checkin.store.tables import AccountRow, AuditRow, CoordinatorRow, SignedInRow, SignInTriesRow
from tests.desk import Desk, Page, desk_of
from tests.town import ANA, BEN, DORA, EVE, SAM, Town
from workers import housekeeping

WORDS = "kettle lamp river sparrow"


def somebody(town: Town) -> Desk:
    """A browser of nobody yet."""
    return Desk(town, town.client.application.test_client(), 0, 0)


def invitation(town: Town, number: str = DORA, role: str = "admin") -> str:
    desk = desk_of(town, number, role, None if role == "admin" else "main")
    with town.in_session() as session:
        account = accounts.of_coordinator(session, desk.coordinator)
        assert account is not None
        accounts.end(session, account.id, town.time)
        return f"/invitation/{coordinator_invited(session, desk.coordinator, 'test', town.time)}"


def opens_an_account(town: Town, number: str = DORA, role: str = "admin") -> tuple[Desk, str, list[str]]:
    """Go from the invitation to the pages; returns the browser, the authenticator's secret, the recovery codes."""
    desk, link = somebody(town), invitation(town, number, role)
    page = desk.presses(desk.opens(link), "Go on", email="dora@example.org", password=WORDS, again=WORDS)
    assert page.place.endswith("/account/authenticator")
    secret = page.select_one(".secret").text.replace(" ", "")  # type: ignore[union-attr]
    page = desk.presses(page, "Go on", code=pyotp.TOTP(secret).at(town.time))
    assert "Recovery codes" in page.words
    return desk, secret, [code.text for code in page.select(".secret")]


def signs_in(desk: Desk, login: str = "dora@example.org", password: str = WORDS) -> Page:
    return desk.presses(desk.opens("/sign-in"), "Go on", login=login, password=password)


@pytest.mark.parametrize("login", ["dora@example.org", "Dora@Example.org ", "+1 202 555 0105", "(202) 555-0105"])
def test_password_and_code_open_the_pages(town: Town, login: str) -> None:
    _, secret, _ = opens_an_account(town)
    town.passes(minutes=2)
    desk = somebody(town)
    page = signs_in(desk, login)
    assert page.place.endswith("/sign-in/second")
    assert desk.opens("/account").place.startswith("/sign-in"), "a password alone opens nothing"
    page = desk.presses(desk.opens("/sign-in/second"), "Sign in", code=pyotp.TOTP(secret).at(town.time))
    assert desk.opens("/account").status == 200


def test_a_code_counts_once(town: Town) -> None:
    _, secret, _ = opens_an_account(town)
    town.passes(minutes=2)
    code = pyotp.TOTP(secret).at(town.time)
    for again in (False, True):
        desk = somebody(town)
        page = desk.presses(signs_in(desk), "Sign in", code=code)
        assert (page.status == 422) is again


def test_a_recovery_code_counts_once(town: Town) -> None:
    _, _, codes = opens_an_account(town)
    for again in (False, True):
        desk = somebody(town)
        page = desk.presses(signs_in(desk), "Sign in", code=codes[3].upper())
        assert (page.status == 422) is again


def test_wrong_passwords_slow_down_alike_for_who_has_an_account_and_who_has_none(town: Town) -> None:
    opens_an_account(town)
    heard = []
    for login in ("dora@example.org", "nobody@example.org"):
        desk = somebody(town)
        said = [signs_in(desk, login, "something else").words for _ in range(6)]
        assert "too often" not in said[3]
        assert "too often" in said[4]
        heard.append(said)
    assert [words.replace("nobody", "dora") for words in heard[1]] == heard[0]
    desk = somebody(town)
    assert "too often" in signs_in(desk).words, "while it is locked, the right one does not count either"
    town.passes(minutes=5)
    assert signs_in(desk).place.endswith("/sign-in/second")


@pytest.mark.parametrize(
    "logins",
    [
        ["dora@example.org", " dora@example.org", "dora@example.org ", "DORA@example.org", "Dora@Example.org"],
        ["(202) 555-0105", "202 555 0105", "+1 202 555 0105", "0012025550105", "202.555.0105"],
        ["Dora", "dora", "D ora", " dora", "DORA"],
        ["dora@example.org", "(202) 555-0105", "dora@example.org", "(202) 555-0105", "dora@example.org"],
    ],
)
def test_however_a_login_is_written_nobody_learns_who_has_an_account(town: Town, logins: list[str]) -> None:
    opens_an_account(town)
    nobodys = [login.replace("d", "n").replace("D", "N").replace("0105", "0188") for login in logins]
    heard = [
        ["too often" in signs_in(somebody(town), login, "something else").words for login in each]
        for each in (logins, nobodys)
    ]
    assert heard[0] == heard[1]


def test_wrong_codes_slow_down_too(town: Town) -> None:
    _, secret, _ = opens_an_account(town)
    town.passes(minutes=2)
    desk = somebody(town)
    page = signs_in(desk)
    for _ in range(5):
        page = desk.presses(page, "Sign in", code="000000")
    assert "too often" in page.words
    page = desk.presses(page, "Sign in", code=pyotp.TOTP(secret).at(town.time))
    assert page.status == 422


def test_wrong_tries_are_kept_for_a_day_however_many_there_were(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(accounts, "_AT_A_TIME", 2)
    for number in range(5):
        signs_in(somebody(town), f"nobody{number}@example.org", "something else")
    town.time += timedelta(hours=23)
    signs_in(somebody(town), "nobody4@example.org", "something else")
    housekeeping.look(town.services)
    assert tries(town) == [1, 1, 1, 1, 2]
    town.time += timedelta(hours=2)
    housekeeping.look(town.services)
    assert tries(town) == [2], "the last is not a day ago"


def tries(town: Town) -> list[int]:
    with town.in_session() as session:
        return sorted(session.scalars(select(SignInTriesRow.wrong)))


def in_script(code: str, zero: str) -> str:
    """The digits of a code in another script, as some keyboards write them."""
    return "".join(chr(ord(zero) + int(digit)) for digit in code)


@pytest.mark.parametrize("zero", ["٠", "०", "０"])
def test_a_code_counts_in_the_digits_of_any_script(town: Town, zero: str) -> None:
    desk = somebody(town)
    page = desk.presses(desk.opens(invitation(town)), "Go on", email="", password=WORDS, again=WORDS)
    secret = page.select_one(".secret").text.replace(" ", "")  # type: ignore[union-attr]
    page = desk.presses(page, "Go on", code=in_script(pyotp.TOTP(secret).at(town.time), zero))
    assert "Recovery codes" in page.words
    town.passes(minutes=2)
    desk = somebody(town)
    page = desk.presses(signs_in(desk, DORA), "Sign in", code=in_script(pyotp.TOTP(secret).at(town.time), zero))
    assert page.status == 200
    assert desk.opens("/account").place == "/account"


def test_a_code_of_other_signs_is_a_wrong_one_and_is_counted(town: Town) -> None:
    desk, _, _ = opens_an_account(town)
    assert desk.presses(desk.opens("/account/authenticator"), "Go on", code="é23456").status == 422
    town.passes(minutes=2)
    desk = somebody(town)
    page = signs_in(desk)
    for code in ("é23456", "١٢٣٤٥", "🔑" * 6, "½½½½½½", "²²²²²²"):
        page = desk.presses(page, "Sign in", code=code)
        assert page.status == 422
    assert "too often" in page.words


def test_the_second_step_does_not_wait_for_ever(town: Town) -> None:
    _, secret, _ = opens_an_account(town)
    desk = somebody(town)
    page = signs_in(desk)
    town.passes(minutes=11)
    page = desk.presses(page, "Sign in", code=pyotp.TOTP(secret).at(town.time))
    assert "from the start" in page.words


@pytest.mark.parametrize(("idle", "signed_in"), [(59, True), (61, False)])
def test_an_idle_browser_is_signed_out_after_an_hour(town: Town, idle: int, signed_in: bool) -> None:
    desk, _, _ = opens_an_account(town)
    town.passes(minutes=idle)
    assert (desk.opens("/account").place == "/account") is signed_in


def test_a_busy_browser_is_signed_out_after_twelve_hours(town: Town) -> None:
    desk, _, _ = opens_an_account(town)
    for _ in range(15):
        town.passes(minutes=50)
        last = desk.opens("/account").place
    assert last != "/account"


def test_who_signs_out_is_out_in_the_database_too(town: Town) -> None:
    desk, _, _ = opens_an_account(town)
    with desk.client.session_transaction() as cookie:
        token = cookie["_user_id"]
    desk.presses(desk.opens("/account"), "Sign out")
    other = somebody(town)
    with other.client.session_transaction() as cookie:
        cookie["_user_id"] = token
    assert other.opens("/account").place.startswith("/sign-in")


def test_an_invitation_opens_once_and_for_three_days(town: Town) -> None:
    link = invitation(town)
    desk = somebody(town)
    assert desk.opens(link).status == desk.opens(link).status == 200, "looking uses nothing up"
    desk.presses(desk.opens(link), "Go on", email="", password=WORDS, again=WORDS)
    assert somebody(town).opens(link).status == 404
    other = invitation(town)
    town.passes(hours=73)
    assert somebody(town).opens(other).status == 404


def test_a_newer_invitation_voids_the_older(town: Town) -> None:
    older = invitation(town)
    invitation(town)
    assert somebody(town).opens(older).status == 404


def test_a_new_link_takes_password_second_factor_and_browsers_away(town: Town) -> None:
    desk, _, _ = opens_an_account(town)
    link = invitation(town)
    new = somebody(town)
    page = new.presses(
        new.opens(link), "Go on", email="dora@example.org", password="other " + WORDS, again="other " + WORDS
    )
    assert page.place.endswith("/account/authenticator"), "the second factor is set anew"
    assert desk.opens("/account").place.startswith("/sign-in")
    assert "does not match" in signs_in(somebody(town)).words


@pytest.mark.parametrize(
    ("password", "said"),
    [
        ("short words", "at least 12"),
        ("aaaaaaaaaaaaaa", "few different"),
        ("dora dora dora", "your name"),
        ("passwordpassword", "tried first"),
        ("w" * 100 + "xyzvu" * 30, "200"),
    ],
)
def test_weak_passwords_are_refused_in_one_sentence(town: Town, password: str, said: str) -> None:
    desk = somebody(town)
    page = desk.presses(desk.opens(invitation(town)), "Go on", email="", password=password, again=password)
    assert page.status == 422
    assert said in page.words


def test_two_coordinators_do_not_share_an_address(town: Town) -> None:
    opens_an_account(town)
    desk = somebody(town)
    page = desk.presses(
        desk.opens(invitation(town, ANA)), "Go on", email="dora@example.org", password=WORDS, again=WORDS
    )
    assert page.status == 422
    assert "Another coordinator" in page.words


def test_a_changed_password_signs_every_other_browser_out(town: Town) -> None:
    desk, _, codes = opens_an_account(town)
    other = somebody(town)
    other.presses(signs_in(other), "Sign in", code=codes[0])
    new = "a lamp that was never lit"
    page = desk.presses(desk.opens("/account"), "Change the password", old="wrong", password=new, again=new)
    assert page.status == 422
    page = desk.presses(desk.opens("/account"), "Change the password", old=WORDS, password=new, again=new)
    assert page.status == 200
    assert other.opens("/account").place.startswith("/sign-in")
    assert desk.opens("/account").status == 200


def test_a_form_without_the_pages_token_is_refused(desk: Desk) -> None:
    answer = desk.client.post("/account/language", data={"language": "es"})
    assert answer.status_code == 400
    assert "open for too long" in answer.text


@pytest.mark.parametrize("place", ["//evil.example", "https://evil.example/", "/\\evil.example", "javascript:alert(1)"])
def test_signing_in_leads_nowhere_else(town: Town, place: str) -> None:
    _, _, codes = opens_an_account(town)
    desk = somebody(town)
    page = desk.presses(desk.opens("/sign-in"), "Go on", login="dora@example.org", password=WORDS, next=place)
    assert desk.presses(page, "Sign in", code=codes[0]).place == "/"


def test_what_was_wanted_is_opened_after_signing_in(town: Town) -> None:
    _, _, codes = opens_an_account(town)
    desk = somebody(town)
    page = desk.opens("/coordinators")
    page = desk.presses(page, "Go on", login="dora@example.org", password=WORDS)
    assert desk.presses(page, "Sign in", code=codes[0]).place == "/coordinators"


def test_nothing_secret_is_kept_in_clear(town: Town) -> None:
    _, secret, codes = opens_an_account(town)
    assert town.services.engine.url.database is not None
    with town.services.engine.connect() as connection:
        dump = "\n".join(connection.connection.driver_connection.iterdump())  # type: ignore[union-attr]
    for private in (WORDS, secret, "dora@example.org", codes[0], codes[0].replace("-", "")):
        assert private not in dump


def test_each_signing_in_and_each_wrong_try_is_in_the_access_log(town: Town) -> None:
    _, _, codes = opens_an_account(town)
    desk = somebody(town)
    signs_in(desk, password="something else")
    desk.presses(signs_in(desk), "Sign in", code=codes[0])
    whats = [row.what for row in town.rows(AuditRow)]
    assert whats.count("wrong password") == 1
    assert whats.count("signed in") == 1
    assert {"coordinator invited", "account made", "authenticator set", "recovery codes made"} <= set(whats)


def test_a_role_that_is_taken_away_is_gone_at_once(town: Town) -> None:
    desk, _, _ = opens_an_account(town)
    assert desk.opens("/coordinators").status == 200
    with town.in_session() as session:
        session.query(CoordinatorRow).filter_by(role="admin").one().role = "viewer"
    assert desk.opens("/coordinators").status == 403


def test_the_cookie_is_kept_from_scripts_and_other_sites(town: Town) -> None:
    cookie = town.client.get("/sign-in").headers["Set-Cookie"]
    assert re.search("HttpOnly", cookie)
    assert re.search("SameSite=Lax", cookie)


def test_the_first_admin_is_invited_only_while_nobody_can_sign_in(town: Town) -> None:
    with town.in_session() as session:
        session.query(CoordinatorRow).one().role = "admin"
        assert first_admin_invited(session, town.time) is not None
    opens_an_account(town)
    with town.in_session() as session:
        assert first_admin_invited(session, town.time) is None


# --- coordinators, by an admin ----------------------------------------------------------------------------------------


def known(town: Town, number: str) -> people.Known:
    with town.in_session() as session:
        return people.known_by_phone(session, [Phone(number)])[Phone(number)]


@pytest.fixture
def admin(town: Town) -> Desk:
    return desk_of(town, DORA, "admin", None)


def test_an_admin_invites_somebody_who_then_has_their_circles(town: Town, admin: Desk) -> None:
    with town.in_session() as session:
        people.ensure_circle(session, "third", "Ash", "Hello", town.time)
    page = admin.presses(
        admin.opens("/coordinators/new"),
        "Make the invitation",
        name="Eve",
        phone=EVE,
        role="coordinator",
        circles=["1", "3"],
    )
    link = page.select_one(".secret").text  # type: ignore[union-attr]
    desk = somebody(town)
    assert "Welcome, Eve" in desk.opens("/invitation/" + link.rsplit("/", 1)[1]).words
    with town.in_session() as session:
        from checkin.domain.terms import CircleId

        row = session.query(CoordinatorRow).filter(CoordinatorRow.id != admin.coordinator).one()
        assert accounts.circles_of(session, row) == {1, 3}
        for circle, hers in ((1, True), (2, False), (3, True)):
            assert (row.person_id in people.coordinators(session, CircleId(circle))) is hers


def test_the_last_admin_can_neither_leave_nor_be_made_less(admin: Desk) -> None:
    page = admin.opens(f"/coordinators/{admin.coordinator}")
    assert "only admin" in admin.presses(page, "Save", role="viewer", circles=["1"]).words
    assert "only admin" in admin.presses(page, "No longer a coordinator").words


def test_whoever_is_let_go_is_signed_out_and_no_longer_rung(town: Town, admin: Desk) -> None:
    from checkin.domain.terms import CircleId

    other = desk_of(town, ANA, "coordinator", "main")
    admin.presses(admin.opens(f"/coordinators/{other.coordinator}"), "No longer a coordinator")
    assert other.opens("/account").place.startswith("/sign-in")
    with town.in_session() as session:
        assert other.person not in people.coordinators(session, CircleId(1))
        assert session.query(AccountRow).count() == 1
        assert session.query(SignedInRow).count() == 1


def test_bad_details_of_a_coordinator_are_named(admin: Desk) -> None:
    page = admin.presses(admin.opens("/coordinators/new"), "Make the invitation", name="Eve", phone="12", circles=["1"])
    assert page.status == 422
    assert "This cannot be taken" in page.words


@pytest.mark.parametrize(("number", "name"), [(SAM, "Sam"), (BEN, "Ben")])
def test_a_member_or_volunteer_coordinates_only_where_it_is_said_that_it_is_them(
    town: Town, admin: Desk, number: str, name: str
) -> None:
    """A number that was typed wrongly made a member a coordinator, under another name."""
    page = admin.presses(
        admin.opens("/coordinators/new"), "Make the invitation", name="Zed", phone=number, circles=["1"]
    )
    assert page.status == 422
    assert "somebody with this number is here already" in page.words
    person = known(town, number)
    assert (person.person.name, person.coordinator) == (name, None)
    page = admin.presses(page, "Make the invitation", same="y", name=name)
    assert page.select(".secret")
    assert known(town, number).coordinator is not None


def test_who_coordinates_already_is_not_written_over(town: Town, admin: Desk) -> None:
    """The only admin could be made a viewer so."""
    form = {"name": "Zed", "phone": DORA, "role": "viewer", "circles": ["1"], "same": "y"}
    page = admin.presses(admin.opens("/coordinators/new"), "Make the invitation", **form)
    assert page.status == 422
    assert "a coordinator with this number is here already" in page.words
    assert page.select(f"main a[href='/coordinators/{admin.coordinator}']")
    dora = known(town, DORA)
    assert dora.coordinator is not None
    assert (dora.person.name, dora.coordinator.role) == ("Dora", "admin")


@pytest.mark.parametrize("days", [0, 2])
def test_tries_are_forgotten_after_a_day(town: Town, days: int) -> None:
    desk = somebody(town)
    for _ in range(4):
        signs_in(desk, "nobody@example.org", "something else")
    town.time += timedelta(days=days)
    assert ("too often" in signs_in(desk, "nobody@example.org", "something else").words) is (days == 0)
