"""Stripe's door on the platform's host: check the signature, keep the hint, answer."""

from __future__ import annotations

import json

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from core import clock, tokens
from payments.errors import BadSignature
from payments.services.inbox import take_in
from payments.services.signature import secrets, verify
from payments.services.stripe_api import event_facts

LARGEST = 512 * 1000
UNREADABLE = (OverflowError, OSError, RecursionError)


@csrf_exempt
@require_POST
def stripe(request: HttpRequest, token: str) -> HttpResponse:
    """Take in one webhook: 404 unless set up, 413 too large, 400 not Stripe's, else 200.

    What it says is never believed; it only says where to look (payments.services.sync).
    """
    expected = settings.STRIPE_WEBHOOK_TOKEN
    if not (expected and secrets() and tokens.same(token, expected)):
        return HttpResponse(status=404)
    try:
        if int(request.headers.get("Content-Length") or 0) > LARGEST:
            return HttpResponse(status=413)
        body, now = request.body, clock.now()
        verify(body, request.headers.get("Stripe-Signature", ""), now)
        hint = event_facts(json.loads(body))
    except (BadSignature, ValueError, LookupError, TypeError, AttributeError, *UNREADABLE):
        return HttpResponse(status=400)
    take_in([hint], now)
    return HttpResponse(status=200)
