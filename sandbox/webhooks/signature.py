"""Stripe's signature of a webhook: an HMAC over the real time and the body."""

from __future__ import annotations

import hashlib
import hmac
import time


def sign(body: bytes, secret: str, at: int | None = None) -> str:
    """Return the `Stripe-Signature` header; always by the real clock, never the sandbox's."""
    timestamp = int(time.time()) if at is None else at
    signed = f"{timestamp}.".encode() + body
    digest = hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest()
    return f"t={timestamp},v1={digest}"
