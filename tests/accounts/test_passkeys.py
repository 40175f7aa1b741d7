"""Passkeys: a small authenticator of our own, and everything that must not open."""

from __future__ import annotations

import hashlib
import json
import time
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass, field
from typing import Any

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from fido2 import cbor
from fido2.cose import ES256

from accounts.errors import WrongStep
from accounts.models import Customer, User
from accounts.services import passkeys
from accounts.services.second_steps import has_second_step, renew_recovery_codes

HOST, ORIGIN = "thread.localhost", "http://thread.localhost:8000"
PRESENT_AND_VERIFIED, WITH_KEY = 0x05, 0x40


def text(raw: bytes) -> str:
    return urlsafe_b64encode(raw).decode().rstrip("=")


@dataclass
class Device:
    """A phone that keeps one passkey, and says of its origin what it is told to say."""

    key: ec.EllipticCurvePrivateKey = field(
        default_factory=lambda: ec.generate_private_key(ec.SECP256R1())
    )
    id: bytes = b"one-passkey-of-charlie"
    flags: int = PRESENT_AND_VERIFIED

    def _said(self, kind: str, challenge: str, origin: str) -> bytes:
        said = {"type": kind, "challenge": challenge, "origin": origin, "crossOrigin": False}
        return json.dumps(said).encode()

    def _facts(self, host: str, *, with_key: bool) -> bytes:
        facts = hashlib.sha256(host.encode()).digest()
        facts += bytes([self.flags | (WITH_KEY if with_key else 0)]) + b"\0\0\0\1"
        if with_key:
            public = cbor.encode(dict(ES256.from_cryptography_key(self.key.public_key())))
            facts += bytes(16) + len(self.id).to_bytes(2, "big") + self.id + public
        return facts

    def make(self, options: Any, host: str = HOST, origin: str = ORIGIN) -> dict[str, Any]:
        said = self._said("webauthn.create", options["challenge"], origin)
        made = {"fmt": "none", "attStmt": {}, "authData": self._facts(host, with_key=True)}
        response = {"clientDataJSON": text(said), "attestationObject": text(cbor.encode(made))}
        return self._answer(response)

    def show(self, options: Any, host: str = HOST, origin: str = ORIGIN) -> dict[str, Any]:
        said = self._said("webauthn.get", options["challenge"], origin)
        facts = self._facts(host, with_key=False)
        signed = self.key.sign(facts + hashlib.sha256(said).digest(), ec.ECDSA(hashes.SHA256()))
        return self._answer(
            {
                "clientDataJSON": text(said),
                "authenticatorData": text(facts),
                "signature": text(signed),
            }
        )

    def _answer(self, response: dict[str, str]) -> dict[str, Any]:
        name = text(self.id)
        return {"id": name, "rawId": name, "type": "public-key", "response": response}


def keep(user: User, device: Device, **over: Any) -> Any:
    options, state = passkeys.begin_adding(user, host=HOST, name="Thread")
    answer = device.make(json.loads(json.dumps(options)), **over)
    return passkeys.add_passkey(user, answer, state, host=HOST, origin=ORIGIN, label="My phone")


def test_a_passkey_is_kept_and_opens(charlie: Customer) -> None:
    device = Device()
    kept = keep(charlie.user, device)
    options, state = passkeys.begin_using(HOST)
    found = passkeys.use_passkey(device.show(options), state, host=HOST, origin=ORIGIN)
    assert found == kept
    assert found.user == charlie.user


def test_what_the_browser_gets_names_no_primary_key(charlie: Customer) -> None:
    options, _state = passkeys.begin_adding(charlie.user, host=HOST, name="Thread")
    handle = options["user"]["id"]
    raw = urlsafe_b64decode(handle + "==") if isinstance(handle, str) else bytes(handle)
    assert len(raw) == 32


@pytest.mark.parametrize(
    "over",
    [
        {"origin": "http://crumb.localhost:8000"},
        {"origin": "http://evil.thread.localhost:8000"},
        {"host": "crumb.localhost"},
    ],
)
def test_a_passkey_of_another_host_or_page_is_not_kept(charlie: Customer, over: Any) -> None:
    with pytest.raises(WrongStep):
        keep(charlie.user, Device(), **over)


def test_a_passkey_opens_at_its_own_host_only(charlie: Customer) -> None:
    device = Device()
    keep(charlie.user, device)
    there, their_origin = "crumb.localhost", "http://crumb.localhost:8000"
    options, state = passkeys.begin_using(there)
    with pytest.raises(WrongStep):
        passkeys.use_passkey(
            device.show(options, there, their_origin), state, host=there, origin=their_origin
        )
    assert has_second_step(charlie.user, HOST)
    assert not has_second_step(charlie.user, there)


