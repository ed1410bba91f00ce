"""Passkeys (WebAuthn) as the second factor: a phone's lock or a key on a ring, which nobody can be talked out of."""

from typing import Any
from urllib.parse import urlsplit

from flask import abort, flash, jsonify, request, session
from flask.typing import ResponseReturnValue
from webauthn import (
    base64url_to_bytes,
    generate_authentication_options,
    generate_registration_options,
    options_to_json,
    verify_authentication_response,
    verify_registration_response,
)
from webauthn.helpers import bytes_to_base64url
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from checkin.domain.sign_in import Need
from checkin.handlers.passkeys_kept import passkey_dropped, passkey_kept, passkey_used
from checkin.handlers.signing_in import Came, second_tried
from checkin.store import accounts
from checkin.store.session import reading
from checkin.store.tables import AccountRow, PasskeyRow
from checkin.web.dashboard.door import Door, go
from checkin.web.dashboard.frame import safe_place
from checkin.web.dashboard.language import _
from checkin.web.dashboard.signed import browser_name, sign_in, signed
from checkin.web.dashboard.signing_in import half_way, wrong_sentence
from checkin.wiring import Services


def has_passkeys(services: Services, account: int) -> bool:
    """Whether this account has one."""
    with reading(services.engine) as found_in:
        return bool(accounts.passkeys(found_in, account))


def passkeys_work(services: Services) -> bool:
    """Whether browsers make passkeys for this address: it needs a name, and https (or localhost)."""
    parts = urlsplit(services.settings.public_base_url)
    host = parts.hostname or ""
    return host == "localhost" or (parts.scheme == "https" and not host.replace(".", "").isdigit() and ":" not in host)


def passkeys(services: Services) -> Door:
    """Making, using and removing passkeys. The browser's script asks for the first two in JSON."""
    door = Door("passkeys", services)
    base = services.settings.public_base_url
    host = urlsplit(base).hostname or ""

    def known(account: int) -> list[PublicKeyCredentialDescriptor]:
        with reading(services.engine) as found_in:
            rows = accounts.passkeys(found_in, account)
        return [PublicKeyCredentialDescriptor(id=base64url_to_bytes(row.credential)) for row in rows]

    @door.post("/account/passkeys/options", Need.FIGURES)
    def registration_options() -> ResponseReturnValue:
        if not passkeys_work(services):
            abort(404)
        me = signed()
        with reading(services.engine) as found_in:
            row = found_in.get_one(AccountRow, me.account)
        options = generate_registration_options(
            rp_id=host,
            rp_name="Check-in",
            user_id=str(me.account).encode(),
            user_name=row.email or me.name or str(me.account),
            exclude_credentials=known(me.account),
            authenticator_selection=AuthenticatorSelectionCriteria(
                resident_key=ResidentKeyRequirement.DISCOURAGED,
                user_verification=UserVerificationRequirement.PREFERRED,
            ),
        )
        session["passkey"] = bytes_to_base64url(options.challenge)
        return _json(options_to_json(options))

    @door.post("/account/passkeys", Need.FIGURES)
    def register() -> ResponseReturnValue:
        me, challenge = signed(), session.pop("passkey", "")
        try:
            found = verify_registration_response(
                credential=_sent(),
                expected_challenge=base64url_to_bytes(challenge),
                expected_rp_id=host,
                expected_origin=base,
            )
        except WebAuthnException:
            return jsonify(error=_("The passkey was not taken. Try again, or use an authenticator app.")), 422
        services.act(
            lambda writing: passkey_kept(
                writing,
                me.account,
                bytes_to_base64url(found.credential_id),
                found.credential_public_key,
                found.sign_count,
                browser_name(),
                services.now(),
            )
        )
        flash(_("The passkey is set. You can use it from now on."))
        return jsonify(place="/account")

    @door.post("/account/passkeys/<int:passkey>/remove", Need.FIGURES)
    def remove(passkey: int) -> ResponseReturnValue:
        me = signed()
        services.act(lambda writing: passkey_dropped(writing, me.account, passkey, services.now()))
        flash(_("The passkey is removed."))
        return go("/account")

    @door.open("/sign-in/passkey/options", "POST")
    def authentication_options() -> ResponseReturnValue:
        account = half_way(services.now())
        if account is None:
            abort(404)
        options = generate_authentication_options(
            rp_id=host, allow_credentials=known(account), user_verification=UserVerificationRequirement.PREFERRED
        )
        session["passkey"] = bytes_to_base64url(options.challenge)
        return _json(options_to_json(options))

    @door.open("/sign-in/passkey", "POST")
    def authenticate() -> ResponseReturnValue:
        now, challenge = services.now(), session.pop("passkey", "")
        account = half_way(now)
        if account is None:
            abort(404)
        credential = _sent()
        with reading(services.engine) as found_in:
            rows = {row.credential: row for row in accounts.passkeys(found_in, account)}
        row = rows.get(str(credential.get("id", "")))
        counter = _counter(row, credential, challenge) if row is not None else None
        tried = services.act(
            lambda writing: second_tried(writing, account, "passkey", now, lambda _: counter is not None)
        )
        if tried.came is not Came.RIGHT or row is None or counter is None:
            return jsonify(error=wrong_sentence(tried, now)), 422
        services.act(lambda writing: passkey_used(writing, row.id, counter, now))
        place = safe_place(session["half"].get("next", ""))
        sign_in(services, account)
        return jsonify(place=place)

    def _counter(row: PasskeyRow, credential: dict[str, Any], challenge: str) -> int | None:
        """The passkey's own counter where it has signed our challenge; None where it has not."""
        try:
            return verify_authentication_response(
                credential=credential,
                expected_challenge=base64url_to_bytes(challenge),
                expected_rp_id=host,
                expected_origin=base,
                credential_public_key=row.public_key,
                credential_current_sign_count=row.counter,
            ).new_sign_count
        except WebAuthnException:
            return None

    return door


def _json(text: str) -> ResponseReturnValue:
    return text, 200, {"Content-Type": "application/json"}


def _sent() -> dict[str, Any]:
    """What the browser's script sent. What is no such thing is refused with 400 by Flask."""
    given = request.get_json()
    if not isinstance(given, dict):
        abort(400)
    return given
