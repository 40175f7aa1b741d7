"""Who asks: the key, the account, the version of the API."""

from __future__ import annotations

import base64
import binascii
import re

from sandbox.account import PLATFORM
from sandbox.errors import Forbidden, InvalidRequest, Unauthorized
from sandbox.wire import Request

TEST_KEY = re.compile(r"(sk|rk)_test_\w+", re.ASCII)
LIVE_KEY = re.compile(r"(sk|rk|pk)_live_", re.ASCII)
SHORT = 12
SHOWN_END = 4
ACCOUNT = re.compile(r"acct_\w+", re.ASCII)


def account_of(request: Request) -> str:
    """Return the account the request works on; raises what Stripe says to strangers."""
    key = _key(request.headers.get("authorization", ""))
    if LIVE_KEY.match(key):
        raise Unauthorized(
            "This is a sandbox with pretend money, and you sent a live key. Nothing was done."
            " Take the key out of this configuration; if it was logged on the way, roll it.",
            code="live_key_in_the_sandbox",
        )
    if key.startswith("pk_"):
        raise Unauthorized(
            "This API call cannot be made with a publishable API key. Please use a secret API key.",
            code="secret_key_required",
        )
    if not TEST_KEY.fullmatch(key):
        raise Unauthorized(f"Invalid API Key provided: {_masked(key)}")
    account = request.headers.get("stripe-account", PLATFORM)
    if not ACCOUNT.fullmatch(account):
        raise Forbidden(
            f"The provided key '{_masked(key)}' does not have access to account '{account}' (or"
            " that account does not exist).",
            code="account_invalid",
        )
    return account


def require_version(request: Request, spoken: str) -> None:
    """Raise unless the request wants the one version that the sandbox speaks."""
    wanted = request.headers.get("stripe-version", spoken)
    if wanted != spoken:
        raise InvalidRequest(
            f"Invalid Stripe API version: {wanted}. The sandbox speaks {spoken} alone."
        )


def _key(header: str) -> str:
    kind, _, value = header.partition(" ")
    if kind.lower() == "bearer" and value:
        return value.strip()
    if kind.lower() == "basic" and value:
        try:
            return base64.b64decode(value).decode().partition(":")[0]
        except (binascii.Error, UnicodeDecodeError):
            return ""
    raise Unauthorized(
        "You did not provide an API key. You need to provide your API key in the Authorization"
        " header, using Bearer auth (e.g. 'Authorization: Bearer YOUR_SECRET_KEY')."
    )


def _masked(key: str) -> str:
    shown = key[-SHOWN_END:] if len(key) > SHORT else ""
    return f"{'*' * SHORT}{shown}"