def test_an_answer_opens_once_and_only_to_its_own_question(charlie: Customer) -> None:
    device = Device()
    keep(charlie.user, device)
    options, _state = passkeys.begin_using(HOST)
    answer = device.show(options)
    _options, another = passkeys.begin_using(HOST)
    for state in (another, {}):
        with pytest.raises(WrongStep):
            passkeys.use_passkey(answer, state, host=HOST, origin=ORIGIN)


def test_a_phone_that_did_not_look_who_holds_it_opens_nothing(charlie: Customer) -> None:
    device = Device()
    keep(charlie.user, device)
    device.flags = 0x01
    options, state = passkeys.begin_using(HOST)
    with pytest.raises(WrongStep):
        passkeys.use_passkey(device.show(options), state, host=HOST, origin=ORIGIN)


def test_another_key_under_the_same_name_opens_nothing(charlie: Customer) -> None:
    keep(charlie.user, Device())
    options, state = passkeys.begin_using(HOST)
    with pytest.raises(WrongStep):
        passkeys.use_passkey(Device().show(options), state, host=HOST, origin=ORIGIN)


def test_nobody_makes_sure_with_anothers_passkey(charlie: Customer, bob: User) -> None:
    device = Device()
    keep(charlie.user, device)
    options, state = passkeys.begin_using(HOST)
    with pytest.raises(WrongStep):
        passkeys.use_passkey(device.show(options), state, host=HOST, origin=ORIGIN, user=bob)


@pytest.mark.parametrize("answer", [None, [], {}, {"id": 1}, {"id": "x", "response": "y"}])
def test_what_is_no_answer_is_no_error_either(charlie: Customer, answer: Any) -> None:
    keep(charlie.user, Device())
    _options, state = passkeys.begin_using(HOST)
    with pytest.raises(WrongStep):
        passkeys.use_passkey(answer, state, host=HOST, origin=ORIGIN)
    with pytest.raises(WrongStep):
        passkeys.add_passkey(charlie.user, answer, state, host=HOST, origin=ORIGIN, label="x")


def test_a_browser_comes_in_with_a_passkey_and_staff_pass_the_second_step(
    charlie: Customer, browse: Any, store: Any
) -> None:
    User.objects.filter(pk=charlie.user_id).update(confirmed_at=charlie.created_at)
    device = Device()
    options, state = passkeys.begin_adding(charlie.user, host=HOST, name="Thread")
    origin = f"http://{HOST}"
    answer = device.make(options, origin=origin)
    passkeys.add_passkey(charlie.user, answer, state, host=HOST, origin=origin, label="x")
    client = browse(store)
    asked = client.post("/sign-in/passkey/ask/").json()["options"]
    sent = {"answer": device.show(asked, origin=origin), "next": "//evil.example/"}
    done = client.post("/sign-in/passkey/use/", sent, content_type="application/json").json()
    assert done["url"] == "/shelf/"
    assert client.get("/account/").status_code == 200
    again = client.post("/sign-in/passkey/use/", sent, content_type="application/json")
    assert again.status_code == 400


def proved_by_code(client: Any, user: User) -> Any:
    """Return a browser that came in with a code a moment ago."""
    session = client.session
    session["account_authentication_methods"] = [{"method": "code", "at": time.time()}]
    session["account_authentication_methods_user"] = str(user.pk)
    session.save()
    return client


def test_a_mailbox_alone_makes_no_app_where_the_passkey_cannot_be_shown(
    charlie: Customer, other_store: Any, browse: Any
) -> None:
    keep(charlie.user, Device())
    intruder = proved_by_code(browse(other_store, charlie.user), charlie.user)
    answer = intruder.get("/account/app/")
    assert (answer.status_code, answer.url.split("?")[0]) == (302, "/account/sure/")
    page = intruder.get(answer.url).content.decode()
    assert "cannot be shown here" in page
    codes = renew_recovery_codes(charlie.user)
    sent = {"code": codes[0], "next": "/account/app/", "step": "1"}
    assert intruder.post("/account/sure/", sent).url == "/account/app/"
    assert intruder.get("/account/app/").status_code == 200


def test_a_mailbox_alone_makes_a_passkey_elsewhere_for_customers_only(
    charlie: Customer, bob: User, browse: Any, other_store: Any
) -> None:
    for user, host, status in ((charlie.user, other_store, 200), (bob, None, 302)):
        keep(user, Device(id=user.email.encode()))
        client = proved_by_code(browse(host, user), user)
        assert client.post("/account/passkeys/begin/").status_code == status
        assert client.post("/account/passkeys/add/").status_code == (400 if status == 200 else 302)
