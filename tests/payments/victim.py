"""Processes of their own that each do one thing with money and are killed at a named step of it.

``python -m tests.payments.victim`` reads {"step", "act", "given"} line by line. Each is done by a
child that sends itself SIGKILL at the step; its exit code is written: -9, or 0 if it survived.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import traceback
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


def issue(at: str) -> None:
    """Issue the documents that are due."""
    from datetime import datetime

    from payments.services.documents.working import issue_due
    from stores.models import Store
    from stores.scope import store_scope

    with store_scope(Store.objects.get()):
        issue_due(datetime.fromisoformat(at))


def one_more(order: str) -> None:
    """Take what is offered after an order, with the kept card."""
    from core import clock
    from payments.models import Extra, Order
    from payments.services.upselling import take_upsell
    from stores.models import Store
    from stores.scope import store_scope

    with store_scope(Store.objects.get()):
        paid = Order.objects.get(public_id=order)
        take_upsell(paid, Extra.objects.get(), now=clock.now())


ACTS: dict[str, Callable[..., None]] = {
    "buy": buy,
    "come_back": come_back,
    "hear": hear,
    "refund": refund,
    "issue": issue,
    "one_more": one_more,
}


def perform(step: str, act: str, given: dict[str, Any]) -> None:
    """Do it, and die at the step."""
    from payments.services.steps import watch

    def die(reached: str) -> None:
        if reached == step:
            os.kill(os.getpid(), signal.SIGKILL)

    watch(die)
    ACTS[act](**given)


def main() -> None:
    """Take orders from standard input; each is done by a child, and how it ended is said."""
    django.setup()
    for line in sys.stdin:
        child = os.fork()
        if child == 0:
            try:
                perform(**json.loads(line))
            except BaseException:
                traceback.print_exc()
            os._exit(0)
        _pid, status = os.waitpid(child, 0)
        print(os.waitstatus_to_exitcode(status), flush=True)


if __name__ == "__main__":
    main()
