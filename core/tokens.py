"""Random public ids, codes and their hashes."""

import base64
import hashlib
import hmac
import secrets

from django.conf import settings

ALPHABET = "23456789abcdefghjkmnpqrstuvwxyz"
"""No 0/o, 1/i/l: people read public ids to each other on the phone."""


def public_id() -> str:
    """Return a new random id of 14 characters (about 69 bits), safe in URLs and file names."""
    return "".join(secrets.choice(ALPHABET) for _ in range(14))


def secret() -> str:
    """Return a new unguessable secret (256 bits) for links that are a key by themselves."""
    return secrets.token_urlsafe(32)


def sign_in_code() -> str:
    """Return a new sign-in code of six digits."""
    return f"{secrets.randbelow(1_000_000):06d}"


def keyed_hash(purpose: str, value: str) -> str:
    """Return a keyed SHA-256 of ``value``, so that a stolen table reveals no secret or code."""
    key = hashlib.sha256(f"{purpose}:{settings.SECRET_KEY}".encode()).digest()
    return hmac.new(key, value.encode(), hashlib.sha256).hexdigest()


def fernet_key(purpose: str) -> bytes:
    """Return a key to keep secrets under that must be read again (Fernet: 32 bytes, base64)."""
    key = hashlib.sha256(f"{purpose}:{settings.SECRET_KEY}".encode()).digest()
    return base64.urlsafe_b64encode(key)


def same(one: str, other: str) -> bool:
    """Compare two secrets without telling by the time taken where they differ."""
    return hmac.compare_digest(one.encode(), other.encode())
