"""Who opens stores, gives money back and counts: ``python -m tests.work.shopkeeper``.

A process of its own, because the database it works in is not that of the tests. It reads
{"act", "given"} line by line, and writes what came of it, or {"error"}.
"""

from __future__ import annotations

import json
import sys
import traceback
from collections.abc import Callable
from typing import Any

import django
from django.conf import settings


class _NoMigrations(dict[str, None]):
    """Tables are made straight from the models, as in the other tests."""

    def __contains__(self, app: object) -> bool:
        return True

    def __missing__(self, app: str) -> None:
        return None


def make_tables() -> None:
    """Make all tables in an empty database."""
    from django.core.management import call_command

    settings.MIGRATION_MODULES = _NoMigrations()
    call_command("migrate", run_syncdb=True, skip_checks=True, verbosity=0)


def open_shop(label: str, sells: str) -> str:
    """Open a store that sells one book, or a place in a club; return its price's name in addresses.

    The price is paid every month where it is a club's.
    """
    from stores.scope import store_scope
    from tests.conftest import make_store, make_user
    from tests.payments.buying import make_book
    from tests.payments.subscriptions.member import make_club

    with store_scope(make_store(label, make_user(f"{label}@example.com"))):
        price = make_club() if sells == "club" else make_book().prices.get()
        return str(price.public_id)


def refund(order: str) -> None:
    """Give all of an order's money back, as who asks until it is done."""
    from core import clock
    from payments.models import Order
    from payments.services import refunding
    from stores.scope import all_stores, store_scope

    with all_stores():
        store = Order.objects.select_related("store").get(public_id=order).store
    with store_scope(store):
        bought = Order.objects.get(public_id=order)
        if refunding.refundable(bought):
            refunding.refund(bought, by="Alice", now=clock.now())


def fill_hands(count: int) -> None:
    """Give workers something to hold on to."""
    from celery import current_app

    for number in range(count):
        current_app.send_task("tests.work.hurried.hold", args=[number])


def waiting() -> list[str]:
    """Say what somebody still has to do."""
    from mail.models import Message
    from payments.models import Order, OutboundCall, Refund, StripeEvent
    from stores.scope import all_stores

    with all_stores():
        rows = {
            "hints": StripeEvent.objects.exclude(state__in=["done", "ignored"]),
            "calls": OutboundCall.objects.exclude(state="answered"),
            "orders": Order.objects.exclude(status__in=["paid", "refunded"]),
            "refunds": Refund.objects.exclude(state="succeeded"),
            "mails": Message.objects.filter(
                state="waiting", kind__in=["receipt", "refunded", "renewed"]
            ),
        }
        return [
            f"{name}: {[str(each) for each in found.values()]}"
            for name, found in rows.items()
            if found.exists()
        ]


def count(label: str) -> dict[str, Any]:
    """Count what one store sold and gave back."""
    from access.models import Access
    from mail.models import Message
    from payments.models import Order, Payment, Refund
    from stores.models import Store
    from stores.scope import store_scope

    with store_scope(Store.objects.at_host(f"{label}.localhost").get()):
        return {
            "orders": Order.objects.count(),
            "payments": Payment.objects.count(),
            "accesses": Access.objects.count(),
            "standing": Access.objects.standing().count(),
            "refunds": Refund.objects.count(),
            "receipts": Message.objects.filter(kind="receipt", state="sent").count(),
            "farewells": Message.objects.filter(kind="refunded", state="sent").count(),
        }


def count_months(label: str) -> dict[str, Any]:
    """Count what the members of one store paid, and what each has of it."""
    from access.models import Access, PaidSpan
    from mail.models import Message
    from payments.models import Bill, IncomeStep, Order, Payment, Subscription
    from stores.models import Store
    from stores.scope import store_scope

    with store_scope(Store.objects.at_host(f"{label}.localhost").get()):
        return {
            "members": Subscription.objects.count(),
            "open": Access.objects.standing().count(),
            "orders": Order.objects.filter(status="paid").count(),
            "payments": Payment.objects.count(),
            "bills": Bill.objects.filter(status="paid").count(),
            "spans": PaidSpan.objects.count(),
            "income": IncomeStep.objects.count(),
            "thanks": Message.objects.filter(kind="renewed", state="sent").count(),
        }


def differences() -> list[str]:
    """Compare everything with everything, as the night does."""
    from core import clock
    from payments.services import nightly

    found = nightly.check_everything(clock.now())
    return [f"{each.kind} {each.subject}: {each.ours} / {each.theirs}" for each in found]


ACTS: dict[str, Callable[..., Any]] = {
    act.__name__: act
    for act in (
        *(make_tables, open_shop, refund, fill_hands),
        *(waiting, count, count_months, differences),
    )
}


def main() -> None:
    """Do one thing after the other, and go on after one that failed."""
    from django.db import close_old_connections

    django.setup()
    for line in sys.stdin:
        asked = json.loads(line)
        try:
            answer = {"answer": ACTS[asked["act"]](**asked["given"])}
        except Exception as error:
            traceback.print_exc()
            answer = {"error": f"{type(error).__name__}: {error}"}
        finally:
            close_old_connections()
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main()
