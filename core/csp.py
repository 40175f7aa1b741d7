"""The three named content security policies; every URL has exactly one of them."""

from typing import Any

from csp.constants import NONCE, NONE, SELF

Policy = dict[str, Any]

_BASE: Policy = {
    "default-src": [SELF],
    "script-src": [SELF],
    "style-src": [SELF],
    "img-src": [SELF, "data:"],
    "font-src": [SELF],
    "connect-src": [SELF],
    "object-src": [NONE],
    "base-uri": [NONE],
    "frame-ancestors": [NONE],
    "form-action": [SELF],
}

STOREFRONT_POLICY: Policy = {**_BASE}
READER_POLICY: Policy = {
    **_BASE,
    "style-src": [SELF, "'unsafe-inline'", "blob:"],
    "img-src": [SELF, "data:", "blob:"],
    "font-src": [SELF, "data:", "blob:"],
    "frame-src": ["blob:"],
    "connect-src": [SELF, "blob:"],
    "media-src": [SELF],
    "worker-src": [SELF, "blob:"],
}
ADMIN_POLICY: Policy = {
    **_BASE,
    "script-src": [SELF, NONCE, "'unsafe-eval'"],
    "style-src": [SELF, "'unsafe-inline'"],
}
