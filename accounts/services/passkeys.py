"""Passkeys: kept by a browser or phone for one host, and good there only.

https://www.w3.org/TR/webauthn-3/ ; the arithmetic is fido2's, the rows are allauth's.
"""

from __future__ import annotations

from base64 import b64decode, b64encode
from typing import Any

from allauth.mfa.models import Authenticator
from django.db import transaction
from fido2.server import Fido2Server
from fido2.webauthn import (
    AttestedCredentialData,
    PublicKeyCredentialRpEntity,
    PublicKeyCredentialUserEntity,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from accounts.errors import WrongStep
from accounts.models import User
from core import tokens

MOST = 10
Type = Authenticator.Type
State = dict[str, str]  # what the session keeps between a browser's question and answer
# What hostile JSON makes fido2 and its parsers raise.
MALFORMED = (ValueError, TypeError, KeyError, AttributeError, IndexError, OverflowError)


def passkeys_of(user: User, host: str) -> list[Authenticator]:
    """Return a person's passkeys for this host."""
    return list(Authenticator.objects.filter(user=user, type=Type.WEBAUTHN, data__host=host))


def public_name(kept: Authenticator) -> str:
    """Return what a passkey is called in our addresses."""
    return tokens.keyed_hash("passkey-name", str(kept.pk))[:20]


def begin_adding(user: User, *, host: str, name: str) -> tuple[dict[str, Any], State]:
    """Return what the browser needs to make a passkey, and what to keep until it answers."""
    person = PublicKeyCredentialUserEntity(
        id=bytes.fromhex(tokens.keyed_hash("passkey-user", f"{host}:{user.pk}")),
        name=user.email,
        display_name=user.email,
    )
    options, state = _server(host, "", name).register_begin(
        user=person,
        credentials=[_credential(each) for each in passkeys_of(user, host)],
        resident_key_requirement=ResidentKeyRequirement.REQUIRED,
        user_verification=UserVerificationRequirement.REQUIRED,
    )
    return dict(options)["publicKey"], _plain(state)


def add_passkey(
    user: User, answer: Any, state: State, *, host: str, origin: str, label: str
) -> Authenticator:
    """Keep the passkey a browser made; WrongStep unless it was made here and now for this host."""
    try:
        made = _server(host, origin).register_complete(state, answer)
        credential = made.credential_data
        if credential is None:
            raise WrongStep
    except MALFORMED as error:
        raise WrongStep from error
    with transaction.atomic():
        User.objects.select_for_update(no_key=True).get(pk=user.pk)
        known = _name_of(credential.credential_id)
        if Authenticator.objects.filter(type=Type.WEBAUTHN, data__credential_id=known).exists():
            raise WrongStep
        if len(passkeys_of(user, host)) >= MOST:
            raise WrongStep
        kept: Authenticator = Authenticator.objects.create(
            user=user,
            type=Type.WEBAUTHN,
            data={
                "name": label,
                "host": host,
                "credential_id": known,
                "public": b64encode(bytes(credential)).decode(),
            },
        )
    return kept


def begin_using(host: str, user: User | None = None) -> tuple[dict[str, Any], State]:
    """Return what the browser needs to show a passkey: anybody's of this host, or this person's."""
    mine = [_credential(each) for each in passkeys_of(user, host)] if user else None
    options, state = _server(host, "").authenticate_begin(
        credentials=mine, user_verification=UserVerificationRequirement.REQUIRED
    )
    return dict(options)["publicKey"], _plain(state)


def use_passkey(
    answer: Any, state: State, *, host: str, origin: str, user: User | None = None
) -> Authenticator:
    """Return the passkey that answered; WrongStep for another host's, another person's, or none."""
    try:
        kept = Authenticator.objects.filter(
            type=Type.WEBAUTHN, data__host=host, data__credential_id=str(answer["id"])[:1400]
        )
        found: Authenticator | None = kept.select_related("user").first()
        if found is None or (user is not None and found.user_id != user.pk):
            raise WrongStep
        _server(host, origin).authenticate_complete(state, [_credential(found)], answer)
    except MALFORMED as error:
        raise WrongStep from error
    found.record_usage()
    return found


def _server(host: str, origin: str, name: str = "") -> Fido2Server:
    # fido2 itself would take any subdomain of the host, and stores are subdomains of the platform.
    entity = PublicKeyCredentialRpEntity(name=name or host, id=host)
    return Fido2Server(entity, verify_origin=lambda said: bool(origin) and said == origin)


def _credential(kept: Authenticator) -> AttestedCredentialData:
    return AttestedCredentialData(b64decode(kept.data["public"]))


def _name_of(credential_id: bytes) -> str:
    """Return a credential's id as browsers write it."""
    return b64encode(credential_id, b"-_").decode().rstrip("=")


def _plain(state: dict[str, Any]) -> State:
    wanted = UserVerificationRequirement(state["user_verification"])
    return {"challenge": str(state["challenge"]), "user_verification": str(wanted.value)}
