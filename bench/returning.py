"""A night of renewals, and the night's check of all that returns, as a shop grows: our side alone.

Stripe's answers are made from memory: what is measured is what we do for each row. Of the large
shop's renewals some are made, from all over it, and the night is reckoned from them; ``--whole``
makes every one.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from unittest.mock import patch

from bench.shop import open_shop

# isort: split
from django.core.management import call_command
from django.db import connection
from django.test import override_settings

from access.models import Access, PaidSpan
from accounts.models import Customer, User
from bench.measuring import promised
from core import clock
from payments.contract import BilledLine, IntentFacts, InvoiceFacts, SubscriptionFacts
from payments.models import Bill, Order, OrderLine, Payment, Subscription
from payments.services import stripe_subscriptions
from payments.services.nightly import pages, walking
from payments.services.sync import sync_invoice
from products.models import Price
from stores.models import Store
from stores.scope import store_scope
from tests.payments.subscriptions.member import make_club

FEW, A_NIGHT, ALL = 1_000, 50_000, 100_000
SOME = 2_000
"""So many of a large shop's renewals are made."""
FIRST_NUMBER = 10_000_000
"""Of the orders that are there: above those a shop gives in the meantime."""
BATCH = 2_000
AMOUNT = 5_900
MOST = 1.5
"""So many times as long a row may take in a shop that is so much larger."""
JOINED = datetime(2026, 1, 15, 9, tzinfo=clock.now().tzinfo)
MONTH = timedelta(days=31)


def fill(store: Store, price: Price, count: int) -> None:
    """Let so many people have paid their first month."""
    with store_scope(store):
        for start in range(Subscription.objects.count(), count, BATCH):
            _add(price, range(start, min(start + BATCH, count)))
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")  # as PostgreSQL's autovacuum and SQLite's optimize do


def _add(price: Price, numbers: range) -> None:
    users = User.objects.bulk_create(User(email=f"member{n}@example.com") for n in numbers)
    customers = Customer.objects.bulk_create(Customer(user=each, name="Member") for each in users)
    orders = Order.objects.bulk_create(
        Order(
            number=FIRST_NUMBER + n,
            public_id=f"first{n}",
            attempt=f"first-{n}",
            customer=customer,
            email=customer.user.email,
            name="Member",
            language="en",
            status=Order.Status.PAID,
            currency=price.currency,
            total=AMOUNT,
            provider=Order.Provider.STRIPE,
            stripe_session_id=f"cs_{n}",
            placed_at=JOINED,
            terms_accepted_at=JOINED,
            paid_at=JOINED,
        )
        for n, customer in zip(numbers, customers, strict=True)
    )
    lines = OrderLine.objects.bulk_create(
        OrderLine(
            order=order,
            product=price.product,
            price=price,
            title=price.product.title,
            amount=AMOUNT,
            length=price.length,
        )
        for order in orders
    )
    Payment.objects.bulk_create(
        Payment(
            order=order,
            provider=Order.Provider.STRIPE,
            payment_intent=f"pi_{n}_0",
            charge=f"ch_{n}_0",
            status="succeeded",
            amount=AMOUNT,
            currency=price.currency,
            paid_at=JOINED,
        )
        for n, order in zip(numbers, orders, strict=True)
    )
    subscriptions = Subscription.objects.bulk_create(
        Subscription(
            order=order,
            line=line,
            customer=order.customer,
            product=price.product,
            price=price,
            amount=AMOUNT,
            currency=price.currency,
            stripe_id=f"sub_{n}",
            stripe_item_id=f"si_{n}",
            stripe_customer_id=f"cus_{n}",
            status="active",
            started_at=JOINED,
            next_charge_at=JOINED + MONTH,
        )
        for n, order, line in zip(numbers, orders, lines, strict=True)
    )
    Bill.objects.bulk_create(
        Bill(
            subscription=subscription,
            order=subscription.order,
            stripe_id=f"in_{n}_0",
            status="paid",
            reason="subscription_create",
            amount=AMOUNT,
            starts_at=JOINED,
            ends_at=JOINED + MONTH,
            written_at=JOINED,
            paid_at=JOINED,
        )
        for n, subscription in zip(numbers, subscriptions, strict=True)
    )
    accesses = Access.objects.bulk_create(
        Access(
            customer=subscription.customer,
            product=price.product,
            price=price,
            source_kind="subscription",
            source_id=str(subscription.pk),
            starts_at=JOINED,
        )
        for subscription in subscriptions
    )
    PaidSpan.objects.bulk_create(
        PaidSpan(access=access, source=f"in_{n}_0", starts_at=JOINED, ends_at=JOINED + MONTH)
        for n, access in zip(numbers, accesses, strict=True)
    )


