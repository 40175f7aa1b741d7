"""Processes of their own that each do one thing with money and are killed in the middle of it.

``python -m tests.payments.victim`` reads {"moment", "act", "given", "at"} line by line. Each is
done by a child that sends itself SIGKILL at the moment: a named step, or one by its number, where
each named step and each statement for the database is one, from 1 on. ``at`` is by which clock it
lives, or null. What is written is {"code", "passed"}: -9, 0 if it survived, 1 if it failed, and how
many moments passed unless it was killed.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import traceback
from collections.abc import Callable
from contextlib import ExitStack
from datetime import datetime
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
    """Take in a webhook as Stripe sends it, and work on it, and on no other hint."""
    import stripe
    from django.conf import settings
    from django.test import Client

    from core import clock
    from payments.models import StripeEvent
    from payments.services import inbox

    body = json.dumps(event)
    header = stripe.WebhookSignature.generate_signature_header(
        body, settings.STRIPE_WEBHOOK_SECRET, int(clock.now().timestamp())
    )
    Client(SERVER_NAME="localhost").post(
        f"/stripe/{settings.STRIPE_WEBHOOK_TOKEN}/",
        body,
        "application/json",
        headers={"Stripe-Signature": header},
    )
    inbox.work_on(StripeEvent.objects.get(stripe_id=event["id"]), clock.now())


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


def sweep(store: str) -> None:
    """Tell, hold and end in one store what is not paid."""
    from payments.tasks import work_on_unpaid_of
    from stores.models import Store

    work_on_unpaid_of(Store.objects.get(public_id=store).pk)


def reconcile(store: str) -> None:
    """Find what waits for an answer in one store."""
    from payments.tasks import reconcile_store
    from stores.models import Store

    reconcile_store(Store.objects.get(public_id=store).pk)


def beat() -> None:
    """Let every sweep of what returns come by once, here and now."""
    from celery import current_app

    from payments import tasks

    current_app.conf.task_always_eager = True
    tasks.reconcile()
    tasks.work_on_unpaid()
    tasks.work_on_plans()
    tasks.issue_all_documents()


def leave_today(subscription: str) -> None:
    """End a subscription now and give back the days that were not used."""
    from core import clock
    from payments.models import Subscription
    from payments.services.subscriptions import leaving
    from stores.scope import all_stores, store_scope

    with all_stores():
        store = Subscription.objects.select_related("store").get(public_id=subscription).store
    with store_scope(store):
        mine = Subscription.objects.get(public_id=subscription)
        leaving.leave_today(mine, now=clock.now())


ACTS: dict[str, Callable[..., None]] = {
    act.__name__: act
    for act in (
        *(buy, come_back, hear, refund, issue, one_more),
        *(sweep, reconcile, beat, leave_today),
    )
}


class Fate:
    """Counts the moments that pass, and kills at one of them."""

    def __init__(self, moment: int | str) -> None:
        self.moment, self.passed = moment, 0

    def step(self, name: str) -> None:
        """Pass a named step."""
        self._pass(name)

    def statement(
        self, execute: Callable[..., Any], sql: str, params: Any, many: object, context: Any
    ) -> Any:
        """Pass a statement just before it is sent: what was committed before it stays."""
        self._pass("")
        return execute(sql, params, many, context)

    def _pass(self, name: str) -> None:
        self.passed += 1
        if self.moment in {name, self.passed}:
            os.kill(os.getpid(), signal.SIGKILL)


def perform(fate: Fate, act: str, given: dict[str, Any], at: str | None) -> None:
    """Do it, and die at the moment."""
    from django.db import connection

    from core import clock
    from payments.services.steps import watch

    with ExitStack() as life:
        if at:
            life.enter_context(clock.standing_at(datetime.fromisoformat(at)))
        life.enter_context(connection.execute_wrapper(fate.statement))
        watch(fate.step)
        ACTS[act](**given)


def main() -> None:
    """Take orders from standard input; each is done by a child, and how it ended is said."""
    django.setup()
    for line in sys.stdin:
        asked = json.loads(line)
        fate = Fate(asked["moment"])
        reading, writing = os.pipe()
        child = os.fork()
        if child == 0:
            failed = 0
            try:
                perform(fate, asked["act"], asked["given"], asked["at"])
            except BaseException:
                failed = 1
                traceback.print_exc()
            os.write(writing, str(fate.passed).encode())
            os._exit(failed)
        os.close(writing)
        with os.fdopen(reading) as told:
            passed = told.read()
        _pid, status = os.waitpid(child, 0)
        ended = {"code": os.waitstatus_to_exitcode(status), "passed": int(passed or 0)}
        print(json.dumps(ended), flush=True)


if __name__ == "__main__":
    main()
