"""What is sent to us, as shares of bare views that take in a form or JSON and write one row."""

from __future__ import annotations

import hashlib
import hmac
import json
import sys
import time
from http import HTTPStatus
from itertools import count
from typing import Any

from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from bench.measuring import promised, share
from bench.shop import Shop, open_shop
from core import tokens
from payments.models import Order, OutboundCall, StripeEvent
from products.models import Price
from sandbox.testing import LiveSandbox, live_sandbox
from stores.scope import store_scope

LEAST = 0.35
TOKEN = "a-token-that-is-long-enough"  # noqa: S105 -- of this benchmark alone
numbers = count()


def use(sandbox: LiveSandbox) -> None:
    """Point payments at the sandbox, which answers in a thread of its own that is not measured."""
    settings.STRIPE_API_BASE = sandbox.url
    settings.STRIPE_API_KEY = sandbox.key
    settings.STRIPE_WEBHOOK_SECRET = sandbox.webhook_secret
    settings.STRIPE_WEBHOOK_TOKEN = TOKEN


def sent(client: Client, url: str, status: int, **said: Any) -> None:
    """Send, from an address nobody sent from before, and expect an answer."""
    number = next(numbers)
    said["REMOTE_ADDR"] = f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}"
    answer = client.post(url, **said)
    assert answer.status_code == status, answer.content.decode()[:500]


def buying(shop: Shop) -> bool:
    """Measure a purchase sent from a new browser: one order, and where it is paid.

    Once against one row, and once against one row and the same call to the payment company, without
    which nothing is bought. What that company does is in neither.
    """
    with store_scope(shop.store):
        url = f"/buy/{Price.objects.get().public_id}/"

    def typed() -> dict[str, str]:
        email = f"buyer{next(numbers)}@example.com"
        return {"email": email, "name": "Charlie", "terms": "on", "attempt": tokens.public_id()}

    def bought() -> None:
        shop.visitor.cookies.clear()
        sent(shop.visitor, url, HTTPStatus.FOUND, data=typed())

    def told(what: str, bare_url: str) -> bool:
        acts = {
            "bare": lambda: sent(shop.bare, bare_url, HTTPStatus.FOUND, data=typed()),
            "ours": bought,
        }
        return promised(share(what, acts, clock=time.thread_time), at_least=LEAST)

    from bench import plain  # its views need what opening the shop has set up

    bought()  # the first of a shop writes its account too
    with CaptureQueriesContext(connection) as seen:
        bought()
    with store_scope(shop.store):
        assert Order.objects.exclude(stripe_session_id="").exists()
        plain.SESSION |= OutboundCall.objects.latest("pk").body
    print(f"{'buying, statements':34} {len(seen)}, with those of transactions", flush=True)
    is_held = told("buying, sent", "/order/")
    return told("buying, beside the same call", "/paid-order/") and is_held


def hearing(shop: Shop) -> bool:
    """Measure a webhook taken in: checked, kept, answered."""
    url = f"/stripe/{TOKEN}/"

    def hint() -> dict[str, Any]:
        said = {
            "id": f"evt_{next(numbers)}",
            "type": "checkout.session.completed",
            "created": int(time.time()),
            "livemode": False,
            "data": {"object": {"id": f"cs_{next(numbers)}", "object": "checkout.session"}},
        }
        body = json.dumps(said)
        at = int(time.time())
        secret = settings.STRIPE_WEBHOOK_SECRET.encode()
        signature = hmac.new(secret, f"{at}.{body}".encode(), hashlib.sha256).hexdigest()
        return {
            "data": body,
            "content_type": "application/json",
            "headers": {"Stripe-Signature": f"t={at},v1={signature}"},
        }

    ours = Client(SERVER_NAME="localhost")
    ours.handler = shop.visitor.handler
    found = share(
        "a webhook taken in",
        {
            "bare": lambda: sent(shop.bare, "/hint/", HTTPStatus.OK, **hint()),
            "ours": lambda: sent(ours, url, HTTPStatus.OK, **hint()),
        },
        clock=time.thread_time,
    )
    assert StripeEvent.objects.exists()
    return promised(found, at_least=LEAST)


def main() -> None:
    """Measure and print, and say by the exit whether both promises hold."""
    shop = open_shop(b"PK" * 50_000)
    settings.CELERY_TASK_ALWAYS_EAGER = False
    with live_sandbox() as sandbox:
        use(sandbox)
        sys.exit(not all([buying(shop), hearing(shop)]))


if __name__ == "__main__":
    main()
