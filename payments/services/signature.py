"""Whether a webhook came from Stripe, just now."""

from __future__ import annotations

from datetime import datetime

import stripe
from django.conf import settings

from payments.errors import BadSignature

TOLERANCE_SECONDS = 300


def verify(body: bytes, header: str, now: datetime) -> None:
    """Raise BadSignature unless the raw body was signed within five minutes of ``now``.

    The SDK refuses what is old; what claims to come from the future we refuse ourselves. Several
    secrets, separated by commas, are valid at once while one takes the other's place.
    """
    if not any(_is_signed(body, header, secret) for secret in secrets()):
        raise BadSignature("no valid signature")
    if abs(_timestamp(header) - now.timestamp()) > TOLERANCE_SECONDS:
        raise BadSignature("not signed now")


def secrets() -> list[str]:
    """Return the secrets of our webhook endpoint; none when it is not set up."""
    return [part.strip() for part in settings.STRIPE_WEBHOOK_SECRET.split(",") if part.strip()]


def _is_signed(body: bytes, header: str, secret: str) -> bool:
    try:
        return bool(stripe.WebhookSignature.verify_header(body, header, secret))
    except (stripe.SignatureVerificationError, UnicodeDecodeError):
        return False


def _timestamp(header: str) -> int:
    for part in header.split(","):
        name, _equals, value = part.partition("=")
        if name == "t" and value.isdecimal():
            return int(value)
    raise BadSignature("no timestamp")
