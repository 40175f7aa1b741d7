"""A process of its own that does one thing with money and is killed at a named step of it.

Run as ``python -m tests.payments.victim STEP ACT JSON``; it says "survived" when the step was
never reached.
"""

from __future__ import annotations

import json
import os
import signal
import sys
from collections.abc import Callable
from typing import Any

import django


def buy(path: str, typed: dict[str, str]) -> None:
    """Send the checkout page."""
    from django.test import Client

    Client(SERVER_NAME="thread.localhost").post(path, typed)


def come_back(path: str) -> None:
    """Open the return page."""
    from django.test import Client

    Client(SERVER_NAME="thread.localhost").get(path)


def hear(event: dict[str, Any]) -> None:
    """Take in a webhook as Stripe sends it, and work on it."""
    import stripe
    from django.conf import settings
    from django.test import Client

    from core import clock
    from payments.services import inbox

    body = json.dumps(event)
    header = stripe.WebhookSignature.generate_signature_header(body, settings.STRIPE_WEBHOOK_SECRET)
    Client(SERVER_NAME="localhost").post(
        f"/stripe/{settings.STRIPE_WEBHOOK_TOKEN}/",
        body,
        "application/json",
        headers={"Stripe-Signature": header},
    )
    inbox.work(clock.now())


def refund(order: str) -> None:
    """Give all of an order's money back."""
    from core import clock
    from payments.models import Order
    from payments.services import refunding
    from stores.models import Store
    from stores.scope import store_scope

    with store_scope(Store.objects.get()):
        refunding.refund(Order.objects.get(public_id=order), by="alice", now=clock.now())


ACTS: dict[str, Callable[..., None]] = {
    "buy": buy,
    "come_back": come_back,
    "hear": hear,
    "refund": refund,
}


def main(step: str, act: str, given: str) -> None:
    """Do it, and die at the step."""
    django.setup()
    from payments.services.steps import watch

    def die(reached: str) -> None:
        if reached == step:
            os.kill(os.getpid(), signal.SIGKILL)

    watch(die)
    ACTS[act](**json.loads(given))
    print("survived")


if __name__ == "__main__":
    main(*sys.argv[1:])
