"""The three named content security policies; every URL has exactly one of them."""

from functools import lru_cache
from http import HTTPStatus
from typing import Any

from csp.constants import HEADER, NONCE, NONE, SELF
from csp.middleware import CheckableLazyObject, CSPMiddleware
from csp.utils import build_policy
from django.http import HttpRequest
from django.http.response import HttpResponseBase

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


class PolicyMiddleware(CSPMiddleware):
    """Writes the shop's policy, which most answers have, from what was written before."""

    def process_response(
        self, request: HttpRequest, response: HttpResponseBase
    ) -> HttpResponseBase:
        """Write the policy; whatever differs from the usual one goes the long way."""
        if _is_usual(request, response):
            response.headers[HEADER] = _usual()
            request.csp_nonce = CheckableLazyObject(self._csp_nonce_post_response)  # type: ignore[attr-defined]  # as the long way does: it comes too late
            return response
        return super().process_response(request, response)


def _is_usual(request: HttpRequest, response: HttpResponseBase) -> bool:
    said = response.__dict__.keys()
    return (
        not any(name.startswith("_csp") for name in said)
        and response.status_code == HTTPStatus.OK
        and not hasattr(request, "_csp_nonce")
        and not response.has_header(HEADER)
    )


@lru_cache(maxsize=1)
def _usual() -> str:
    return build_policy()