def invoice(_account: str, name: str) -> InvoiceFacts:
    """Return the paid invoice of a second month, as Stripe would."""
    number = name.split("_")[1]
    begins = JOINED + MONTH
    return InvoiceFacts(
        id=name,
        status="paid",
        subscription=f"sub_{number}",
        reference=f"first{number}",
        reason="subscription_cycle",
        currency="ils",
        amount_paid=AMOUNT,
        amount_remaining=0,
        is_tried=True,
        next_try_at=None,
        hosted_url="https://invoice.example/",
        created_at=begins,
        paid_at=begins,
        is_live=False,
        lines=(BilledLine(AMOUNT, begins, begins + MONTH, is_period=True),),
        intent=IntentFacts(
            f"pi_{number}_1", "succeeded", AMOUNT, "ils", f"ch_{number}_1", is_live=False
        ),
    )


def renew(store: Store, numbers: Sequence[int]) -> float:
    """Write down that a month of these was paid; return the seconds of work for each."""
    now = JOINED + MONTH + timedelta(hours=2)
    begun = time.process_time()
    with store_scope(store), clock.standing_at(now):
        for number in numbers:
            sync_invoice("", f"in_{number}_1", now)
        took = time.process_time() - begun
        if Order.objects.filter(subscription__isnull=False).exclude(status="paid").exists():
            raise SystemExit("a renewal was not taken as paid")
    return took / len(numbers)


@contextmanager
def recorded(count: int) -> Iterator[None]:
    """Let Stripe's list of subscriptions be these, a hundred on a page."""

    def page(part: str, _account: str, cursor: str) -> pages.Page:
        assert part == "subscriptions"
        start = int(cursor or 0)
        rows = [_theirs(number) for number in range(start, min(start + pages.SIZE, count))]
        following = start + pages.SIZE
        return pages.Page(rows, str(following) if following < count else "")

    with patch.object(pages, "page", page):
        yield


def _theirs(number: int) -> pages.Theirs:
    facts = SubscriptionFacts(
        id=f"sub_{number}",
        status="active",
        reference="",
        customer=f"cus_{number}",
        item=f"si_{number}",
        currency="ils",
        amount=AMOUNT,
        started_at=JOINED,
        period_start=JOINED,
        period_end=JOINED + MONTH,
        is_live=False,
    )
    created = int(JOINED.timestamp())
    return pages.Theirs(facts.id, facts.status, AMOUNT, "ILS", created, returning=facts)


def check(count: int) -> float:
    """Compare all that returns with Stripe's list; return the seconds of work for each."""
    now = JOINED + timedelta(days=3)
    with override_settings(STRIPE_API_KEY="sk_test_bench"):
        parts = walking.every_part(now)
    (part,) = [each for each in parts if each.part == "subscriptions"]
    begun, cursor, found = time.process_time(), "first", 0
    with recorded(count):
        part.cursor = ""
        while cursor:
            findings, cursor = walking.look(part, before=None)
            found += len(findings)
            part.cursor = cursor
    if found:
        raise SystemExit(f"{found} differences, where there are none")
    return (time.process_time() - begun) / count


def main() -> None:
    """Measure in a small shop and in a large one, print, and say whether it stayed flat."""
    parser = argparse.ArgumentParser(prog="python -m bench.returning")
    parser.add_argument("--whole", action="store_true", help="make every renewal of the night")
    step = 1 if parser.parse_args().whole else (A_NIGHT - FEW) // SOME
    shop = open_shop(b"PK")
    with store_scope(shop.store):
        price = make_club()
    fill(shop.store, price, FEW)
    few_checked = check(FEW)
    with patch.object(stripe_subscriptions, "fetch_invoice", invoice):
        few = renew(shop.store, range(FEW))
        fill(shop.store, price, A_NIGHT)
        begun, numbers = time.perf_counter(), range(FEW, A_NIGHT, step)
        night = renew(shop.store, numbers)
        took = (time.perf_counter() - begun) / len(numbers) * A_NIGHT
    print(
        f"{'a renewal':34} of {FEW:,} {few * 1e3:6.2f} ms   of {A_NIGHT:,} {night * 1e3:6.2f} ms"
        f"   {night / few:5.2f} x, the night {took / 60:.1f} min with one worker",
        flush=True,
    )
    held = [promised(night / few, at_most=MOST)]
    call_command("flush", interactive=False, verbosity=0)
    checked = check_large()
    print(
        f"{'one compared at night':34} of {FEW:,} {few_checked * 1e3:6.2f} ms"
        f"   of {ALL:,} {checked * 1e3:6.2f} ms   {checked / few_checked:5.2f} x",
        flush=True,
    )
    held.append(promised(checked / few_checked, at_most=MOST))
    sys.exit(not all(held))


def check_large() -> float:
    """Compare in a shop of its own: in the first one a month has passed."""
    from tests.conftest import make_store, make_user

    store = make_store("large", make_user("large@example.com"))
    with store_scope(store):
        price = make_club()
    fill(store, price, ALL)
    return check(ALL)


if __name__ == "__main__":
    main()
