"""The short way writes the policy that the long one does."""

from __future__ import annotations

import pytest
from csp.exceptions import CSPNonceError
from django.http import HttpResponse
from django.test import RequestFactory

from core.csp import PolicyMiddleware

HEADER = "Content-Security-Policy"


def answered(response: HttpResponse, *, asks_nonce: bool = False) -> tuple[str, str]:
    request = RequestFactory().get("/")
    middleware = PolicyMiddleware(lambda _request: response)
    middleware.process_request(request)
    nonce = str(request.csp_nonce) if asks_nonce else ""  # type: ignore[attr-defined]  # set above
    middleware.process_response(request, response)
    if not asks_nonce:
        with pytest.raises(CSPNonceError):
            str(request.csp_nonce)  # type: ignore[attr-defined]  # as above
    return response.headers[HEADER], nonce


def test_both_ways_say_the_same() -> None:
    short, _none = answered(HttpResponse())
    long, _none = answered(HttpResponse(status=404))
    assert short == long
    assert "default-src 'self'" in short


def test_what_a_page_says_of_its_own_is_written() -> None:
    framing = HttpResponse()
    framing._csp_update = {"frame-src": ["https://films.example"]}  # type: ignore[attr-defined]  # as csp.decorators does
    assert "frame-src https://films.example" in answered(framing)[0]
    header, nonce = answered(HttpResponse(), asks_nonce=True)
    assert nonce
    assert nonce not in answered(HttpResponse())[0]
    assert f"'nonce-{nonce}'" in header or "script-src 'self'" in header
    own = HttpResponse(headers={HEADER: "default-src 'none'"})
    assert answered(own)[0] == "default-src 'none'"
